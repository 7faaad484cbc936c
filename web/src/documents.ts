// The documents beside the dictionary, and files on their way in: both outlive the view.

import { announce } from "./announce.ts";
import * as api from "./api.ts";
import { Cell } from "./cell.ts";
import { Problem, asProblem } from "./problem.ts";
import { refreshStatus } from "./status.ts";
import { plural } from "./text.ts";
import type { Added, StoredDocument } from "./types.ts";

export const LARGEST = 50 * 1024 * 1024; // what the server reads: more would be refused
export const ENDINGS = ".pdf,.html,.htm,.xhtml,.md,.markdown,.txt,.text,.xml,.docx,.epub";

export interface Upload {
  id: number;
  name: string;
  phase: "waiting" | "sending" | "reading" | "done" | "failed";
  /** Of its bytes, 0 to 1. */
  sent: number;
  added: Added | null;
  problem: Problem | null;
}

export const listed = new Cell<StoredDocument[] | null>(null);
export const listProblem = new Cell<Problem | null>(null);
export const uploads = new Cell<Upload[]>([]);

const files = new Map<number, { file: File; leave: AbortController }>();
let last = 0;
let working = false;

export async function refresh(): Promise<void> {
  try {
    listed.value = (await api.documents()).documents;
    listProblem.value = null;
  } catch (error) {
    listProblem.value = asProblem(error);
  }
}

export function add(chosen: Iterable<File>): void {
  for (const file of chosen) {
    const id = ++last;
    const one: Upload = { id, name: file.name, phase: "waiting", sent: 0, added: null, problem: null };
    files.set(id, { file, leave: new AbortController() });
    // The same name again takes the place of what failed before.
    uploads.value = [...uploads.value.filter((other) => other.name !== file.name || !ended(other)), one];
  }
  void work();
}

export const ended = (one: Upload): boolean => one.phase === "done" || one.phase === "failed";

/** Ends an upload that is under way, and takes it off the list. */
export function dismiss(id: number): void {
  files.get(id)?.leave.abort();
  files.delete(id);
  uploads.value = uploads.value.filter((one) => one.id !== id);
}

export async function remove(one: StoredDocument): Promise<void> {
  await api.removeDocument(one.number);
  listed.value = listed.value?.filter((other) => other.number !== one.number) ?? null;
  announce(`Removed: ${one.title}`);
  void refreshStatus();
}

function change(id: number, to: Partial<Upload>): void {
  uploads.value = uploads.value.map((one) => (one.id === id ? { ...one, ...to } : one));
}

/** One after the other: the server works on one at a time. */
async function work(): Promise<void> {
  if (working) return;
  working = true;
  for (;;) {
    const next = uploads.value.find((one) => one.phase === "waiting");
    if (!next) break;
    await send(next);
  }
  working = false;
}

async function send({ id, name }: Upload): Promise<void> {
  const given = files.get(id);
  if (!given) return;
  const { file, leave } = given;
  change(id, { phase: "sending" });
  try {
    if (file.size > LARGEST) throw new Problem("error", "It is larger than 50 MB.", "Split it into smaller documents.");
    const sent = (share: number) => change(id, share < 1 ? { sent: share } : { sent: 1, phase: "reading" });
    const added = await api.upload(file, sent, leave.signal);
    change(id, { phase: "done", added });
    announce(`${name}: ${outcome(added)}`);
    await refresh();
    void refreshStatus();
  } catch (error) {
    if (leave.signal.aborted) return;
    const problem = asProblem(error);
    change(id, { phase: "failed", problem });
    announce(`${name}: ${problem.message}`);
  } finally {
    files.delete(id);
  }
}

export function outcome({ outcome: what, document, refused }: Added): string {
  const said = {
    added: `Added, ${plural(document.passages, "passage")}`,
    changed: `Replaced, ${plural(document.passages, "passage")}`,
    unchanged: "Already here, unchanged",
  }[what];
  return refused ? `${said}; ${plural(refused, "passage")} could not be taken` : said;
}
