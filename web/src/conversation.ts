// The conversation on the Ask view: it goes on while other views are looked at.

import { announce } from "./announce.ts";
import * as api from "./api.ts";
import { answerText, begin, running, step, type Turn } from "./asking.ts";
import { Cell } from "./cell.ts";
import { keep, newId, recall } from "./history.ts";
import { asProblem, reported } from "./problem.ts";
import { go, rename, route, withFragment } from "./router.ts";
import { learnStrong, masked } from "./strong.ts";
import { refreshStatus } from "./status.ts";
import type { AskEvent, Only } from "./types.ts";

export interface Conversation {
  id: string;
  turns: Turn[];
}

// What the server reads: more would be refused.
const MOST_TURNS = 50;
const LONGEST_ANSWER = 16_000;

const fresh = (): Conversation => ({ id: newId(), turns: [] });
export const conversation = new Cell<Conversation>(fresh());
/** Which of dictionary and documents are asked, once somebody has chosen. */
export const only = new Cell<Only | null>(null);
let asked: AbortController | null = null;

function replaceLast(turn: Turn): void {
  const { id, turns } = conversation.value;
  conversation.value = { id, turns: [...turns.slice(0, -1), turn] };
}

const last = (): Turn | undefined => conversation.value.turns.at(-1);

type Options = Pick<api.AskRequest, "quoted" | "generate" | "only">;

export async function ask(question: string, options: Options = {}): Promise<void> {
  if (running(last())) return;
  const { id, turns } = conversation.value;
  conversation.value = { id, turns: [...turns, begin(question)] };
  await answer(question, turns, options);
}

/** Asks the last question again, in its place. */
export async function retry(options: Options = {}): Promise<void> {
  const turn = last();
  if (!turn || running(turn)) return;
  replaceLast(begin(turn.question));
  await answer(turn.question, conversation.value.turns.slice(0, -1), options);
}

async function answer(question: string, before: Turn[], options: Options): Promise<void> {
  const leave = new AbortController();
  asked = leave;
  const { id } = conversation.value;
  const here = () => asked === leave && conversation.value.id === id;
  const turns = before
    .filter((turn) => turn.said.length > 0)
    .slice(-MOST_TURNS)
    .map((turn) => ({ question: turn.question, answer: answerText(turn).slice(0, LONGEST_ANSWER) }));
  announce("Asking");
  try {
    for await (const event of api.ask({ question, ...(turns.length ? { turns } : {}), ...options }, leave.signal)) {
      if (!here()) return;
      took(event);
    }
  } catch (error) {
    if (here()) ended(leave.signal.aborted ? null : error);
  } finally {
    if (here()) {
      asked = null;
      keepConversation();
      if (last()?.problem) void refreshStatus();
    }
  }
}

function took(event: AskEvent): void {
  const turn = last();
  if (!turn) return;
  if (event.name === "sources" || event.name === "finished") learnStrong(event.data);
  if (event.name === "error") return ended(reported(event.data.error));
  replaceLast(step(turn, event));
  if (event.name === "queued") announce(waiting(event.data.ahead));
  if (event.name === "remark") announce(masked(event.data.text));
  if (event.name === "sentence") {
    const own = event.data.support === "own words" ? " In its own words, not verified." : "";
    announce(masked(event.data.text) + own);
  }
  if (event.name === "finished") announce("Answer complete");
}

export const waiting = (ahead: number): string => (ahead > 0 ? `Queued: ${ahead} ahead of you` : "Queued: you are next");

function ended(error: unknown): void {
  const turn = last();
  if (!turn) return;
  if (error === null) {
    replaceLast({ ...turn, phase: "stopped", draft: "" });
    announce("Stopped");
    return;
  }
  const problem = asProblem(error);
  replaceLast({ ...turn, phase: problem.kind === "cut" ? "cut" : "failed", draft: "", problem });
  announce(`${problem.message} ${problem.hint}`);
}

export function stop(): void {
  asked?.abort();
}

function keepConversation(): void {
  const { id, turns } = conversation.value;
  const whole = turns.filter((turn) => turn.said.length > 0 && turn.phase !== "failed").map((turn) => ({ ...turn, problem: null, sources: turn.document ? null : turn.sources }));
  if (!whole.length) return;
  const isKept = keep({ id, at: Date.now(), kind: "ask", title: whole[0]!.question, turns: whole });
  if (isKept && route.value.name === "ask") rename(withFragment("/", { kept: id }));
}

/** A new conversation; what was asked before stays in the history. */
export function startAfresh(): void {
  leaveConversation();
  conversation.value = fresh();
  go("/");
}

function leaveConversation(): void {
  asked?.abort();
  asked = null;
}

/** Shows what was kept, without asking. False where this browser has it no more. */
export function reopen(id: string): boolean {
  if (conversation.value.id === id) return true;
  const found = recall(id);
  if (found?.kind !== "ask") return false;
  leaveConversation();
  for (const turn of found.turns) {
    if (turn.sources) learnStrong(turn.sources);
    if (turn.document) learnStrong(turn.document);
  }
  conversation.value = { id, turns: found.turns };
  return true;
}
