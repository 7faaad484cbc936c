// What an answer says, each sentence with its mark and its citations as buttons.

import type { Phase } from "../asking.ts";
import { hitName, hitPath, pageSaid } from "../hits.ts";
import { wordPath } from "../router.ts";
import { useMask } from "../strong.ts";
import { cited, evidenceFor, quotation, tied } from "../text.ts";
import type { Evidence, Hit, Sentence } from "../types.ts";
import { Definition } from "./Definition.tsx";

/** A source that a citation opened. */
export interface Opened {
  n: number;
  evidence: Evidence[];
  from: HTMLElement;
}

interface Props {
  said: readonly Sentence[];
  hits: readonly Hit[];
  draft: string;
  phase: Phase;
  opened: Opened | null;
  onOpen: (opened: Opened) => void;
}

export function Sentences({ said, hits, draft, phase, opened, onOpen }: Props) {
  const mask = useMask();
  const shared = { hits, opened, onOpen };
  const groups = paragraphs(said);
  const flows = groups.length > 0 && joins(groups.at(-1)![0]!);
  const pending = draft && (
    <span class="draft" aria-hidden="true">
      {mask(draft)}
    </span>
  );
  return (
    <div class="said" aria-busy={phase === "writing"}>
      {groups.map((group, i) =>
        group.length === 1 && group[0]!.support === "quoted" ? (
          <Quotation key={i} sentence={group[0]!} {...shared} />
        ) : (
          <p key={i} dir="auto" class={group[0]!.support === "remark" ? "remark" : undefined}>
            {group.map((sentence, j) => (
              <Spoken key={j} sentence={sentence} {...shared} />
            ))}
            {flows && i === groups.length - 1 && pending}
          </p>
        ),
      )}
      {!flows && pending && <p dir="auto">{pending}</p>}
    </div>
  );
}

const joins = ({ support }: Sentence): boolean => support === "supported" || support === "own words";

/** Sentences that follow one another in one paragraph; a quotation and a remark stand alone. */
function paragraphs(said: readonly Sentence[]): Sentence[][] {
  const groups: Sentence[][] = [];
  let flows = false;
  for (const sentence of said) {
    if (joins(sentence) && flows) groups.at(-1)!.push(sentence);
    else groups.push([sentence]);
    flows = joins(sentence);
  }
  return groups;
}

type Shared = Pick<Props, "hits" | "opened" | "onOpen"> & { sentence: Sentence };

function Spoken({ sentence, ...shared }: Shared) {
  const mask = useMask();
  const own = sentence.support === "own words";
  return (
    <span class={own ? "sentence own" : "sentence"} data-support={sentence.support}>
      {tied(cited(mask(sentence.text), sentence.citations)).map((piece, i) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <span key={i} class="tied">
            {piece.word}
            {piece.cites.map((n) => (
              <Citation key={n} n={n} sentence={sentence} {...shared} />
            ))}
            {piece.stop}
          </span>
        ),
      )}
      {own && (
        <span class="own-mark">
          <span aria-hidden="true">own words</span>
          <span class="unseen"> (in its own words, not verified)</span>
        </span>
      )}{" "}
    </span>
  );
}

function Quotation({ sentence, ...shared }: Shared) {
  const mask = useMask();
  const quoted = quotation(sentence.text);
  const hit = shared.hits.find((one) => one.rank === sentence.citations[0]);
  const word = hit?.word ?? quoted?.word;
  return (
    <figure class="quotation" data-support="quoted">
      <figcaption>
        {word && (
          <a class="headword" href={hit ? hitPath(hit, evidenceFor(sentence.evidence, hit.rank)) : wordPath(word)} dir="auto">
            {mask(word)}
          </a>
        )}
        {sentence.citations.map((n) => (
          <Citation key={n} n={n} sentence={sentence} {...shared} />
        ))}
        {quoted?.page && <span class="page">{pageSaid(quoted.page)}</span>}
        <span class="unseen">quoted from the data</span>
      </figcaption>
      <blockquote>
        {quoted ? <Definition text={quoted.definition} brackets={!hit?.locator} /> : <p dir="auto">{mask(sentence.text)}</p>}
      </blockquote>
    </figure>
  );
}

function Citation({ n, sentence, hits, opened, onOpen }: Shared & { n: number }) {
  const mask = useMask();
  const hit = hits.find((one) => one.rank === n);
  if (!hit) return <span>[{n}]</span>;
  const evidence = evidenceFor(sentence.evidence, n);
  return (
    <button
      type="button"
      class="cite"
      aria-label={`Source ${n}: ${mask(hitName(hit, evidence))}`}
      aria-expanded={opened?.n === n}
      onClick={(event) => onOpen({ n, evidence, from: event.currentTarget })}
    >
      {n}
    </button>
  );
}
