"""The stand-in as an `ollama` command: serve, list, ps, pull, show and --version, for scripts that call one.

As with the real one, OLLAMA_HOST says where to listen and whom to call, and OLLAMA_MODELS where the
models lie: what was pulled with one server is there for the next one over the same folder. It reads
the STANDIN_... variables of `python -m tests.standin`. tests/standin/bin/ollama runs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from slangrag.engines.ollama.host import parse_host
from slangrag.engines.ollama.wire import Wire
from slangrag.errors import EngineError
from tests.standin import CATALOGUE
from tests.standin.__main__ import models_for, parser, serve

_USAGE = "usage: ollama serve | list | ps | pull MODEL | show MODEL | --version (a stand-in)\n"


def models_folder() -> Path:
    """Where this server's models lie."""
    return Path(os.environ.get("OLLAMA_MODELS") or Path.home() / ".ollama" / "models")


def _manifest(full_name: str) -> Path:
    name, _, tag = full_name.partition(":")
    return models_folder() / "manifests" / "registry.ollama.ai" / "library" / name / tag


def _pulled() -> list[str]:
    return [name for name in CATALOGUE if _manifest(name).is_file()]


def _listen_address() -> tuple[str, int]:
    host = parse_host(os.environ.get("OLLAMA_HOST", ""))
    listens_everywhere = "0.0.0.0" in os.environ.get("OLLAMA_HOST", "")
    return ("0.0.0.0" if listens_everywhere else host.name), host.port


def _serve() -> int:
    address, port = _listen_address()
    options = parser(os.environ).parse_args(["--host", address, "--port", str(port)])
    models = models_for(_pulled(), pooled=options.pooled, embedded=options.embedded)
    try:
        serve(options, models)
    except OSError as error:
        sys.stderr.write(f"Error: listen tcp {address}:{port}: bind: {str(error.strerror).lower()}\n")
        return 1
    return 0


def _pull(wire: Wire, name: str) -> None:
    for step in wire.stream("/api/pull", {"model": name}, purpose="pull"):
        sys.stderr.write(f"{step['status']}\n")
    place = _manifest(name if ":" in name else f"{name}:latest")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("{}\n", encoding="utf-8")


def _table(rows: Sequence[dict[str, Any]], *columns: str) -> None:
    sys.stdout.write("   ".join(column.upper() for column in columns) + "\n")
    for row in rows:
        sys.stdout.write("   ".join(str(row[column])[:40] for column in columns) + "\n")


def main(arguments: Sequence[str]) -> int:
    """Run one command; exit codes as the real one's (1 for a failure)."""
    wire = Wire(parse_host(os.environ.get("OLLAMA_HOST", "")))
    try:
        match list(arguments):
            case ["serve"]:
                return _serve()
            case ["list" | "ls"]:
                _table(wire.get("/api/tags")["models"], "name", "digest", "size")
            case ["ps"]:
                _table(wire.get("/api/ps")["models"], "name", "size", "size_vram", "expires_at")
            case ["pull", name]:
                _pull(wire, name)
            case ["show", name]:
                shown = wire.post("/api/show", {"model": name}, purpose="ask")
                _table([shown["details"]], "family", "parameter_size", "quantization_level")
            case ["--version" | "-v"]:
                sys.stdout.write(f"ollama version is {wire.get('/api/version')['version']}\n")
            case _:
                sys.stderr.write(_USAGE)
                return 1
    except EngineError as error:
        sys.stderr.write(f"Error: {error.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
