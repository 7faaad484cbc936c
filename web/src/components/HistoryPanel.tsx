// What was asked in this browser: search, open again, delete one, delete all.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { useCell } from "../cell.ts";
import { type Kept, forget, forgetAll, keeps, kept, matching } from "../history.ts";
import { go, withFragment } from "../router.ts";
import { useMask } from "../strong.ts";
import { plural, shortened } from "../text.ts";
import { Icon } from "./Icon.tsx";

export function HistoryPanel({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const all = useCell(kept);
  const keeping = useCell(keeps);
  const [query, setQuery] = useState("");
  const found = matching(all, query);

  useEffect(() => dialog.current?.showModal(), []);

  function open(one: Kept): void {
    dialog.current?.close();
    go(withFragment(one.kind === "ask" ? "/" : "/translate", { kept: one.id }));
  }

  function remove(one: Kept): void {
    forget(one.id);
    announce("Deleted");
    dialog.current?.querySelector<HTMLElement>("h2")?.focus();
  }

  return (
    <dialog
      ref={dialog}
      class="history"
      aria-labelledby="history-title"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close(); // the backdrop
      }}
    >
      <div class="history-body">
        <header class="history-head">
          <h2 id="history-title" tabIndex={-1}>
            History
          </h2>
          <button type="button" class="bare" aria-label="Close the history" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        <p class="hint">
          {keeping ? "Kept in this browser only." : "This browser keeps nothing: its storage is full or switched off."}
        </p>
        {all.length > 0 && (
          <input
            class="filter"
            type="search"
            aria-label="Search the history"
            placeholder="Search"
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        )}
        {!all.length && <p class="nothing">Nothing yet. What you ask appears here.</p>}
        {all.length > 0 && !found.length && <p class="nothing">Nothing matches.</p>}
        {days(found).map(([day, some]) => (
          <section key={day}>
            <h3>{day}</h3>
            <ul class="kept">
              {some.map((one) => (
                <KeptRow key={one.id} one={one} onOpen={() => open(one)} onRemove={() => remove(one)} />
              ))}
            </ul>
          </section>
        ))}
        {all.length > 0 && <DeleteAll count={all.length} />}
      </div>
    </dialog>
  );
}

interface RowProps {
  one: Kept;
  onOpen: () => void;
  onRemove: () => void;
}

function KeptRow({ one, onOpen, onRemove }: RowProps) {
  const mask = useMask();
  const title = shortened(mask(one.title), 90);
  const kind = one.kind === "translate" ? "Translation" : one.turns.length > 1 ? plural(one.turns.length, "question") : "";
  return (
    <li>
      <button type="button" class="kept-open" onClick={onOpen}>
        <span dir="auto">{title}</span>
        {kind && <span class="form">{kind}</span>}
      </button>
      <button type="button" class="bare" aria-label={`Delete: ${title}`} onClick={onRemove}>
        <Icon name="remove" />
      </button>
    </li>
  );
}

function DeleteAll({ count }: { count: number }) {
  const [sure, setSure] = useState(false);
  const confirm = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (sure) confirm.current?.focus();
  }, [sure]);
  if (!sure) {
    return (
      <button type="button" class="plain delete-all" onClick={() => setSure(true)}>
        Delete all
      </button>
    );
  }
  return (
    <div class="delete-all" role="group" aria-label="Delete all">
      <p>Delete all {count}? They cannot be brought back.</p>
      <button
        ref={confirm}
        type="button"
        class="danger"
        onClick={() => {
          forgetAll();
          announce("The history is empty");
          document.querySelector<HTMLElement>("#history-title")?.focus();
        }}
      >
        Delete all
      </button>
      <button type="button" class="quiet" onClick={() => setSure(false)}>
        Keep them
      </button>
    </div>
  );
}

function days(all: readonly Kept[]): [string, Kept[]][] {
  const groups = new Map<string, Kept[]>();
  const today = new Date().toDateString();
  const yesterday = new Date(Date.now() - 86_400_000).toDateString();
  for (const one of all) {
    const date = new Date(one.at);
    const day = date.toDateString();
    const name = day === today ? "Today" : day === yesterday ? "Yesterday" : date.toLocaleDateString("en", { dateStyle: "long" });
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups];
}
