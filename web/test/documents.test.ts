import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { hitName, hitPath } from "../src/hits.ts";
import { next, open, previous } from "../src/reading.ts";
import { documentPath, routeOf } from "../src/router.ts";
import type { Hit } from "../src/types.ts";

const paragraphs = Array.from({ length: 900 }, (_, n) => `Rule ${n}: door ${n} is shut after dark 🌒.`);
const characters = [...paragraphs.join("\n\n")];

/** A server with one document without pages. */
beforeEach(() => {
  Object.assign(globalThis, {
    location: { hash: "", pathname: "/", search: "" },
    sessionStorage: { getItem: () => null, setItem: () => undefined },
    fetch: async (path: string) => {
      const { searchParams } = new URL(path, "http://x");
      const start = Number(searchParams.get("start"));
      const text = characters.slice(start, start + Number(searchParams.get("length"))).join("");
      return new Response(JSON.stringify({ number: 1, pages: 0, characters: characters.length, start, text, page_list: [] }));
    },
  });
});

test("a document's address is read back, and what somebody made of one is not believed", () => {
  const address = new URL(documentPath(3, { page: 2, start: 117, end: 164 }), "http://x");
  assert.deepEqual(routeOf(address.pathname, address.hash), { name: "document", number: 3, page: 2, start: 117, end: 164 });
  assert.deepEqual(routeOf("/documents/3", "#page=-1&start=x&end=1e9"), { name: "document", number: 3, page: 0, start: -1, end: -1 });
  assert.equal(documentPath(3), "/documents/3");
  for (const path of ["/documents/0", "/documents/x", "/documents/3/4", "/documents/..%2f"]) assert.equal(routeOf(path, "").name, "missing");
});

test("a passage is called by its document and the page that says it", () => {
  const locator = { document: 1, title: "Guide", heading: "", page: 2, label: "13–14", url: null, start: 100, end: 300 };
  const hit: Hit = { rank: 1, entry_id: "d1p1", word: "Guide", definition: "", up_votes: null, down_votes: null, match: "semantic", locator };
  assert.equal(hitName(hit), "Guide, pp. 13–14");
  assert.equal(hitPath(hit), "/documents/1#page=2&start=100&end=300");
  const place = { n: 1, start: 0, end: 9, document: 1, document_start: 200, document_end: 209, page: "14", page_number: 3 };
  assert.equal(hitName(hit, [place]), "Guide, p. 14");
  assert.equal(hitPath(hit, [place]), "/documents/1#page=3&start=200&end=209");
});

for (const start of [-1, 0, 1, 5_000, characters.length - 1, characters.length + 5]) {
  test(`opened at ${start}, a document is read to both ends, and nothing is lost or said twice`, async () => {
    const { document, part } = await open(1, 0, start, new AbortController().signal);
    if (start >= 0 && start < characters.length) assert.ok(part.start <= start && start < part.end);
    const parts = [part];
    for (let more = await next(document, parts.at(-1)!); more; more = await next(document, parts.at(-1)!)) parts.push(more);
    for (let more = await previous(document, parts[0]!); more; more = await previous(document, parts[0]!)) parts.unshift(more);
    assert.equal(parts.map((one) => one.text).join(""), characters.join(""));
    assert.ok(parts.length > 2);
  });
}
