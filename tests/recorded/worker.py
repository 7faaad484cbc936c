"""The console script's own `main()`, command after command in one process; run as a script.

Standard input holds one JSON object a line: {"argv", "stdin", "env", "cwd"}. For each, standard output
gets one: {"code", "out", "err"}. A command sees streams, variables and a directory of its own. What it
leaves in the process (modules, caches) the next one finds. A traceback ends the process. onnxruntime loads
a model's file once, for loading took a third of all the time; of slangrag nothing is replaced.
"""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any, Final

import onnxruntime

from slangrag.cli.main import main

_load: Final = onnxruntime.InferenceSession
_loaded: dict[str, Any] = {}


def session(path: object, *settings: Any, **options: Any) -> Any:
    """The model of that file, loaded at its first use. It keeps nothing of what it computes."""
    if str(path) not in _loaded:
        _loaded[str(path)] = _load(path, *settings, **options)
    return _loaded[str(path)]


def exit_code(argv: list[str]) -> int:
    """What the shell would see of one command."""
    sys.argv = ["slangrag", *argv]
    try:
        main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    return 0


def run(request: dict[str, Any]) -> dict[str, Any]:
    """One command, and what it said."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    out, err = io.BytesIO(), io.BytesIO()
    sys.stdin = io.TextIOWrapper(io.BytesIO(request["stdin"].encode()), encoding="utf-8")
    sys.stdout, sys.stderr = (io.TextIOWrapper(kept, encoding="utf-8", newline="") for kept in (out, err))
    try:
        code = exit_code(request["argv"])
        sys.stdout.flush()
        sys.stderr.flush()
        return {"code": code, "out": out.getvalue().decode(), "err": err.getvalue().decode()}
    finally:
        sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__


if __name__ == "__main__":
    onnxruntime.InferenceSession = session
    requests = sys.stdin
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints past Python is no reply
    for line in requests:
        replies.write(json.dumps(run(json.loads(line))) + "\n")
        replies.flush()
