"""Does a store of documents hold what it says? What `verify` looks at beside what every store has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slangrag.store.documents import tables
from slangrag.store.lexicon import Lexicon

AGAIN: Final = "slangrag documents remove DOCUMENT, then slangrag add it again"

_APART: Final = (
    "SELECT (SELECT count(*) FROM entries WHERE rid NOT IN (SELECT rid FROM passages)) "
    "+ (SELECT count(*) FROM passages WHERE rid NOT IN (SELECT rid FROM entries)) "
    "+ (SELECT count(*) FROM passages WHERE document NOT IN (SELECT number FROM documents)) "
    "+ (SELECT count(*) FROM pages WHERE document NOT IN (SELECT number FROM documents))"
)
# substr counts characters from 1.
_ELSEWHERE: Final = (
    "SELECT count(*) FROM passages AS p JOIN entries USING (rid) "
    "JOIN documents AS d ON d.number = p.document "
    "WHERE definition <> substr(d.text, p.start + 1, p.end - p.start)"
)


def document_checks(lexicon: Lexicon) -> Iterator[tuple[str, bool, str]]:
    """What is looked at: its name, whether it is as it should be, what was found."""
    if not tables.are_there(lexicon.connection):
        yield "documents", True, "none were added"
        return

    def number(query: str) -> int:
        return int(lexicon.connection.execute(query).fetchone()[0])

    documents, passages = (number(f"SELECT count(*) FROM {name}") for name in ("documents", "passages"))
    apart = number(_APART)
    yield (
        "a document for every passage",
        apart == 0,
        f"{documents:,} documents, {passages:,} passages, {apart:,} rows astray",
    )
    elsewhere = number(_ELSEWHERE)
    yield "passages stand where they say", elsewhere == 0, f"{elsewhere:,} are not their document's text"
