"""KEY=VALUE pairs as one line of text, read and written: `num_gpu=20,stop=["a","b"]`.

A value is JSON where it reads as JSON, else the text itself. Pure text work; knows no key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_PLAIN: Final = re.compile(r"[^\s,\"'\[\]{}=][^,\"\[\]{}]*")
_WORDS: Final = {"True": True, "False": False, "None": None}
"""How Python writes what JSON writes in small letters; it is copied from model cards."""

_BARE_FRACTION: Final = re.compile(r"-?\.\d+")
_OPENING: Final = "[{"
_CLOSING: Final = "]}"


def read_pair(text: str) -> tuple[str, Any]:
    """One pair: the key before the first "=", and the value after it. Raises ValueError for what is none."""
    key, equals, value = text.partition("=")
    if not equals or not _KEY.fullmatch(key.strip()):
        raise ValueError(f"{text.strip()!r} is not KEY=VALUE")
    return key.strip(), _read_value(value.strip())


def read_pairs(text: str) -> dict[str, Any]:
    """Every pair of a line, by key; a later one replaces an earlier one. Raises ValueError."""
    return dict(read_pair(piece) for piece in _pieces(text) if piece.strip())


def write_pairs(pairs: Mapping[str, Any]) -> str:
    """A line that `read_pairs` reads back as the same pairs."""
    return ",".join(f"{key}={_write_value(value)}" for key, value in pairs.items())


def one_line(given: str | Sequence[str] | Mapping[str, Any]) -> str:
    """A line in one form, of a line, of a table, or of pairs each for itself (whose values may hold commas).

    Raises ValueError.
    """
    if isinstance(given, Mapping):
        return write_pairs(given)
    return write_pairs(read_pairs(given) if isinstance(given, str) else dict(map(read_pair, given)))


def _read_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return float(text) if _BARE_FRACTION.fullmatch(text) else _WORDS.get(text, text)


def _write_value(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and _read_value(value) == value.strip() == value:
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pieces(text: str) -> list[str]:
    """`text` cut at the commas that stand outside of quotes and brackets."""
    pieces, depth, quoted, escaped, begin = [], 0, False, False, 0
    for place, character in enumerate(text):
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character == "," and depth <= 0:
            pieces.append(text[begin:place])
            begin = place + 1
    return [*pieces, text[begin:]]
