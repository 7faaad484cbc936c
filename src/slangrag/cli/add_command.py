"""`slangrag add`: documents beside the dictionary, from files, folders and the web."""

from __future__ import annotations

from typing import Annotated

import typer

from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings


@with_settings("store", "engine", "threads", "index")
def add(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL...", help="Files, folders, and addresses on the web.", show_default=False
        ),
    ],
    private: Annotated[
        bool, typer.Option("--private", help="Let addresses of private networks be fetched (an intranet).")
    ] = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Add documents beside the dictionary: PDF, web pages, Markdown, text, XML, DOCX, EPUB.

    Adding one again takes over what changed in it. What cannot be read is told, and the others are added.
    """
    from slangrag.cli.ingest_runs import working
    from slangrag.cli.opening import fetching
    from slangrag.cli.render.documents import show_added, show_summary
    from slangrag.cli.render.terminal import write_json
    from slangrag.errors import InputError
    from slangrag.service import stored_documents
    from slangrag.service.adding import Added, adding

    found: list[Added] = []
    with (
        working("passages") as (stop, told),
        adding(settings, fetching=fetching(), private=private, progress=told, stop=stop) as documents,
    ):
        for target in targets:
            for one in documents.add(target):
                found.append(one)
                if not as_json:
                    show_added(one)
                if stop.requested:
                    raise stop.leave("the documents so far are added")
    if as_json:
        write_json(stored_documents.added(found))
    else:
        show_summary(found)
    if any(one.outcome == "failed" for one in found):
        raise typer.Exit(InputError.exit_code)
