"""A translated message as people read it: the text, its slang marked, and under it what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from slangrag.cli.render.entries import one_line, spoken
from slangrag.cli.render.terminal import INDENT, note, show, stdout

if TYPE_CHECKING:
    from slangrag.answer.translate.terms import Sense, SlangTerm, Translation


def show_translation(told: Translation, *, safe: bool) -> None:
    """The text, the senses of each slang span once, and what must be said about it."""
    show(_marked(told, safe=safe) if told.plain == told.text else Text(spoken(told.plain, safe=safe)))
    shown: set[tuple[str, str]] = set()
    for term in told.terms:
        key = (term.span.text.casefold(), term.sense.entry_id)
        if key not in shown:
            shown.add(key)
            _show_term(term, safe=safe)
    for remark in told.notes:
        note(spoken(remark, safe=safe))


def _marked(told: Translation, *, safe: bool) -> Text:
    """The message, its slang spans bold and underlined."""
    line, done = Text(), 0
    for term in told.terms:
        line.append(spoken(told.text[done : term.span.start], safe=safe))
        line.append(spoken(term.span.text, safe=safe), style="bold underline")
        done = term.span.end
    return line.append(spoken(told.text[done:], safe=safe))


def _show_term(term: SlangTerm, *, safe: bool) -> None:
    head = Text().append(spoken(term.span.text, safe=safe), style="bold")
    if term.sense.word.casefold() != term.span.text.casefold():
        head.append(f" ({spoken(term.sense.word, safe=safe)})")
    for number, sense in enumerate(term.told):
        if number:
            other = sense.word.casefold() != term.sense.word.casefold()
            head = Text("or" + (f" ({spoken(sense.word, safe=safe)})" if other else ""))
        _show_sense(head, sense, safe=safe)


def _show_sense(head: Text, sense: Sense, *, safe: bool) -> None:
    source = f"  #{sense.entry_id}"
    room = stdout().width - INDENT if stdout().is_terminal else 400
    left = max(20, room - head.cell_len - 2 - len(source))
    line = head.append("  ").append(one_line(sense.meaning, left, safe=safe))
    show(line.append(source, style="dim"), indent=INDENT)
