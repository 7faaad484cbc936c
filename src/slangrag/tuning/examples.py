"""Training examples, one JSON object a line: `query`, `pos`, `neg` as FlagEmbedding and sentence-transformers
read them, with what we know beside it. Knows nothing of where queries come from or of training.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Literal, get_args

from slangrag.engines.ollama.prefixes import PLAIN_DOCUMENT
from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.sources.entry import Entry
from slangrag.text.forms import fold

Kind = Literal["message", "description", "question", "pair"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""A message that uses the word, a description of it, a question about it, another author's definition."""

DATA: Final = "data"
"""The source of a query that the store's own texts gave."""

_PARTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Example:
    """A query and the texts that answer it (pos) or, once mined, do not (neg).

    A text is "headword: definition"; `document` gives it an embedder's prefixes. headword and entry_id (of
    the first of `pos`) say what is right, kind how the query was made, source by whom (DATA, or the name of
    a file or a model).
    """

    query: str
    pos: tuple[str, ...]
    headword: str
    entry_id: str
    kind: Kind
    source: str = DATA
    neg: tuple[str, ...] = ()


def text_of(entry: Entry) -> str:
    """An entry as a text to train on."""
    return f"{entry.word}: {entry.definition}"


def document(text: str, template: str) -> str:
    """A text as an embedder with this document template sees it (see `EmbedderIdentity`)."""
    if PLAIN_DOCUMENT in template:
        return template.replace(PLAIN_DOCUMENT, text)
    word, _, definition = text.partition(": ")
    return EmbedderIdentity("", "", "", 0, document_template=template).render_document(word, definition)


def held_out(headword: str, share: float) -> bool:
    """Whether no training may see this headword: a share of all, always the same ones (by their hash)."""
    digest = blake2b(fold(headword).encode(), digest_size=8, person=b"held-out").digest()
    return int.from_bytes(digest) % _PARTS < share * _PARTS


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write them to `path`, whole or not at all; how many they are. Raises InputUnreadable."""
    aside = path.with_name(path.name + ".part")
    count = 0
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("w", encoding="utf-8") as out:
            for example in examples:
                out.write(to_line(example))
                count += 1
        aside.replace(path)
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be written: {error.strerror}", hint="--dir DIR") from error
    return count


def to_line(example: Example) -> str:
    """One example as its line, the line break included."""
    row = asdict(example)
    if not example.neg:
        del row["neg"]
    return json.dumps(row, ensure_ascii=False) + "\n"


def read_examples(path: Path, *, hint: str) -> list[Example]:
    """All examples of a file. Raises InputMissing with that hint, InputUnreadable, InputFormat."""
    if not path.is_file():
        raise InputMissing(f"there is no file {path}", hint=hint)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnreadable(f"{path} cannot be read: {error}", hint=hint) from error
    return list(_examples(lines, path))


def _examples(lines: Iterable[str], path: Path) -> Iterator[Example]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row: Any = json.loads(line)
            yield Example(
                query=str(row["query"]),
                pos=tuple(map(str, row["pos"])),
                headword=str(row["headword"]),
                entry_id=str(row["entry_id"]),
                kind=row["kind"] if row["kind"] in KINDS else "pair",
                source=str(row.get("source", "")),
                neg=tuple(map(str, row.get("neg") or ())),
            )
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise InputFormat(
                f"{path}, line {number} is no example: {error!r}",
                hint="each line is a JSON object with query, pos, headword, entry_id and kind",
            ) from error
