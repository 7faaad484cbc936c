"""Answers of several models: in columns where the terminal is wide, one below the other elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.text import Text

from slangrag.cli.render.answers import OWN_WORDS, styled, whole
from slangrag.cli.render.hits import show_hits
from slangrag.cli.render.terminal import INDENT, note, show, stdout, whole_width
from slangrag.text.clean import printable

if TYPE_CHECKING:
    from slangrag.retrieval.types import Retrieval
    from slangrag.service.comparing import Compared

_NARROWEST: Final = 44
"""Characters of a column below which an answer is better read across the whole width."""

_GAP: Final = 3


class ComparisonView:
    """Shows one comparison. Below each other answers come as they are ready, in columns when all are."""

    def __init__(self, names: Sequence[str], *, safe: bool) -> None:
        self._names = list(names)
        self._safe = safe
        width = whole_width().width // len(names)
        self._columns = stdout().is_terminal and width >= _NARROWEST
        self._told: list[Compared] = []
        self._asked = True

    def sources(self, found: Retrieval) -> None:
        """The definitions that every model gets, once; then who is asked first."""
        for remark in found.notes:
            note(remark)
        self._asked = found.known != "no"
        if self._asked and found.hits:
            show_hits(found.hits, safe=self._safe)
            show(Text(""))
            note(f"asking {self._names[0]}")

    def answer(self, told: Compared) -> None:
        """One model's answer, or its failure."""
        self._told.append(told)
        if not self._asked:
            if len(self._told) == 1 and told.answer is not None:
                show(styled(whole(told.answer), safe=self._safe))
                note("no model was asked")
            return
        for remark in told.notes:
            note(remark)
        if not self._columns:
            self._block(told)
        if len(self._told) < len(self._names):
            note(f"asking {self._names[len(self._told)]}")

    def end(self) -> None:
        """The columns, and what the marks in them mean."""
        if self._columns and self._asked:
            from rich.table import Table

            table = Table.grid(expand=True, padding=(0, _GAP, 0, 0))
            for _ in self._told:
                table.add_column(ratio=1, overflow="fold")
            table.add_row(*(_title(one) for one in self._told))
            table.add_row(*(self._said(one) for one in self._told))
            table.add_row(*(Text() for _ in self._told))
            table.add_row(*(_dim(_figures(one)) for one in self._told))
            whole_width().print(table)
        if any(one.sentences()["own words"] for one in self._told):
            note(f"{OWN_WORDS} the model's own words: not found in the definitions")

    def _block(self, told: Compared) -> None:
        show(_title(told))
        show(self._said(told), indent=INDENT)
        for line in _figures(told):
            show(_dim([line]), indent=INDENT)
        show(Text())

    def _said(self, told: Compared) -> Text:
        if told.answer is not None:
            return styled(whole(told.answer), safe=self._safe)
        failure = told.failure
        said = Text(
            "no answer" if failure is None else f"no answer: {printable(failure.message)}", style="red"
        )
        if failure is not None and failure.hint:
            said.append(f" (next: {printable(failure.hint)})", style="cyan")
        return said


def _title(told: Compared) -> Text:
    return Text(printable(told.name), style="bold")


def _dim(lines: Sequence[str]) -> Text:
    return Text("\n".join(map(printable, lines)), style="dim")


def _figures(told: Compared) -> list[str]:
    """Time, tokens, support, and what was said about the answer; nothing of a model that was not asked."""
    if told.answer is None or not told.cost.calls:
        return [f"not asked: {remark}" for remark in (told.answer.notes if told.answer is not None else ())]
    loading = f" (and {_seconds(told.load_ms)} of loading)" if told.load_ms >= 50 else ""
    first = "no word" if told.first_ms is None else f"first word after {_seconds(told.first_ms)}"
    counts = told.sentences()
    named = {"supported": "supported", "own words": "in its own words", "quoted": "quoted",
             "remark": "remark", "withheld": "withheld"}  # fmt: skip
    support = ", ".join(f"{counts[kind]} {words}" for kind, words in named.items() if counts[kind])
    cost, rate = told.cost, told.cost.tokens_per_second
    about = "" if cost.counted else "about "
    tokens = f"{about}{cost.prompt_tokens:,} tokens in, {about}{cost.answer_tokens:,} out"
    reasons = dict.fromkeys(gone.reason for gone in told.withheld)
    return [
        f"{first}, whole after {_seconds(told.total_ms)}{loading}",
        tokens + (f", {rate:.1f} a second" if rate is not None else ""),
        f"sentences: {support or 'none'}",
        *(f"withheld: {reason}" for reason in reasons),
        *told.answer.notes,
    ]


def _seconds(ms: float) -> str:
    return f"{ms / 1000:.1f} s"
