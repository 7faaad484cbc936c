// The translation on the Translate view: it stays while other views are looked at.

import { announce } from "./announce.ts";
import * as api from "./api.ts";
import { Cell } from "./cell.ts";
import { keep, newId, recall } from "./history.ts";
import { type Problem, asProblem } from "./problem.ts";
import { rename, route, withFragment } from "./router.ts";
import { learnStrong, masked } from "./strong.ts";
import type { TranslateDocument } from "./types.ts";

export interface Translating {
  id: string;
  request: api.TranslateRequest | null;
  busy: boolean;
  document: TranslateDocument | null;
  problem: Problem | null;
}

const NONE: Translating = { id: "", request: null, busy: false, document: null, problem: null };
export const translating = new Cell<Translating>(NONE);
let asked: AbortController | null = null;

export async function translate(request: api.TranslateRequest): Promise<void> {
  asked?.abort();
  const leave = new AbortController();
  asked = leave;
  const id = newId();
  translating.value = { ...NONE, id, request, busy: true };
  announce("Translating");
  try {
    const document = await api.translate(request, leave.signal);
    if (leave.signal.aborted) return;
    learnStrong(document);
    translating.value = { ...translating.value, busy: false, document };
    announce(document.rendering === "glossed" ? "The message with its slang explained" : masked(document.plain));
    const isKept = keep({ id, at: Date.now(), kind: "translate", title: request.text, to: request.to, document });
    if (isKept && route.value.name === "translate") rename(withFragment("/translate", { kept: id }));
  } catch (error) {
    if (asked !== leave) return;
    if (leave.signal.aborted) {
      translating.value = { ...translating.value, busy: false };
      announce("Stopped");
      return;
    }
    const problem = asProblem(error);
    translating.value = { ...translating.value, busy: false, problem };
    announce(`${problem.message} ${problem.hint}`);
  }
}

export function stop(): void {
  asked?.abort();
}

/** Shows what was kept, without asking. False where this browser has it no more. */
export function reopen(id: string): boolean {
  if (translating.value.id === id) return true;
  const found = recall(id);
  if (found?.kind !== "translate") return false;
  asked?.abort();
  asked = null;
  learnStrong(found.document);
  const request = { text: found.document.text, to: found.to, ask_model: true, substitute: false };
  translating.value = { ...NONE, id, request, document: found.document };
  return true;
}
