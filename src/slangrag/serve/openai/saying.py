"""An answer as running text with `[n]`, and what the marks mean."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.answer.events import Finished, Remark, Sentence, Sources
from slangrag.serve.openai.shapes import Annotation

if TYPE_CHECKING:
    from slangrag.answer.translate.terms import Translation
    from slangrag.retrieval.types import Locator
    from slangrag.serve.answering import Queued, Said

NOT_VERIFIED: Final = "(not verified)"
_MARK: Final = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Source:
    """What `[n]` means, n counted from 1 by its place."""

    entry_id: str
    word: str
    place: Locator | None = None
    """Where a passage stands; None for an entry."""


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The sources, when they are known."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Working:
    """Nothing to say yet, but somebody is at work."""


Piece = Text | Listed | Working


async def spoken(events: AsyncGenerator[Said | Queued]) -> AsyncGenerator[Piece]:
    """An answer's events as pieces of text: judged sentences only, the model's own words marked."""
    between = ""
    async for event in events:
        match event:
            case Sources(retrieval):
                yield Listed(
                    tuple(Source(hit.entry.entry_id, hit.entry.word, hit.locator) for hit in retrieval.hits)
                )
            case Sentence(text, _, support):
                yield Text(f"{between}{text}" + (f" {NOT_VERIFIED}" if support == "own words" else ""))
                between = " "
            case Remark(text):
                yield Text(between + text)
                between = " "
            case Finished(answer):
                if not between and answer.text:
                    yield Text(answer.text)
            case _:
                yield Working()


def translated(told: Translation) -> tuple[str, tuple[Source, ...]]:
    """A translation as text: the message, then what its slang means."""
    lines, sources = [told.plain], []
    for term in told.terms:
        sources.append(Source(term.sense.entry_id, term.sense.word))
        lines.append(f"- {term.span.text}: {term.sense.meaning} [{len(sources)}]")
    if not told.terms:
        lines.append("No slang was found in it.")
    return "\n".join([lines[0], "", *lines[1:]]), tuple(sources)


def url_citations(text: str, sources: Sequence[Source], base: str) -> list[Annotation]:
    """Each `[n]` of `text` that means a source, with the address of the entry's own page."""
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start(),
                "end_index": mark.end(),
                "url": address(sources[int(mark[1]) - 1], base),
                "title": sources[int(mark[1]) - 1].word,
            },
        }
        for mark in _MARK.finditer(text)
        if 0 < int(mark[1]) <= len(sources)
    ]


def address(source: Source, base: str) -> str:
    """The entry's own page; the passage where it stands in its document."""
    from urllib.parse import quote

    if (place := source.place) is not None:
        page = f"page={place.pages[0].number}&" if place.pages else ""
        return f"{base}/documents/{place.document}#{page}start={place.start}&end={place.end}"
    return f"{base}/entry/{quote(source.entry_id, safe='')}"
