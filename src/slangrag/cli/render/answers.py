"""An answer as it comes: sources first, then sentences, then what must be said about them."""

from __future__ import annotations

import re
from typing import Final

from rich.text import Text

from slangrag.answer.events import (
    Answer,
    Draft,
    Event,
    Finished,
    Note,
    Remark,
    Sentence,
    Sources,
    Withdrawn,
)
from slangrag.cli.render.entries import spoken
from slangrag.cli.render.hits import show_hits
from slangrag.cli.render.pending import Pending
from slangrag.cli.render.terminal import note, show, stdout
from slangrag.retrieval.types import Retrieval

_CITATION: Final = re.compile(r"\[\d+\]")
_OWN: Final = re.compile(r"(?:^|(?<= ))~(?= )")


OWN_WORDS: Final = "~"
"""The mark before a sentence in the model's own words: the same in colour, without colour and in a pipe."""


class AnswerView:
    """Shows one answer. Not streaming holds every sentence back until the end.

    On a terminal what the model says is shown as it comes, dim, and takes its place once it is judged.
    """

    def __init__(self, *, safe: bool, stream: bool, list_sources: bool = True) -> None:
        self._safe = safe
        self._stream = stream
        self._list_sources = list_sources
        self._pending = Pending() if stream and Pending.possible() else None
        self._withheld: list[str] = []

    def event(self, event: Event) -> None:
        """Show what an event says, if it is for people."""
        if isinstance(event, Draft):
            if self._pending is not None and event.text:
                self._pending.draw(spoken(event.text, safe=self._safe))
            return
        self._clear()
        if isinstance(event, Sources):
            self._sources(event.retrieval)
        elif isinstance(event, Note):
            note(event.text)
        elif isinstance(event, Withdrawn):
            self._withheld.append(event.reason)
        elif isinstance(event, Finished):
            if not self._stream:
                self._whole(event.answer)
            self._end(event.answer)
        elif self._stream and isinstance(event, Sentence):
            self._sentence(_marked(event))
        elif self._stream and isinstance(event, Remark):
            self._sentence(event.text)

    def __enter__(self) -> AnswerView:
        return self

    def __exit__(self, *_: object) -> None:
        """Take back what nobody has judged: an error is told, or the user stopped the answer."""
        self._clear()

    def _clear(self) -> None:
        if self._pending is not None:
            self._pending.clear()

    def _sources(self, found: Retrieval) -> None:
        """The definitions that were found, at once."""
        for remark in found.notes:
            note(remark)
        if self._list_sources and found.known != "no" and found.hits:
            show_hits(found.hits, safe=self._safe)
            show(Text(""))

    def _whole(self, answer: Answer) -> None:
        show(styled(whole(answer), safe=self._safe))

    def _sentence(self, text: str) -> None:
        show(styled(text, safe=self._safe))

    def _end(self, answer: Answer) -> None:
        for line in cited_pages(answer):
            show(Text(spoken(line, safe=self._safe), style="dim"))
        for remark in answer.notes:
            note(remark)
        if any(one.support == "own words" for one in answer.sentences):
            note(f"{OWN_WORDS} the model's own words: not found in the definitions")
        if self._withheld:
            plural = "s" if len(self._withheld) > 1 else ""
            reasons = "; ".join(dict.fromkeys(self._withheld))
            note(f"{len(self._withheld)} sentence{plural} left out: {reasons}")
        if answer.dropped:
            note(f"{answer.dropped} more definitions did not fit into the context")
        if answer.model:
            seconds = answer.timings_ms.get("total", 0.0) / 1000
            note(f"{answer.engine}/{answer.model}, {seconds:.1f} s")


def cited_pages(answer: Answer) -> list[str]:
    """`[2] Style guide, p. 14` for each page that a model's words rest on; a quotation says its own."""
    said = {n for one in answer.sentences if one.support == "supported" for n in one.citations}
    return [f"[{one.n}] {one.word}, p. {one.page}" for one in answer.citations if one.page and one.n in said]


def whole(answer: Answer) -> str:
    """All that an answer says: remarks first, then its sentences, each with its mark."""
    remarks = answer.text.removesuffix(" ".join(one.text for one in answer.sentences)).strip()
    return " ".join([*([remarks] if remarks else []), *map(_marked, answer.sentences)])


def styled(text: str, *, safe: bool) -> Text:
    """What an answer says, for the screen: made harmless, citations and marks in colour on a terminal."""
    line = Text(spoken(text, safe=safe))
    if stdout().is_terminal:
        line.highlight_regex(_CITATION, "cyan")
        line.highlight_regex(_OWN, "yellow")
    return line


def _marked(sentence: Sentence) -> str:
    return f"{OWN_WORDS} {sentence.text}" if sentence.support == "own words" else sentence.text
