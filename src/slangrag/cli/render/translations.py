"""A translated message as people read it: the text, and under it the glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from slangrag.cli.render.entries import one_line, spoken
from slangrag.cli.render.terminal import INDENT, note, show, stdout

if TYPE_CHECKING:
    from slangrag.answer.translate.translation import Term, Translation


def show_translation(told: Translation, *, safe: bool) -> None:
    """The text, a line for each slang span, and what must be said about it."""
    show(Text(spoken(told.plain, safe=safe)))
    for term in told.terms:
        _show_term(term, safe=safe)
    for remark in told.notes:
        note(spoken(remark, safe=safe))


def _show_term(term: Term, *, safe: bool) -> None:
    line = Text().append(spoken(term.span, safe=safe), style="bold")
    if term.word.casefold() != term.span.casefold():
        line.append(f" ({spoken(term.word, safe=safe)})")
    source = f"  #{term.entry_id}"
    room = stdout().width - INDENT if stdout().is_terminal else 400
    left = max(20, room - line.cell_len - 2 - len(source))
    line.append("  ").append(one_line(term.definition, left, safe=safe)).append(source, style="dim")
    show(line, indent=INDENT)
