// One question with its answer, its sources and what can be done with them.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Turn, citedIn, hitsOf, knownOf, notesOf, running, suggestionsOf } from "../asking.ts";
import { waiting } from "../conversation.ts";
import { askMarkdown, askPlain, download, fileName } from "../exporting.ts";
import { withFragment } from "../router.ts";
import { useMask } from "../strong.ts";
import { plural } from "../text.ts";
import type { Withheld } from "../types.ts";
import { Action, Actions, copied, shared } from "./Actions.tsx";
import { Icon } from "./Icon.tsx";
import { Known, Suggestions } from "./Known.tsx";
import { type Opened, Sentences } from "./Sentences.tsx";
import { Sources } from "./Sources.tsx";
import { Trouble, withCode } from "./Trouble.tsx";

interface Props {
  turn: Turn;
  /** Only the last question can be asked again. */
  onRetry?: (() => void) | undefined;
  onQuote?: () => void;
  onStop?: () => void;
  /** The box for the next question, between the last answer and its sources. */
  children?: ComponentChildren;
}

export function TurnView({ turn, onRetry, onQuote, onStop, children }: Props) {
  const id = useId();
  const article = useRef<HTMLElement>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const mask = useMask();
  const known = knownOf(turn);
  const hits = hitsOf(turn);
  const busy = running(turn);
  const cited = citedIn(turn);
  const answeredWith = new Set(hits.filter((hit) => cited.has(hit.rank)).map((hit) => hit.word));

  useEffect(() => {
    if (busy) article.current?.scrollIntoView({ block: "start" });
  }, []);

  return (
    <article ref={article} class="turn" aria-labelledby={id} data-phase={turn.phase}>
      <h2 id={id} class="question" tabIndex={-1} dir="auto">
        {turn.question}
      </h2>
      <div class="answer">
        {turn.readAs && turn.readAs.toLowerCase() !== turn.question.toLowerCase() && <p class="read-as">Read as: {mask(turn.readAs)}</p>}
        <Head turn={turn} onStop={onStop} />
        <Sentences said={turn.said} hits={hits} draft={turn.draft} phase={turn.phase} opened={opened} onOpen={setOpened} />
        {turn.phase === "stopped" && <p class="ended">Stopped.</p>}
        {turn.phase === "stopped" && !turn.said.length && onRetry && (
          <Actions label="This question">
            <Action icon="again" label="Retry" onClick={onRetry} />
          </Actions>
        )}
        <Suggestions words={suggestionsOf(turn).filter((word) => !answeredWith.has(word))} />
        {turn.problem && <Trouble problem={turn.problem} {...(onRetry ? { onRetry, onQuote } : {})} />}
        <Left withheld={turn.withheld} />
        {!busy && <Notes turn={turn} />}
        {!busy && turn.said.length > 0 && <TurnActions turn={turn} onRetry={turn.problem ? undefined : onRetry} />}
        {children}
      </div>
      {hits.length > 0 && known !== "no" && <Sources hits={hits} cited={cited} opened={opened} onClose={() => setOpened(null)} earlier={!onRetry} />}
    </article>
  );
}

/** How it stands, and Stop: above the text, so that the button does not move while the text grows. */
function Head({ turn, onStop }: { turn: Turn; onStop: (() => void) | undefined }) {
  const known = knownOf(turn);
  const said = turn.phase === "queued" ? waiting(turn.ahead) : turn.sources ? "Writing" : "Looking in the data";
  return (
    <div class="answer-head">
      {known && <Known known={known} />}
      {running(turn) && (
        <>
          <p class="pending">{said}</p>
          <button type="button" class="quiet stop" aria-keyshortcuts="Escape" onClick={onStop}>
            <Icon name="stop" />
            Stop
          </button>
        </>
      )}
    </div>
  );
}

/** Sentences that the model wrote and that are not part of the answer. */
function Left({ withheld }: { withheld: readonly Withheld[] }) {
  const mask = useMask();
  if (!withheld.length) return null;
  return (
    <details class="withheld">
      <summary>{plural(withheld.length, "sentence")} withheld</summary>
      <p>The model wrote this too. It is not part of the answer.</p>
      <ul>
        {withheld.map((one, i) => (
          <li key={i}>
            <q dir="auto">{mask(one.text)}</q> <span class="reason">Withheld: {one.reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Notes({ turn }: { turn: Turn }) {
  const notes = notesOf(turn);
  const { document } = turn;
  const ms = document?.timings_ms["total"] ?? 0;
  const by = document?.model ? `${document.model} (${document.engine})` : "";
  const took = ms >= 100 ? `${(ms / 1000).toFixed(1)} s` : ms ? `${Math.round(ms)} ms` : "";
  const foot = [by, took].filter(Boolean).join(", ");
  if (!notes.length && !foot) return null;
  return (
    <ul class="notes" aria-label="How it was answered">
      {notes.map((note) => (
        <li key={note}>{withCode(note)}</li>
      ))}
      {turn.said.some((one) => one.support === "own words") && <li>Marked own words: the model says it, the definitions do not.</li>}
      {foot && <li>{foot}</li>}
    </ul>
  );
}

function TurnActions({ turn, onRetry }: Pick<Props, "turn" | "onRetry">) {
  const { question, document } = turn;
  return (
    <Actions label="This answer">
      <Action icon="copy" label="Copy" onClick={() => copied(askPlain(turn))} />
      <Action icon="share" label="Share" onClick={() => shared(question, withFragment("/", { q: question }))} />
      <Action icon="file" label="Markdown" onClick={() => download(fileName(question, "md"), "text/markdown", askMarkdown([turn]))} />
      {document && (
        <Action icon="file" label="JSON" onClick={() => download(fileName(question, "json"), "application/json", `${JSON.stringify(document, null, 2)}\n`)} />
      )}
      {onRetry && <Action icon="again" label={turn.phase === "done" ? "Ask again" : "Retry"} onClick={onRetry} />}
    </Actions>
  );
}
