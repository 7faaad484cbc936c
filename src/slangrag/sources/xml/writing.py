"""Entries as XML: the other way, and the shape that reads it back.

<entries>
  <entry><word_id>1</word_id><word>salty</word><definition>bitter</definition>...</entry>
</entries>
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final
from xml.sax.saxutils import escape

from slangrag.errors import UsageError
from slangrag.sources.csv.columns import FIELDS
from slangrag.sources.entry import Entry
from slangrag.sources.xml.paths import read_inner_path, read_record_path
from slangrag.sources.xml.records import XmlShape

ROOT: Final = "entries"
RECORD: Final = "entry"
_ORDER: Final = ("word_id", "word", "definition", "up_votes", "down_votes", "author")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def shape_of_ours(record: str = RECORD) -> XmlShape:
    """The shape of what `write_entries` writes."""
    columns = {field: (read_inner_path(field),) for field in FIELDS}
    return XmlShape(read_record_path(f"/{ROOT}/{record}"), columns)


def fields_of(entry: Entry) -> dict[str, str]:
    """An entry's fields as text, "" for what is not known."""
    return {
        "word_id": entry.entry_id,
        "word": entry.word,
        "definition": entry.definition,
        "up_votes": "" if entry.up_votes is None else str(entry.up_votes),
        "down_votes": "" if entry.down_votes is None else str(entry.down_votes),
        "author": entry.author,
    }


def write_entries(entries: Iterable[Entry], file: BinaryIO, record: str = RECORD) -> Iterator[int]:
    """Write the entries as they come, as UTF-8; after each, how many characters had no place in XML.

    Such a character is written as U+FFFD. Raises UsageError for a name that no element can have.
    """
    if not _PLAIN_NAME.fullmatch(record):
        raise UsageError(f"--record {record!r} is no name of an element", hint=f"--record {RECORD}")
    file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{ROOT}>\n'.encode())
    for entry in entries:
        fields = fields_of(entry)
        replaced, lines = 0, []
        for name in _ORDER:
            if not fields[name]:
                continue
            text, count = _NOT_IN_XML.subn("\ufffd", fields[name])
            replaced += count
            # Without the mark, the line ends of the text would be taken for those of the layout.
            kept = ' xml:space="preserve"' if "\n" in text else ""
            lines.append(f"    <{name}{kept}>{escape(text)}</{name}>\n")
        file.write(f"  <{record}>\n{''.join(lines)}  </{record}>\n".encode())
        yield replaced
    file.write(f"</{ROOT}>\n".encode())
