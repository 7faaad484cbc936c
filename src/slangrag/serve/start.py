"""From a plan to a running server: its token, its sockets, its application."""

from __future__ import annotations

import platform
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slangrag.serve.app import application
from slangrag.serve.guard import Access
from slangrag.serve.listening import beside_store, listen
from slangrag.serve.logs import logger
from slangrag.serve.queue import GenerationQueue
from slangrag.serve.running import run
from slangrag.serve.serving import Serving
from slangrag.serve.token import new_token, read_token

if TYPE_CHECKING:
    from slangrag.service.slang import Slang


@dataclass(frozen=True, slots=True)
class Plan:
    """How to serve. hosts: names that requests may be for. token_file: one of the user's own, or None."""

    host: str
    port: int
    hosts: frozenset[str]
    token: bool
    token_file: Path | None
    waiting: int
    drain_seconds: int
    log_questions: bool
    uploads: bool


@dataclass(frozen=True, slots=True)
class Listening:
    """What a server that listens can be told of. token_file: where the token is for others of the user's."""

    host: str
    port: int
    token: str | None
    token_file: Path | None


def serve_until_stopped(slang: Slang, plan: Plan, ready: Callable[[Listening], None]) -> None:
    """Serve until a signal; `ready` is called once requests are taken, the index and the embedder loaded.

    Raises UsageError, InputUnreadable.
    """
    with ExitStack() as opened:
        listening = opened.enter_context(listen(plan.host, plan.port))
        port = listening.getsockname()[1]
        token, token_file = None, plan.token_file
        if token_file is not None:
            token = read_token(token_file)
        elif plan.token:
            token_file = _token_path(port)
            token = opened.enter_context(new_token(token_file))
        name = f"[{plan.host}]" if ":" in plan.host else plan.host
        serving = Serving(
            slang,
            GenerationQueue(plan.waiting),
            Access(plan.hosts, token),
            plan.log_questions,
            f"http://{name}:{port}/",
            plan.uploads,
        )
        beside = opened.enter_context(beside_store(slang.settings.store))
        sockets = [listening] if beside is None else [listening, beside]
        _warm(slang)
        run(
            application(serving),
            sockets,
            drain_seconds=plan.drain_seconds,
            ready=lambda: ready(Listening(plan.host, port, token, token_file)),
        )


def _warm(slang: Slang) -> None:
    """Load the embedder and open what it searches, so that no question waits for it; words do without."""
    for note in slang.search("what does this mean", limit=1, intent="reverse").notes:
        logger.warning("%s", note)


def _token_path(port: int) -> Path:
    import platformdirs

    return (
        platformdirs.user_data_path("slangrag", appauthor=False) / "serve" / f"{platform.node()}-{port}.token"
    )
