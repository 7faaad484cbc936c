"""`slangrag search`: what retrieval finds for a query, and why. No LLM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from slangrag.cli.options import JsonOption, ServerOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.retrieval.types import Mode, Retrieval


@with_settings("engine", "only", "safe", "store")
def search(
    query: Annotated[list[str] | None, typer.Argument(help="A word, a message or a description.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Show so many.")] = 10,
    mode: Annotated[
        str, typer.Option("--mode", help="hybrid; for comparison also dense or lexical.")
    ] = "hybrid",
    explain: Annotated[bool, typer.Option("--explain", help="Show each signal's part in the score.")] = False,
    server: ServerOption = True,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Show which definitions a query finds, best first."""
    from slangrag.cli.opening import open_slang
    from slangrag.cli.question import read_question

    text = read_question(query, example='slangrag search "the word for ignoring someone\'s texts"')
    with open_slang(settings, server=server) as slang:
        found = slang.search(text, limit=limit, mode=named_mode(mode), explain=explain, meanings=True)
    if as_json:
        from slangrag.cli.render.terminal import write_json
        from slangrag.service import documents

        write_json(documents.retrieval(found, explain=explain))
    else:
        _as_text(found, safe=settings.safe, explain=explain)


def named_mode(name: str) -> Mode:
    """The mode of that name. Raises UsageError for another."""
    from slangrag.errors import UsageError
    from slangrag.retrieval.types import Mode

    if name in get_args(Mode):
        return cast("Mode", name)
    raise UsageError(f"there is no mode {name!r}", hint="--mode hybrid, dense or lexical")


def _as_text(found: Retrieval, *, safe: bool, explain: bool) -> None:
    from rich.text import Text

    from slangrag.cli.render.hits import show_hits, show_suggestions
    from slangrag.cli.render.terminal import note, show

    for remark in found.notes:
        note(remark)
    named = [hit for hit in found.hits if hit.match not in ("semantic", "lexical")]
    described = found.hits[len(named) :]
    if not found.hits:
        show(Text("Nothing in the data fits."))
    elif found.known == "no":
        show(Text("Nothing sure; nearest:"))
    show_hits(named, safe=safe, explain=explain)
    if named and described and found.intent == "define":
        show(Text("Words that mean this:"))
    show_hits(described, safe=safe, explain=explain, first=len(named) + 1)
    note(f"read as: {found.intent}; known: {found.known}")
    show_suggestions(found.suggestions, safe=safe)
