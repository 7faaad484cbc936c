"""What retrieval goes without is said, and is tried once."""

from __future__ import annotations

import pytest
from tests.unit.retrieval.conftest import MakeStore

from slangrag.errors import EngineUnreachable, SlangragError, StoreDamaged
from slangrag.retrieval.slang_store import SlangStore


class Failing:
    """Raises `error` whenever it is called, and counts that."""

    def __init__(self, error: SlangragError) -> None:
        self.error = error
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        raise self.error


def test_a_store_with_neither_search_nor_embedder_says_what_it_does_instead(make_store: MakeStore) -> None:
    store = SlangStore(make_store(("rizz", "Charm.")).lexicon)
    assert not store.lacks
    assert (store.search, store.embedder, store.embed("rizz")) == (None, None, None)
    assert store.lacks == (
        "no search by meaning: found by words only",
        "no embedder: meaning was not compared",
    )


@pytest.mark.parametrize("part", ["search", "embedder"])
def test_a_part_that_fails_is_named_with_its_reason_and_not_tried_again(
    make_store: MakeStore, part: str
) -> None:
    open_search, make_embedder = (
        Failing(StoreDamaged("it is torn")),
        Failing(EngineUnreachable("nobody there")),
    )
    store = SlangStore(
        make_store(("rizz", "Charm.")).lexicon,
        open_search=open_search,  # type: ignore[arg-type]
        make_embedder=make_embedder,  # type: ignore[arg-type]
    )
    assert (getattr(store, part), getattr(store, part)) == (None, None)
    assert open_search.calls + make_embedder.calls == 1
    (said,) = store.lacks
    assert (
        said
        == {
            "search": "no search by meaning (it is torn): found by words only",
            "embedder": "no embedder (nobody there): meaning was not compared",
        }[part]
    )
