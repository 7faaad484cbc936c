"""The recorded commands as they lie in tests/data/recorded: one JSON object a line.

Files are by topic. What a record leaves out is empty: no standard input, no variables, no files, the
scene "sample". A command whose exit code is absent has not been recorded yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / "data" / "recorded"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left, settled: its exit code, its two streams, and the files asked for."""

    exit_code: int
    stdout: str
    stderr: str
    leaves: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One command and what it said.

    store: the scene it is run in (see scenes.py). files: written into its folder first, by name.
    writes: it changes its folder, so it gets a copy of the scene; files imply that. leaves: files that it
    writes, by name, and what they hold after it.
    """

    name: str
    argv: list[str]
    stdin: str = ""
    env: dict[str, str] = field(default_factory=dict)
    store: str = "sample"
    files: dict[str, str] = field(default_factory=dict)
    writes: bool = False
    leaves: dict[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""

    @property
    def said(self) -> Said:
        """What was recorded. Raises ValueError where nothing was."""
        if self.exit_code is None:
            raise ValueError(f"{self.name} has not been recorded: python -m tools.record_commands")
        return Said(self.exit_code, self.stdout, self.stderr, self.leaves)


_ALWAYS: Final = {"name", "argv", "exit_code", "stdout", "stderr"}


def load(path: Path) -> list[Record]:
    """The records of one file, in its order."""
    return [Record(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def save(path: Path, records: Iterable[Record]) -> None:
    """Write the records of one file; what is empty is left out, but for the command and its results."""
    lines = [json.dumps(_document(record), ensure_ascii=False) + "\n" for record in records]
    path.write_text("".join(lines), encoding="utf-8")


def _document(record: Record) -> dict[str, Any]:
    values = asdict(record)
    kept = {one.name: values[one.name] for one in fields(Record) if values[one.name] or one.name in _ALWAYS}
    if record.store == "sample":
        del kept["store"]
    return kept
