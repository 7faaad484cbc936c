// Translate: a message, what it says, and what each slang word in it means.

import { useEffect, useState } from "preact/hooks";
import { useCell } from "../cell.ts";
import { status } from "../status.ts";
import * as work from "../translating.ts";
import { Heading } from "./Heading.tsx";
import { QuestionBox } from "./QuestionBox.tsx";
import { Translation } from "./Translation.tsx";
import { Trouble } from "./Trouble.tsx";

interface Props {
  text: string;
  kept: string;
}

const WAYS = [
  { to: "plain", label: "To plain English" },
  { to: "slang", label: "To slang" },
] as const;

export function TranslateView({ text: given, kept }: Props) {
  const { request, busy, document, problem } = useCell(work.translating);
  const server = useCell(status);
  const [text, setText] = useState(given || request?.text || "");
  const [to, setTo] = useState<"plain" | "slang">(request?.to ?? "plain");
  const [substitute, setSubstitute] = useState(request?.substitute ?? false);
  const [lost, setLost] = useState(false);

  useEffect(() => {
    if (given) setText(given);
  }, [given]);
  useEffect(() => {
    if (!kept) return;
    const found = work.reopen(kept);
    setLost(!found);
    const shown = work.translating.value.request;
    if (found && shown) {
      setText(shown.text);
      setTo(shown.to);
    }
  }, [kept]);

  function send(): void {
    setLost(false);
    void work.translate({ text: text.trim(), to, ask_model: true, substitute });
  }

  return (
    <div class="column">
      <Heading title="Translate" class="title">
        Translate a message
      </Heading>
      {lost && <p class="notice">This translation is no longer kept in this browser. You can ask again.</p>}
      <QuestionBox
        label="The message"
        placeholder="no cap that fit is bussin"
        verb="Translate"
        value={text}
        onValue={setText}
        onSend={send}
        running={busy}
        onStop={work.stop}
      />
      <div class="ask-options">
        <fieldset class="ways">
          <legend class="unseen">Direction</legend>
          {WAYS.map((way) => (
            <label key={way.to} class="check">
              <input type="radio" name="to" value={way.to} checked={to === way.to} onChange={() => setTo(way.to)} />
              {way.label}
            </label>
          ))}
        </fieldset>
        {server && !server.capable && to === "plain" && (
          <label class="check">
            <input type="checkbox" checked={substitute} onChange={(event) => setSubstitute(event.currentTarget.checked)} />
            Put short meanings in
          </label>
        )}
      </div>
      {busy && <p class="pending">Translating</p>}
      {problem && <Trouble problem={problem} onRetry={send} />}
      {document && <Translation key={document.text + document.plain} told={document} />}
      {!busy && !problem && !document && (
        <p class="hint">
          Slang in the message is underlined and explained
          {server && !server.capable ? ". No model here puts it into other words." : ", and the message put into other words."}
        </p>
      )}
    </div>
  );
}
