"""`slangrag define`: what the data says about a word. No model, no vectors, no network."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from slangrag.cli.completion import headwords
from slangrag.cli.options import JsonOption, SafeOption, StoreOption
from slangrag.config import load_settings
from slangrag.errors import UsageError

_LONGEST_NAMED: Final = 60


def define(
    word: Annotated[
        list[str] | None, typer.Argument(help="The headword, quoted or not.", autocompletion=headwords)
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Show at most so many.")] = 5,
    random: Annotated[bool, typer.Option("--random", help="Show a word of the store's own choice.")] = False,
    safe: SafeOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the data says about WORD. No model, no network."""
    from slangrag.cli.opening import say_if_unfinished
    from slangrag.retrieval.naming import define as look_up
    from slangrag.retrieval.slang_store import open_store

    settings = load_settings({"store": store, "safe": safe})
    asked = " ".join(word or ()).strip()
    if not asked and not random:
        raise UsageError("no word was given", hint="slangrag define salty, or slangrag define --random")
    with open_store(settings.store) as slang:
        say_if_unfinished(slang)
        found = look_up(slang.lexicon.random_word() if random else asked, slang)
    if as_json:
        _as_json(found)
    else:
        _as_text(found, limit=limit, safe=settings.safe)


def _as_json(found: Any) -> None:
    from slangrag.cli.render.entries import entry_document
    from slangrag.cli.render.terminal import write_json

    write_json(
        {
            "word": found.word,
            "known": found.known,
            "entries": [entry_document(entry) for entry in found.entries],
            "suggestions": list(found.suggestions),
        }
    )


def _as_text(found: Any, *, limit: int, safe: bool) -> None:
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
