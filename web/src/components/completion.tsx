// Headwords offered while one types. In a one-line box it is the WAI-ARIA combobox with a listbox popup. A textarea
// must stay a textbox (ARIA in HTML allows it no other role): there the same keys work, and the count is announced.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { headwords } from "../api.ts";
import { useMask } from "../strong.ts";
import { plural } from "../text.ts";

const PAUSE_MS = 120;

// Words that open or join a question: completing them would only be in the way.
const COMMON = new Set(
  ("what whats what's does do did is are was were mean means meant meaning the a an to of in on at and or for it that this these those " +
    "when where who how why which you i me my he she they we his her their your say says said call called word words with if someone " +
    "somebody something be being been there there's about from have has had not but as by like")
    .split(" "),
);

export interface Stretch {
  text: string;
  start: number;
}

/** What may be the beginning of a headword before the caret: up to three words, the longest first. */
export function beginnings(before: string, whole: boolean): Stretch[] {
  if (whole) return before.trim().length > 1 ? [{ text: before.trim(), start: 0 }] : [];
  const found: Stretch[] = [];
  for (const words of [3, 2, 1]) {
    const match = new RegExp(`(?:^|[\\s"'“‘(])((?:[^\\s"“”]+ ){${words - 1}}[^\\s"“”?.,!]+)$`, "u").exec(before);
    const text = match?.[1];
    if (!text || COMMON.has(text.split(" ")[0]!.toLowerCase())) continue;
    const least = text.length === before.trim().length ? 2 : 3;
    if (text.length >= least) found.push({ text, start: before.length - text.length });
  }
  return found;
}

interface Offered {
  options: string[];
  start: number;
  end: number;
}

const NOTHING: Offered = { options: [], start: 0, end: 0 };

export type TextBox = HTMLInputElement | HTMLTextAreaElement;

/** `pick` gets the whole new text and where the caret belongs. */
export function useCompletion(whole: boolean, pick: (text: string, caret: number, word: string) => void) {
  const id = useId();
  const [offered, setOffered] = useState(NOTHING);
  const [active, setActive] = useState(-1);
  const wait = useRef<{ timer: number; leave: AbortController } | null>(null);
  const value = useRef("");
  const open = offered.options.length > 0;

  function close(): void {
    if (wait.current) {
      clearTimeout(wait.current.timer);
      wait.current.leave.abort();
      wait.current = null;
    }
    setOffered(NOTHING);
    setActive(-1);
  }

  useEffect(() => close, []);

  async function look(before: string, leave: AbortController): Promise<void> {
    for (const { text, start } of beginnings(before, whole)) {
      try {
        const found = await headwords(text.toLowerCase(), leave.signal);
        if (leave.signal.aborted) return;
        const options = found.filter((one) => one.toLowerCase() !== text.toLowerCase() || found.length > 1);
        if (!options.length) continue;
        setOffered({ options, start, end: before.length });
        setActive(-1);
        announce(`${plural(options.length, "headword")} offered`);
        return;
      } catch {
        return; // completion is a convenience: its failure is told by the status line
      }
    }
    setOffered(NOTHING);
  }

  function typed(box: TextBox): void {
    value.current = box.value;
    const caret = box.selectionStart ?? box.value.length;
    if (wait.current) {
      clearTimeout(wait.current.timer);
      wait.current.leave.abort();
    }
    const before = box.value.slice(0, caret);
    if (/^[\p{L}\p{N}]/u.test(box.value.slice(caret)) || !beginnings(before, whole).length) return close();
    const leave = new AbortController();
    wait.current = { leave, timer: setTimeout(() => void look(before, leave), PAUSE_MS) };
  }

  function take(word: string): void {
    const text = value.current.slice(0, offered.start) + word + value.current.slice(offered.end);
    close();
    pick(text, offered.start + word.length, word);
  }

  /** True where the key was for the list. */
  function key(event: KeyboardEvent): boolean {
    if (!open || event.isComposing) return false;
    const last = offered.options.length - 1;
    if (event.key === "ArrowDown") setActive(active >= last ? -1 : active + 1);
    else if (event.key === "ArrowUp") setActive(active < 0 ? last : active - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) take(offered.options[active]!);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  const activeId = active >= 0 ? `${id}-${active}` : undefined;
  return { id, open, options: offered.options, active, activeId, typed, key, close, take };
}

export type Completion = ReturnType<typeof useCompletion>;

export function Options({ of, label }: { of: Completion; label: string }) {
  const mask = useMask();
  return (
    <ul id={of.id} class="options" role="listbox" aria-label={label} hidden={!of.open}>
      {of.options.map((word, i) => (
        <li
          key={word}
          id={`${of.id}-${i}`}
          role="option"
          aria-selected={i === of.active}
          dir="auto"
          // before the box loses the focus
          onMouseDown={(event) => {
            event.preventDefault();
            of.take(word);
          }}
        >
          {mask(word)}
        </li>
      ))}
    </ul>
  );
}
