import assert from "node:assert/strict";
import { test } from "node:test";
import { beginnings } from "../src/components/completion.tsx";
import { EventParser } from "../src/sse.ts";
import { bracketed, cited, mask, quotation, stretches, strongPattern, tied } from "../src/text.ts";

test("evidence after an emoji is highlighted where the server meant it", () => {
  const text = "💀 dead 💀 from laughing";
  const [found] = stretches(text, [{ start: 9, end: 13 }]); // code points, as Python counts
  assert.equal(text.slice(found!.start, found!.end), "from");
});

test("offsets beyond the text, empty and overlapping ones mark nothing twice", () => {
  const marks = [{ start: 0, end: 3 }, { start: 2, end: 5 }, { start: 4, end: 4 }, { start: 6, end: 99 }];
  assert.deepEqual(stretches("abcdefgh", marks), [{ start: 0, end: 3 }, { start: 6, end: 8 }]);
});

test("a number that the sentence does not cite stays text", () => {
  assert.deepEqual(cited("As in [1] and [7].", [1]), [
    { kind: "text", text: "As in " },
    { kind: "cite", n: 1 },
    { kind: "text", text: " and " },
    { kind: "text", text: "[7]" },
    { kind: "text", text: "." },
  ]);
});

test("citations stay with the word before and the full stop after", () => {
  assert.deepEqual(tied(cited("It is rude [1][2]. Very.", [1, 2])), ["It is ", { word: "rude", cites: [1, 2], stop: "." }, " Very."]);
  assert.deepEqual(tied(cited("[1] says so", [1])), [{ word: "", cites: [1], stop: "" }, " says so"]);
});

test("brackets become headwords, numbers and markup in them do not become more than text", () => {
  assert.deepEqual(bracketed("a [big mood] [1] [x"), [
    { kind: "text", text: "a " },
    { kind: "word", text: "big mood" },
    { kind: "text", text: " " },
    { kind: "text", text: "[1]" },
    { kind: "text", text: " [x" },
  ]);
});

test("a quotation is taken apart, and left whole where it is of another form", () => {
  const ghost = { word: "ghost", page: "", definition: "To stop “answering”." };
  assert.deepEqual(quotation("“ghost”: “To stop “answering”.” [1]."), ghost);
  const guide = { word: "Style: a guide", page: "4–5", definition: "Say: sorry." };
  assert.deepEqual(quotation("“Style: a guide”, p. 4–5: “Say: sorry.” [2]."), guide);
  assert.equal(quotation("ghost means to stop [1]."), null);
});

test("strong words are masked as whole words, in any case, and offsets stay true", () => {
  const strong = strongPattern(["damn", "god damn", "a.b"]);
  assert.equal(mask("Damn, damned GOD DAMN a.b axb", strong), "D***, damned G** **** a** axb");
  assert.equal(mask("Damn", null), "Damn");
  assert.equal(strongPattern([]), null);
});

test("a question's ordinary words are not completed, its last words are", () => {
  const offered = (text: string) => beginnings(text, false).map((one) => one.text);
  assert.deepEqual(offered("what"), []);
  assert.deepEqual(offered("what does it mean to gho"), ["gho"]);
  assert.deepEqual(offered("he said no ca"), ["no ca"]);
  assert.deepEqual(offered("ri"), ["ri"]);
  assert.deepEqual(offered("done. "), []);
});

test("events are whole however the bytes are cut", () => {
  const stream = ': ping\n\nevent: draft\r\ndata: {"text":\r\ndata: "a: b"}\r\n\r\nevent: sentence\ndata: {}\n\nevent: cut\ndata: {}';
  for (let size = 1; size < stream.length; size += 1) {
    const parser = new EventParser();
    const events = [];
    for (let at = 0; at < stream.length; at += size) events.push(...parser.take(stream.slice(at, at + size)));
    assert.deepEqual(events, [{ name: "draft", data: '{"text":\n"a: b"}' }, { name: "sentence", data: "{}" }]);
  }
});
