// A row of a list that is opened from elsewhere on the page, and from which one goes back there.

import type { TargetedKeyboardEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface OpenedFrom {
  from: HTMLElement;
}

/** `row` gets the focus when it is opened; `back`, or Escape in it, closes it and gives the focus back.
 *
 * The focus moves before the browser paints: a Tab pressed at once must start from the row. */
export function useOpening(opened: OpenedFrom | null, onClose: () => void) {
  const row = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    if (!opened || !row.current) return;
    row.current.focus({ preventScroll: true });
    row.current.scrollIntoView({ block: "nearest" });
  }, [opened]);

  function back(): void {
    const from = opened?.from;
    onClose();
    from?.focus();
  }

  function onKeyDown(event: TargetedKeyboardEvent<HTMLLIElement>): void {
    if (event.key !== "Escape" || !opened) return;
    event.stopPropagation();
    back();
  }

  return { row, back, onKeyDown };
}
