// A definition as text: masked, with evidence marked and [headwords] as links. Never markup of its own.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { wordPath } from "../router.ts";
import { useMask } from "../strong.ts";
import { bracketed, stretches } from "../text.ts";
import type { Evidence } from "../types.ts";

interface Props {
  text: string;
  evidence?: Evidence[];
  /** Characters shown before "Show all". */
  limit?: number;
  /** Brackets name headwords in the dictionary only. */
  brackets?: boolean;
}

export function Definition({ text, evidence = [], limit = 600, brackets = true }: Props) {
  const mask = useMask();
  const [all, setAll] = useState(false);
  const cut = !all && !evidence.length && text.length > limit * 1.2;
  const shown = mask(cut ? `${[...text].slice(0, limit).join("").trimEnd()}…` : text);
  return (
    <div class="definition">
      <p dir="auto">{marked(shown, evidence, brackets ? linked : (part) => [part])}</p>
      {(cut || all) && (
        <button type="button" class="plain" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show less" : "Show all"}
        </button>
      )}
    </div>
  );
}

function marked(text: string, evidence: Evidence[], told: (text: string) => ComponentChildren[]) {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const { start, end } of stretches(text, evidence)) {
    parts.push(...told(text.slice(at, start)), <mark>{told(text.slice(start, end))}</mark>);
    at = end;
  }
  return [...parts, ...told(text.slice(at))];
}

function linked(text: string) {
  return bracketed(text).map((piece) =>
    piece.kind === "word" ? <a href={wordPath(piece.text)}>{piece.text}</a> : "text" in piece ? piece.text : null,
  );
}
