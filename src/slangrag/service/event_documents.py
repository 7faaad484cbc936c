"""An answer's events as named JSON documents, for a page that shows them as they come."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from slangrag.answer.chat.conversation import Continued, ReadAs
from slangrag.answer.events import (
    Draft,
    Event,
    Finished,
    FirstToken,
    Note,
    Remark,
    Sentence,
    Sources,
    Withdrawn,
)
from slangrag.answer.evidence import Evidence, evidence
from slangrag.service import documents
from slangrag.text.rating import strong_words

if TYPE_CHECKING:
    from slangrag.answer.events import Answer
    from slangrag.retrieval.types import Hit, Retrieval

Document = dict[str, Any]


class EventDocuments:
    """Turns the events of one answer into documents, in their order: sentences lean on the sources before."""

    def __init__(self) -> None:
        self._hits: tuple[Hit, ...] = ()

    def document(self, event: Event | ReadAs | Continued) -> tuple[str, Document] | None:
        """The event's name and document; None for what is not for others to see."""
        match event:
            case Sources(retrieval):
                self._hits = retrieval.hits
                return "sources", found(retrieval)
            case Note(text):
                return "note", {"text": text}
            case ReadAs(text):
                return "read_as", {"text": text}
            case FirstToken(ms):
                return "first_token", {"ms": round(ms, 1)}
            case Draft(text):
                return "draft", {"text": text}
            case Remark(text):
                return "remark", {"text": text}
            case Sentence():
                return "sentence", sentence(event, self._hits)
            case Withdrawn(text, reason):
                return "withdrawn", {"text": text, "reason": reason}
            case Finished(told):
                return "finished", answered(told)
        return None


def sentence(one: Sentence, hits: tuple[Hit, ...]) -> Document:
    """A sentence of an answer, with where in the cited definitions and documents it is said."""
    return {
        "text": one.text,
        "citations": list(one.citations),
        "support": one.support,
        "evidence": [_placed(place, hits[place.n - 1]) for place in evidence(one, hits)],
    }


def _placed(place: Evidence, hit: Hit) -> Document:
    """Where hit n says it; for a passage also where that stands in its document."""
    document = asdict(place)
    if (locator := hit.locator) is not None:
        start = locator.start + place.start
        on = next((one.number for one in reversed(locator.pages) if one.start <= start), None)
        document |= {
            "document": locator.document,
            "document_start": start,
            "document_end": locator.start + place.end,
            "page": locator.page(place.start, place.end) or None,
            "page_number": on,
        }
    return document


def answered(told: Answer) -> Document:
    """`documents.answer`, with the evidence of each sentence and the strong words in it."""
    return {
        **documents.answer(told),
        "sentences": [sentence(one, told.hits) for one in told.sentences],
        "strong": strong_words([told.query, told.text, *_texts(told.hits), *told.suggestions]),
    }


def found(retrieval: Retrieval, *, explain: bool = False) -> Document:
    """`documents.retrieval`, with the strong words in it."""
    texts = [retrieval.query, *_texts(retrieval.hits), *retrieval.suggestions]
    return {**documents.retrieval(retrieval, explain=explain), "strong": strong_words(texts)}


def _texts(hits: tuple[Hit, ...]) -> list[str]:
    return [text for hit in hits for text in (hit.entry.word, hit.entry.definition)]
