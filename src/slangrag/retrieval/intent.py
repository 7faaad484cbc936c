"""Intent: what kind of question this is, and what exactly it asks about.

define ("what does X mean", a bare word), reverse (a description looking for its word), sentence (a
message that contains slang). Wordings that give themselves away are settled by patterns; the rest
gets odds from a small linear model over its words. Knows nothing of the store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from slangrag.retrieval.types import Intent, Span
from slangrag.retrieval.wordings import (
    AFTER_MESSAGE,
    ASKS,
    CONTEXT,
    LEAD,
    LIGHT_AFTER,
    LIGHT_BEFORE,
    MAY_ASK,
    MORE,
    REVERSE,
    TRAIL,
)

_PRONOUN: Final = re.compile(
    r"\b(?:i|i'm|im|me|my|you|your|you're|ur|u|he|he's|his|him|she|she's|her|we|us|our|they|them|their|it|it's|its|"
    r"this|that|that's|thats|these|those|up with|going on)\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"(?:(?<=\s)|^)[\"“”«‘'’`](?P<x>.+?)[\"“”»’'‘`][?!.,]*(?=\s|$)", re.DOTALL)
_WORDS: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[!?\"“”():;]")
_SPEAKER: Final = re.compile(r"\w+:\s")
_CLAUSE_BREAK: Final = re.compile(r"[.!?;]\s|[\"”]\s+[\"“]|\n")
_END: Final = " \t\r\n?!.…"
_EDGE: Final = " \t\r\n,"
_BARE_WORDS: Final = 2
_LONG_SUBJECT: Final = 4
_FIRST_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """How a question is understood.

    subjects are the stretches that may be the word asked for, as it stands first and stripped to
    the core last (empty unless it may be a define question). firm says that the wording settles
    the intent by itself; where it does not, message has the log-odds that the text is somebody's
    message rather than a description. description is the text to look for by meaning. bare says that
    it is one or two words and nothing that asks: they may be the headword, or what is looked for.
    """

    intent: Intent
    subjects: tuple[Span, ...]
    description: str
    firm: bool
    message: float = 0.0
    bare: bool = False


def parse(query: str, weights: Mapping[str, float]) -> ParsedQuestion:
    """`query` parsed; `weights` are those of the words of messages and descriptions."""
    text = query.strip()
    lead = LEAD.match(text)
    start = lead.end() if lead else 0
    core = TRAIL.sub("", text[start:].rstrip(_END)).rstrip(_END)
    if not core:
        core, start = text, 0
    offset = query.find(text) + start
    odds = message_odds(text, weights)
    for pattern in ASKS:
        if (match := pattern.match(core)) and _is_context(match):
            return ParsedQuestion("define", _subjects(query, match, offset), core, firm=True)
    if match := AFTER_MESSAGE.match(core):
        subjects = _subjects(query, match, offset)
        kind: Intent = "define" if _is_short(subjects[-1].text) else "sentence"
        return ParsedQuestion(kind, subjects, match.group("x"), firm=True, message=odds)
    for pattern in REVERSE:
        if match := pattern.match(core):
            return ParsedQuestion("reverse", (), match.group("x"), firm=True, message=odds)
    if not _CLAUSE_BREAK.search(core):
        for pattern in MAY_ASK:
            if (match := pattern.match(core)) and _is_context(match):
                subjects = _subjects(query, match, offset)
                return ParsedQuestion(
                    "define", subjects, core, firm=_is_short(subjects[-1].text), message=odds
                )
    if len(core.split()) <= _BARE_WORDS:
        begin = query.find(text)
        whole = (Span(text, begin, begin + len(text)), *_variants(query, core, offset))
        return ParsedQuestion("define", tuple(dict.fromkeys(whole)), core, firm=True, message=odds, bare=True)
    begin = query.find(text)
    whole = (Span(text, begin, begin + len(text)),)
    return ParsedQuestion("sentence" if odds >= 0 else "reverse", whole, text, firm=False, message=odds)


def _is_short(text: str) -> bool:
    """A few words without a pronoun could be a headword that the data lacks; a clause could not."""
    return len(text.split()) <= _LONG_SUBJECT and not _PRONOUN.search(text)


def _is_context(match: re.Match[str]) -> bool:
    """Whether what follows the question is nothing, says where the word was met, or asks more about it."""
    tail = (match.groupdict().get("tail") or "").strip(_EDGE)
    return not tail or CONTEXT.fullmatch(tail) is not None or MORE.fullmatch(tail) is not None


def _subjects(query: str, match: re.Match[str], offset: int) -> tuple[Span, ...]:
    raw, at = match.group("x"), offset + match.start("x")
    adverbs = match.groupdict().get("adverbs") or ""
    spans = _variants(query, raw + adverbs, at) if adverbs else []
    return tuple(dict.fromkeys([*spans, *_variants(query, raw, at)]))


def _variants(query: str, raw: str, start: int) -> list[Span]:
    """The stretch as it stands, then ever barer: without context, quotation marks, light words around it."""
    spans: list[Span] = []

    def add(at: int, text: str) -> tuple[int, str]:
        stripped = text.strip(_EDGE).rstrip(": ")
        at += text.find(stripped)
        if stripped:
            spans.append(Span(query[at : at + len(stripped)], at, at + len(stripped)))
        return at, stripped

    at, text = add(start, raw)
    if quoted := _QUOTED.search(text):
        at, text = add(at + quoted.start("x"), quoted.group("x"))
    elif (context := CONTEXT.search(text)) and context.start() > 0:
        at, text = add(at, text[: context.start()])
    while True:
        if before := LIGHT_BEFORE.match(text):
            at, text = add(at + before.end(), text[before.end() :])
        elif after := LIGHT_AFTER.search(text):
            at, text = add(at, text[: after.start()])
        else:
            return spans


def message_odds(text: str, weights: Mapping[str, float]) -> float:
    """Log-odds that `text` is a message that somebody sent rather than a description of a word."""
    return math.fsum(weights.get(name, 0.0) for name in features(text)) + weights.get("bias", 0.0)


def features(text: str) -> set[str]:
    """What the linear model sees: words anywhere, the first three in place, length, punctuation."""
    pieces = _WORDS.findall(text.lower().replace("’", "'"))[:_FIRST_WORDS]
    words = [piece for piece in pieces if piece[0].isalpha()]
    seen = {f"has {piece}" for piece in pieces}
    seen.update(f"{place} {word}" for place, word in zip(("first", "second", "third"), words, strict=False))
    seen.add(f"opens {' '.join(words[:2])}")
    seen.add(f"length {min(len(words) // 4, 6)}")
    ending = text.rstrip()[-1:]
    if text[:1].islower():
        seen.add("starts small")
    if _SPEAKER.search(text):
        seen.add("names a speaker")
    if ending in ("?", "!"):
        seen.add(f"ends {ending}")
    return seen
