"""Run the stand-in on a port: `python -m tests.standin --port 0 --model nomic-embed-text --model llama3.1`.

Prints one line, `listening on http://127.0.0.1:PORT`, and serves until it is told to stop (SIGINT or
SIGTERM). Every option is also read from the environment (STANDIN_...), for scripts that start an
`ollama serve` and know nothing of a stand-in.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.standin import CATALOGUE, Fault, PooledVectors, Shape, StandIn, StandInModel, from_engines
from tests.standin.wording import NEW, OLD


def parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    """The options, their defaults taken from `environ`."""

    def number(name: str) -> float:
        return float(environ.get(name) or 0)

    options = argparse.ArgumentParser(
        prog="python -m tests.standin", description="A stand-in for `ollama serve`."
    )
    add = options.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=0, help="0: a free one")
    add("--model", action="append", default=[], choices=[name.removesuffix(":latest") for name in CATALOGUE])
    add(
        "--speak",
        choices=[NEW, OLD],
        default=environ.get("STANDIN_VERSION") or NEW,
        help="which Ollama to be",
    )
    add(
        "--call-ms",
        type=float,
        default=number("STANDIN_MS_PER_CALL"),
        help="milliseconds an embedding call takes",
    )
    add("--row-ms", type=float, default=number("STANDIN_MS_PER_ROW"), help="and each of its rows")
    add("--token-ms", type=float, default=number("STANDIN_MS_PER_TOKEN"), help="and each token of a chat")
    add("--load-ms", type=float, default=number("STANDIN_MS_TO_LOAD"), help="and loading a model")
    add("--log", type=Path, default=environ.get("STANDIN_LOG") or None, help="a JSON line a request")
    add("--cpu", action="store_true", default=environ.get("STANDIN_VRAM") == "0", help="size_vram is 0")
    add(
        "--offline",
        action="store_true",
        default=environ.get("STANDIN_OFFLINE") == "1",
        help="no registry to pull from",
    )
    add(
        "--max-queue",
        type=int,
        default=int(number("STANDIN_MAX_QUEUE")),
        help="requests before a 503; 0: any number",
    )
    faults = environ.get("STANDIN_FAULTS", "").split()
    add(
        "--fault", action="append", default=faults, metavar="KIND[@PATH][#NTH]", help="as in hang@/api/chat#2"
    )
    pooled, embedded = (environ.get(f"STANDIN_{name}") == "1" for name in ("POOLED", "EMBEDDED"))
    add("--pooled", action="store_true", default=pooled, help="ready-made vectors, which cost no time")
    add("--embedded", action="store_true", default=embedded, help="answers by the embedded engine's models")
    return options


def read_fault(text: str) -> Fault:
    """The fault that KIND[@PATH][#NTH] means."""
    rest, _, nth = text.partition("#")
    kind, _, path = rest.partition("@")
    return Fault(kind, path=path, nth=int(nth or 0))  # type: ignore[arg-type]


def models_for(names: Sequence[str], *, pooled: bool, embedded: bool) -> list[StandInModel]:
    """The models of `names`, answered as the options say."""
    full = [name if ":" in name else f"{name}:latest" for name in names]
    models = [CATALOGUE[name] for name in full]
    if pooled:
        return [
            replace(model, embed=PooledVectors(model.embedding_length)) if model.embed else model
            for model in models
        ]
    if embedded:
        from slangrag.config import load_settings
        from slangrag.engines.embedded.chat import EmbeddedChat
        from slangrag.engines.embedded.embedder import EmbeddedEmbedder

        settings = load_settings()
        real: list[StandInModel] = []
        for model in models:
            if model.embed:
                real += from_engines(EmbeddedEmbedder(settings), embed_name=model.name)
            else:
                real += from_engines(chat=EmbeddedChat(settings), chat_name=model.name)
        return real
    return models


def serve(arguments: argparse.Namespace, models: Sequence[StandInModel]) -> None:
    """Serve until a signal comes."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    standin = StandIn(
        models,
        version=arguments.speak,
        faults=[read_fault(text) for text in arguments.fault],
        shape=Shape(arguments.call_ms, arguments.row_ms, arguments.token_ms, arguments.load_ms),
        offline=arguments.offline,
        max_queue=arguments.max_queue,
        vram=not arguments.cpu,
        log=arguments.log,
        host=arguments.host,
        port=arguments.port,
    )
    with standin:
        sys.stdout.write(f"listening on http://{arguments.host}:{standin.port}\n")
        sys.stdout.flush()
        stop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and serve."""
    options = parser(os.environ).parse_args(arguments)
    names = options.model or ["nomic-embed-text", "llama3.1"]
    serve(options, models_for(names, pooled=options.pooled, embedded=options.embedded))
    return 0


if __name__ == "__main__":
    sys.exit(main())
