"""The journal of a run that makes pairs: every question asked, what came of it, and the pair if it is kept.

Only appended to, a line at a time, so that a run that is killed loses the question in hand. The files of
pairs are made from it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from slangrag.errors import InputUnreadable, UsageError
from slangrag.tuning.chat.pairs import DECLINES, Pair

KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its turn, what came of it (KEPT, or why not) and on which side of the split it is."""

    key: str
    query: str
    headword: str
    kind: str
    outcome: str
    held_out: bool = False
    detail: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    pair: Pair | None = None

    def row(self) -> dict[str, Any]:
        """Its line's object."""
        return {
            "key": self.key,
            "query": self.query,
            "headword": self.headword,
            "kind": self.kind,
            "outcome": self.outcome,
            "held_out": self.held_out,
            "detail": self.detail,
            "prompt_tokens": self.prompt_tokens,
            "answer_tokens": self.answer_tokens,
            "pair": None if self.pair is None else self.pair.row(),
        }


@dataclass(slots=True)
class Tally:
    """What the journal holds, counted. kept and declines are by side of the split (True: held out)."""

    asked: int = 0
    kept: Counter[bool] = field(default_factory=Counter)
    declines: Counter[bool] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    answer_tokens: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one line."""
        self.asked += 1
        self.prompt_tokens += int(row["prompt_tokens"])
        self.answer_tokens += int(row["answer_tokens"])
        if row["outcome"] != KEPT:
            self.refused[row["outcome"]] += 1
            return
        side = bool(row["held_out"])
        self.kept[side] += 1
        self.kinds[row["kind"]] += 1
        self.declines[side] += row["kind"] in DECLINES

    def wants_decline(self, share: float, *, held_out: bool) -> bool:
        """Whether the next pair of this side is to be a decline, for them to be `share` of all."""
        return self.declines[held_out] < share * (self.kept[held_out] + 1)


class Journal:
    """An open journal. Used in a `with` block."""

    def __init__(self, path: Path, options: Mapping[str, Any], *, fresh: bool = False) -> None:
        """Open it, or begin it. What a killed run left half-written at its end is cut off.

        Raises UsageError where it was begun with other options, InputUnreadable.
        """
        self._path = path
        self.done: set[str] = set()
        self.tally = Tally()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if fresh:
                path.unlink(missing_ok=True)
            begun = path.is_file() and self._read(options)
            self._out: IO[str] = path.open("a", encoding="utf-8")
            if not begun:
                self._write({"options": dict(options)})
        except OSError as error:
            raise InputUnreadable(f"{path} cannot be written: {error.strerror}", hint="--dir DIR") from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()

    def add(self, asked: Asked) -> None:
        """Write one line and count it."""
        row = asked.row()
        self._write(row)
        self._count(row)

    def kept(self, *, held_out: bool) -> Iterator[Mapping[str, Any]]:
        """The pairs of one side of the split, as their lines' objects, in the order of their making."""
        for row in self._rows():
            if row.get("outcome") == KEPT and row["held_out"] == held_out:
                yield row["pair"]

    def _rows(self) -> Iterator[dict[str, Any]]:
        with self._path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def _read(self, options: Mapping[str, Any]) -> bool:
        """Take in what is there; False where that is nothing."""
        text = self._path.read_bytes()
        whole = text.rfind(b"\n") + 1
        if whole < len(text):
            with self._path.open("r+b") as out:
                out.truncate(whole)
        rows = self._rows()
        head = next(rows, None)
        if head is None:
            return False
        before = head.get("options", {})
        other = [name for name, value in options.items() if before.get(name) != value]
        if other:
            changed = ", ".join(f"{name} {before.get(name)} (now {options[name]})" for name in other)
            raise UsageError(
                f"the pairs in {self._path.parent} were begun otherwise: {changed}",
                hint="--fresh begins anew, --dir DIR elsewhere",
            )
        for row in rows:
            self._count(row)
        return True

    def _count(self, row: Mapping[str, Any]) -> None:
        self.done.add(row["key"])
        self.tally.add(row)

    def _write(self, row: Mapping[str, Any]) -> None:
        self._out.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._out.flush()
