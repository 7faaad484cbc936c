// A document read in parts: pages where it has them, stretches of some thousand characters where not.

import * as api from "./api.ts";
import { learnStrong } from "./strong.ts";
import type { DocumentText } from "./types.ts";

const LENGTH = 8_000; // code points of a part of a document without pages
const BEFORE = 1_500; // of them before the stretch that was asked for

/** Code points start to end of a document. page: its number from 1, 0 without pages; label: as printed. */
export interface Part {
  page: number;
  label: string;
  start: number;
  end: number;
  text: string;
}

export interface Opening {
  document: DocumentText;
  part: Part;
}

const points = (text: string): string[] => [...text];

/** The document's facts, and the part of it that holds character `start`, or that page. */
export async function open(number: number, page: number, start: number, signal: AbortSignal): Promise<Opening> {
  if (page > 0) return opened(await api.documentPage(number, page, signal));
  const facts = await api.documentPart(number, Math.max(start, 0), 1, signal);
  if (facts.pages) return opened(await api.documentPage(number, facts.page_list[0]?.number ?? 1, signal));
  const document = await api.documentPart(number, Math.max(0, start - BEFORE), LENGTH, signal);
  learnStrong(document);
  return { document, part: cutPart(document, document.start > 0) };
}

/** The part after one, or before it; null where there is none. */
export async function next(document: DocumentText, part: Part): Promise<Part | null> {
  if (document.pages) return part.page < document.pages ? opened(await api.documentPage(document.number, part.page + 1)).part : null;
  if (part.end >= document.characters) return null;
  const found = await api.documentPart(document.number, part.end, LENGTH);
  learnStrong(found);
  return cutPart(found, false);
}

export async function previous(document: DocumentText, part: Part): Promise<Part | null> {
  if (document.pages) return part.page > 1 ? opened(await api.documentPage(document.number, part.page - 1)).part : null;
  if (part.start <= 0) return null;
  const start = Math.max(0, part.start - LENGTH);
  const found = await api.documentPart(document.number, start, part.start - start);
  learnStrong(found);
  return cutPart(found, start > 0, false);
}

function opened(document: DocumentText): Opening {
  learnStrong(document);
  const page = document.page_list[0];
  const end = document.start + points(document.text).length;
  return { document, part: { page: page?.number ?? 0, label: page?.label ?? "", start: document.start, end, text: document.text } };
}

/** A stretch that begins and ends between paragraphs where it can. */
function cutPart(found: DocumentText, head: boolean, tail = true): Part {
  let text = found.text;
  let start = found.start;
  if (head) {
    const at = text.indexOf("\n\n");
    if (at >= 0 && at < text.length / 8) {
      start += points(text.slice(0, at + 2)).length;
      text = text.slice(at + 2);
    }
  }
  const whole = found.start + points(found.text).length >= found.characters;
  const at = text.lastIndexOf("\n\n");
  if (tail && !whole && at > text.length / 2) text = text.slice(0, at + 2);
  return { page: 0, label: "", start, end: start + points(text).length, text };
}
