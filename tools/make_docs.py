"""Write docs/cli.md from the app itself, README outputs and pictures from real runs over the sample.

    python tools/make_docs.py [--check] [--no-images] [--images DIR] [--columns N]

--check writes nothing and fails if docs/cli.md is not what the app would give (a test does the same). What is
run needs the embedded engine's weights (`slangrag models pull`), and the eval report's picture a chromium.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from slangrag.cli.main import app
from slangrag.config import load_settings

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "cli.md"
FRAME = ROOT / "tools" / "cli_page"
IMAGES = ROOT / "docs" / "images"
WIDTH = 96


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


def write_readme() -> None:
    """Run the README's examples and put what they say now below them."""
    from tools.examples import examples, rewritten, said_today

    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        said = said_today(list(examples(text)), Path(folder), load_settings().cache)
    README.write_text(rewritten(text, said), encoding="utf-8")
    sys.stdout.write("README.md\n")


def main() -> int:
    """Write, or compare."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--check", action="store_true", help="write nothing; fail if docs/cli.md is old")
    options.add_argument("--no-images", action="store_true", help="only docs/cli.md; runs nothing")
    options.add_argument("--images", type=Path, default=IMAGES, help="where pictures go")
    options.add_argument("--columns", type=int, default=80, help="how wide their terminal is")
    chosen = options.parse_args()
    if chosen.check:
        return 0 if PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write("docs/cli.md\n")
    if not chosen.no_images:
        from tools.pictures.gallery import make_all, photograph_report

        write_readme()
        for path in make_all(chosen.images, load_settings().cache, chosen.columns):
            sys.stdout.write(f"{path} ({path.stat().st_size / 1000:.0f} kB)\n")
            sys.stdout.flush()
        taken = photograph_report(chosen.images, load_settings().cache)
        sys.stdout.write(f"{taken or 'no Chromium is on PATH: eval.png is left as it was'}\n")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # run by its path, `tools` would not be found
    sys.exit(main())
