"""The examples in the documentation: which there are, what each shows, and what the program says today.

A fenced block of ```console holds commands (`$ ...`) and below each what a terminal of 80 columns shows.
Every other block of a page must say why nobody runs it, in a comment above it:
`<!-- not run in the tests: REASON -->`. `make docs` writes the outputs anew, a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tools.pictures.recording import record, strangers_environment
from tools.pictures.screen import shown

COLUMNS: Final = 80
SETTINGS: Final = {"SLANGRAG_ENGINE": "embedded", "SLANGRAG_STORE": "store"}
"""What the README tells its reader to export first. A path of this machine's would wrap otherwise."""
_MARK: Final = re.compile(r"<!-- not run in the tests: (.+?) -->\s*", re.DOTALL)
_VARIES: Final = (
    (re.compile(r"\d+ min \d\d s\b|\b\d+(\.\d+)? s\b"), "N s"),
    (re.compile(r"\b[\d,]+ rows/s"), "N rows/s"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: its first line in the file (from 1), language, lines, and why it is not run, or ""."""

    line: int
    language: str
    lines: tuple[str, ...]
    excuse: str


@dataclass(frozen=True, slots=True)
class Example:
    """A command of a block, the line of the file it stands on (from 1), and the output shown below it."""

    line: int
    command: str
    shown: tuple[str, ...]


def blocks(page: str) -> Iterator[Block]:
    """Every block of code in a page of Markdown, fenced or indented."""
    before: Token | None = None
    for token in MarkdownIt().parse(page):
        if token.type in {"fence", "code_block"} and token.map:
            mark = _MARK.fullmatch(before.content) if before is not None else None
            fenced = token.type == "fence"
            yield Block(
                line=token.map[0] + 1 + fenced,
                language=token.info.strip() if fenced else "indented",
                lines=tuple(token.content.rstrip("\n").split("\n")),
                excuse=mark[1] if mark else "",
            )
        before = token if token.type == "html_block" else None


def examples(page: str) -> Iterator[Example]:
    """Every command of every ```console block."""
    for block in blocks(page):
        if block.language != "console":
            continue
        starts = [n for n, line in enumerate(block.lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(block.lines)], strict=True):
            yield Example(block.line + start, block.lines[start][2:], block.lines[start + 1 : end])


def said_today(found: Sequence[Example], folder: Path, cache: Path) -> list[tuple[str, ...]]:
    """What each command shows in a terminal now, run in order in `folder` with an empty home.

    Raises RuntimeError if one ends with an error.
    """
    home = folder / "home"
    home.mkdir()
    said = []
    for example in found:
        done = record(
            example.command,
            folder=folder,
            environment={**strangers_environment(home, cache), **SETTINGS},
            columns=COLUMNS,
            rows=200,
        )
        if done.code != 0:
            raise RuntimeError(f"line {example.line}: {example.command} ended with {done.code}:\n{done.sent}")
        sent = done.sent.replace(str(home), "~").replace(f"{folder}/", "")
        said.append(tuple(shown([sent], COLUMNS).text().split("\n")))
    return said


def settled(lines: Sequence[str]) -> list[str]:
    """Lines without what differs from run to run: times and rates."""
    kept = []
    for line in lines:
        for pattern, instead in _VARIES:
            line = pattern.sub(instead, line)
        kept.append(line.rstrip())
    return kept


def rewritten(page: str, said: Sequence[Sequence[str]]) -> str:
    """The page with each example's output as `said`; one that differs only in times is left as it is."""
    lines = page.split("\n")
    for example, now in reversed(list(zip(examples(page), said, strict=True))):
        if settled(example.shown) != settled(now):
            lines[example.line : example.line + len(example.shown)] = now
    return "\n".join(lines)
