"""Keeping the codes up with the lexicon. Only by the holder of the store's lock.

While a store is being loaded, rows are coded a segment at a time; what waits is compared exactly
meanwhile. A kill between writing a segment and noting it costs nothing: the rows are coded again.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged
from slangrag.store.codes.file import CodeFile, append, create, encode, read
from slangrag.store.codes.rows import KEPT_AS, changed_rows, codes_named, rows_after
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


def forget_codes_ahead(writer: LexiconWriter, root: Path) -> None:
    """Begin anew where the codes know rows that the lexicon never had. Commits.

    So it is after a power cut that took the lexicon's last commits, and in a copy whose codes were copied
    after its lexicon: the next entries would get those rows' ids, and their codes. Before any row is added.
    """
    try:
        codes = codes_named(root, writer)
    except StoreDamaged:
        return
    if codes is not None and codes.through > writer.last_given:
        writer.set_meta(KEPT_AS, None)
        writer.commit()


def update_codes(writer: LexiconWriter, root: Path, *, least: int | None = None) -> None:
    """Code the rows that wait, segment by segment, while there are at least `least` (a segment). Commits."""
    least = SEGMENT if least is None else least
    try:
        codes = codes_named(root, writer)
    except StoreDamaged:
        codes = None
        writer.set_meta(KEPT_AS, None)
        writer.commit()
    while writer.last_row() - (codes.through if codes else 0) >= least:
        codes = codes or _begun(writer, root)
        rids, vectors = rows_after(writer, codes.through, SEGMENT)
        if len(rids) < least:
            break
        codes = _appended(codes, rids, vectors)
    while codes is not None and writer.count("uncoded") >= least:
        rids, vectors = changed_rows(writer, codes.through, SEGMENT)
        codes = _appended(codes, rids, vectors)
        writer.note_coded(rids.tolist())
        writer.commit()


def codes_are_current(root: Path, lexicon: Lexicon) -> bool:
    """Whether no more than a few rows wait, and the file can be read."""
    try:
        codes = codes_named(root, lexicon)
    except StoreDamaged:
        return False
    return lexicon.last_row() - (codes.through if codes else 0) < FEW


def finish_codes(writer: LexiconWriter, root: Path) -> None:
    """Code what waits at the end of a load, down to a few rows; anew where many codes are dead. Commits."""
    update_codes(writer, root, least=FEW)
    codes = codes_named(root, writer)
    if codes is not None and (codes.rows - writer.count("entries")) * _DEAD > codes.rows:
        rebuild_codes(writer, root)


def rebuild_codes(writer: LexiconWriter, root: Path) -> None:
    """Make the codes anew beside the old ones, then put them in their place; none for a few rows. Commits."""
    if writer.last_row() < FEW:
        _use(writer, root, None)
        return
    codes = _new(writer, root)
    while len((rows := rows_after(writer, codes.through, SEGMENT))[0]):
        codes = _appended(codes, *rows)
    _use(writer, root, codes)


def _begun(writer: LexiconWriter, root: Path) -> CodeFile:
    """A first file, in use at once and without a row."""
    codes = _new(writer, root)
    _use(writer, root, codes)
    return codes


def _new(writer: LexiconWriter, root: Path) -> CodeFile:
    path = root / f"codes-{secrets.token_hex(4)}.bin"
    create(path, _centre(writer))
    return read(path)


def _appended(codes: CodeFile, rids: NDArray[np.int64], vectors: NDArray[np.float32]) -> CodeFile:
    append(codes, rids, encode(vectors, codes.centre))
    return read(codes.path)


def _use(writer: LexiconWriter, root: Path, codes: CodeFile | None) -> None:
    """From now on these codes, all of whose rows are as the lexicon has them; other files go."""
    writer.set_meta(KEPT_AS, None if codes is None else codes.path.name)
    writer.note_coded(None)
    writer.commit()
    for path in root.glob("codes-*.bin*"):
        if codes is None or path != codes.path:
            path.unlink(missing_ok=True)


def _centre(writer: LexiconWriter) -> NDArray[np.float32]:
    """The mean of a thousand vectors, evenly spaced: with some embedders all point much the same way."""
    last = writer.last_row()
    _, vectors = writer.vector_rows(range(1, last + 1, max(last // _SAMPLE, 1)))
    centre: NDArray[np.float32] = vectors.mean(axis=0)
    return centre
