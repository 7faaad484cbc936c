// Whether the data has it, as a plain sentence, and the nearest headwords where it may not.

import { wordPath } from "../router.ts";
import { useMask } from "../strong.ts";
import type { Known as Verdict } from "../types.ts";

const SAID: Record<Verdict, string> = { yes: "In the data", maybe: "The data may have this", no: "Not in my data" };

export function Known({ known }: { known: Verdict }) {
  return (
    <p class="known" data-known={known}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
        <circle cx="6" cy="6" r="4.75" />
        {known === "maybe" && <path d="M6 1.25a4.75 4.75 0 0 0 0 9.5z" />}
      </svg>
      {SAID[known]}
    </p>
  );
}

export function Suggestions({ words }: { words: readonly string[] }) {
  const mask = useMask();
  if (!words.length) return null;
  return (
    <p class="suggestions">
      Did you mean{" "}
      {words.map((word, i) => (
        <>
          {i > 0 && ", "}
          <a key={word} href={wordPath(word)} dir="auto">
            {mask(word)}
          </a>
        </>
      ))}
      ?
    </p>
  );
}
