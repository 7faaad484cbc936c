"""Answers without a model: the definitions themselves, quoted, or an honest "not in my data".

Also the program's own sentences around an answer: how sure it is, did you mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from slangrag.answer.events import Answer, AnswerOptions, Citation
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.forms import fold
from slangrag.text.inert import excerpt, inert

QUOTED_SENSES: Final = 3
_QUOTED_CHARACTERS: Final = 320


def quote(question: str, retrieval: Retrieval, options: AnswerOptions | None = None) -> Answer:
    """An answer made of quotations only; asks no model. Abstains where retrieval says "no"."""
    options = options or AnswerOptions()
    if retrieval.known == "no" or not retrieval.hits:
        return abstention(question, retrieval, options)
    hits = distinct(retrieval.hits)[:QUOTED_SENSES]
    numbers = [retrieval.hits.index(hit) + 1 for hit in hits]
    lines = [*remarks(retrieval, options), *(quotation(n, hit) for n, hit in zip(numbers, hits, strict=True))]
    citations = tuple(citation(n, hit) for n, hit in zip(numbers, hits, strict=True))
    return unasked(question, " ".join(lines), retrieval, options, citations)


def abstention(question: str, retrieval: Retrieval, options: AnswerOptions) -> Answer:
    """What is said when nothing is known: so, why that may be, and what was perhaps meant."""
    lines = ["That is not in my data, and I will not guess."]
    if options.data_until:
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


def quotation(n: int, hit: Hit) -> str:
    """`“Rizz”: “Charm or skill …” [1].` A long definition is cut visibly."""
    lines = [inert(line) for line in hit.entry.definition.split("\n")]
    text = excerpt(next((line for line in lines if line), "(nothing readable)"), _QUOTED_CHARACTERS)
    text = text.replace("“", "'").replace("”", "'").replace('"', "'")
    return f"“{inert(hit.entry.word)}”: “{text}” [{n}]."


def citation(n: int, hit: Hit) -> Citation:
    """The citation of hit number `n`."""
    return Citation(n, hit.entry.entry_id, hit.entry.word)


def distinct(hits: Sequence[Hit]) -> list[Hit]:
    """Hits without those whose definition repeats an earlier one of the same headword, word for word."""
    seen: set[tuple[str, str]] = set()
    kept: list[Hit] = []
    for hit in hits:
        key = (fold(hit.entry.word), fold(hit.entry.definition))
        if key not in seen:
            seen.add(key)
            kept.append(hit)
    return kept
