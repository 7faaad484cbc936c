// Look up: a headword, or words that describe one; the data answers, no model.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { search } from "../api.ts";
import { hitName, hitPath } from "../hits.ts";
import { entryPath, go, withFragment, wordPath } from "../router.ts";
import { useMask } from "../strong.ts";
import { plural } from "../text.ts";
import type { Hit, SearchDocument } from "../types.ts";
import { RandomWord } from "./AskView.tsx";
import { Options, useCompletion } from "./completion.tsx";
import { Definition } from "./Definition.tsx";
import { Heading } from "./Heading.tsx";
import { Known, Suggestions } from "./Known.tsx";
import { useRequest } from "./request.ts";
import { Trouble } from "./Trouble.tsx";
import { Votes } from "./Votes.tsx";

const MATCH: Record<Hit["match"], string> = {
  exact: "the word itself",
  inflected: "another form",
  fuzzy: "similar spelling",
  lexical: "words in common",
  semantic: "by meaning",
};

const READ_AS: Record<SearchDocument["intent"], string> = {
  define: "read as a word",
  sentence: "read as a message",
  reverse: "read as a description",
};

export function LookUpView({ query }: { query: string }) {
  const found = useRequest(query ? (signal) => search(query, signal) : null, query);
  useEffect(() => {
    if (found.value) announce(`${plural(found.value.hits.length, found.value.hits.some((hit) => hit.locator) ? "source" : "definition")} found`);
  }, [found.value]);
  return (
    <div class="column">
      <Heading title={query ? `${query}: look up` : "Look up"} class="title">
        Look up
      </Heading>
      <SearchBox query={query} />
      {!query && (
        <>
          <p class="hint">A word, or what it should mean: “to pull out of plans at the last minute”.</p>
          <p class="below">
            <RandomWord />
          </p>
        </>
      )}
      {query && !found.value && !found.problem && <p class="pending">Looking</p>}
      {found.problem && <Trouble problem={found.problem} onRetry={found.again} />}
      {found.value && <Found told={found.value} />}
    </div>
  );
}

function SearchBox({ query }: { query: string }) {
  const [text, setText] = useState(query);
  const box = useRef<HTMLInputElement>(null);
  const completion = useCompletion(true, (_, __, word) => go(wordPath(word)));
  useLayoutEffect(() => setText(query), [query]);
  useEffect(() => {
    if (!query && matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, []);

  function send(): void {
    completion.close();
    if (text.trim()) go(withFragment("/lookup", { q: text.trim() }), true);
  }

  return (
    <form
      class="box"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <input
        ref={box}
        data-box
        class="box-text"
        type="text"
        role="combobox"
        aria-label="A word or its meaning"
        aria-keyshortcuts="/"
        aria-autocomplete="list"
        aria-expanded={completion.open}
        aria-controls={completion.id}
        aria-activedescendant={completion.activeId}
        placeholder="A word or its meaning"
        maxLength={500}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        enterkeyhint="search"
        dir="auto"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          completion.typed(event.currentTarget);
        }}
        onKeyDown={(event) => void completion.key(event)}
        onBlur={completion.close}
      />
      <button type="submit" class="send" disabled={!text.trim()}>
        Look up
      </button>
      <Options of={completion} label="Headwords" />
    </form>
  );
}

function Found({ told }: { told: SearchDocument }) {
  const mask = useMask();
  return (
    <section class="found" aria-label="Results">
      <div class="found-head">
        <Known known={told.known} />
        <span class="form">{READ_AS[told.intent]}</span>
      </div>
      <Suggestions words={told.suggestions} />
      <ol class="entries">
        {told.hits.map((hit) => (
          <li key={hit.rank} class="entry">
            <h2 class="entry-head">
              <a class="headword" href={hitPath(hit)} dir="auto">
                {mask(hitName(hit))}
              </a>
            </h2>
            <Definition text={hit.definition} limit={320} brackets={!hit.locator} />
            <p class="entry-foot">
              <Votes up={hit.up_votes} down={hit.down_votes} />
              <span class="form">{MATCH[hit.match]}</span>
              {hit.locator ? <a href={hitPath(hit)}>Open the document</a> : <a href={entryPath(hit.entry_id)}>This entry</a>}
            </p>
          </li>
        ))}
      </ol>
      {!told.hits.length && <p class="hint">Nothing like it was found.</p>}
      {told.notes.length > 0 && (
        <ul class="notes">
          {told.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
