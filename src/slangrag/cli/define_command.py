"""`slangrag define`: what the data says about a word. No model, no vectors, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from slangrag.cli.completion import headwords
from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings
from slangrag.errors import UsageError

if TYPE_CHECKING:
    from slangrag.retrieval.types import Definition

_LONGEST_NAMED: Final = 60


@with_settings("safe", "store")
def define(
    word: Annotated[
        list[str] | None, typer.Argument(help="The headword, quoted or not.", autocompletion=headwords)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show at most so many.")] = 5,
    random: Annotated[bool, typer.Option("--random", help="Show a word of the store's own choice.")] = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Show what the data says about WORD. No model, no network."""
    from slangrag.cli.opening import open_slang

    asked = " ".join(word or ()).strip()
    if not asked and not random:
        raise UsageError("no word was given", hint="slangrag define salty, or slangrag define --random")
    with open_slang(settings) as slang:
        found = slang.define(slang.random_word() if random else asked)
    if as_json:
        from slangrag.cli.render.terminal import write_json
        from slangrag.service import documents

        write_json(documents.definition(found))
    else:
        _as_text(found, limit=limit, safe=settings.safe)


def _as_text(found: Definition, *, limit: int, safe: bool) -> None:
    from rich.text import Text

    from slangrag.cli.render.entries import one_line, show_entry, spoken
    from slangrag.cli.render.terminal import note, show

    if not found.entries:
        show(Text(f"{one_line(found.word, _LONGEST_NAMED, safe=safe)!r} is not in the data."))
    for number, entry in enumerate(found.entries[:limit], start=1):
        show_entry(entry, number, safe=safe)
    if len(found.entries) > limit:
        note(f"{len(found.entries) - limit} more: --limit {len(found.entries)}")
    if found.suggestions:
        words = ", ".join(spoken(word, safe=safe) for word in found.suggestions)
        note(f"did you mean: {words}")
