// What was asked, kept in this browser: bounded, and never in the way when storage is full or forbidden.

import type { Turn } from "./asking.ts";
import { Cell } from "./cell.ts";
import type { TranslateDocument } from "./types.ts";

const KEY = "slangrag.history";
const MOST = 200; // conversations and translations
const MOST_CHARACTERS = 2_000_000; // of the 5 MB or so that browsers give an origin

export type Kept =
  | { id: string; at: number; kind: "ask"; title: string; turns: Turn[] }
  | { id: string; at: number; kind: "translate"; title: string; to: "plain" | "slang"; document: TranslateDocument };

// What another version of the page kept, or somebody else at this address, may have another shape: it is
// left aside, since a view over it would fail.
function isTurn(one: unknown): boolean {
  const turn = one as Partial<Turn> | null;
  return (
    typeof turn?.question === "string" &&
    [turn.said, turn.notes, turn.withheld].every(Array.isArray) &&
    (turn.said as unknown[]).every((said) => typeof (said as { text?: unknown } | null)?.text === "string")
  );
}

function isTranslated(one: unknown): boolean {
  const told = one as Partial<TranslateDocument> | null | undefined;
  return typeof told?.text === "string" && typeof told.plain === "string" && [told.terms, told.notes].every(Array.isArray);
}

function isKept(one: unknown): one is Kept {
  const kept = one as Partial<Kept> | null;
  return (
    typeof kept?.id === "string" &&
    typeof kept.title === "string" &&
    ((kept.kind === "ask" && Array.isArray(kept.turns) && kept.turns.every(isTurn)) ||
      (kept.kind === "translate" && isTranslated(kept.document)))
  );
}

function read(): Kept[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(isKept) : [];
  } catch {
    return [];
  }
}

export const kept = new Cell<Kept[]>([]);
/** False where this browser keeps nothing: the history says so. */
export const keeps = new Cell(true);

function write(all: Kept[]): boolean {
  let some = all.slice(0, MOST);
  for (;;) {
    const text = JSON.stringify(some);
    try {
      if (text.length <= MOST_CHARACTERS) {
        localStorage.setItem(KEY, text);
        kept.value = some;
        keeps.value = true;
        return true;
      }
    } catch {
      // the quota is smaller than thought, or storage is forbidden: fewer, down to none
    }
    if (!some.length) break;
    some = some.slice(0, Math.floor(some.length * 0.8));
  }
  keeps.value = false;
  return false;
}

/** Newest first; one of the same id is replaced. True where it is kept. */
export function keep(one: Kept): boolean {
  return write([one, ...read().filter((other) => other.id !== one.id)]) && kept.value.some((other) => other.id === one.id);
}

export function forget(id: string): void {
  write(read().filter((one) => one.id !== id));
}

export function forgetAll(): void {
  write([]);
}

export function recall(id: string): Kept | undefined {
  return read().find((one) => one.id === id);
}

export function matching(all: readonly Kept[], query: string): Kept[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const text = textOf(one).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function textOf(one: Kept): string {
  if (one.kind === "translate") return `${one.document.text} ${one.document.plain}`;
  return one.turns.map((turn) => `${turn.question} ${turn.said.map((said) => said.text).join(" ")}`).join(" ");
}

export function startHistory(): void {
  kept.value = read();
  // Another tab may write: follow it, so that neither shows what is gone.
  addEventListener("storage", (event) => {
    if (event.key === KEY) kept.value = read();
  });
}

export const newId = (): string => Date.now().toString(36) + Math.random().toString(36).slice(2, 7);
