"""`slangrag chat`: a conversation with memory, kept and resumable."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli.options import ANSWERING, JsonOption, SystemOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.answer.chat.conversation import Conversation


@with_settings(*ANSWERING, "safe", "store")
def chat(
    go_on: Annotated[
        bool, typer.Option("--continue", "-c", help="Go on with the latest conversation.")
    ] = False,
    which: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Go on with this one (see --list).")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the conversations that are kept.")] = False,
    system: SystemOption = None,
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
    kept = conversations.default_directory()
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
    with open_slang(settings) as slang:
        Talk(slang, conversation, kept, instructions(system)).run()


def say_what_was_passed_over(reasons: list[str]) -> None:
    """A note for each conversation that is kept and cannot be read."""
    from slangrag.cli.render.terminal import note

    for reason in reasons:
        note(f"passed over: {reason}")


def show_conversations(kept: list[Conversation], *, as_json: bool) -> None:
    """The conversations, latest first: id, day, number of turns, first question."""
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
    show_table(("id", "began", "turns", "first question"), rows)
