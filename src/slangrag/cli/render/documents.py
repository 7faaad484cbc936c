"""Documents for a terminal: a line each, what became of those that were added, the text of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rich.text import Text

from slangrag.cli.render.terminal import note, show, show_table
from slangrag.text.clean import printable, visible

if TYPE_CHECKING:
    from slangrag.service.adding import Added
    from slangrag.service.dictionary import DocumentText
    from slangrag.store.documents.types import StoredDocument

_COLUMNS: Final = ("", "title", "kind", "pages", "passages", "from")


def show_added(one: Added) -> None:
    """A line for one document, and a note with the next command where it was not read."""
    if one.failure is not None:
        message = " ".join(one.failure.message.split()).removesuffix(".")
        hint = f". next: {one.failure.hint}" if one.failure.hint else ""
        note(f"not added: {message}{hint}")
        return
    document = one.document
    assert document is not None
    parts = [counted(document.pages, "page")] if document.pages else []
    parts.append(counted(document.passages, "passage"))
    if one.outcome == "changed":
        parts.append(f"{one.embedded:,} new, {one.kept:,} as before, {one.removed:,} gone")
    line = Text(f"{one.outcome:<9} ", style="dim").append(f"{document.number}  ")
    show(line.append(printable(document.title), style="bold").append(f"  {', '.join(parts)}"))
    for remark in document.notes if one.outcome != "unchanged" else ():
        note(f"{printable(document.title)}: {remark}")
    if one.refused:
        note(f"{printable(document.title)}: the embedder refused {counted(one.refused, 'passage')}")


def show_summary(found: Sequence[Added]) -> None:
    """How many of each, where there were several; what to do with them, where there is something new."""
    outcomes = [one.outcome for one in found]
    if len(found) > 1:
        counted = [(name, outcomes.count(name)) for name in dict.fromkeys(outcomes)]
        note(", ".join(f"{count:,} {name}" for name, count in counted))
    if "added" in outcomes:
        note('they answer beside the dictionary. next: slangrag ask "..." (or --only documents)')


def show_documents(found: Sequence[StoredDocument]) -> None:
    """The documents of a store."""
    show_table(_COLUMNS, [_row(one) for one in found])


def _row(one: StoredDocument) -> tuple[str, ...]:
    pages = f"{one.pages:,}" if one.pages else ""
    return (
        str(one.number),
        printable(one.title),
        one.kind,
        pages,
        f"{one.passages:,}",
        printable(one.locator),
    )


def show_document(found: DocumentText) -> None:
    """Title and text; where there are pages, each with its printed number before it."""
    document = found.document
    show(Text(printable(document.title), style="bold"))
    about = [document.kind, document.date, document.locator]
    note(", ".join(printable(one) for one in about if one))
    end = found.start + len(found.text)
    if not found.pages:
        show(Text(f"\n{visible(found.text)}"))
        return
    for page in found.pages:
        text = found.text[max(page.start, found.start) - found.start : min(page.end, end) - found.start]
        show(Text(f"\np. {page.label}", style="dim"))
        show(Text(visible(text.strip())))


def show_removed(gone: Sequence[StoredDocument]) -> None:
    """What was taken out."""
    for one in gone:
        show(Text(f"removed {one.number}  {printable(one.title)}  {counted(one.passages, 'passage')}"))


def counted(number: int, what: str) -> str:
    """A number with its noun: "1 passage", "2,000 passages"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
