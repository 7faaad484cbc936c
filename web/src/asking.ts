// One question and what has come of it: events in, a turn out. No network and no view.

import type { Problem } from "./problem.ts";
import type { AskDocument, AskEvent, SearchDocument, Sentence, Withheld } from "./types.ts";

export type Phase = "asking" | "queued" | "writing" | "done" | "stopped" | "cut" | "failed";

export interface Turn {
  question: string;
  at: number;
  phase: Phase;
  ahead: number;
  readAs: string;
  notes: string[];
  sources: SearchDocument | null;
  draft: string;
  said: Sentence[];
  withheld: Withheld[];
  document: AskDocument | null;
  problem: Problem | null;
}

export function begin(question: string, at = Date.now()): Turn {
  return {
    question,
    at,
    phase: "asking",
    ahead: 0,
    readAs: "",
    notes: [],
    sources: null,
    draft: "",
    said: [],
    withheld: [],
    document: null,
    problem: null,
  };
}

export function step(turn: Turn, event: AskEvent): Turn {
  switch (event.name) {
    case "queued":
      return { ...turn, phase: "queued", ahead: event.data.ahead };
    case "read_as":
      return { ...turn, readAs: event.data.text };
    case "note":
      return { ...turn, notes: [...turn.notes, event.data.text] };
    case "sources":
      return { ...turn, phase: "writing", sources: event.data };
    case "first_token":
      return { ...turn, phase: "writing" };
    case "draft":
      return { ...turn, phase: "writing", draft: event.data.text };
    case "remark":
      return { ...turn, draft: "", said: [...turn.said, { text: event.data.text, citations: [], support: "remark" }] };
    case "sentence":
      return { ...turn, draft: "", said: [...turn.said, event.data] };
    case "withdrawn":
      return { ...turn, draft: "", withheld: [...turn.withheld, event.data] };
    case "finished":
      return finished(turn, event.data);
    default:
      return turn; // an event of a newer server
  }
}

function finished(turn: Turn, document: AskDocument): Turn {
  const said: Sentence[] = turn.said.length
    ? turn.said
    : document.sentences.length
      ? document.sentences
      : [{ text: document.answer, citations: [], support: "remark" }];
  return { ...turn, phase: "done", draft: "", said, document };
}

export const running = (turn: Turn | undefined): boolean =>
  turn !== undefined && (turn.phase === "asking" || turn.phase === "queued" || turn.phase === "writing");

/** What the answer says, as plain text. */
export const answerText = (turn: Turn): string => turn.document?.answer ?? turn.said.map((one) => one.text).join(" ");

export const hitsOf = (turn: Turn) => turn.document?.hits ?? turn.sources?.hits ?? [];
export const knownOf = (turn: Turn) => turn.document?.known ?? turn.sources?.known ?? null;
export const suggestionsOf = (turn: Turn) => turn.document?.suggestions ?? turn.sources?.suggestions ?? [];
/** Notes once each, in the order they came. */
export const notesOf = (turn: Turn): string[] => [...new Set([...turn.notes, ...(turn.document?.notes ?? turn.sources?.notes ?? [])])];
export const citedIn = (turn: Turn): Set<number> => new Set(turn.said.flatMap((one) => one.citations));
