"""What questions are answered with, as JSON: the contracts of docs/cli.md are here, in `reports` and in
`stored_documents`, and nowhere else. Fields are only ever added.

Each function takes what a room hands out and gives a dictionary of plain values, in the contract's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from slangrag.answer.chat.conversation import Conversation
    from slangrag.answer.events import Answer, Citation
    from slangrag.answer.translate.terms import Translation
    from slangrag.retrieval.types import Definition, Hit, Locator, Retrieval
    from slangrag.service.comparing import Compared
    from slangrag.sources.entry import Entry

Document = dict[str, Any]
SUPPORTS: Final = ("supported", "own words", "quoted", "remark", "withheld")
"""The ways in which a sentence stands to its sources, as `answer.events.Support` has them."""


def entry(one: Entry) -> Document:
    """An entry as `define` lists it; `source` only where the store has more than one."""
    document: Document = {
        "entry_id": one.entry_id,
        "word": one.word,
        "definition": one.definition,
        "up_votes": one.up_votes,
        "down_votes": one.down_votes,
    }
    if one.source:
        document["source"] = one.source
    return document


def definition(found: Definition) -> Document:
    """`define WORD`."""
    return {
        "word": found.word,
        "known": found.known,
        "entries": [entry(one) for one in found.entries],
        "suggestions": list(found.suggestions),
    }


def locator(one: Locator) -> Document:
    """Where a passage stands; start and end are in characters of its document's text."""
    url = one.source if one.source.startswith(("http://", "https://")) else None
    return {
        "document": one.document,
        "title": one.title,
        "heading": one.heading,
        "page": one.pages[0].number if one.pages else None,
        "label": one.page() or None,
        "url": url,
        "start": one.start,
        "end": one.end,
    }


def hits(found: Sequence[Hit], *, explain: bool = False) -> list[Document]:
    """Hits, best first; `signals` only if asked for."""
    documents = []
    for rank, hit in enumerate(found, start=1):
        span = hit.span
        document: Document = {
            "rank": rank,
            "kind": hit.kind,
            **entry(hit.entry),
            "score": round(hit.score, 6),
            "match": hit.match,
            "span": None if span is None else {"text": span.text, "start": span.start, "end": span.end},
        }
        if hit.locator is not None:
            document["locator"] = locator(hit.locator)
        if hit.slang is not None:
            document["slang"] = round(hit.slang, 4)
        if explain:
            document["signals"] = {name: round(value, 6) for name, value in hit.signals.items()}
        documents.append(document)
    return documents


def retrieval(found: Retrieval, *, explain: bool = False) -> Document:
    """`search QUERY`."""
    return {
        "query": found.query,
        "intent": found.intent,
        "known": found.known,
        "hits": hits(found.hits, explain=explain),
        "suggestions": list(found.suggestions),
        "notes": list(found.notes),
    }


def citation(one: Citation) -> Document:
    """`[n]` in an answer; `page` only where it is a document's that has pages."""
    document: Document = {"n": one.n, "entry_id": one.entry_id, "word": one.word}
    if one.page:
        document["page"] = one.page
    return document


def answer(told: Answer) -> Document:
    """`ask QUESTION`."""
    return {
        "query": told.query,
        "answer": told.text,
        "known": told.known,
        "abstained": told.abstained,
        "grounded": told.grounded,
        "citations": [citation(one) for one in told.citations],
        "hits": hits(told.hits),
        "engine": told.engine,
        "model": told.model,
        "timings_ms": {name: round(ms, 1) for name, ms in told.timings_ms.items()},
        "quoted": told.quoted,
        "suggestions": list(told.suggestions),
        "notes": list(told.notes),
        "sentences": [
            {"text": one.text, "citations": list(one.citations), "support": one.support}
            for one in told.sentences
        ],
    }


def comparison(question: str, found: Retrieval, compared: Sequence[Compared]) -> Document:
    """`models compare QUESTION`; first_ms and tokens_per_second are null where there are none."""
    return {
        "query": question,
        "known": found.known,
        "hits": hits(found.hits),
        "answers": [_compared(one) for one in compared],
    }


def _compared(one: Compared) -> Document:
    counts, cost, failure = one.sentences(), one.cost, one.failure
    rate = cost.tokens_per_second
    return {
        "name": one.name,
        "answer": None if one.answer is None else answer(one.answer),
        "failure": None if failure is None else {"message": failure.message, "next": failure.hint or None},
        "load_ms": round(one.load_ms, 1),
        "first_ms": None if one.first_ms is None else round(one.first_ms, 1),
        "total_ms": round(one.total_ms, 1),
        "prompt_tokens": cost.prompt_tokens,
        "answer_tokens": cost.answer_tokens,
        "counted": cost.counted,
        "tokens_per_second": None if rate is None else round(rate, 2),
        "sentences": {name: counts[name] for name in SUPPORTS},
        "withheld": [{"text": gone.text, "reason": gone.reason} for gone in one.withheld],
        "notes": list(one.notes),
    }


def translation(told: Translation) -> Document:
    """`translate TEXT`; start and end are offsets in characters of `text`."""
    return {
        "text": told.text,
        "plain": told.plain,
        "terms": [
            {
                "span": term.span.text,
                "start": term.span.start,
                "end": term.span.end,
                "word": term.sense.word,
                "entry_id": term.sense.entry_id,
                "definition": term.sense.definition,
                "senses": [
                    {"word": one.word, "entry_id": one.entry_id, "meaning": one.meaning} for one in term.told
                ],
            }
            for term in told.terms
        ],
        "grounded": told.grounded,
        "engine": told.engine,
        "model": told.model,
        "rewritten": told.rewritten,
        "rendering": told.rendering,
        "notes": list(told.notes),
    }


def conversations(kept: Iterable[Conversation]) -> Document:
    """`chat --list`."""
    return {
        "conversations": [
            {"id": one.id, "began": one.began, "turns": len(one.turns), "title": one.title} for one in kept
        ]
    }
