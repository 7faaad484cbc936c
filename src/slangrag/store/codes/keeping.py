"""Keeping the codes up with the lexicon. Only by the holder of the store's lock.

While a store is being loaded, rows are coded a segment at a time; what waits is compared exactly
meanwhile. The lexicon notes how long the file is, in the transaction that says what is in it: what lies
behind that (after a kill, a power cut, in a copy) is nobody's, and written over.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged
from slangrag.store.codes.file import CodeFile, append, create, encode, read
from slangrag.store.codes.rows import (
    CodesInUse,
    changed_rows,
    codes_in_use,
    codes_named,
    note_codes,
    spread_vectors,
    vectors_after,
)
from slangrag.store.lexicon import Lexicon
from slangrag.store.writer import LexiconWriter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEGMENT = 32_768
"""Rows coded at once while a load goes on: 50 ms of a question that has to compare them exactly. A variable,
like the next, so that tests can do with fewer."""

FEW = 2_048
"""Rows that may wait for good: comparing them exactly costs 3 ms."""

_DEAD: Final = 4  # one code in so many of no row any more makes a new file worth it
_SAMPLE: Final = 1000


def update_codes(writer: LexiconWriter, root: Path, *, least: int | None = None) -> None:
    """Code the rows that wait, segment by segment, while there are at least `least` (a segment). Commits."""
    least = SEGMENT if least is None else least
    try:
        codes = codes_named(root, writer)
    except StoreDamaged:
        codes = None
    while writer.last_row() - (codes.through if codes else 0) >= least:
        rids, vectors = vectors_after(writer, codes.through if codes else 0, SEGMENT)
        if len(rids) < least:
            break
        if codes is None:
            codes = _new(writer, root)
            writer.note_coded(None)  # each row is coded as it is now
        codes = _appended(codes, rids, vectors)
        _use(writer, root, codes)
    while codes is not None and writer.count("uncoded") >= least:
        rids, vectors = changed_rows(writer, codes.through, SEGMENT)
        codes = _appended(codes, rids, vectors)
        writer.note_coded(rids.tolist())
        _use(writer, root, codes)


def codes_are_current(root: Path, lexicon: Lexicon) -> bool:
    """Whether no more than a few rows wait, and the file can be read."""
    try:
        codes = codes_named(root, lexicon)
    except StoreDamaged:
        return False
    new = lexicon.rows_above(codes.through if codes else 0, FEW)
    return new < FEW and (codes is None or lexicon.count("uncoded") < FEW)


def finish_codes(writer: LexiconWriter, root: Path) -> None:
    """Code what waits at the end of a load, down to a few rows; anew where many codes are dead. Commits."""
    update_codes(writer, root, least=FEW)
    try:
        codes = codes_named(root, writer)
        sound = codes is None or (codes.rows - writer.count("entries")) * _DEAD <= codes.rows
    except StoreDamaged:
        sound = False
    if not sound:
        rebuild_codes(writer, root)


def rebuild_codes(writer: LexiconWriter, root: Path) -> None:
    """Make the codes anew beside the old ones, then put them in their place; none for a few rows. Commits."""
    codes = None
    if writer.rows_above(0, FEW) >= FEW:
        codes = _new(writer, root)
        while len((rows := vectors_after(writer, codes.through, SEGMENT))[0]):
            codes = _appended(codes, *rows)
    writer.note_coded(None)
    _use(writer, root, codes)


def _new(writer: LexiconWriter, root: Path) -> CodeFile:
    """A file without a row, that nothing names yet. Its centre is the mean of a thousand vectors."""
    path = root / f"codes-{secrets.token_hex(4)}.bin"
    create(path, spread_vectors(writer, _SAMPLE).mean(axis=0))
    return read(path)


def _appended(codes: CodeFile, rids: NDArray[np.int64], vectors: NDArray[np.float32]) -> CodeFile:
    """The file with one segment more; who reads by the lexicon does not see it yet."""
    return read(codes.path, append(codes, rids, encode(vectors, codes.centre)))


def _use(writer: LexiconWriter, root: Path, codes: CodeFile | None) -> None:
    """Commit: from now on these codes, up to their last segment; other files go."""
    before = codes_in_use(writer)
    note_codes(writer, None if codes is None else CodesInUse(codes.path.name, codes.end))
    writer.commit()
    if codes is None or before is None or before.file != codes.path.name:
        for path in root.glob("codes-*.bin*"):
            if codes is None or path != codes.path:
                path.unlink(missing_ok=True)
