// Addresses to views. Questions stand in the fragment: a fragment is never sent, so no server logs them.

import { Cell } from "./cell.ts";
import { takeToken } from "./token.ts";

export type Route =
  | { name: "ask"; question: string; kept: string }
  | { name: "translate"; text: string; kept: string }
  | { name: "lookup"; query: string }
  | { name: "word"; word: string }
  | { name: "entry"; id: string }
  | { name: "documents" }
  | ({ name: "document" } & Place)
  | { name: "missing" };

/** A document, and a stretch of it in code points; page counts from 1. 0 and -1 where there is none. */
export interface Place {
  number: number;
  page: number;
  start: number;
  end: number;
}

export function routeOf(pathname: string, hash: string): Route {
  const fragment = new URLSearchParams(hash.replace(/^#/, ""));
  const asked = fragment.get("q") ?? "";
  const kept = fragment.get("kept") ?? "";
  const [, first = "", rest = ""] = /^\/([^/]*)\/?(.*)$/s.exec(pathname) ?? [];
  if (first === "" && !rest) return { name: "ask", question: asked, kept };
  if (first === "translate" && !rest) return { name: "translate", text: asked, kept };
  if (first === "lookup" && !rest) return { name: "lookup", query: asked };
  if (first === "word" && rest) return { name: "word", word: decoded(rest) };
  if (first === "entry" && rest) return { name: "entry", id: decoded(rest) };
  if (first === "documents" && !rest) return { name: "documents" };
  if (first === "documents" && /^[1-9]\d{0,8}$/.test(rest)) {
    const number = (name: string, otherwise: number) => {
      const given = fragment.get(name) ?? "";
      return /^\d{1,9}$/.test(given) ? Number(given) : otherwise;
    };
    return { name: "document", number: Number(rest), page: number("page", 0), start: number("start", -1), end: number("end", -1) };
  }
  return { name: "missing" };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The page of a headword; "." and ".." cannot stand in a path, however they are encoded. */
export const wordPath = (word: string) => (/^\.{1,2}$/.test(word) ? withFragment("/lookup", { q: word }) : `/word/${encodeURIComponent(word)}`);
export const entryPath = (id: string) => `/entry/${encodeURIComponent(id)}`;
/** A document's own address, opened at a page or a stretch of it. */
export function documentPath(number: number, at: { page?: number | null; start?: number; end?: number } = {}): string {
  const parts = Object.entries(at).flatMap(([name, one]) => (one == null ? [] : [[name, String(one)] as const]));
  const path = `/documents/${number}`;
  return parts.length ? withFragment(path, Object.fromEntries(parts)) : path;
}

export const withFragment = (path: string, parts: Record<string, string>) => `${path}#${new URLSearchParams(parts).toString()}`;

export const route = new Cell<Route>({ name: "missing" });
/** Counts navigations: a view moves the focus to its heading when it changes. */
export const visits = new Cell(0);

function read(): void {
  route.value = routeOf(location.pathname, location.hash);
}

/** Goes to an address; `stay` leaves focus and scroll where they are (a search on the same view). */
export function go(path: string, stay = false): void {
  history.pushState(null, "", path);
  read();
  if (stay) return;
  visits.value += 1;
  scrollTo(0, 0);
}

/** Another address for what is already shown. */
export function rename(path: string): void {
  history.replaceState(null, "", path);
  read();
}

function followed(event: MouseEvent): void {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (link.dataset.inpage !== undefined) return; // the skip link: the browser's own business
  event.preventDefault();
  go(link.pathname + link.search + link.hash);
}

export function startRouter(): void {
  takeToken();
  read();
  document.addEventListener("click", followed);
  const moved = () => {
    // The printed address put into a tab that was open: begin again, now with its token.
    if (takeToken()) location.reload();
    read();
    visits.value += 1;
  };
  addEventListener("popstate", moved);
}
