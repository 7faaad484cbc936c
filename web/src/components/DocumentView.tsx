// One document, read a page at a time; a stretch that an answer cites is marked, and has the focus.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { type Problem, asProblem } from "../problem.ts";
import { type Part, next, open, previous } from "../reading.ts";
import { type Place, documentPath, go } from "../router.ts";
import { useMask } from "../strong.ts";
import { stretches } from "../text.ts";
import type { DocumentText } from "../types.ts";
import { factsOf } from "./DocumentsView.tsx";
import { Heading } from "./Heading.tsx";
import { useRequest } from "./request.ts";
import { Trouble } from "./Trouble.tsx";

/** Another place in it is another view: give it a key of its place. */
export function DocumentView({ number, page, start, end }: Place) {
  const mask = useMask();
  const found = useRequest((signal) => open(number, page, start, signal), `${number} ${page} ${start}`);
  const one = found.value?.document;
  return (
    <div class="column document">
      <p class="crumb">
        <a href="/documents">Documents</a>
      </p>
      <Heading title={one ? mask(one.title) : "Document"} class="title word-title">
        <span dir="auto">{one ? mask(one.title) : "Document"}</span>
      </Heading>
      {!one && !found.problem && <p class="pending">Opening</p>}
      {found.problem && <Trouble problem={found.problem} onRetry={found.again} />}
      {found.value && (
        <>
          <p class="count">{mask(factsOf(found.value.document).join(" · "))}</p>
          <Reading document={found.value.document} first={found.value.part} marked={{ start, end }} />
        </>
      )}
    </div>
  );
}

interface ReadingProps {
  document: DocumentText;
  first: Part;
  marked: { start: number; end: number };
}

function Reading({ document: one, first, marked }: ReadingProps) {
  const [parts, setParts] = useState([first]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const head = parts[0]!;
  const tail = parts.at(-1)!;
  const arrived = useRef<Part | null>(null);

  useLayoutEffect(() => {
    const mark = place.current?.querySelector("mark");
    mark?.focus({ preventScroll: true });
    mark?.scrollIntoView({ block: "center" });
  }, []);

  // Who reads on is taken to what came; the button that brought it may be gone.
  useLayoutEffect(() => {
    const come = arrived.current;
    arrived.current = null;
    if (!come) return;
    const section = place.current?.querySelector<HTMLElement>(`[data-start="${come.start}"]`);
    section?.focus({ preventScroll: true });
    section?.scrollIntoView({ block: "start" });
  }, [parts]);

  async function more(back: boolean): Promise<void> {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const come = await (back ? previous(one, head) : next(one, tail));
      if (!come) return;
      arrived.current = come;
      setParts(back ? [come, ...parts] : [...parts, come]);
    } catch (error) {
      const told = asProblem(error);
      setProblem(told);
      announce(told.message);
    } finally {
      setBusy(false);
    }
  }

  const paged = one.pages > 0;
  const isFirst = paged ? head.page <= 1 : head.start <= 0;
  const isLast = paged ? tail.page >= one.pages : tail.end >= one.characters;
  return (
    <>
      {one.pages > 1 && <GoTo one={one} page={head.page} />}
      {!isFirst && (
        <button type="button" class="quiet" onClick={() => void more(true)}>
          {paged ? "The page before" : "The part before"}
        </button>
      )}
      <div ref={place} class="document-parts">
        {parts.map((part) => (
          <PartView key={part.start + part.page * 1e9} part={part} pages={one.pages} marked={marked} />
        ))}
      </div>
      {problem && <Trouble problem={problem} />}
      {!isLast && (
        <button type="button" class="quiet" onClick={() => void more(false)}>
          {paged ? "The next page" : "The next part"}
        </button>
      )}
    </>
  );
}

function PartView({ part, pages, marked }: { part: Part; pages: number; marked: { start: number; end: number } }) {
  const mask = useMask();
  const text = mask(part.text);
  const here = { start: Math.max(marked.start, part.start) - part.start, end: Math.min(marked.end, part.end) - part.start };
  const [at] = here.end > here.start ? stretches(text, [here]) : [];
  const printed = part.label && part.label !== String(part.page) ? `Page ${part.label} (${part.page} of ${pages})` : `Page ${part.page} of ${pages}`;
  return (
    <section class="part" tabIndex={-1} data-start={part.start} aria-label={pages ? printed : "Text"}>
      {pages > 0 && <h2 class="part-head">{printed}</h2>}
      {text.trim() ? (
        <p class="document-text" dir="auto">
          {at ? (
            <>
              {text.slice(0, at.start)}
              <mark tabIndex={-1}>{text.slice(at.start, at.end)}</mark>
              {text.slice(at.end)}
            </>
          ) : (
            text
          )}
        </p>
      ) : (
        <p class="hint">There is no text on this page.</p>
      )}
    </section>
  );
}

function GoTo({ one, page }: { one: DocumentText; page: number }) {
  const [wanted, setWanted] = useState(String(page));
  useEffect(() => setWanted(String(page)), [page]);
  return (
    <form
      class="go-to"
      onSubmit={(event) => {
        event.preventDefault();
        const to = Math.min(Math.max(1, Math.trunc(Number(wanted)) || 1), one.pages);
        go(documentPath(one.number, { page: to }));
      }}
    >
      <label>
        Page{" "}
        <input
          type="number"
          inputMode="numeric"
          min={1}
          max={one.pages}
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
      </label>
      <span> of {one.pages.toLocaleString("en")}</span>
      <button type="submit" class="quiet">
        Go
      </button>
    </form>
  );
}
