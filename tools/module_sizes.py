"""How large the modules are, and through how many of them a question, a message and a row pass.

    python tools/module_sizes.py [CHECKOUT]

CHECKOUT is this one, or another of any edition: its own src is measured, with this Python's packages. Each
way is one command, in which every call is followed (sys.setprofile), child processes included; the sample is
ingested first.

A *stay* is a call from a function of one module to a function of another, counted once however often it
happens, so that the numbers tell of the code and not of the data. A *return* is a stay in a module that was
entered before. A *room* is a package or module at the top.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any, Final

LONG: Final = 300
CSV: Final = """word_id,word,up_votes,down_votes,author,definition
1,rizz,10,2,a,Charm that wins somebody over.
"""
_FOLLOWED: Final = "FOLLOW_CALLS_OF"
_WRITTEN_TO: Final = "FOLLOW_CALLS_TO"


def follow(source: str, into: Path) -> None:
    """Write each new call between two modules below `source` to the end of `into`, from now on."""
    seen: set[tuple[Any, Any]] = set()
    imported = {str(file) for file in Path(source).rglob("*.py") if file.name != "__main__.py"}
    out = os.open(into, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def called(frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or not frame.f_code.co_filename.startswith(source):
            return
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(source):
            caller = caller.f_back  # what others call back, and what dataclasses generate
        if caller is None or caller.f_code.co_filename == frame.f_code.co_filename:
            return
        pair = caller.f_code, frame.f_code
        if pair in seen:
            return
        seen.add(pair)
        above: FrameType | None = frame
        while above is not None:  # what happens at an import is no part of the way
            code = above.f_code
            if code.co_name == "<module>" and code.co_filename in imported:
                return
            above = above.f_back
        names = [f"{code.co_filename.removeprefix(source)}:{code.co_qualname}" for code in pair]
        os.write(out, f"{' '.join(names)}\n".encode())

    threading.setprofile(called)
    sys.setprofile(called)


def sizes(source: Path) -> list[str]:
    """Lines of the modules: how many, median, largest, those that are long."""
    lines = {
        str(file.relative_to(source)): len(file.read_text(encoding="utf-8").splitlines())
        for file in sorted(source.rglob("*.py"))
    }
    real = [count for count in lines.values() if count > 1]  # a package's own file holds a docstring
    largest = max(lines, key=lambda name: lines[name])
    long = [f"{name} {count}" for name, count in lines.items() if count > LONG]
    return [
        f"modules: {len(real)}, {sum(lines.values()):,} lines; median {statistics.median(real):.0f}, "
        f"largest {lines[largest]} ({largest})",
        f"over {LONG} lines: {', '.join(long) or 'none'}",
    ]


def way(source: Path, folder: Path, name: str, command: list[str]) -> str:
    """One command's stays, returns and rooms. Raises CalledProcessError if it fails."""
    into = folder / name
    run(source, folder, command, {_FOLLOWED: f"{source}{os.sep}", _WRITTEN_TO: str(into)})
    entered = [line.split()[1].partition(":")[0] for line in into.read_text(encoding="utf-8").splitlines()]
    modules = dict.fromkeys(entered)
    rooms = dict.fromkeys(module.partition(os.sep)[0].removesuffix(".py") for module in modules)
    returns = len(entered) - len(modules)
    return (
        f"{name}: {len(entered)} stays, {returns} of them returns, in {len(modules)} modules "
        f"of {len(rooms)} rooms: {', '.join(rooms)}"
    )


def run(source: Path, folder: Path, command: list[str], more: dict[str, str]) -> None:
    """A command of the checkout, with `folder` for its home and a hook that every Python process loads."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLANGRAG_")},
        "PYTHONPATH": os.pathsep.join((str(folder), str(source.parent))),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "SLANGRAG_STORE": str(folder / "store"),
        "SLANGRAG_ENGINE": "embedded",
        **more,
    }
    command = [sys.executable, "-m", "slangrag", *command]
    subprocess.run(command, env=environ, cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=2)


def main() -> None:
    """Measure and print."""
    checkout = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    source = checkout / "src" / "slangrag"
    sys.stdout.writelines(f"{line}\n" for line in sizes(source))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sitecustomize.py").write_text(
            f"import os, pathlib, runpy\nif {_FOLLOWED!r} in os.environ:\n"
            f"    runpy.run_path({__file__!r})['follow'](\n"
            f"        os.environ[{_FOLLOWED!r}], pathlib.Path(os.environ[{_WRITTEN_TO!r}])\n    )\n",
            encoding="utf-8",
        )
        (folder / "one.csv").write_text(CSV, encoding="utf-8")
        run(source, folder, ["ingest", "--sample"], {})
        for what, command in (
            ("question", ["ask", "--quote", "what does rizz mean"]),
            ("message", ["translate", "--no-model", "no cap that fit is bussin"]),
            ("row", ["ingest", "one.csv", "--store", "new"]),
        ):
            sys.stdout.write(f"{way(source, folder, what, command)}\n")


if __name__ == "__main__":
    main()
