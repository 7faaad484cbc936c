"""Questions with known answers, one JSON object a line.

`task` (define, sentence, reverse), `query`, `headword` (the gold); optional: `entry_id` or `entry_ids`
where a sense is gold, `answerable` (is the headword in the data; true if left out), `kind`, and `also`
(other headwords that are as right). Other keys are left alone. Knows nothing of stores or of metrics.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.retrieval.types import Intent

_HINT: Final = "each line is a JSON object with task, query and headword"


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what is right; entry_ids (without leading zeros) is empty where no sense is gold.

    also are headwords that are as right as the first.
    """

    dataset: str
    task: Intent
    query: str
    headword: str
    entry_ids: frozenset[str]
    answerable: bool
    kind: str
    also: tuple[str, ...] = ()


def read_questions(paths: Iterable[Path]) -> list[Question]:
    """All questions of all files, in order.

    Raises InputMissing where a file or every question is missing, InputUnreadable, and InputFormat that
    names the line.
    """
    questions: list[Question] = []
    for path in paths:
        if not path.is_file():
            raise InputMissing(f"there is no file {path}", hint="slangrag eval QUESTIONS.jsonl")
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputUnreadable(f"{path} cannot be read: {error}", hint=f"check {path}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                questions.append(_question(line, path, number))
    if not questions:
        raise InputMissing("there are no questions to ask", hint=_HINT)
    return questions


def plain_id(entry_id: str | int) -> str:
    """An entry id without leading zeros: other people's files drop them."""
    return str(entry_id).lstrip("0") or "0"


def _question(line: str, path: Path, number: int) -> Question:
    where = f"{path}, line {number}"
    try:
        row: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputFormat(f"{where} is no JSON: {error}", hint=_HINT) from error
    if not isinstance(row, Mapping):
        raise InputFormat(f"{where} is no JSON object", hint=_HINT)
    for key in ("task", "query", "headword"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise InputFormat(f"{where} lacks {key}", hint=_HINT)
    if row["task"] not in get_args(Intent):
        raise InputFormat(f"{where} has task {row['task']!r}", hint="task is define, sentence or reverse")
    ids = row.get("entry_ids") or ([row["entry_id"]] if row.get("entry_id") else [])
    return Question(
        dataset=path.name,
        task=row["task"],
        query=row["query"],
        headword=row["headword"],
        entry_ids=frozenset(plain_id(i) for i in ids),
        answerable=bool(row.get("answerable", True)),
        kind=str(row.get("kind", "")),
        also=tuple(map(str, row.get("also") or ())),
    )
