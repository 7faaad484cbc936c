#!/usr/bin/env python3
"""What the cluster scripts must ask of Ollama, of a port and of an SQLite file; standard library only.

    probe.py free-port ADDRESS            a port nobody listens on
    probe.py ready ADDRESS PORT PID       0: Ollama answers there and is PID's own; 1: not yet; 4: another's
    probe.py missing URL MODEL...         prints the models that the server lacks
    probe.py load URL MODEL embed|chat N  loads a model (context of N tokens): 0 on GPU, 10 partly, 11 on CPU
    probe.py snapshot FILE COPY           a consistent copy of an SQLite file, even while it is written
    probe.py snapshots FILE COPY SECONDS  the same again and again, for ever

Proxies are never asked: clusters export http_proxy, which would swallow requests to loopback.
Knows nothing of slangrag.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

LOAD_SECONDS = 1800
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url: str, body: dict[str, Any] | None = None, seconds: float = 5) -> Any:
    """The JSON behind `url`; a POST where there is a body. Raises OSError or ValueError."""
    payload = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, payload, {"Content-Type": "application/json"})
    with _OPENER.open(request, timeout=seconds) as reply:
        return json.load(reply)


def free_port(address: str) -> int:
    """A port of `address` that is free at this moment (another may take it in the next)."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def listening_inodes(port: int) -> dict[str, int]:
    """Inode to owner's uid of every socket on this machine that listens on `port`."""
    found = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                found[fields[9]] = int(fields[7])
    return found


def family(pid: int) -> set[int]:
    """`pid` and everything that descends from it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended in between
    members = {pid}
    while grown := {child for child, parent in parents.items() if parent in members} - members:
        members |= grown
    return members


def open_files(pid: int) -> set[str]:
    """What the descriptors of `pid` point to. Raises PermissionError where that is not for us to see."""
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(descriptor.readlink()))
        except FileNotFoundError:
            continue  # closed in between
    return found


def is_own(port: int, pid: int) -> bool:
    """Does `pid`, or a child of it, hold the socket that listens on `port`?

    Nodes are shared: a server of another job may have taken the port first, and would answer. Where
    /proc does not let us look into the server (a setuid container), the same user must do.
    """
    sockets = listening_inodes(port)
    hidden = False
    for member in family(pid):
        try:
            if open_files(member) & {f"socket:[{inode}]" for inode in sockets}:
                return True
        except PermissionError:
            hidden = True
        except FileNotFoundError:
            continue  # it ended in between
    return hidden and os.getuid() in sockets.values()


def ready(address: str, port: int, pid: int) -> int:
    """0 if the server of `pid` answers on `port`, 1 if nobody does yet, 4 if somebody else does."""
    try:
        ask(f"http://{address}:{port}/api/version")
    except (OSError, ValueError):
        return 1
    return 0 if is_own(port, pid) else 4


def full_name(model: str) -> str:
    """The name as Ollama lists it: with its tag."""
    return model if ":" in model.rsplit("/", 1)[-1] else f"{model}:latest"


def missing(url: str, models: list[str]) -> list[str]:
    """Those of `models` that the server at `url` does not have."""
    there = {model["name"] for model in ask(f"{url}/api/tags")["models"]}
    return [model for model in models if full_name(model) not in there]


def load(url: str, model: str, kind: str, num_ctx: int) -> int:
    """Load `model` for good and say where it sits. 0 on the GPU, 10 partly, 11 on the CPU, 3 nowhere."""
    call: dict[str, Any] = {"model": model, "keep_alive": -1}
    if kind == "embed":
        path, call["input"] = "/api/embed", "warm-up"
    else:
        path, call["options"] = "/api/generate", {"num_ctx": num_ctx}
    start = time.monotonic()
    try:
        ask(url + path, call, LOAD_SECONDS)
        loaded = {entry["name"]: entry for entry in ask(f"{url}/api/ps")["models"]}[full_name(model)]
    except urllib.error.HTTPError as error:
        say(f"{model} does not load: {error.code} {error.read(500).decode(errors='replace')}")
        return 3
    except (OSError, ValueError, KeyError) as error:
        say(f"{model} does not load: {type(error).__name__}: {error}")
        return 3
    seconds = time.monotonic() - start
    size, vram = loaded["size"], loaded.get("size_vram", 0)
    code, where = (11, "the CPU") if not vram else (10, "GPU and CPU") if vram < size else (0, "the GPU")
    say(f"{model} sits on {where} ({vram / 1e9:.2f} of {size / 1e9:.2f} GB), loaded in {seconds:.1f} s")
    return code


def snapshot(source: Path, copy: Path) -> None:
    """Copy an SQLite file as of one moment, then rename it to `copy`, which is never half written.

    The backup lands beside the source, on the node's own disk, and goes to the shared file system in
    one sequential copy.
    """
    near, new = source.with_name(source.name + ".snapshot"), copy.with_name(copy.name + ".new")
    near.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as origin,
        closing(sqlite3.connect(near)) as target,
    ):
        target.execute("PRAGMA synchronous = OFF")
        origin.backup(target)
        target.execute("PRAGMA journal_mode = delete")  # one file, which opens from a read-only place too
    shutil.copyfile(near, new)
    near.unlink()
    new.replace(copy)


def snapshots(source: Path, copy: Path, seconds: float) -> None:
    """Take a snapshot every `seconds`; one that fails is said, and is tried again at its next turn."""
    while True:
        time.sleep(seconds)
        if not source.exists():
            continue
        try:
            snapshot(source, copy)
        except (OSError, sqlite3.Error) as error:
            say(f"no snapshot of {source}: {error}")


def say(line: str) -> None:
    """One line for the job's log."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    match arguments:
        case ["free-port", address]:
            print(free_port(address))
        case ["ready", address, port, pid]:
            return ready(address, int(port), int(pid))
        case ["missing", url, *models]:
            print(*missing(url, models))
        case ["load", url, model, kind, num_ctx]:
            return load(url, model, kind, int(num_ctx))
        case ["snapshot", source, copy]:
            snapshot(Path(source), Path(copy))
        case ["snapshots", source, copy, seconds]:
            snapshots(Path(source), Path(copy), float(seconds))
        case _:
            say(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
