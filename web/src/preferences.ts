// What a person chose, kept in this browser; without storage it lasts until the page is left.

import { Cell } from "./cell.ts";

export type Theme = "system" | "light" | "dark";
const KEY = "slangrag.preferences";

interface Kept {
  theme: Theme;
  showStrong: boolean;
}

function read(): Kept {
  const found: Kept = { theme: "system", showStrong: false };
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Kept>;
    if (kept.theme === "light" || kept.theme === "dark") found.theme = kept.theme;
    found.showStrong = kept.showStrong === true;
  } catch {
    // no storage, or not ours: the defaults
  }
  return found;
}

const kept = read();
export const theme = new Cell<Theme>(kept.theme);
/** Whether strong words are shown as they are; masked by default. */
export const showStrong = new Cell(kept.showStrong);

export function applyTheme(): void {
  const root = document.documentElement;
  if (theme.value === "system") delete root.dataset.theme;
  else root.dataset.theme = theme.value;
}

function keep(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ theme: theme.value, showStrong: showStrong.value }));
  } catch {
    // full or forbidden: the choice still holds on this page
  }
}

theme.follow(() => {
  applyTheme();
  keep();
});
showStrong.follow(keep);
