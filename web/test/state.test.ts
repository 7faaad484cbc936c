import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { begin, notesOf, running, step } from "../src/asking.ts";
import * as history from "../src/history.ts";
import { reported } from "../src/problem.ts";
import { routeOf, withFragment, wordPath } from "../src/router.ts";
import { takeToken, token } from "../src/token.ts";
import type { AskDocument, AskEvent, SearchDocument } from "../src/types.ts";

const found: SearchDocument = { query: "q", intent: "define", known: "yes", hits: [], suggestions: [], notes: ["a note"] };
const answer: AskDocument = {
  query: "q", answer: "Only this.", known: "yes", abstained: false, grounded: true, hits: [], engine: "", model: "", timings_ms: {},
  quoted: true, suggestions: [], notes: ["a note"], sentences: [],
};

const after = (...events: AskEvent[]) => events.reduce(step, begin("q", 0));

test("a draft goes when its sentence is judged, and what was said before an end stands", () => {
  const turn = after(
    { name: "queued", data: { ahead: 2 } },
    { name: "sources", data: found },
    { name: "draft", data: { text: "To st" } },
    { name: "sentence", data: { text: "To stop [1].", citations: [1], support: "supported" } },
  );
  assert.equal(turn.draft, "");
  assert.equal(turn.said.length, 1);
  assert.equal(running(turn), true);
  assert.equal(running(after({ name: "finished", data: answer })), false);
});

test("an answer without sentences shows its text, and a note is told once", () => {
  const turn = after({ name: "note", data: { text: "a note" } }, { name: "sources", data: found }, { name: "finished", data: answer });
  assert.deepEqual(turn.said.map((one) => one.text), ["Only this."]);
  assert.deepEqual(notesOf(turn), ["a note"]);
});

test("an event of a newer server changes nothing", () => {
  assert.deepEqual(after({ name: "applause", data: {} } as unknown as AskEvent), begin("q", 0));
});

test("a full queue that a stream reports is a wait and not an error", () => {
  const problem = reported({ code: "queue_full", message: "too many", hint: "", retry_after: 7 });
  assert.deepEqual([problem.kind, problem.retryAfter], ["busy", 7]);
});

test("words of any kind have an address and come back from it", () => {
  for (const word of ["a/b", "50% off?", "#tag", "<b>", "حبيبي", "a\nb"]) {
    assert.deepEqual(routeOf(new URL(wordPath(word), "http://x").pathname, ""), { name: "word", word });
  }
  for (const word of [".", ".."]) {
    const address = new URL(wordPath(word), "http://x");
    assert.deepEqual(routeOf(address.pathname, address.hash), { name: "lookup", query: word });
  }
  assert.deepEqual(routeOf("/lookup", new URL(withFragment("/lookup", { q: "a&b=c #1" }), "http://x").hash), { name: "lookup", query: "a&b=c #1" });
  assert.deepEqual(routeOf("/word/%E0%A4%A", ""), { name: "word", word: "%E0%A4%A" });
});

let stored = new Map<string, string>();
let quota = Infinity;

beforeEach(() => {
  stored = new Map();
  quota = Infinity;
  const localStorage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => {
      if (text.length > quota) throw new Error("QuotaExceededError");
      stored.set(key, text);
    },
  };
  Object.assign(globalThis, { localStorage });
});

const one = (id: string, title = id): history.Kept => ({ id, at: 0, kind: "ask", title, turns: [begin(title, 0)] });

test("history holds the newest 200, and one of the same id once", () => {
  for (let n = 0; n < 205; n += 1) history.keep(one(`id${n}`));
  history.keep(one("id204", "again"));
  assert.equal(history.kept.value.length, 200);
  assert.deepEqual(history.matching(history.kept.value, "AGAIN").map((kept) => kept.id), ["id204"]);
  assert.equal(history.recall("id0"), undefined);
});

test("a full storage keeps fewer, a forbidden one none, and neither throws", () => {
  for (let n = 0; n < 10; n += 1) history.keep(one(`id${n}`));
  quota = stored.get("slangrag.history")!.length / 2;
  assert.equal(history.keep(one("new")), true);
  assert.ok(history.kept.value.length < 10);
  quota = 0;
  assert.equal(history.keep(one("newer")), false);
  assert.equal(history.keeps.value, false);
});

test("what another program left under our key is passed over", () => {
  stored.set("slangrag.history", '[{"id": 1}, null, "x", {"id": "a", "title": "t", "kind": "ask", "turns": []}]');
  assert.equal(history.recall("a")?.title, "t");
  stored.set("slangrag.history", "{nonsense");
  assert.equal(history.recall("a"), undefined);
});

test("what has another shape than a view needs is left aside, and what is beside it stays", () => {
  const asked = (turns: unknown) => ({ id: "a", at: 1, kind: "ask", title: "t", turns });
  const told = (document: unknown) => ({ id: "a", at: 1, kind: "translate", title: "t", to: "plain", document });
  for (const odd of [asked([null]), asked([{}]), asked([{ ...begin("q", 0), said: [{}] }]), told(null), told({}), told({ text: "a", plain: "b" })]) {
    stored.set("slangrag.history", JSON.stringify([odd, one("b")]));
    assert.equal(history.recall("a"), undefined);
    assert.equal(history.recall("b")?.title, "b");
  }
});

test("an address cannot give a token that no header can hold", () => {
  const at = (hash: string) =>
    Object.assign(globalThis, {
      location: { hash, pathname: "/", search: "" },
      history: { state: null, replaceState: (_: unknown, __: string, to: string) => stored.set("address", to) },
      sessionStorage: globalThis.localStorage,
    });
  at("#token=good-one&q=x");
  assert.equal(takeToken(), true);
  at("#token=%0d%0aX: y&q=x");
  assert.equal(takeToken(), false);
  assert.equal(token(), "good-one");
  assert.equal(stored.get("address"), "/#q=x");
});
