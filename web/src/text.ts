// Text in pieces: offsets that count code points, citations, brackets, masks. Nothing here makes markup.

import type { Evidence } from "./types.ts";

/** The server counts code points (Python's characters); JavaScript counts UTF-16 units. */
export function unitsAt(text: string, points: number[]): number[] {
  const wanted = [...points].sort((a, b) => a - b);
  const at = new Map<number, number>();
  let point = 0;
  let unit = 0;
  let next = 0;
  for (const character of text) {
    while (next < wanted.length && wanted[next]! <= point) at.set(wanted[next++]!, unit);
    if (next >= wanted.length) break;
    point += 1;
    unit += character.length;
  }
  return points.map((one) => at.get(one) ?? text.length);
}

export interface Stretch {
  start: number;
  end: number;
}

/** Stretches in UTF-16 units, in order, without overlap (the earlier wins), inside the text. */
export function stretches<T extends Stretch>(text: string, marked: readonly T[]): (T & Stretch)[] {
  const starts = unitsAt(text, marked.map((one) => one.start));
  const ends = unitsAt(text, marked.map((one) => one.end));
  const placed = marked.map((one, i) => ({ ...one, start: starts[i]!, end: ends[i]! }));
  placed.sort((a, b) => a.start - b.start || b.end - a.end);
  let last = 0;
  return placed.filter((one) => {
    const fits = one.start >= last && one.end > one.start;
    if (fits) last = one.end;
    return fits;
  });
}

export function evidenceFor(all: readonly Evidence[] | undefined, n: number): Evidence[] {
  return (all ?? []).filter((one) => one.n === n);
}

export type Piece = { kind: "text" | "mark"; text: string } | { kind: "cite"; n: number } | { kind: "word"; text: string };

/** A sentence as text and citations; a number that it does not cite stays text. */
export function cited(text: string, citations: readonly number[]): Piece[] {
  return text
    .split(/(\[\d{1,3}\])/)
    .filter(Boolean)
    .map((part): Piece => {
      const n = Number(/^\[(\d+)\]$/.exec(part)?.[1] ?? 0);
      return citations.includes(n) ? { kind: "cite", n } : { kind: "text", text: part };
    });
}

export interface Tied {
  word: string;
  cites: number[];
  stop: string;
}

/** Citations with the word before them and the full stop after: what no line break should part. */
export function tied(pieces: readonly Piece[]): (string | Tied)[] {
  const out: (string | Tied)[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (piece.kind === "cite") {
      if (typeof last === "object" && !last.stop) {
        last.cites.push(piece.n);
        continue;
      }
      // A very long word may have to break by itself.
      const [, before = "", word = ""] = typeof last === "string" ? (/^(.*?)(\S{0,24})\s*$/s.exec(last) ?? []) : [];
      if (typeof last === "string") out.splice(-1, 1, before);
      out.push({ word, cites: [piece.n], stop: "" });
    } else if (typeof last === "object" && !last.stop) {
      const [, stop = "", rest = ""] = /^([.,;:!?”’)]*)(.*)$/s.exec(piece.text) ?? [];
      last.stop = stop;
      if (rest) out.push(rest);
    } else {
      out.push(piece.text);
    }
  }
  return out;
}

/** A definition as text and [headwords in brackets]. */
export function bracketed(text: string): Piece[] {
  return text
    .split(/(\[[^[\]\n]{1,60}\])/)
    .filter(Boolean)
    .map((part): Piece => {
      const word = /^\[([^[\]\n]*\p{L}[^[\]\n]*)\]$/u.exec(part)?.[1];
      return word ? { kind: "word", text: word } : { kind: "text", text: part };
    });
}

/** A quoted sentence is `“headword”: “definition” [n].`, of a document `“title”, p. 4: “…” [n].`; else null. */
export function quotation(text: string): { word: string; page: string; definition: string } | null {
  const form = /^“([^”]+)”(?:, p\. ([^:“”]{1,40}))?: “(.*)”\s*(?:\[\d+\]\s*)+\.?$/s;
  const [, word, page = "", definition] = form.exec(text.trim()) ?? [];
  return word && definition ? { word, page, definition } : null;
}

/** Matches the strong words as whole words, in any case; null where there are none. */
export function strongPattern(words: Iterable<string>): RegExp | null {
  const longestFirst = [...words].filter(Boolean).sort((a, b) => b.length - a.length);
  if (!longestFirst.length) return null;
  const escaped = longestFirst.map((one) => one.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu");
}

/** Keeps a strong word's first character and puts a star for each that follows: offsets stay true. */
export function mask(text: string, strong: RegExp | null): string {
  return strong ? text.replace(strong, (word) => [...word].map((c, i) => (i && c.trim() ? "*" : c)).join("")) : text;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** One line, cut at a word. */
export function shortened(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  const points = [...line];
  return points.length <= length ? line : `${points.slice(0, length - 1).join("").replace(/\s+\S*$/, "")}…`;
}
