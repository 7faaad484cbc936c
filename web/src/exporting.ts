// Answers as files and as text to paste. Markdown is as seen (masks and all); JSON is the server's document.

import { hitsOf, notesOf, type Turn } from "./asking.ts";
import { pageSaid } from "./hits.ts";
import { masked } from "./strong.ts";
import type { Hit, TranslateDocument } from "./types.ts";

// All of it is strangers' text or a model's: what Markdown or HTML would act on is escaped.
const shown = (text: string): string => masked(text).replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>()#+\-!|~&]/g, "\\$&");

const MARK = { supported: "supported", "own words": "own words, not verified", quoted: "quoted", remark: "remark" };

const where = (hit: Hit): string => (hit.locator ? (hit.locator.label ? pageSaid(hit.locator.label) : "document") : `entry ${hit.entry_id}`);

const source = (hit: Hit): string => `> \\[${hit.rank}\\] **${shown(hit.word)}** (${shown(where(hit))}): ${shown(hit.definition)}`;

function turnMarkdown(turn: Turn): string {
  const parts = [`## ${shown(turn.question)}`];
  if (turn.readAs) parts.push(`*read as: ${shown(turn.readAs)}*`);
  parts.push(turn.said.map((one) => `- ${shown(one.text)} *(${MARK[one.support]})*`).join("\n"));
  const hits = hitsOf(turn);
  if (hits.length) parts.push(hits.map(source).join("\n>\n"));
  parts.push(...notesOf(turn).map((note) => `*${shown(note)}*`));
  return parts.join("\n\n");
}

export const askMarkdown = (turns: readonly Turn[]): string => `${turns.map(turnMarkdown).join("\n\n")}\n`;

export function translateMarkdown(told: TranslateDocument): string {
  const parts = [`## ${shown(told.text)}`];
  if (told.rendering !== "glossed") parts.push(shown(told.plain) + (told.grounded ? "" : " *(own words, not verified)*"));
  parts.push(
    told.terms
      .map((term) => `- **${shown(term.span)}**: ${shown(term.senses[0]?.meaning ?? term.definition)} (entry ${shown(term.entry_id)})`)
      .join("\n"),
  );
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** What "Copy" copies: the answer and the headwords that it cites. */
export function askPlain(turn: Turn): string {
  const cites = new Set(turn.said.flatMap((one) => one.citations));
  const sources = hitsOf(turn).filter((hit) => cites.has(hit.rank));
  const answer = turn.said.map((one) => masked(one.text) + (one.support === "own words" ? " (not verified)" : "")).join("\n");
  return [answer, sources.map((hit) => `[${hit.rank}] ${masked(hit.word)} (${where(hit)})`).join("\n")].filter(Boolean).join("\n\n");
}

export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name that any system takes. */
export function fileName(title: string, ending: string): string {
  const stem = title.normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 48);
  return `slangrag-${stem || "answer"}.${ending}`;
}

export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOld(text); // no clipboard on plain http beyond loopback
  }
}

function copyOld(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "unseen";
  document.body.append(box);
  const focused = document.activeElement;
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
