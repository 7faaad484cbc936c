"""Turns that quote: what the definitions say about one aspect of a word, or of two words.

Asks no model. What the definitions do not have is said not to be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from slangrag.answer.ask.aspects import about, said, unsaid
from slangrag.answer.ask.choosing import part
from slangrag.answer.ask.quoting import cited_in, quoted_sentence, unasked
from slangrag.answer.chat.comparing import compared, firsts, strangers
from slangrag.answer.chat.conversation import Conversation
from slangrag.answer.chat.follow_up_types import FollowUp
from slangrag.answer.events import Answer, AnswerOptions, Event, Finished, Remark, Sentence
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.citations import split_citations
from slangrag.text.inert import inert

_CLAUSE: Final = re.compile(
    r"^(?!(?:in|on|at|for|when|if|as|after|among|while|used|said)\b)(.+?)\s*[,;:(–—]", re.I
)
"""A definition's first clause, unless it only says when or where the rest holds."""


def remarked(
    follow_up: FollowUp, text: str, options: AnswerOptions, retrieval: Retrieval | None = None
) -> Iterator[Event]:
    """A turn that claims nothing: the program's own sentence."""
    yield Remark(text)
    found = retrieval or Retrieval(follow_up.lookup, "define", "no", ())
    yield Finished(unasked(follow_up.standalone, text, found, options))


def quotations_told(
    question: str, remark: str, told: Sequence[Sentence], retrieval: Retrieval, options: AnswerOptions
) -> Answer:
    """The answer made of a remark ("" for none) and of sentences that cite `retrieval`'s hits."""
    text = " ".join(([remark] if remark else []) + [one.text for one in told])
    citations = cited_in(told, retrieval.hits)
    return replace(unasked(question, text, retrieval, options, citations), sentences=tuple(told))


def from_definitions(
    follow_up: FollowUp, conversation: Conversation, retrieval: Retrieval, options: AnswerOptions
) -> Iterator[Event]:
    """A turn that quotes what the definitions say about the follow-up's aspect."""
    remark, quotations = _said(follow_up, conversation, retrieval)
    if not quotations:
        yield from remarked(follow_up, remark, options, retrieval)
        return
    if remark:
        yield Remark(remark)
    yield from quotations
    yield Finished(quotations_told(follow_up.standalone, remark, quotations, retrieval, options))


def _said(
    follow_up: FollowUp, conversation: Conversation, retrieval: Retrieval
) -> tuple[str, list[Sentence]]:
    """What the definitions say about the aspect, as quotations; and a remark where that is not all."""
    aspect, word, other = follow_up.aspect, follow_up.word, follow_up.other
    if aspect == "shorter":
        last = conversation.turns[-1].answered if conversation.turns else ""
        short = in_short(word, retrieval.hits, last)
        return ("", [short]) if short else (unsaid(aspect, word), [])
    if aspect == "compare":
        found = compared(follow_up, retrieval)
        if found:
            return "", [_quotation(text, n) for text, n in found]
        if unknown := strangers(follow_up, retrieval):
            names = " and ".join(f"“{inert(one)}”" for one in unknown)
            verb = "are" if len(unknown) > 1 else "is"
            return f"{names} {verb} not in my data, so I cannot compare.", []
        told = {entry_id for turn in conversation.turns for entry_id in turn.entries}
        new = [(n, hit) for n, hit in firsts(follow_up, retrieval) if hit.entry.entry_id not in told]
        remark = f"My data does not compare “{inert(word)}” and “{inert(other)}”."
        return remark, [quoted_sentence(n, hit) for n, hit in new]
    words = (word, other) if other else (word,)
    # "Another one" after an example is an example that the talk has not had.
    earlier = " ".join(turn.answered for turn in conversation.turns if turn.kind == "example")
    speaking = {one: said(aspect, one, retrieval.hits, without=earlier) for one in words}
    more = aspect == "example" and earlier != ""
    lacking = " ".join(unsaid(aspect, one, more=more) for one in words if not speaking[one])
    most = 1 if other else None
    return lacking, [_quotation(text, n) for one in words for text, n in speaking[one][:most]]


def _quotation(text: str, n: int) -> Sentence:
    return Sentence(f"“{text.strip('“”')}” [{n}]", (n,), support="quoted")


def in_short(word: str, hits: Sequence[Hit], last: str) -> Sentence | None:
    """The first clause of the definition, if that is fewer words than `last` had; or None."""
    for hit in about(hits, word)[:1]:
        clause = _CLAUSE.match(inert(part(hit)))
        n = hits.index(hit) + 1
        text = f"“{inert(hit.entry.word)}”, in short: “{clause[1]}” [{n}]." if clause else ""
        if text and _length(text) < _length(last):
            return Sentence(text, (n,), support="quoted")
    return None


def _length(text: str) -> int:
    """In words, citations not counted."""
    return len(split_citations(text, ())[0].split())
