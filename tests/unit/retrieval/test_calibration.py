"""Cosines mean the same whatever the embedder's own scale is."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.retrieval.conftest import MakeStore

from slangrag.retrieval.calibration import Background, background_of, measure

SIZE = 40


def unit(rows: np.ndarray) -> np.ndarray:
    unit_rows: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit_rows


def as_another_embedder(vectors: np.ndarray, *, scale: float, shift: float) -> np.ndarray:
    """Unit vectors whose cosines are shift + scale times those of `vectors`."""
    extra = np.full((len(vectors), 1), np.sqrt(shift))
    return np.hstack([np.sqrt(scale) * vectors, extra])


def stored(make_store: MakeStore, vectors: np.ndarray):  # type: ignore[no-untyped-def]
    store = make_store(*[(f"word {n}", f"meaning {n}") for n in range(len(vectors))])
    store.lexicon.connection.executemany(
        "INSERT INTO vectors (rid, vector) VALUES (?, ?)",
        [(rid, vector.astype("<f2").tobytes()) for rid, vector in enumerate(vectors, 1)],
    )
    return store


@pytest.mark.parametrize(("scale", "shift"), [(0.6, 0.4), (0.2, 0.8)])
def test_a_shifted_and_narrowed_embedder_gives_the_same_standardised_cosines(
    make_store: MakeStore, scale: float, shift: float
) -> None:
    drawn = unit(np.random.default_rng(1).standard_normal((SIZE + 1, 16)))
    plain, question = drawn[:SIZE], drawn[SIZE:]
    found = {}
    for name, vectors, asked in (
        ("plain", plain, question),
        (
            "other",
            as_another_embedder(plain, scale=scale, shift=shift),
            as_another_embedder(question, scale=scale, shift=shift),
        ),
    ):
        background = measure(stored(make_store, vectors).lexicon)
        cosines = dict(enumerate((vectors @ asked[0]).tolist()))
        found[name] = list(background.standardise(cosines, asked[0].astype(np.float32)).values())
    np.testing.assert_allclose(found["plain"], found["other"], atol=0.06)
    assert np.std(found["plain"]) > 0.5


def test_a_store_that_was_never_calibrated_is_measured_when_it_is_asked(make_store: MakeStore) -> None:
    store = stored(make_store, unit(np.random.default_rng(2).standard_normal((SIZE, 16))))
    assert background_of(store.lexicon) == measure(store.lexicon)


def test_a_store_of_one_entry_has_no_background_to_compare_with(make_store: MakeStore) -> None:
    store = stored(make_store, np.eye(1, 8))
    background = measure(store.lexicon)
    assert background == Background((), 1.0, 1)
    assert background.standardise({1: 0.3}, np.eye(1, 8, dtype=np.float32)[0]) == {1: 0.3}
