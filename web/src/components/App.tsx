// The page: head, the view that the address names, foot; and the keys that work everywhere.

import { useEffect, useState } from "preact/hooks";
import { running } from "../asking.ts";
import { useCell } from "../cell.ts";
import { conversation, stop } from "../conversation.ts";
import { route } from "../router.ts";
import * as work from "../translating.ts";
import { AskView } from "./AskView.tsx";
import { DocumentView } from "./DocumentView.tsx";
import { DocumentsView } from "./DocumentsView.tsx";
import { Header } from "./Header.tsx";
import { HistoryPanel } from "./HistoryPanel.tsx";
import { LookUpView } from "./LookUpView.tsx";
import { StatusLine } from "./StatusLine.tsx";
import { TranslateView } from "./TranslateView.tsx";
import { EntryView, MissingView, WordView } from "./WordView.tsx";

export function App() {
  const [history, setHistory] = useState(false);
  useEffect(() => {
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
  return (
    <>
      <a class="skip" href="#main" data-inpage onClick={skip}>
        Skip to the content
      </a>
      <Header onHistory={() => setHistory(true)} />
      <main id="main" tabIndex={-1}>
        <View />
      </main>
      <StatusLine />
      {history && <HistoryPanel onClose={() => setHistory(false)} />}
    </>
  );
}

function View() {
  const here = useCell(route);
  switch (here.name) {
    case "ask":
      return <AskView question={here.question} kept={here.kept} />;
    case "translate":
      return <TranslateView text={here.text} kept={here.kept} />;
    case "lookup":
      return <LookUpView query={here.query} />;
    case "word":
      return <WordView word={here.word} />;
    case "entry":
      return <EntryView id={here.id} />;
    case "documents":
      return <DocumentsView />;
    case "document":
      return <DocumentView key={`${here.number} ${here.page} ${here.start} ${here.end}`} {...here} />;
    default:
      return <MissingView />;
  }
}

/** The fragment holds questions: the skip link must not change it. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (running(conversation.value.turns.at(-1))) stop();
    if (work.translating.value.busy) work.stop();
  }
  if (event.key === "/" && !writing(event.target)) {
    const box = document.querySelector<HTMLElement>("[data-box]");
    if (!box) return;
    event.preventDefault();
    box.focus();
  }
}

const writing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
