"""The file of binary codes, and what a scan of it finds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from slangrag.errors import StoreDamaged
from slangrag.store.codes.file import append, create, encode, read
from slangrag.store.codes.scan import candidates

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIMENSION = 100  # not a multiple of 64: the last word is not full


def vectors(rows: int, seed: int = 0) -> NDArray[np.float32]:
    chance = np.random.default_rng(seed)
    made = chance.standard_normal((rows, DIMENSION)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def file_of(path: Path, *parts: NDArray[np.float32], centre: NDArray[np.float32] | None = None) -> Path:
    centre = np.zeros(DIMENSION, np.float32) if centre is None else centre
    create(path, centre)
    first = 1
    for part in parts:
        append(read(path), np.arange(first, first + len(part)), encode(part, centre))
        first += len(part)
    return path


def test_a_bit_says_on_which_side_of_the_centre_a_vector_lies() -> None:
    centre = vectors(1, seed=5)[0]
    made = vectors(7)
    words = encode(made, centre)
    assert words.shape == (2, 7)
    for row in range(7):
        number = int(words[0, row]) | int(words[1, row]) << 64
        bits = [bool(number >> at & 1) for at in range(128)]
        assert bits == [*(made[row] >= centre).tolist(), *[False] * 28]


def test_segments_come_back_as_they_were_written(tmp_path: Path) -> None:
    made = vectors(50)
    codes = read(file_of(tmp_path / "codes.bin", made[:30], made[30:]))
    assert [s.rids.tolist() for s in codes.segments] == [list(range(1, 31)), list(range(31, 51))]
    assert all(segment.is_whole() for segment in codes.segments)
    assert (codes.rows, codes.through) == (50, 50)
    assert np.array_equal(np.hstack([s.words for s in codes.segments]), encode(made, codes.centre))


def test_a_segment_cut_anywhere_ends_the_file_and_the_next_takes_its_place(tmp_path: Path) -> None:
    made = vectors(40)
    path = file_of(tmp_path / "codes.bin", made[:20], made[20:])
    whole = path.read_bytes()
    first = read(file_of(tmp_path / "one.bin", made[:20])).end
    for length in range(first, len(whole), 7):
        path.write_bytes(whole[:length])
        assert read(path).rows == 20
    append(read(path), np.arange(21, 41), encode(made[20:], read(path).centre))
    assert path.read_bytes() == whole


def test_a_flipped_bit_is_found_by_the_checksum(tmp_path: Path) -> None:
    path = file_of(tmp_path / "codes.bin", vectors(20))
    damaged = bytearray(path.read_bytes())
    damaged[-5] ^= 1
    path.write_bytes(damaged)
    assert [segment.is_whole() for segment in read(path).segments] == [False]


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0" + bytes(100), b"slangrag codes 1" + b"\xff" * 20]
)
def test_another_file_is_no_file_of_codes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "codes.bin"
    path.write_bytes(content)
    with pytest.raises(StoreDamaged) as raised:
        read(path)
    assert raised.value.hint == "slangrag store rebuild"


def test_a_file_may_grow_under_a_reader(tmp_path: Path) -> None:
    made = vectors(40)
    path = file_of(tmp_path / "codes.bin", made[:20])
    opened = read(path)
    append(opened, np.arange(21, 41), encode(made[20:], opened.centre))
    assert set(candidates(opened, made[3], 1000)) == set(range(1, 21))
    assert set(candidates(read(path), made[3], 1000)) == set(range(1, 41))


def recall(path: Path, made: NDArray[np.float32], centre: NDArray[np.float32]) -> float:
    """The share of the ten nearest that are among 200 candidates, over 50 questions."""
    codes = read(file_of(path, made[:3000], made[3000:], centre=centre))
    found = 0
    for asked in made[::100]:
        nearest = np.argsort(-(made @ asked))[:10] + 1
        found += len(set(nearest.tolist()) & set(candidates(codes, asked, 200).tolist()))
    return found / 500


def test_the_nearest_are_among_the_candidates_though_all_vectors_point_one_way(tmp_path: Path) -> None:
    """With e5 two unrelated texts have a cosine of .8: seen from the origin, codes hardly differ."""
    chance = np.random.default_rng(1)
    made = (chance.standard_normal((5000, 16)) @ chance.standard_normal((16, DIMENSION))).astype(np.float32)
    made += 120 * vectors(1, seed=9)[0]
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    assert recall(tmp_path / "centred.bin", made, made.mean(axis=0)) > 0.97
    assert recall(tmp_path / "not.bin", made, np.zeros(DIMENSION, np.float32)) < 0.9
