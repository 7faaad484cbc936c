"""docs/mcp.md: what a user copies from it is well formed and starts a command that exists."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from tools.examples import blocks

from slangrag.cli.main import app


def _commands(value: Any) -> Iterator[list[str]]:
    """Every command line within a configuration."""
    if isinstance(value, dict):
        command = value.get("command")
        if isinstance(command, list):
            yield command
        elif isinstance(command, str):
            yield [command, *value["args"]]
        for one in value.values():
            yield from _commands(one)


def test_every_configuration_starts_the_server(root: Path) -> None:
    page = (root / "docs/mcp.md").read_text(encoding="utf-8")
    read = {"json": json.loads, "toml": tomllib.loads}
    found = [
        command
        for block in blocks(page)
        if block.language in read
        for command in _commands(read[block.language]("\n".join(block.lines)))
    ]
    assert len(found) == 5
    mcp = typer.main.get_command(app).commands["mcp"]  # type: ignore[attr-defined]
    for program, name, *arguments in found:
        assert (program, name) == ("slangrag", "mcp")
        mcp.make_context(name, arguments)
