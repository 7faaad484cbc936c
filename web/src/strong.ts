// Which words the switch masks: what the server called strong in any document that this page has had.

import { Cell, useCell } from "./cell.ts";
import { showStrong } from "./preferences.ts";
import { mask, strongPattern } from "./text.ts";

const words = new Set<string>();
const pattern = new Cell<RegExp | null>(null);

export function learnStrong(document: { strong?: string[] }): void {
  const before = words.size;
  for (const word of document.strong ?? []) words.add(word.toLowerCase());
  if (words.size > before) pattern.value = strongPattern(words);
}

export function masked(text: string): string {
  return showStrong.value ? text : mask(text, pattern.value);
}

/** `masked`, for a component that follows the switch. */
export function useMask(): (text: string) => string {
  useCell(pattern);
  useCell(showStrong);
  return masked;
}
