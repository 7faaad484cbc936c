// What the server says of itself, for the foot of the page and for what the views can offer.

import * as api from "./api.ts";
import { Cell } from "./cell.ts";
import { asProblem, type Problem } from "./problem.ts";
import { plural } from "./text.ts";
import type { Status } from "./types.ts";

const AGAIN_MS = 2_000; // while the index is being opened

export const status = new Cell<Status | null>(null);
export const statusProblem = new Cell<Problem | null>(null);
let timer = 0;

export async function refreshStatus(): Promise<void> {
  clearTimeout(timer);
  try {
    status.value = await api.status();
    statusProblem.value = null;
    if (!status.value.ready) timer = setTimeout(() => void refreshStatus(), AGAIN_MS);
  } catch (error) {
    statusProblem.value = asProblem(error);
  }
}

export function startStatus(): void {
  void refreshStatus();
  addEventListener("online", () => void refreshStatus());
  addEventListener("offline", () => void refreshStatus());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void refreshStatus();
  });
}

/** Why no model explains here, in a sentence; "" where one does or nothing is known yet. */
export function withoutModel(one: Status | null): string {
  if (!one || one.capable) return "";
  const said = one.model ? `${one.model} is too small to explain` : "no model can be reached";
  return `Answers are quoted definitions: ${said}.`;
}

export function line(one: Status): string[] {
  const { store } = one;
  const parts = [one.model ? `${one.model} (${one.engine})` : "no model"];
  if (one.gpu !== null) parts.push(one.gpu ? "on a GPU" : "no GPU");
  parts.push(`${store.rows.toLocaleString("en")} definitions of ${store.headwords.toLocaleString("en")} headwords`);
  if (!store.complete) parts.push("still loading");
  if (one.documents) parts.push(plural(one.documents, "document"));
  if (store.data_until) parts.push(`data until ${store.data_until}`);
  parts.push(`slangrag ${one.version}`);
  return parts;
}
