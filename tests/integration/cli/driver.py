"""The console script's own `main()`, many commands in one process; run as a script, by `driven()`.

Standard input holds JSON: {"commands": [{"arguments": [...], "stdin": "..."}, ...]}; standard output gets one
JSON list of {"code", "out", "err", "reached"}. With --here the commands print where they are run (a
terminal, say), each followed by "===== CODE". The embedded models are loaded once and kept, which is the
one thing that a command by itself does not share with the next. `reached` lists what no command may
do for a definition: start a program, write outside its home, talk to anything but this machine.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

from slangrag.cli.main import main
from slangrag.service import engines

RUNS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile", "pty.spawn"}
HOME = os.path.realpath(os.environ["HOME"])
CACHE = os.path.realpath(os.environ.get("SLANGRAG_CACHE", HOME))  # what a model's size is remembered in
STORE = os.path.realpath(os.environ["SLANGRAG_STORE"])
ALLOWED = tuple(f"{place}{os.sep}" for place in (HOME, "/dev", STORE, CACHE))
reached: list[str] = []


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what is out of bounds."""
    if event in RUNS:
        reached.append(f"{event} {arguments[0]!r}")
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        if arguments[1][0] not in {"127.0.0.1", "::1"}:
            reached.append(f"connect {arguments[1]!r}")
    elif event == "open" and isinstance(arguments[0], str | bytes):
        _, mode, flags = arguments
        writes = set(mode or "") & set("wax+") or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if writes and not path.startswith(ALLOWED):
            reached.append(f"write {path}")


def exit_code(arguments: list[str]) -> Any:
    """What the shell would see of one command, run as the console script runs it."""
    sys.argv = ["slangrag", *arguments]
    try:
        main()
    except SystemExit as left:
        return left.code or 0
    return 0


def run(arguments: list[str], given: str) -> dict[str, Any]:
    """One command with streams of its own."""
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="") for name in ("out", "err")}
    sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode("utf-8", "surrogatepass")), encoding="utf-8")
    sys.stdout, sys.stderr = streams["out"], streams["err"]
    reached.clear()
    try:
        code = exit_code(arguments)
    finally:
        sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    texts = {}
    for name, stream in streams.items():
        stream.flush()
        texts[name] = stream.buffer.getvalue().decode(encoding, "surrogateescape")
    return {"code": code, "reached": list(reached), **texts}


def keep(name: str) -> None:
    """Make a model once for all commands, by the function of that name."""
    make = getattr(engines, name)
    made: list[Any] = []

    def kept(*arguments: Any) -> Any:
        if not made:
            made.append(make(*arguments))
        return made[0]

    setattr(engines, name, kept)


if __name__ == "__main__":
    wanted = json.load(sys.stdin)
    keep("chat_model")
    keep("embedder")
    if sys.argv[1:] == ["--here"]:
        for one in wanted["commands"]:
            sys.stdout.write(f"===== {exit_code(one['arguments'])}\n")
    else:
        sys.addaudithook(watch)
        json.dump([run(one["arguments"], one["stdin"]) for one in wanted["commands"]], sys.stdout)
