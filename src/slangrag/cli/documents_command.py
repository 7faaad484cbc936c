"""`slangrag documents`: which there are, what one says, and taking one out."""

from __future__ import annotations

from typing import Annotated

import typer

from slangrag.cli.groups import Commands
from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings

app = typer.Typer(
    help="List the documents beside the dictionary, read one, remove one.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
)

NameArgument = Annotated[str, typer.Argument(help="Its number, path, address or title.", show_default=False)]


@app.command("list")
@with_settings("store")
def list_documents(*, settings: Settings, as_json: JsonOption = False) -> None:
    """List the documents that were added."""
    from slangrag.cli.opening import open_slang
    from slangrag.cli.render.documents import show_documents
    from slangrag.cli.render.terminal import note, write_json
    from slangrag.service import stored_documents

    with open_slang(settings) as slang:
        found = slang.documents()
    if as_json:
        write_json(stored_documents.listed(found))
    elif found:
        show_documents(found)
    else:
        note("no document has been added yet. next: slangrag add FILE")


@app.command()
@with_settings("store")
def show(
    document: NameArgument,
    page: Annotated[
        str | None, typer.Option("--page", help="Only this page, by the number that answers cite it with.")
    ] = None,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Show the text of a document, as it is searched and quoted."""
    from slangrag.cli.opening import open_slang
    from slangrag.cli.render.documents import show_document
    from slangrag.cli.render.terminal import write_json
    from slangrag.errors import InputMissing
    from slangrag.service import stored_documents
    from slangrag.service.adding import named

    with open_slang(settings) as slang:
        number = named(slang.documents(), document).number
        found = slang.document(number)
        if found is not None and page is not None:
            found = slang.document(number, page=found.page_called(page))
    if found is None:
        raise InputMissing(f"there is no document {document}", hint="slangrag documents list")
    if as_json:
        write_json(stored_documents.shown(found))
    else:
        show_document(found)


@app.command()
@with_settings("store", "index")
def remove(
    documents: Annotated[
        list[str],
        typer.Argument(
            metavar="DOCUMENT...", help="Their numbers, paths, addresses or titles.", show_default=False
        ),
    ],
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Remove documents with all that is theirs; adding them again brings them back."""
    from slangrag.cli.ingest_runs import working
    from slangrag.cli.render.documents import show_removed
    from slangrag.cli.render.terminal import write_json
    from slangrag.service import adding, stored_documents

    with working("passages") as (_, told):
        gone = adding.remove(settings, documents, progress=told)
    if as_json:
        write_json(stored_documents.removed(gone))
    else:
        show_removed(gone)
