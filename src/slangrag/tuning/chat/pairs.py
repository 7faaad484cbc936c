"""Pairs: the messages of a question as the answerer sends them, and the answer to learn.

One JSON object a line: `prompt` and `completion`, lists of messages, as trl's SFTTrainer reads them
(huggingface.co/docs/trl/dataset_formats, "prompt-completion", conversational); what we know stands beside.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from slangrag.engines.protocols import Message
from slangrag.errors import InputFormat, InputMissing, InputUnreadable

PairKind = Literal["meaning", "message", "aspect", "unsaid", "absent", "given"]
"""What a pair teaches. meaning: what a word means; message: what the slang in a message means; aspect: a
question on more than the meaning that a definition answers; unsaid: one that none of them answers; absent: a
word that the store does not have; given: a question of the user's own file."""
KINDS: Final[tuple[PairKind, ...]] = get_args(PairKind)
DECLINES: Final[frozenset[PairKind]] = frozenset({"unsaid", "absent"})
"""The kinds whose answer is that the definitions do not say it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair. headword is the word asked for, source who wrote the answer ("definitions", a model, a file).

    entry_ids are those of the numbered definitions, in their order.
    """

    prompt: tuple[Message, ...]
    completion: str
    query: str
    headword: str
    kind: PairKind
    source: str
    entry_ids: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """The pair as its line's object."""
        return {
            "prompt": [{"role": one.role, "content": one.content} for one in self.prompt],
            "completion": [{"role": "assistant", "content": self.completion}],
            "query": self.query,
            "headword": self.headword,
            "kind": self.kind,
            "source": self.source,
            "entry_ids": list(self.entry_ids),
        }


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write them to `path`, whole or not at all; how many they are. Raises InputUnreadable."""
    aside = path.with_name(path.name + ".part")
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("w", encoding="utf-8") as out:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        aside.replace(path)
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be written: {error.strerror}", hint="--dir DIR") from error
    return count


def read_pairs(path: Path, *, hint: str) -> list[Pair]:
    """All pairs of a file. Raises InputMissing (with that hint), InputUnreadable, InputFormat."""
    return [_pair(row, where) for row, where in read_rows(path, hint=hint)]


def read_rows(path: Path, *, hint: str) -> list[tuple[dict[str, Any], str]]:
    """The objects of a file of JSON lines, each with its place in words.

    Raises InputMissing (with that hint), InputUnreadable, InputFormat.
    """
    if not path.is_file():
        raise InputMissing(f"there is no file {path}", hint=hint)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(f"{path} cannot be read: {error}", hint=hint) from error
    rows = []
    for number, line in enumerate(lines, 1):
        where = f"{path}, line {number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputFormat(f"{where} is no JSON: {error}", hint="one JSON object a line") from error
        if not isinstance(row, dict):
            raise InputFormat(f"{where} is no JSON object", hint="one JSON object a line")
        rows.append((row, where))
    return rows


def _pair(row: Mapping[str, Any], where: str) -> Pair:
    try:
        (answer,) = row["completion"]
        return Pair(
            prompt=tuple(_messages(row["prompt"])),
            completion=str(answer["content"]),
            query=str(row.get("query", "")),
            headword=str(row["headword"]),
            kind=row["kind"] if row["kind"] in KINDS else "given",
            source=str(row.get("source", "")),
            entry_ids=tuple(map(str, row.get("entry_ids") or ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputFormat(
            f"{where} is no pair: {error!r}",
            hint="each line has prompt and completion (lists of messages), headword and kind",
        ) from error


def _messages(rows: Sequence[Mapping[str, str]]) -> Iterable[Message]:
    for row in rows:
        if row["role"] not in {"system", "user", "assistant"}:
            raise ValueError(f"no such role: {row['role']}")
        yield Message(row["role"], str(row["content"]))  # type: ignore[arg-type]  # checked above
