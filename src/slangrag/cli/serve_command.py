"""`slangrag serve`: the page, the APIs and MCP over one store, until Ctrl-C."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import typer

from slangrag.cli.options import ANSWERING, with_settings
from slangrag.config import Settings

PORT: Final = 8600


@with_settings(*ANSWERING, "only", "store")
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="0: any free one.")] = PORT,
    token: Annotated[
        bool | None,
        typer.Option(
            "--token/--no-token",
            help="Ask for a token; always on Slurm and on any other address than loopback.",
        ),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option("--token-file", metavar="FILE", help="Take the token from this file (0600)."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Another name that the server answers to."),
    ] = None,
    waiting: Annotated[
        int, typer.Option("--queue", min=0, max=1000, help="Questions that may wait for the model.")
    ] = 8,
    drain: Annotated[
        int, typer.Option("--drain", min=0, max=3600, help="Seconds for answers under way at the end.")
    ] = 30,
    log_questions: Annotated[
        bool, typer.Option("--log-questions", help="Log addresses whole, with the words in them.")
    ] = False,
    uploads: Annotated[
        bool | None,
        typer.Option(
            "--uploads/--no-uploads",
            help="Let clients add and remove documents; by itself on loopback only.",
            show_default=False,
        ),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Serve the store: a page, a JSON API, an OpenAI-compatible API and MCP."""
    from slangrag.cli.opening import open_slang
    from slangrag.cli.render.terminal import note
    from slangrag.cli.serve_announcement import announced, is_loopback, must_have_token, names
    from slangrag.errors import EngineMissing, UsageError

    needed = must_have_token(host, os.environ)
    if token is False and needed:
        raise UsageError(f"without a token anybody could ask: {needed}", hint="leave out --no-token")
    try:
        from slangrag.serve.start import Plan, serve_until_stopped
    except ModuleNotFoundError as error:
        raise EngineMissing(
            f"`serve` needs packages that are not installed ({error.name})",
            hint="pip install 'slangrag[serve]'",
        ) from error
    with ExitStack() as opened:
        slang = opened.enter_context(open_slang(settings))
        plan = Plan(
            host=host,
            port=port,
            hosts=frozenset({*names(host), *(allow_host or ())}),
            token=bool(needed or token or token_file),
            token_file=token_file,
            waiting=waiting,
            drain_seconds=drain,
            log_questions=log_questions,
            uploads=is_loopback(host) if uploads is None else uploads,
        )
        serve_until_stopped(slang, plan, lambda server: announced(server, os.environ))
        note("stopped")
