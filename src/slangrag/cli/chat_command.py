"""`slangrag chat`: a conversation with memory, kept and resumable."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli.options import ANSWERING, JsonOption, ServerOption, SystemOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.answer.chat.conversation import Conversation


@with_settings(*ANSWERING, "only", "safe", "store")
def chat(
    go_on: Annotated[
        bool, typer.Option("--continue", "-c", help="Go on with the latest conversation.")
    ] = False,
    which: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Go on with this one (see --list).")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the conversations that are kept.")] = False,
    export: Annotated[
        str | None,
        typer.Option(
            "--export", metavar="ID", help="Write one as Markdown to FILE, or to stdout; latest for the last."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where --export writes; a new file.")
    ] = None,
    delete: Annotated[
        str | None, typer.Option("--delete", metavar="ID", help="Remove one; asks first on a terminal.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before --delete removes.")] = False,
    system: SystemOption = None,
    server: ServerOption = True,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Talk about slang: follow-up questions are understood, every answer is cited."""
    from slangrag.answer.chat.conversation import begin
    from slangrag.cli.opening import instructions, open_slang
    from slangrag.cli.talk import Talk
    from slangrag.errors import UsageError
    from slangrag.service import conversations

    if as_json and not listing:
        raise UsageError(
            "a conversation is no one document; --json is for --list", hint="slangrag chat --list --json"
        )
    if file is not None and export is None:
        raise UsageError(f"{file} is for --export alone", hint="slangrag chat --export latest FILE")
    kept = conversations.default_directory()
    if export is not None:
        write_export(kept, export, file, safe=settings.safe)
        return
    if delete is not None:
        remove(kept, delete, yes=yes)
        return
    if listing:
        readable, passed_over = conversations.saved(kept)
        show_conversations(readable, as_json=as_json)
        say_what_was_passed_over(passed_over)
        return
    if which is not None:
        conversation = conversations.load(kept, which)
    elif go_on:
        conversation, passed_over = conversations.latest(kept)
        say_what_was_passed_over(passed_over)
    else:
        conversation = begin()
    with open_slang(settings, server=server) as slang:
        Talk(slang, conversation, kept, instructions(system)).run()


def write_export(kept: Path, which: str, file: Path | None, *, safe: bool) -> None:
    """One conversation as Markdown, into a new file or to standard output."""
    from slangrag.cli.render.terminal import note, stdout
    from slangrag.service import conversations
    from slangrag.service.chat_markdown import markdown

    if which == "latest":
        conversation, passed_over = conversations.latest(kept)
        say_what_was_passed_over(passed_over)
    else:
        conversation = conversations.load(kept, which)
    text = markdown(conversation, safe=safe)
    if file is None:
        stdout().file.write(text)
        return
    conversations.write_new(file, text)
    note(f"written: {file}")


def remove(kept: Path, which: str, *, yes: bool) -> None:
    """Delete one conversation; on a terminal only after a yes."""
    from slangrag.cli.render.terminal import note
    from slangrag.errors import InputFormat, InputUnreadable, StoppedEarly
    from slangrag.service import conversations
    from slangrag.text.clean import printable

    try:
        title = printable(conversations.load(kept, which).title)
    except (InputFormat, InputUnreadable):
        title = "it cannot be read"
    asks = not yes and sys.stdin.isatty()
    if asks and not typer.confirm(f"Delete {which} ({title})?", default=False, err=True):
        raise StoppedEarly("nothing was deleted", hint="say --yes not to be asked")
    conversations.delete(kept, which)
    note(f"deleted: {which}")


def say_what_was_passed_over(reasons: list[str]) -> None:
    """A note for each conversation that is kept and cannot be read."""
    from slangrag.cli.render.terminal import note

    for reason in reasons:
        note(f"passed over: {reason}")


def show_conversations(kept: list[Conversation], *, as_json: bool) -> None:
    """The conversations, latest first: id, day, number of turns, title."""
    from slangrag.cli.render.terminal import note, show_table, write_json

    if as_json:
        from slangrag.service import documents

        write_json(documents.conversations(kept))
        return
    if not kept:
        note("no conversation is kept yet. next: slangrag chat")
        return
    rows = [
        (one.id, time.strftime("%Y-%m-%d %H:%M", time.localtime(one.began)), str(len(one.turns)), one.title)
        for one in kept
    ]
    show_table(("id", "began", "turns", "title"), rows)
