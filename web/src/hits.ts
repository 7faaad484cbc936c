// A hit as others speak of it: an entry of the dictionary by its word, a passage by its document and page.

import { documentPath, wordPath } from "./router.ts";
import type { Evidence, Hit } from "./types.ts";

/** A printed page or several: "p. 14", "pp. 14–15". */
export const pageSaid = (label: string): string => `${label.includes("–") ? "pp." : "p."} ${label}`;

/** "ghost"; "Style guide, p. 14", where `evidence` says it. */
export function hitName(hit: Hit, evidence: readonly Evidence[] = []): string {
  const label = evidence.find((one) => one.page)?.page ?? hit.locator?.label;
  return label ? `${hit.word}, ${pageSaid(label)}` : hit.word;
}

/** Where it is read: the word's own page; the document, opened where `evidence` says it. */
export function hitPath(hit: Hit, evidence: readonly Evidence[] = []): string {
  if (!hit.locator) return wordPath(hit.word);
  const { document, page, start, end } = hit.locator;
  const place = evidence.find((one) => one.document_start !== undefined);
  return documentPath(document, {
    page: place?.page_number ?? page,
    start: place?.document_start ?? start,
    end: place?.document_end ?? end,
  });
}
