// A translated message: the plain version where there is one, the message with its slang underlined, what it means.

import { useState } from "preact/hooks";
import { download, fileName, translateMarkdown } from "../exporting.ts";
import { entryPath, withFragment, wordPath } from "../router.ts";
import { masked, useMask } from "../strong.ts";
import { stretches } from "../text.ts";
import type { Term, TranslateDocument } from "../types.ts";
import { Action, Actions, copied, shared } from "./Actions.tsx";
import { Definition } from "./Definition.tsx";
import { Icon } from "./Icon.tsx";
import { useOpening } from "./opening.ts";
import { withCode } from "./Trouble.tsx";

interface Opened {
  term: number;
  from: HTMLElement;
}

const ABOVE = { rewritten: "In other words", substituted: "With short meanings put in", glossed: "" };

export function Translation({ told }: { told: TranslateDocument }) {
  const mask = useMask();
  const [opened, setOpened] = useState<Opened | null>(null);
  const { rendering } = told;
  return (
    <section class="translation" aria-label="Translation" data-rendering={rendering}>
      {rendering !== "glossed" && (
        <>
          <h2>{ABOVE[rendering]}</h2>
          <p class="plain-text" dir="auto">
            {mask(told.plain)}
            {!told.grounded && (
              <span class="own-mark">
                <span aria-hidden="true">own words</span>
                <span class="unseen"> (in its own words, not verified)</span>
              </span>
            )}
          </p>
        </>
      )}
      <h2>The message</h2>
      {rendering === "glossed" && told.terms.length > 0 && (
        <p class="hint">It was not put into other words. Here it is with its slang explained.</p>
      )}
      <Message told={told} opened={opened} onOpen={setOpened} />
      {told.terms.length ? (
        <>
          <h2>What the slang means</h2>
          <ol class="terms">
            {told.terms.map((term, i) => (
              <Meaning key={i} term={term} opened={opened?.term === i ? opened : null} onClose={() => setOpened(null)} />
            ))}
          </ol>
        </>
      ) : (
        <p class="hint">No slang was found in it.</p>
      )}
      {(told.notes.length > 0 || told.model) && (
        <ul class="notes" aria-label="How it was translated">
          {told.notes.map((note) => (
            <li key={note}>{withCode(note)}</li>
          ))}
          {told.model && (
            <li>
              {told.model} ({told.engine})
            </li>
          )}
        </ul>
      )}
      <Actions label="This translation">
        <Action icon="copy" label="Copy" onClick={() => copied(masked(told.plain))} />
        <Action icon="share" label="Share" onClick={() => shared(told.text, withFragment("/translate", { q: told.text }))} />
        <Action icon="file" label="Markdown" onClick={() => download(fileName(told.text, "md"), "text/markdown", translateMarkdown(told))} />
        <Action icon="file" label="JSON" onClick={() => download(fileName(told.text, "json"), "application/json", `${JSON.stringify(told, null, 2)}\n`)} />
      </Actions>
    </section>
  );
}

interface MessageProps {
  told: TranslateDocument;
  opened: Opened | null;
  onOpen: (opened: Opened) => void;
}

function Message({ told, opened, onOpen }: MessageProps) {
  const mask = useMask();
  const shown = mask(told.text);
  const parts = [];
  let at = 0;
  for (const { start, end, index } of stretches(shown, told.terms.map((term, index) => ({ start: term.start, end: term.end, index })))) {
    parts.push(shown.slice(at, start));
    parts.push(
      <button
        key={index}
        type="button"
        class="slang"
        aria-expanded={opened?.term === index}
        aria-describedby={`meaning-${told.terms[index]!.start}`}
        onClick={(event) => onOpen({ term: index, from: event.currentTarget })}
      >
        {shown.slice(start, end)}
      </button>,
    );
    at = end;
  }
  parts.push(shown.slice(at));
  return (
    <p class="message" dir="auto">
      {parts}
    </p>
  );
}

interface MeaningProps {
  term: Term;
  opened: Opened | null;
  onClose: () => void;
}

function Meaning({ term, opened, onClose }: MeaningProps) {
  const mask = useMask();
  const { row, back, onKeyDown } = useOpening(opened, onClose);
  const first = term.senses[0] ?? { word: term.word, entry_id: term.entry_id, meaning: term.definition };

  return (
    <li
      ref={row}
      tabIndex={-1}
      class={opened ? "term opened" : "term"}
      aria-label={mask(term.span)}
      onKeyDown={onKeyDown}
    >
      <p class="term-head">
        <a class="headword" href={wordPath(first.word)} dir="auto">
          {mask(term.span)}
        </a>{" "}
        {first.word.toLowerCase() !== term.span.toLowerCase() && <span class="form">from {mask(first.word)}</span>}
      </p>
      <p id={`meaning-${term.start}`} class="meaning" dir="auto">
        {mask(first.meaning)}
      </p>
      {term.senses.slice(1).map((sense) => (
        <p key={sense.entry_id} class="meaning or" dir="auto">
          <span class="form">or </span>
          {mask(sense.meaning)}
        </p>
      ))}
      {opened && (
        <div class="cited-definition">
          <h3>The definition it is from</h3>
          <Definition text={term.definition} />
          <p class="source-foot">
            <a href={entryPath(term.entry_id)}>This entry</a>
            <a href={wordPath(first.word)}>All senses of {mask(first.word)}</a>
            <button type="button" class="plain" onClick={back}>
              <Icon name="back" />
              Back to the message
            </button>
          </p>
        </div>
      )}
    </li>
  );
}
