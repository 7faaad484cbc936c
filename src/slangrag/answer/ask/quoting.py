"""Answers without a model: the definitions themselves, quoted, or an honest "not in my data".

Also the program's own sentences around an answer: how sure it is, did you mean.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from slangrag.answer.ask.aspects import Aspect, aspect_asked, said, unsaid
from slangrag.answer.ask.choosing import Told, part, told
from slangrag.answer.events import (
    Answer,
    AnswerOptions,
    Citation,
    Event,
    Finished,
    Remark,
    Sentence,
)
from slangrag.answer.evidence import page_of
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.forms import fold
from slangrag.text.inert import inert

_NEAREST: Final = "Not sure that this is what you ask for: it is the nearest in the documents."


def quoted_events(
    question: str,
    retrieval: Retrieval,
    options: AnswerOptions | None = None,
    *,
    notes: Sequence[str] = (),
) -> Iterator[Event]:
    """An answer made of quotations only, as a stream: Remarks, quoted Sentences, Finished.

    No model is asked, so nothing is waited for. A question on more than the meaning ("is simp an
    insult?") is answered by the sentence of a definition that speaks of it; where none does, that is
    said, and the meaning is told. Abstains where retrieval says "no". `notes` are added to retrieval's.
    """
    options = options or AnswerOptions()
    started = time.perf_counter()
    if retrieval.known == "no" or not retrieval.hits:
        finished = abstention(question, retrieval, options)
        yield Remark(finished.text)
        yield Finished(finished)
        return
    lines = remarks(retrieval, options)
    quotations = told(retrieval, options.likeness)
    of_documents = retrieval.hits[0].kind == "passage"
    if not of_documents and (aspect := aspect_asked(question, asked_word(retrieval))):
        speaking, lacking = _speaking(aspect, retrieval, quotations)
        quotations = speaking or quotations
        lines += lacking
    sentences = [as_sentence(one) for one in quotations]
    yield from map(Remark, lines)
    yield from sentences
    finished = unasked(
        question,
        " ".join([*lines, *(sentence.text for sentence in sentences)]),
        retrieval,
        options,
        cited_in(sentences, retrieval.hits),
    )
    total = options.retrieve_ms + (time.perf_counter() - started) * 1000
    yield Finished(
        replace(
            finished,
            timings_ms={**finished.timings_ms, "total": total},
            sentences=tuple(sentences),
            notes=tuple(dict.fromkeys((*finished.notes, *notes))),
        )
    )


def quote(
    question: str,
    retrieval: Retrieval,
    options: AnswerOptions | None = None,
    *,
    notes: Sequence[str] = (),
) -> Answer:
    """The finished answer of `quoted_events`."""
    *_, finished = quoted_events(question, retrieval, options, notes=notes)
    assert isinstance(finished, Finished)
    return finished.answer


def too_small(model: str, *, of_documents: bool = False) -> str:
    """The note on why the sources speak and not the model, which never writes about documents."""
    if of_documents:
        return f"answered with quotations: {model} is too small to explain documents"
    return f"answered with the definitions: {model} is too small to explain (--generate lets it try)"


def asked_word(retrieval: Retrieval) -> str:
    """The word that a question is about, as it is written there. Needs a hit."""
    best = retrieval.hits[0]
    return best.span.text if best.span else best.entry.word


def _speaking(
    aspect: Aspect, retrieval: Retrieval, quotations: Sequence[Told]
) -> tuple[list[Told], list[str]]:
    """What the definitions say about the aspect of each word; and a remark on the words of which nothing."""
    speaking: list[Told] = []
    lacking: list[str] = []
    for word in dict.fromkeys(one.hit.entry.word for one in quotations):
        found = said(aspect, word, retrieval.hits)
        speaking += [Told(n, retrieval.hits[n - 1], text) for text, n in found[:1]]
        if not found:
            lacking.append(unsaid(aspect, word))
    return speaking, lacking


def abstention(question: str, retrieval: Retrieval, options: AnswerOptions) -> Answer:
    """What is said when nothing is known: so, why that may be, and what was perhaps meant."""
    of_documents = retrieval.intent == "documents"
    where = "the documents" if of_documents else "my data"
    lines = [f"That is not in {where}, and I will not guess."]
    if options.data_until and not of_documents:
        lines.append(f"The data ends in {options.data_until}.")
    if retrieval.suggestions:
        lines.append(did_you_mean(retrieval.suggestions))
    return unasked(question, " ".join(lines), replace(retrieval, hits=()), options)


def unasked(
    question: str,
    text: str,
    retrieval: Retrieval,
    options: AnswerOptions,
    citations: tuple[Citation, ...] = (),
) -> Answer:
    """An answer that no model was asked for: quotations if it cites, else the program's own sentence."""
    return Answer(
        query=question,
        text=text,
        known=retrieval.known,
        abstained=not citations,
        grounded=bool(citations),
        citations=citations,
        hits=retrieval.hits,
        engine="",
        model="",
        timings_ms={"retrieve": options.retrieve_ms, "total": options.retrieve_ms},
        notes=retrieval.notes,
        quoted=bool(citations),
        suggestions=retrieval.suggestions,
    )


def remarks(retrieval: Retrieval, options: AnswerOptions) -> list[str]:
    """The program's own sentences before an answer: another spelling, a doubtful word or sense."""
    said: list[str] = []
    best = retrieval.hits[0]
    sure = retrieval.known != "maybe"
    if best.kind == "passage":
        return said if sure else [_NEAREST]
    if best.match in ("fuzzy", "inflected") and best.span is not None:
        if best.match == "fuzzy" or not sure:
            asked, found = inert(best.span.text), inert(best.entry.word)
            said.append(f"“{asked}” is not in my data; this is about “{found}”.")
    elif not sure and retrieval.intent == "reverse":
        said.append("Not sure that this is the word you are looking for.")
    elif not sure:
        until = f" (it ends in {options.data_until})" if options.data_until else ""
        said.append(f"Not sure: my data{until} may hold another sense than the one you mean.")
    others = [word for word in retrieval.suggestions if fold(word) != fold(best.entry.word)]
    if not sure and others:
        said.append(did_you_mean(others))
    return said


def did_you_mean(words: Sequence[str]) -> str:
    """`Did you mean “a”, “b” or “c”?`"""
    quoted = [f"“{inert(word)}”" for word in words[:4]]
    if len(quoted) == 1:
        return f"Did you mean {quoted[0]}?"
    return f"Did you mean {', '.join(quoted[:-1])} or {quoted[-1]}?"


def quotation(one: Told) -> str:
    """`“Rizz”: “Charm or skill …” [1].`; a passage has its document's title, and its page if it has one."""
    text = one.text.replace("“", "'").replace("”", "'").replace('"', "'")
    locator = one.hit.locator
    page = "" if locator is None else locator.page(one.start, one.end)
    where = f", p. {page}" if page else ""
    return f"“{inert(one.hit.entry.word)}”{where}: “{text}” [{one.n}]."


def as_sentence(one: Told) -> Sentence:
    """A quotation as a sentence of an answer."""
    return Sentence(quotation(one), (one.n,), support="quoted")


def quoted_sentence(n: int, hit: Hit) -> Sentence:
    """What hit number `n` says its word means, quoted."""
    return as_sentence(Told(n, hit, part(hit)))


def cited_in(said: Sequence[Sentence], hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """The citations of an answer's sentences, in order; what is in the model's own words cites nothing."""
    sure = [sentence for sentence in said if sentence.support != "own words"]
    return tuple(
        Citation(n, hits[n - 1].entry.entry_id, hits[n - 1].entry.word, page_of(n, hits, sure))
        for n in sorted({n for sentence in sure for n in sentence.citations})
    )
