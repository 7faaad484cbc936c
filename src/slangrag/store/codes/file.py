"""The file of binary codes: a head, then segments; only ever appended to.

    head      b"slangrag codes 1", dimension (uint32), 12 bytes of 0, the centre (float32 x dimension)
    segment   b"SEGM", rows (uint32), CRC-32 of what follows (uint32), 4 bytes of 0
              row ids of the lexicon, rising (int64 x rows)
              words (uint64 x ceil(dimension / 64) x rows), word by word: the first of every row, ...

All little-endian. Bit i of a row's code is 1 where its vector is not below the centre in dimension i;
bits beyond the dimension are 0. A word's column lies in one piece, which a scan reads four times faster
than codes row by row. A row that comes again in a later segment replaces the earlier one. A segment that
is not whole (a kill) ends the file.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged, StoreError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Centre = NDArray[np.float32]
    RowIds = NDArray[np.int64]
    Words = NDArray[np.uint64]

_MAGIC: Final = b"slangrag codes 1"
_HEAD: Final = struct.Struct("<16sI12x")
_SEGMENT: Final = struct.Struct("<4sII4x")
_MARK: Final = b"SEGM"
_ROW_ID: Final = 8
_WORD: Final = 8


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that were coded together. rids: shape (rows,); words: shape (words a code, rows)."""

    rids: RowIds
    words: Words
    crc: int

    def is_whole(self) -> bool:
        """Whether the checksum is right."""
        return zlib.crc32(self.words.data, zlib.crc32(self.rids.data)) == self.crc


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file as it was when it was opened. centre: shape (dimension,). end: of the last whole segment."""

    path: Path
    centre: Centre
    segments: tuple[Segment, ...]
    end: int

    @property
    def rows(self) -> int:
        """Rows in all segments, those that were replaced included."""
        return sum(len(segment.rids) for segment in self.segments)

    @property
    def through(self) -> int:
        """The highest row id; 0 where there is none."""
        return max((int(segment.rids[-1]) for segment in self.segments), default=0)


def words_a_code(dimension: int) -> int:
    """How many 64-bit words one code takes."""
    return -(-dimension // 64)


def encode(vectors: NDArray[np.float32], centre: Centre) -> Words:
    """Codes of vectors of shape (rows, dimension), as a segment has them: shape (words a code, rows)."""
    import numpy as np

    rows, dimension = vectors.shape
    padded = np.zeros((rows, _WORD * words_a_code(dimension)), np.uint8)
    packed = np.packbits(vectors >= centre, axis=1, bitorder="little")
    padded[:, : packed.shape[1]] = packed
    return np.ascontiguousarray(padded.view("<u8").T)


def create(path: Path, centre: Centre) -> None:
    """A file without segments; it is there whole or not at all."""
    aside = path.with_name(path.name + ".new")
    with _room(path), aside.open("wb") as file:
        file.write(_HEAD.pack(_MAGIC, len(centre)) + centre.astype("<f4").tobytes())
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def append(code_file: CodeFile, rids: RowIds, words: Words) -> int:
    """One more segment, on the disk when this returns; where it ends. Only by the holder of the store's lock.

    What lies behind the file's end as it was opened is cut off: no reader has ever looked at it. Raises
    StoreError for a full disk.
    """
    body = rids.astype("<i8").tobytes() + words.astype("<u8").tobytes()
    with _room(code_file.path), code_file.path.open("r+b") as file:
        if file.seek(0, os.SEEK_END) > code_file.end:
            file.truncate(code_file.end)
        file.seek(code_file.end)
        file.write(_SEGMENT.pack(_MARK, len(rids), zlib.crc32(body)) + body)
        file.flush()
        os.fsync(file.fileno())
    return code_file.end + _SEGMENT.size + len(body)


def read(path: Path, end: int | None = None) -> CodeFile:
    """The file up to its byte `end` (all of it), mapped into memory.

    Raises FileNotFoundError and other OSErrors, StoreDamaged for another kind of file, or a shorter one.
    """
    import numpy as np

    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(_MAGIC):
            raise StoreDamaged(f"{path} is no file of binary codes", hint="slangrag store rebuild")
        _, dimension = _HEAD.unpack(head)
        start = _HEAD.size + 4 * dimension
        length = os.fstat(file.fileno()).st_size
        if length < max(start, end or 0):
            raise StoreDamaged(f"{path} is too short", hint="slangrag store rebuild")
        mapped = mmap.mmap(file.fileno(), end or length, access=mmap.ACCESS_READ)
    centre = np.frombuffer(mapped, "<f4", dimension, _HEAD.size)
    segments = tuple(_segments(mapped, start, words_a_code(dimension)))
    whole = start + sum(_size(len(s.rids), len(s.words)) for s in segments)
    return CodeFile(path, centre, segments, whole)


def _size(rows: int, words: int) -> int:
    return _SEGMENT.size + rows * (_ROW_ID + _WORD * words)


def _segments(mapped: mmap.mmap, start: int, words: int) -> Iterator[Segment]:
    import numpy as np

    while start + _SEGMENT.size <= len(mapped):
        mark, rows, crc = _SEGMENT.unpack_from(mapped, start)
        if mark != _MARK or not rows or start + _size(rows, words) > len(mapped):
            return
        first = start + _SEGMENT.size
        rids = np.frombuffer(mapped, "<i8", rows, first)
        codes = np.frombuffer(mapped, "<u8", rows * words, first + rows * _ROW_ID)
        yield Segment(rids, codes.reshape(words, rows), crc)
        start += _size(rows, words)


@contextmanager
def _room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); the lexicon is complete as far as it goes",
            hint="make room, then run the same command again",
        ) from error
