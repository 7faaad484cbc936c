"""Queries of one's own, from a file: questions as `slangrag eval` reads them, or pairs of query and texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.sources.entry import Entry
from slangrag.store.lexicon import Lexicon
from slangrag.tuning.examples import Example, Kind, text_of

_KINDS: Final[dict[str, Kind]] = {"sentence": "message", "reverse": "description", "define": "question"}
_HINT: Final = "each line is a JSON object: task, query and headword, or query, pos and headword"
_ENTRIES: Final = 3


def given(path: Path, lexicon: Lexicon) -> tuple[list[Example], int]:
    """The examples of a file, and how many of its lines are about a word that the store does not have.

    A line with `pos` says itself what is right. Of one without, the entry with its `entry_id` is, else the
    best liked ones of its headword. Raises InputMissing, InputUnreadable, InputFormat with the line.
    """
    found: list[Example] = []
    unknown = 0
    for number, row in _rows(path):
        where = f"{path}, line {number}"
        try:
            query, headword = str(row["query"]), str(row["headword"])
            kind = _KINDS.get(row.get("task", ""), row.get("kind") or "pair")
            texts = row.get("pos")
        except KeyError as error:
            raise InputFormat(f"{where} lacks {error}", hint=_HINT) from error
        if texts:
            found.append(
                Example(
                    query, tuple(map(str, texts)), headword, str(row.get("entry_id", "")), kind, path.name
                )
            )
            continue
        entries = _right(row, headword, lexicon)
        if not entries:
            unknown += 1
            continue
        positive = tuple(map(text_of, entries))
        found.append(Example(query, positive, headword, entries[0].entry_id, kind, path.name))
    return found, unknown


def _right(row: dict[str, Any], headword: str, lexicon: Lexicon) -> list[Entry]:
    """The entries that answer a question; those of its headword where it names none that is here."""
    ids = [str(i) for i in row.get("entry_ids") or ([row["entry_id"]] if row.get("entry_id") else [])]
    named = lexicon.entries(lexicon.row_ids([*ids, *(one.zfill(7) for one in ids)]).values())
    return list(named.values())[:1] or lexicon.lookup(headword)[:_ENTRIES]


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if not path.is_file():
        raise InputMissing(f"there is no file {path}", hint="--from QUESTIONS.jsonl")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(f"{path} cannot be read: {error}", hint=f"check {path}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputFormat(f"{path}, line {number} is no JSON: {error}", hint=_HINT) from error
        if not isinstance(row, dict):
            raise InputFormat(f"{path}, line {number} is no JSON object", hint=_HINT)
        yield number, row
