// Ask: a question, its answer, and the questions that follow from it.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "../api.ts";
import { announce } from "../announce.ts";
import { running } from "../asking.ts";
import { useCell } from "../cell.ts";
import * as talk from "../conversation.ts";
import { asProblem } from "../problem.ts";
import { go, wordPath } from "../router.ts";
import { refreshStatus, status, statusProblem, withoutModel } from "../status.ts";
import { shortened } from "../text.ts";
import type { Only } from "../types.ts";
import { Heading } from "./Heading.tsx";
import { Icon } from "./Icon.tsx";
import { QuestionBox } from "./QuestionBox.tsx";
import { Trouble } from "./Trouble.tsx";
import { TurnView } from "./TurnView.tsx";

const EXAMPLES = ["What does it mean to ghost someone?", "What do you call a very good meal?", "Is salty about food?"];

interface Props {
  question: string;
  kept: string;
}

export function AskView({ question, kept }: Props) {
  const { turns } = useCell(talk.conversation);
  const server = useCell(status);
  const problem = useCell(statusProblem);
  const [text, setText] = useState(question);
  const [choice, setChoice] = useState(false);
  const [lost, setLost] = useState(false);
  const busy = running(turns.at(-1));

  useEffect(() => setText(question), [question]);
  useEffect(() => setLost(kept !== "" && !talk.reopen(kept)), [kept]);
  // The box moves under each new question and takes the focus along; on a touch screen that would open the
  // keyboard over the answer, so there the question gets it.
  const before = useRef(0);
  useEffect(() => {
    const fine = matchMedia("(pointer: fine)").matches;
    const begun = turns.length > before.current && busy;
    before.current = turns.length;
    if (fine && (begun || !turns.length)) focusOn("[data-box]");
    else if (begun) focusOn(".turn:last-child .question");
  }, [turns.length]);

  const chosen = useCell(talk.only);
  const only = server?.documents ? (chosen ?? server.only) : null;
  const options = {
    ...(only ? { only } : {}),
    ...(!choice ? {} : server?.capable === false ? { generate: true } : { quoted: true }),
  };

  function stop(): void {
    talk.stop();
    focusOn("[data-box]"); // the button goes: its focus must not be lost
  }

  function ask(asked = text.trim()): void {
    if (busy) return;
    setText("");
    setLost(false);
    void talk.ask(asked, options);
  }

  const box = (
    <QuestionBox
      label={turns.length ? "Your next question" : "Your question"}
      placeholder={turns.length ? "Ask a follow-up" : "A word or a phrase"}
      verb="Ask"
      value={text}
      onValue={setText}
      onSend={() => ask()}
      running={busy}
      completes
    />
  );
  const model = server?.model
    ? { label: server.capable ? "Only quote definitions" : "Let the small model try", on: choice, set: setChoice }
    : null;

  if (!turns.length) {
    return (
      <div class="ask-empty">
        <Heading title="" class="title">
          What does it mean?
        </Heading>
        {lost && <p class="notice">This answer is no longer kept in this browser. You can ask again.</p>}
        {box}
        <Options model={model} only={only} />
        <ul class="examples" aria-label="Examples">
          {EXAMPLES.map((example) => (
            <li key={example}>
              <button type="button" class="quiet" onClick={() => ask(example)}>
                {example}
              </button>
            </li>
          ))}
          <li>
            <RandomWord />
          </li>
        </ul>
        {problem && <Trouble problem={problem} onRetry={() => void refreshStatus()} />}
        {!problem && withoutModel(server) && <p class="notice">{withoutModel(server)}</p>}
      </div>
    );
  }
  return (
    <div class="ask">
      <Heading title={shortened(turns[0]!.question, 60)} class="unseen">
        Answers
      </Heading>
      <div class="turns">
        {turns.map((turn, i) => (
          <TurnView
            key={`${i}-${turn.at}`}
            turn={turn}
            onRetry={i === turns.length - 1 ? () => void talk.retry(options) : undefined}
            onQuote={() => void talk.retry({ ...(only ? { only } : {}), quoted: true })}
            onStop={stop}
          >
            {i === turns.length - 1 && (
              <div class="next">
                {box}
                <Options model={model} only={only}>
                  <button type="button" class="plain" onClick={talk.startAfresh}>
                    <Icon name="plus" />
                    New question
                  </button>
                </Options>
              </div>
            )}
          </TurnView>
        ))}
      </div>
    </div>
  );
}

function focusOn(what: string): void {
  document.querySelector<HTMLElement>(what)?.focus({ preventScroll: true });
}

interface OptionsProps {
  model: { label: string; on: boolean; set: (on: boolean) => void } | null;
  /** What is asked, where there is a choice. */
  only: Only | null;
  children?: ComponentChildren;
}

const ASKED: { only: Only; label: string }[] = [
  { only: "both", label: "Both" },
  { only: "dictionary", label: "Dictionary" },
  { only: "documents", label: "Documents" },
];

function Options({ model, only, children }: OptionsProps) {
  if (!model && !only && !children) return null;
  return (
    <div class="ask-options">
      {only && (
        <fieldset class="ways">
          <legend class="unseen">What is asked</legend>
          {ASKED.map((one) => (
            <label key={one.only} class="check">
              <input type="radio" name="only" value={one.only} checked={only === one.only} onChange={() => (talk.only.value = one.only)} />
              {one.label}
            </label>
          ))}
        </fieldset>
      )}
      {model && (
        <label class="check">
          <input type="checkbox" checked={model.on} onChange={(event) => model.set(event.currentTarget.checked)} />
          {model.label}
        </label>
      )}
      {children}
    </div>
  );
}

export function RandomWord() {
  const [failed, setFailed] = useState("");
  async function pick(): Promise<void> {
    try {
      go(wordPath((await api.random()).word));
    } catch (error) {
      const { message } = asProblem(error);
      setFailed(message);
      announce(message);
    }
  }
  return (
    <button type="button" class="quiet" onClick={() => void pick()}>
      <Icon name="dice" />
      {failed || "A random word"}
    </button>
  );
}
