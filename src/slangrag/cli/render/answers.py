"""An answer as it comes: sources first, then sentences, then what must be said about them."""

from __future__ import annotations

import re
from typing import Final

from rich.text import Text

from slangrag.answer.events import Answer, Event, Finished, Note, Remark, Sentence, Sources, Withdrawn
from slangrag.cli.render.entries import spoken
from slangrag.cli.render.hits import show_hits
from slangrag.cli.render.terminal import note, show, stdout
from slangrag.retrieval.types import Retrieval

_CITATION: Final = re.compile(r"\[\d+\]")


class AnswerView:
    """Shows one answer. Not streaming holds every sentence back until the end."""

    def __init__(self, *, safe: bool, stream: bool, list_sources: bool = True) -> None:
        self._safe = safe
        self._stream = stream
        self._list_sources = list_sources
        self._withdrawn = 0

    def event(self, event: Event) -> None:
        """Show what an event says, if it is for people."""
        if isinstance(event, Sources):
            self._sources(event.retrieval)
        elif isinstance(event, Note):
            note(event.text)
        elif isinstance(event, Withdrawn):
            self._withdrawn += 1
        elif isinstance(event, Finished):
            if not self._stream:
                self._sentence(event.answer.text)
            self._end(event.answer)
        elif self._stream and isinstance(event, (Remark, Sentence)):
            self._sentence(event.text)

    def _sources(self, found: Retrieval) -> None:
        """The definitions that were found, at once."""
        for remark in found.notes:
            note(remark)
        if self._list_sources and found.known != "no" and found.hits:
            show_hits(found.hits, safe=self._safe)
            show(Text(""))

    def _sentence(self, text: str) -> None:
        line = Text(spoken(text, safe=self._safe))
        if stdout().is_terminal:
            line.highlight_regex(_CITATION, "cyan")
        show(line)

    def _end(self, answer: Answer) -> None:
        for remark in answer.notes:
            note(spoken(remark, safe=self._safe))
        if self._withdrawn:
            plural = "s" if self._withdrawn > 1 else ""
            note(f"{self._withdrawn} sentence{plural} left out: not supported by the sources")
        if answer.dropped:
            note(f"{answer.dropped} more definitions did not fit into the context")
        if answer.model:
            seconds = answer.timings_ms.get("total", 0.0) / 1000
            note(f"{answer.engine}/{answer.model}, {seconds:.1f} s")
