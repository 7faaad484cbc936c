"""Write docs/cli.md from the app itself, and docs/images/*.svg from real runs over the sample.

    python tools/make_docs.py [--check] [--no-images]

--check writes nothing and fails if docs/cli.md is not what the app would give (a test does the same). The
pictures need the embedded engine's weights; each is what the console script sent to a terminal.
"""

from __future__ import annotations

import argparse
import fcntl
import io
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from slangrag.cli.main import app
from slangrag.config import load_settings

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cli.md"
FRAME = ROOT / "tools" / "cli_page"
IMAGES = ROOT / "docs" / "images"
SLANGRAG = Path(sys.executable).with_name("slangrag")
WIDTH = 96
CACHE = load_settings().cache


def commands(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    """Each command's full name and help text, groups before their members."""
    context = command.make_context(name, ["--help"], parent=parent, resilient_parsing=True)
    context.terminal_width = context.max_content_width = WIDTH
    yield context.command_path, command.get_help(context)
    for child_name, child in getattr(command, "commands", {}).items():
        yield from commands(child, child_name, context)


def page() -> str:
    """docs/cli.md as the app has it now."""
    parts = [(FRAME / "head.md").read_text(encoding="utf-8")]
    for name, text in commands(typer.main.get_command(app), "slangrag"):
        trimmed = "\n".join(line.rstrip() for line in text.strip().splitlines())
        parts.append(f"## {name}\n\n```text\n{trimmed}\n```\n")
    parts.append((FRAME / "tail.md").read_text(encoding="utf-8"))
    return "\n".join(parts)


PICTURES: dict[str, str] = {
    "ingest": "slangrag ingest --sample",
    "ask": 'slangrag ask "what does rizz mean"',
    "define": "slangrag define salty",
    "search": 'slangrag search "that was lowkey fire ngl" -n 4 --explain',
    "translate": 'slangrag translate "no cap that fit is bussin"',
    "doctor": "slangrag doctor",
}

THEME = TerminalTheme(
    (24, 26, 31),
    (216, 219, 226),
    [
        (60, 64, 72),
        (224, 108, 117),
        (152, 195, 121),
        (229, 192, 123),
        (97, 175, 239),
        (198, 120, 221),
        (86, 182, 194),
        (216, 219, 226),
    ],
)


def in_terminal(command: str, folder: Path, columns: int) -> str:
    """What the command sends to a terminal of so many columns, stderr and stdout together."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    arguments = [str(SLANGRAG), *shlex.split(command)[1:]]
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SLANGRAG_")},
        "TERM": "xterm-256color",
        "HOME": str(folder),
        "SLANGRAG_STORE": "store",
        "SLANGRAG_ENGINE": "embedded",
        "SLANGRAG_CACHE": str(CACHE),
        "PATH": str(SLANGRAG.parent),
    }
    running = subprocess.Popen(
        arguments, stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=environ, close_fds=True
    )
    os.close(slave)
    seen = bytearray()
    while True:
        try:
            some = os.read(master, 65536)
        except OSError:
            break
        if not some:
            break
        seen += some
    if running.wait() != 0:
        raise SystemExit(f"{command} ended with {running.returncode}:\n{seen.decode()}")
    said = settled(seen.decode("utf-8"))
    for here, there in ((f"{folder}/", ""), (f"{ROOT}/", ""), (str(CACHE), "~/.cache/slangrag")):
        said = said.replace(here, there)
    return said


def settled(sent: str) -> str:
    """What stays on the screen: a progress bar that erased itself is gone, styles are kept."""
    lines: list[str] = []
    for line in sent.replace("\r\n", "\n").split("\n"):
        lines.append("")
        for piece in re.split(r"(\x1b\[1A|\x1b\[2K|\r|\x1b\[\?25[lh])", line):
            if piece == "\x1b[1A":
                if len(lines) > 1:
                    lines.pop()
            elif piece in {"\x1b[2K", "\r"}:
                lines[-1] = ""
            elif not piece.startswith("\x1b[?25"):
                lines[-1] += piece
    return "\n".join(lines).rstrip("\n")


def picture(command: str, sent: str, columns: int) -> str:
    """The terminal as SVG; it loads no font from anywhere."""
    console = Console(record=True, width=columns, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
    console.print(Text.from_ansi(sent))
    form = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    form = form.replace("font-family: Fira Code", "font-family: Fira Code, DejaVu Sans Mono")
    return console.export_svg(title="", theme=THEME, code_format=form, unique_id="slangrag")


def make_pictures(columns: int = 92) -> None:
    """Run every command of PICTURES, in order, in one throw-away folder."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        for picture_name, command in PICTURES.items():
            sent = in_terminal(command, Path(name), columns)
            (IMAGES / f"{picture_name}.svg").write_text(picture(command, sent, columns), encoding="utf-8")
            sys.stdout.write(f"docs/images/{picture_name}.svg\n")


def main() -> int:
    """Write, or compare."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--check", action="store_true", help="write nothing; fail if docs/cli.md is old")
    options.add_argument("--no-images", action="store_true", help="only docs/cli.md")
    chosen = options.parse_args()
    if chosen.check:
        return 0 if PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write("docs/cli.md\n")
    if not chosen.no_images:
        make_pictures()
    return 0


if __name__ == "__main__":
    sys.exit(main())
