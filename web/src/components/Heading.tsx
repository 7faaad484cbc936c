// A view's heading: names the window, and takes the focus when the address changes.

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { visits } from "../router.ts";

interface Props {
  title: string;
  class?: string;
  children: ComponentChildren;
}

export function Heading({ title, class: name, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title ? `${title} · slangrag` : "slangrag";
  }, [title]);
  useEffect(() => {
    const arrive = () => heading.current?.focus({ preventScroll: true });
    if (visits.value > 0) arrive();
    return visits.follow(() => requestAnimationFrame(arrive));
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} class={name}>
      {children}
    </h1>
  );
}
