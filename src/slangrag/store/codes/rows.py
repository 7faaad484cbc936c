"""The lexicon's side of the codes: which file is in use, and which rows it does not have as they are.

A row waits if it came after the file's last, or if its vector was changed since it was coded (the table
`uncoded`, written in the transaction that changes it).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged
from slangrag.store.codes.file import CodeFile, read
from slangrag.store.lexicon import Lexicon
from slangrag.store.matrix import as_matrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from slangrag.store.writer import LexiconWriter

    Rows = tuple[NDArray[np.int64], NDArray[np.float32]]

_KEPT_AS: Final = "codes"
_AT_ONCE: Final = 16_384


@dataclass(frozen=True, slots=True)
class CodesInUse:
    """What the lexicon notes of its codes: the file's name, and the bytes of it that belong to its rows."""

    file: str
    end: int


def codes_in_use(lexicon: Lexicon) -> CodesInUse | None:
    """The codes that the lexicon notes; None where it has none. Opens nothing."""
    kept = lexicon.meta(_KEPT_AS)
    return None if kept is None else CodesInUse(**kept)


def note_codes(writer: LexiconWriter, codes: CodesInUse | None) -> None:
    """Note which codes are in use. Commits nothing."""
    writer.set_meta(_KEPT_AS, None if codes is None else asdict(codes))


def codes_named(root: Path, lexicon: Lexicon) -> CodeFile | None:
    """The file that the lexicon names; None where it names none. Raises StoreDamaged."""
    before: CodesInUse | None = None
    while noted := codes_in_use(lexicon):
        path = root / noted.file
        try:
            return read(path, noted.end)
        except FileNotFoundError as error:
            # A writer may have made another meanwhile; then another is named as well.
            if before == noted:
                raise StoreDamaged(f"{path} is missing", hint="slangrag store rebuild") from error
            before = noted
        except OSError as error:
            raise StoreDamaged(
                f"{path} cannot be read ({error.strerror})", hint="slangrag store rebuild"
            ) from error
    return None


def spread_vectors(lexicon: Lexicon, many: int) -> NDArray[np.float32]:
    """About so many vectors, evenly spaced: float32, shape (rows, dimension). There must be a row."""
    last = lexicon.last_row()
    at = "SELECT rid, vector FROM vectors WHERE rid >= ? ORDER BY rid LIMIT 1"
    places = range(1, last + 1, max(last // many, 1))
    return as_matrix([lexicon.connection.execute(at, (rid,)).fetchone() for rid in places])[1]


def vectors_after(lexicon: Lexicon, rid: int, most: int) -> Rows:
    """The next rows after a row id: row ids, rising, and unit vectors, shape (rows, dimension)."""
    return as_matrix(
        lexicon.connection.execute(
            "SELECT rid, vector FROM vectors WHERE rid > ? ORDER BY rid LIMIT ?", (rid, most)
        ).fetchall()
    )


def changed_rows(lexicon: Lexicon, through: int, most: int) -> Rows:
    """Rows up to a row id whose vectors were changed since they were coded, as `vectors_after` gives them."""
    return as_matrix(
        lexicon.connection.execute(
            "SELECT rid, vector FROM uncoded JOIN vectors USING (rid) WHERE rid <= ? ORDER BY rid LIMIT ?",
            (through, most),
        ).fetchall()
    )


def waiting_rows(lexicon: Lexicon, codes: CodeFile | None) -> Iterator[Rows]:
    """What a file does not have as it is, in parts; without a file every row of the lexicon."""
    through = codes.through if codes is not None else 0
    after = through
    while len((rows := vectors_after(lexicon, after, _AT_ONCE))[0]):
        yield rows
        after = int(rows[0][-1])
    if codes is not None:
        yield changed_rows(lexicon, through, lexicon.count("uncoded"))
