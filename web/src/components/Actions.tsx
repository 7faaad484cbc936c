// What one can do with an answer: quiet buttons in a row, which say that they have done it.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { copy } from "../exporting.ts";
import { Icon, type IconName } from "./Icon.tsx";

const SAID_MS = 2500;

interface Props {
  icon: IconName;
  label: string;
  onClick: () => void | Promise<string | void>;
}

/** A button whose action may give a word on how it went; it stands in the label's place for a moment. */
export function Action({ icon, label, onClick }: Props) {
  const [said, setSaid] = useState("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);

  async function act(): Promise<void> {
    const done = await onClick();
    if (!done) return;
    setSaid(done);
    announce(done);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), SAID_MS);
  }

  return (
    <button type="button" class="action" onClick={() => void act()}>
      <Icon name={icon} />
      {said || label}
    </button>
  );
}

export function Actions({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="actions" role="group" aria-label={label}>
      {children}
    </div>
  );
}

export async function copied(text: string): Promise<string> {
  return (await copy(text)) ? "Copied" : "Not copied: the browser forbids it";
}

/** The system's share sheet where there is one, otherwise the address goes to the clipboard. */
export async function shared(title: string, path: string): Promise<string> {
  const url = location.origin + path;
  if (navigator.share !== undefined && matchMedia("(pointer: coarse)").matches) {
    try {
      await navigator.share({ title, url });
      return "";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return "";
    }
  }
  return (await copy(url)) ? "Link copied" : url;
}
