"""All records of a file, and the header that most tests give it."""

from pathlib import Path
from typing import Any

from slangrag.sources.source import Position, Record, open_source

HEADER = "word_id,word,up_votes,down_votes,author,definition\n"


def records_of(path: Path, start: Position | None = None, **options: Any) -> list[Record]:
    with open_source(path, **options) as source:
        return list(source.records(start))
