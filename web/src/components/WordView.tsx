// A headword with all that the data says about it, and one entry of its own address.

import { define, entry } from "../api.ts";
import { entryPath, withFragment, wordPath } from "../router.ts";
import { useMask } from "../strong.ts";
import { plural } from "../text.ts";
import type { Entry } from "../types.ts";
import { Action, Actions, copied, shared } from "./Actions.tsx";
import { RandomWord } from "./AskView.tsx";
import { Definition } from "./Definition.tsx";
import { Heading } from "./Heading.tsx";
import { Known, Suggestions } from "./Known.tsx";
import { useRequest } from "./request.ts";
import { Trouble } from "./Trouble.tsx";
import { Votes } from "./Votes.tsx";

export function WordView({ word }: { word: string }) {
  const mask = useMask();
  const found = useRequest((signal) => define(word, signal), word);
  const told = found.value;
  const spelt = told?.entries[0]?.word ?? word;
  return (
    <div class="column">
      <Heading title={mask(spelt)} class="title word-title">
        <span dir="auto">{mask(spelt)}</span>
      </Heading>
      {!told && !found.problem && <p class="pending">Looking</p>}
      {found.problem && <Trouble problem={found.problem} onRetry={found.again} />}
      {told && told.entries.length > 0 && (
        <>
          <p class="count">{plural(told.entries.length, "definition")}</p>
          <Entries entries={told.entries} />
        </>
      )}
      {told && !told.entries.length && (
        <>
          <Known known={told.known === "yes" ? "maybe" : told.known} />
          <p class="hint">There is no definition of this word.</p>
          <Suggestions words={told.suggestions} />
        </>
      )}
      {told && (
        <p class="below">
          <a class="quiet" href={withFragment("/", { q: `What does ${spelt} mean?` })}>
            Ask about it
          </a>
          <a class="quiet" href={withFragment("/lookup", { q: spelt })}>
            Look for similar words
          </a>
          <RandomWord />
        </p>
      )}
    </div>
  );
}

function Entries({ entries }: { entries: readonly Entry[] }) {
  return (
    <ol class="entries numbered">
      {entries.map((one) => (
        <li key={one.entry_id} class="entry">
          <Definition text={one.definition} />
          <p class="entry-foot">
            <Votes up={one.up_votes} down={one.down_votes} />
            <a href={entryPath(one.entry_id)}>This entry</a>
          </p>
        </li>
      ))}
    </ol>
  );
}

export function EntryView({ id }: { id: string }) {
  const mask = useMask();
  const found = useRequest((signal) => entry(id, signal), id);
  const one = found.value;
  return (
    <div class="column">
      <Heading title={one ? `${mask(one.word)}: entry ${id}` : `Entry ${id}`} class="title word-title">
        <span dir="auto">{one ? mask(one.word) : `Entry ${id}`}</span>
      </Heading>
      {!one && !found.problem && <p class="pending">Looking</p>}
      {found.problem && <Trouble problem={found.problem} onRetry={found.again} />}
      {one && (
        <>
          <p class="count">Entry {one.entry_id}</p>
          <div class="entry single">
            <Definition text={one.definition} limit={5000} />
            <p class="entry-foot">
              <Votes up={one.up_votes} down={one.down_votes} />
              <a href={wordPath(one.word)}>All definitions of {mask(one.word)}</a>
            </p>
          </div>
          <Actions label="This entry">
            <Action icon="copy" label="Copy" onClick={() => copied(`${mask(one.word)}: ${mask(one.definition)}\n(entry ${one.entry_id})`)} />
            <Action icon="share" label="Share" onClick={() => shared(one.word, entryPath(one.entry_id))} />
          </Actions>
        </>
      )}
    </div>
  );
}

export function MissingView() {
  return (
    <div class="column">
      <Heading title="No such page" class="title">
        There is nothing here
      </Heading>
      <p class="hint">
        This address leads to no page. <a href="/">Ask a question</a> or <a href="/lookup">look up a word</a>.
      </p>
    </div>
  );
}
