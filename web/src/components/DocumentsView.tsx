// The documents beside the dictionary: which there are, and, where the server allows it, adding and removing.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { announce } from "../announce.ts";
import { useCell } from "../cell.ts";
import * as store from "../documents.ts";
import { type Problem, asProblem } from "../problem.ts";
import { documentPath } from "../router.ts";
import { status } from "../status.ts";
import { useMask } from "../strong.ts";
import { plural } from "../text.ts";
import type { StoredDocument } from "../types.ts";
import { Heading } from "./Heading.tsx";
import { Icon } from "./Icon.tsx";
import { Trouble } from "./Trouble.tsx";

export function DocumentsView() {
  const documents = useCell(store.listed);
  const problem = useCell(store.listProblem);
  const server = useCell(status);
  useEffect(() => void store.refresh(), []);
  return (
    <div class="column documents">
      <Heading title="Documents" class="title">
        Documents
      </Heading>
      <p class="lead">Questions are answered from these documents too, with the page that says it.</p>
      {server?.uploads && <Adding />}
      {!documents && !problem && <p class="pending">Looking</p>}
      {problem && <Trouble problem={problem} onRetry={() => void store.refresh()} />}
      {documents && !documents.length && server && !server.uploads && (
        <p class="hint">
          There are none. <code>slangrag add FILE</code> adds one, and <code>slangrag serve --uploads</code> lets this page do it.
        </p>
      )}
      {documents && documents.length > 0 && (
        <ul class="document-list" aria-label="Documents">
          {documents.map((one) => (
            <Row key={one.number} one={one} removable={server?.uploads === true} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** A place for files: a button, and for who drags, the whole of it. */
function Adding() {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const all = useCell(store.uploads);

  useEffect(() => {
    // A file that falls beside the place would be opened instead of the page.
    const stay = (event: DragEvent) => event.preventDefault();
    addEventListener("dragover", stay);
    addEventListener("drop", stay);
    return () => {
      removeEventListener("dragover", stay);
      removeEventListener("drop", stay);
    };
  }, []);

  return (
    <section aria-label="Add documents">
      <div
        class={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          store.add(event.dataTransfer?.files ?? []);
        }}
      >
        <button type="button" class="quiet" onClick={() => input.current?.click()}>
          <Icon name="plus" />
          Add documents
        </button>
        <p>
          <span class="drop-here">or drop them here. </span>PDF, Word (.docx), EPUB, web pages, Markdown, text, XML; 50 MB each at most.
        </p>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          accept={store.ENDINGS}
          onChange={(event) => {
            store.add([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = ""; // the same file can be chosen again
          }}
        />
      </div>
      {all.length > 0 && (
        <ul class="uploads" aria-label="Uploads">
          {all.map((one) => (
            <UploadRow key={one.id} one={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function UploadRow({ one }: { one: store.Upload }) {
  const over = store.ended(one);
  return (
    <li class="upload" data-phase={one.phase}>
      <p class="upload-head">
        <span class="upload-name" dir="auto">
          {one.name}
        </span>
        <button
          type="button"
          class="bare"
          aria-label={`${over ? "Dismiss" : "Cancel"}: ${one.name}`}
          onClick={() => {
            store.dismiss(one.id);
            document.querySelector<HTMLElement>("h1")?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      </p>
      {one.phase === "waiting" && <p class="form">Waiting for the one before it</p>}
      {one.phase === "sending" && <progress aria-label={`Sending ${one.name}`} max={1} value={one.sent} />}
      {one.phase === "reading" && <p class="pending">Reading it and learning its passages; a long one takes minutes</p>}
      {one.phase === "done" && one.added && (
        <p class="form">
          {store.outcome(one.added)}. <a href={documentPath(one.added.document.number)}>Open it</a>
        </p>
      )}
      {one.problem && <Trouble problem={one.problem} />}
    </li>
  );
}

function Row({ one, removable }: { one: StoredDocument; removable: boolean }) {
  const mask = useMask();
  const facts = factsOf(one);
  return (
    <li class="document-row">
      <div class="document-what">
        <h2>
          <a class="headword" href={documentPath(one.number)} dir="auto">
            {mask(one.title)}
          </a>
        </h2>
        <p class="form">{mask(facts.join(" · "))}</p>
        {one.notes.map((note) => (
          <p key={note} class="form">
            {note}
          </p>
        ))}
      </div>
      {removable && <Remove one={one} />}
    </li>
  );
}

const KINDS: Record<string, string> = {
  pdf: "PDF",
  html: "Web page",
  markdown: "Markdown",
  text: "Text",
  xml: "XML",
  docx: "Word",
  epub: "EPUB",
};

export function factsOf(one: StoredDocument): string[] {
  const facts = [KINDS[one.kind] ?? one.kind];
  if (one.pages) facts.push(plural(one.pages, "page"));
  facts.push(plural(one.passages, "passage"));
  if (one.source !== one.title) facts.push(one.source);
  facts.push(new Date(one.changed_at).toLocaleDateString("en", { dateStyle: "medium" }));
  return facts;
}

function Remove({ one }: { one: StoredDocument }) {
  const mask = useMask();
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const confirm = useRef<HTMLButtonElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  useLayoutEffect(() => {
    if (sure) confirm.current?.focus();
    else if (asked.current) first.current?.focus();
    asked.current = sure;
  }, [sure]);

  async function remove(): Promise<void> {
    setBusy(true);
    try {
      await store.remove(one);
      document.querySelector<HTMLElement>("h1")?.focus(); // the row goes: its focus must not be lost
    } catch (error) {
      const told = asProblem(error);
      setProblem(told);
      setBusy(false);
      announce(told.message);
    }
  }

  if (!sure) {
    return (
      <button ref={first} type="button" class="bare" aria-label={`Remove: ${mask(one.title)}`} title="Remove" onClick={() => setSure(true)}>
        <Icon name="remove" />
      </button>
    );
  }
  return (
    <div class="sure" role="group" aria-label={`Remove ${mask(one.title)}`}>
      <p>Remove it? Answers no longer draw on it; the file itself stays where it is.</p>
      <button ref={confirm} type="button" class="danger" disabled={busy} onClick={() => void remove()}>
        {busy ? "Removing" : "Remove"}
      </button>
      <button type="button" class="quiet" onClick={() => setSure(false)}>
        Keep it
      </button>
      {problem && <Trouble problem={problem} />}
    </div>
  );
}
