"""A crawl for a terminal: a line for each page that says something, and counts of the rest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from slangrag.cli.render.documents import show_added
from slangrag.cli.render.terminal import note, show, write_json
from slangrag.service import stored_documents
from slangrag.text.clean import printable

if TYPE_CHECKING:
    from slangrag.service.crawling import Visited

_WORTH_SAYING: Final = ("error", "missing", "redirect", "too large", "select", "noindex")
"""Reasons for which a page that was skipped is told by itself; the others are many, and meant so."""

_LONG_WAIT: Final = 5.0


class Told:
    """Tells of one crawl as it goes, and sums it up."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._visits: list[Visited] = []

    def waits(self, host: str, seconds: float) -> None:
        """Say that a host asks for a long pause."""
        if seconds >= _LONG_WAIT and not self._as_json:
            note(f"waiting {seconds:.0f} s before the next request to {printable(host)}")

    def visited(self, one: Visited) -> None:
        """Tell of one URL."""
        self._visits.append(one)
        if self._as_json:
            return
        page = one.page
        if one.added is not None and one.added.outcome != "unchanged":
            show_added(one.added)
        elif page.outcome == "taken" and one.added is None:
            show(Text("would take ", style="dim").append(printable(page.url)))
        elif one.removed:
            show(Text("gone      ", style="dim").append(printable(page.url)))
        elif page.outcome == "skipped" and (page.reason in _WORTH_SAYING or page.depth == 0):
            detail = f" ({printable(page.detail)})" if page.detail else ""
            note(f"skipped {printable(page.url)}: {page.reason}{detail}")

    def end(self, *, dry_run: bool) -> None:
        """Counts, and what to do about pages that were not removed."""
        if self._as_json:
            write_json(stored_documents.crawled(self._visits))
            return
        outcomes = Counter(one.page.outcome for one in self._visits)
        skipped = Counter(one.page.reason for one in self._visits if one.page.outcome == "skipped")
        named = {"taken": "would be taken" if dry_run else "taken"}
        counted = [f"{count:,} {named.get(outcome, outcome)}" for outcome, count in outcomes.items()]
        why = ", ".join(f"{count:,} {reason}" for reason, count in skipped.most_common())
        note(f"{', '.join(counted) or 'no page'}{f' ({why})' if why else ''}")
        held = sum(one.held for one in self._visits)
        if held:
            note(f"{held:,} pages are gone, most of the site: kept. next: the same with --prune, if it is so")
