// The definitions and passages that an answer rests on: beside it, or below it where there is no room.

import { useId, useState } from "preact/hooks";
import { hitName, hitPath, pageSaid } from "../hits.ts";
import { entryPath } from "../router.ts";
import { useMask } from "../strong.ts";
import { plural } from "../text.ts";
import type { Hit } from "../types.ts";
import { Definition } from "./Definition.tsx";
import { Icon } from "./Icon.tsx";
import { useOpening } from "./opening.ts";
import type { Opened } from "./Sentences.tsx";
import { Votes } from "./Votes.tsx";

const FIRST = 5;

interface Props {
  hits: readonly Hit[];
  cited: ReadonlySet<number>;
  opened: Opened | null;
  onClose: () => void;
  /** An earlier answer of the conversation: only what it cites. */
  earlier: boolean;
}

export function Sources({ hits, cited, opened, onClose, earlier }: Props) {
  const id = useId();
  const [all, setAll] = useState(false);
  const shown = hits.filter((hit, i) => all || (!earlier && i < FIRST) || cited.has(hit.rank) || opened?.n === hit.rank);
  const more = hits.length - shown.length;
  return (
    <div class="sources" role="group" aria-labelledby={id}>
      <h3 id={id}>Sources</h3>
      <ol>
        {shown.map((hit) => (
          <Source key={hit.rank} hit={hit} cited={cited.has(hit.rank)} opened={opened?.n === hit.rank ? opened : null} onClose={onClose} />
        ))}
      </ol>
      {(more > 0 || all) && (
        <button type="button" class="plain" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show ${more} more that ${more === 1 ? "was" : "were"} found`}
        </button>
      )}
      <p class="unseen">{plural(hits.length, "source")} found</p>
    </div>
  );
}

interface SourceProps {
  hit: Hit;
  cited: boolean;
  opened: Opened | null;
  onClose: () => void;
}

function Source({ hit, cited, opened, onClose }: SourceProps) {
  const mask = useMask();
  const { row, back, onKeyDown } = useOpening(opened, onClose);
  const evidence = opened?.evidence ?? [];
  const { locator } = hit;

  return (
    <li
      ref={row}
      tabIndex={-1}
      class={`source${cited ? " cited" : ""}${opened ? " opened" : ""}`}
      aria-label={`Source ${hit.rank}: ${mask(hitName(hit, evidence))}`}
      onKeyDown={onKeyDown}
    >
      <p class="source-head">
        <span class="rank" aria-hidden="true">
          {hit.rank}
        </span>
        <a class="headword" href={hitPath(hit, evidence)} dir="auto">
          {mask(hit.word)}
        </a>
        {!locator && <Votes up={hit.up_votes} down={hit.down_votes} />}
        {locator?.label && <span class="page">{pageSaid(locator.label)}</span>}
      </p>
      {locator?.heading && (
        <p class="source-heading" dir="auto">
          {mask(locator.heading)}
        </p>
      )}
      <Definition text={hit.definition} evidence={evidence} limit={opened ? 5000 : 150} brackets={!locator} />
      {opened && (
        <p class="source-foot">
          {locator ? <a href={hitPath(hit, evidence)}>Open the document</a> : <a href={entryPath(hit.entry_id)}>This entry</a>}
          <button type="button" class="plain" onClick={back}>
            <Icon name="back" />
            Back to the answer
          </button>
        </p>
      )}
    </li>
  );
}
