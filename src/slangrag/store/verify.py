"""Does the store hold what it says it holds? Lexicon, codes and index compared row by row, and asked.

Reads only. Every check says what it found and, where something is wrong, what to type next.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreError
from slangrag.store import fingerprint, ledger
from slangrag.store.codes.checking import check_codes
from slangrag.store.codes.search import open_codes
from slangrag.store.documents.checking import AGAIN, document_checks
from slangrag.store.documents.reading import has_documents
from slangrag.store.index import LOCALLY, REBUILD, IndexChoice, OpenIndex, StoreIndex, index_of
from slangrag.store.index.notes import finished_index, is_current
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import Lexicon, open_lexicon

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

_AGAIN: Final = "slangrag ingest CSV"
_SELF_QUERIES: Final = 50
_NEIGHBOURS: Final = 10
_SAME: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is as it should be, what was found, what to type next."""

    name: str
    ok: bool
    found: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check of one store."""

    store: Path
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)


def verify(root: Path, choice: IndexChoice = LOCALLY) -> Verification:
    """Check the store at `root`, its documents included. Raises StoreMissing if there is none."""
    checks = _checks(root, choice)
    place = StoreLayout(root).documents
    if has_documents(root):
        with open_lexicon(place) as lexicon:
            own = [
                Check(name, ok, found, "" if ok else AGAIN) for name, ok, found in document_checks(lexicon)
            ]
            empty = lexicon.count("entries") == 0
        if not empty:
            own += [
                replace(one, hint=AGAIN) if one.hint.startswith(_AGAIN) else one
                for one in _checks(place, choice)
            ]
        checks += [replace(one, name=f"documents: {one.name}") for one in own]
    return Verification(root, tuple(checks))


def _checks(root: Path, choice: IndexChoice) -> list[Check]:
    with open_lexicon(root) as lexicon:
        with _snapshot(lexicon):
            codes = list(_codes_checks(lexicon, root))
        return [*_lexicon_checks(lexicon), *codes, *_index_checks(lexicon, root, choice)]


def _lexicon_checks(lexicon: Lexicon) -> Iterator[Check]:
    db = lexicon.connection

    def number(query: str) -> int:
        return int(db.execute(query).fetchone()[0])

    fault = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    yield Check("lexicon file", fault == "ok", fault, "" if fault == "ok" else "restore a copy of the store")
    rows = lexicon.counts()
    apart = number(
        "SELECT (SELECT count(*) FROM entries WHERE rid NOT IN (SELECT rid FROM vectors)) "
        "+ (SELECT count(*) FROM vectors WHERE rid NOT IN (SELECT rid FROM entries))"
    )
    yield Check(
        "a vector for every entry",
        apart == 0,
        f"{rows['entries']:,} entries, {rows['vectors']:,} vectors, {apart:,} without the other",
        "" if apart == 0 else f"{_AGAIN} --into NEW_STORE",
    )
    identity = fingerprint.from_meta(lexicon.meta(fingerprint.EMBEDDER))
    odd = number(f"SELECT count(*) FROM vectors WHERE length(vector) <> {2 * identity.dimension}")
    yield Check(
        "vectors of one length",
        odd == 0,
        f"{odd:,} are not of {identity.dimension} dimensions",
        "" if odd == 0 else f"{_AGAIN} --into NEW_STORE",
    )
    lost = number("SELECT count(*) FROM entries WHERE hid NOT IN (SELECT hid FROM headwords)")
    lost += number("SELECT count(*) FROM entries_fts_docsize") - rows["entries"]
    yield Check(
        "headwords and full text",
        lost == 0,
        f"{rows['headwords']:,} headwords, {abs(lost):,} rows amiss",
        "" if lost == 0 else f"{_AGAIN} --into NEW_STORE",
    )
    sources = lexicon.sources()
    if len(sources) > 1:
        astray = number("SELECT count(*) FROM entries WHERE source NOT IN (SELECT id FROM ledger)")
        astray += number("SELECT count(*) FROM copies WHERE rid NOT IN (SELECT rid FROM entries)")
        yield Check(
            "a source for every entry",
            astray == 0,
            f"{', '.join(f'{one.name} {one.entries:,}' for one in sources)}, {astray:,} astray",
            "" if astray == 0 else f"{_AGAIN} --into NEW_STORE",
        )
    yield _ledger_check(db)


def _ledger_check(db: sqlite3.Connection) -> Check:
    last = ledger.newest(db)
    if last is None:
        return Check("ledger", ok=False, found="nothing was loaded yet", hint=_AGAIN)
    (rejects,) = db.execute("SELECT count(*) FROM rejects WHERE source = ?", (last.id,)).fetchone()
    if not last.balanced or rejects != last.counts.rejected:
        return Check("ledger", ok=False, found=f"the counts of {last.name} do not add up", hint=_AGAIN)
    if last.state != "complete":
        return Check("ledger", ok=False, found=f"{last.name} was left at record {last.record:,}", hint=_AGAIN)
    return Check("ledger", ok=True, found=f"{last.name}: {last.record:,} records, all accounted for")


def _codes_checks(lexicon: Lexicon, root: Path) -> Iterator[Check]:
    try:
        found = check_codes(root, lexicon)
    except StoreError as error:
        yield Check("codes", ok=False, found=error.message, hint=error.hint)
        return
    amiss = f"{found.wrong:,} wrong, {found.missing:,} missing, {found.torn:,} torn segments"
    yield Check(
        "codes of these vectors",
        found.ok,
        f"{found.coded:,} coded, {found.waiting:,} compared as they are{'' if found.ok else f'; {amiss}'}",
        "" if found.ok else REBUILD,
    )
    search = open_codes(root, lexicon)
    yield _self_check(
        "entries find themselves",
        lexicon,
        lambda rid, vector: [
            None if found == rid else cosine for found, cosine in search.nearest(vector, _NEIGHBOURS, lexicon)
        ],
    )


def _index_checks(lexicon: Lexicon, root: Path, choice: IndexChoice) -> Iterator[Check]:
    index = index_of(root, lexicon, choice)
    if index is None:
        return
    try:
        yield from _checks_of(index, lexicon)
    except StoreError as error:
        yield Check("index answers", ok=False, found=error.message, hint=error.hint)


def _checks_of(index: StoreIndex, lexicon: Lexicon) -> Iterator[Check]:
    if finished_index(lexicon, index) is None or not index.exists():
        yield Check("index", ok=False, found="not built", hint=REBUILD)
        return
    current = is_current(lexicon, index)
    yield Check(
        "index is of these entries",
        current,
        "up to date" if current else "behind",
        "" if current else REBUILD,
    )
    if not index.opens():
        yield Check("index opens", ok=False, found="it could not be asked, or killed who tried", hint=REBUILD)
        return
    yield Check("index opens", ok=True, found="and can be asked")
    if not current:
        return
    with _snapshot(lexicon), index.open() as opened:
        yield _ids_check(lexicon, opened, index.batch)
        yield _self_check(
            "index finds them too",
            lexicon,
            lambda rid, vector: [
                None if found == lexicon.entries([rid])[rid].entry_id else cosine
                for found, cosine in opened.nearest(vector, _NEIGHBOURS)
            ],
        )


@contextmanager
def _snapshot(lexicon: Lexicon) -> Iterator[None]:
    """One view of the lexicon, whatever a writer commits meanwhile."""
    lexicon.connection.execute("BEGIN")
    try:
        yield
    finally:
        lexicon.connection.rollback()


def _ids_check(lexicon: Lexicon, index: OpenIndex, batch: int) -> Check:
    """Every id of the one in the other, and no other."""
    rows = index.rows
    cursor = lexicon.connection.execute("SELECT entry_id FROM entries ORDER BY rid")
    there = missing = 0
    while ids := [row[0] for row in cursor.fetchmany(batch)]:
        found = index.present(ids)
        there += len(found)
        missing += len(ids) - len(found)
    ok = missing == 0 and rows == there
    return Check(
        "same ids in lexicon and index",
        ok,
        f"{there:,} in both, {missing:,} only in the lexicon, {rows - there:,} only in the index",
        "" if ok else REBUILD,
    )


def _self_check(
    name: str, lexicon: Lexicon, nearest: Callable[[int, Vectors], Sequence[float | None]]
) -> Check:
    """Entries spread over the lexicon, asked for by their own vectors, must find themselves.

    nearest(row id, vector): the cosines of what is found, None for the entry itself.
    """
    step = max(1, lexicon.count("entries") // _SELF_QUERIES)
    rids = list(range(step, lexicon.last_row() + 1, step))[: 2 * _SELF_QUERIES]
    vectors = lexicon.vectors(rids)
    missed = 0
    for rid, vector in vectors.items():
        found = nearest(rid, vector)
        # Equal texts have equal vectors, so another entry at no distance is as good.
        missed += None not in found and (found[0] or 0) < 1 - _SAME
    return Check(
        name,
        missed == 0,
        f"{len(vectors) - missed} of {len(vectors)}",
        "" if missed == 0 else REBUILD,
    )
