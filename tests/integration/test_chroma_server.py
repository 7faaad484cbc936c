"""A Chroma server as a store's index, with the real server: built, swapped, asked, down, of somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.chroma_run import ChromaRun, chroma_run, free_port, gate
from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.errors import ConfigError, StoppedEarly, StoreDamaged, StoreError
from slangrag.ingest import IngestPlan, StopFlag, finished, run
from slangrag.retrieval.slang_store import SlangStore
from slangrag.service import pool
from slangrag.service.maintenance import rebuild, store_facts
from slangrag.store import search
from slangrag.store.index import IndexChoice, index_of, open_index
from slangrag.store.lexicon import open_lexicon
from slangrag.store.search import open_search
from slangrag.store.verify import verify


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaRun]:
    with chroma_run(tmp_path_factory.mktemp("server")) as running:
        yield running


def plan_of(folder: Path, count: int, place: str, name: str = "a", **other: object) -> IngestPlan:
    csv = write_csv(folder / f"{name}.csv", rows(count))
    return IngestPlan(csv, folder / "store", index=IndexChoice(place), **other)  # type: ignore[arg-type]


def asked(store: Path, choice: IndexChoice, text: str) -> tuple[str, tuple[str, ...]]:
    """The entry found for a text, and what was said to lack."""
    with open_lexicon(store) as lexicon, open_search(store, lexicon, choice) as search:

        class Handed:
            def __enter__(self) -> object:
                return search

            def __exit__(self, *_: object) -> None:
                pass

        slang = SlangStore(lexicon, open_search=Handed)  # type: ignore[arg-type]
        ((rid, cosine), *_) = slang.nearest(StubEmbedder().embed_query(text), 3)
        assert cosine == pytest.approx(1, abs=1e-3)
        return lexicon.entries([rid])[rid].entry_id, slang.lacks


def test_a_store_is_loaded_patched_pruned_verified_and_asked_on_a_server(
    tmp_path: Path, server: ChromaRun
) -> None:
    choice = IndexChoice(server.address)
    plan = plan_of(tmp_path, 120, server.address)
    run(plan, StubEmbedder())
    assert verify(plan.store, choice).ok
    assert finished(plan) is not None
    assert not (plan.store / "chroma").exists()
    assert asked(plan.store, choice, "word 5: meaning 42") == ("0000042", ())
    newer = [(*row[:4], "quite another meaning") if i == 7 else row for i, row in enumerate(rows(118))]
    csv = write_csv(tmp_path / "b.csv", newer)
    run(IngestPlan(csv, plan.store, index=choice, prune=True), StubEmbedder())
    assert verify(plan.store, choice).ok
    assert asked(plan.store, choice, "word 7: quite another meaning") == ("0000007", ())
    assert rebuild(plan.store, choice) is not None
    with open_lexicon(plan.store) as lexicon, open_index(plan.store, lexicon, choice) as index:
        assert index.rows == 118
    facts = store_facts(plan.store, choice)
    assert (facts.index_place, facts.index_rows, facts.index_current) == (server.address, 118, True)


def test_two_stores_share_a_server(tmp_path: Path, server: ChromaRun) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, count in ((first, 30), (second, 50)):
        folder.mkdir()
        run(plan_of(folder, count, server.address), StubEmbedder())
    assert verify(first / "store", IndexChoice(server.address)).ok
    assert verify(second / "store", IndexChoice(server.address)).ok


def test_a_server_that_goes_is_replaced_by_the_codes_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    with chroma_run(folder) as server:
        plan = plan_of(tmp_path, 40, server.address)
        run(plan, StubEmbedder())
        server.stop()
        found, lacks = asked(plan.store, plan.index, "word 5: meaning 5")
        assert found == "0000005"
        assert len(lacks) == 1
        assert lacks[0].startswith(f"the Chroma server at {server.address} cannot be used")
        assert lacks[0].endswith("searched with the store's own codes instead")
        facts = store_facts(plan.store, plan.index)
        assert "cannot be used" in facts.index_fault
        assert not facts.sealed
        assert [c.name for c in verify(plan.store, plan.index).checks if not c.ok] == ["index answers"]
        with pytest.raises(StoreError, match="cannot be used") as raised:
            run(plan_of(tmp_path, 45, server.address, "b"), StubEmbedder())
        assert "SLANGRAG_INDEX=chroma" in raised.value.hint
        server.start()
        run(plan_of(tmp_path, 45, server.address, "b"), StubEmbedder())
        assert verify(plan.store, plan.index).ok
        assert asked(plan.store, plan.index, "word 6: meaning 43") == ("0000043", ())


def test_a_collection_of_another_store_is_not_touched(tmp_path: Path, server: ChromaRun) -> None:
    import chromadb

    plan = plan_of(tmp_path, 20, server.address)
    run(plan, StubEmbedder())
    with open_lexicon(plan.store) as lexicon:
        name = f"slang-{lexicon.number}"
    client = chromadb.HttpClient(host="127.0.0.1", port=int(server.address.rpartition(":")[2]))
    with closing(client._server._session):  # type: ignore[attr-defined]
        collection = client.get_collection(name, embedding_function=None)
        collection.modify(metadata={"slangrag_store": "somebody"})
        with open_lexicon(plan.store) as lexicon:
            index = index_of(plan.store, lexicon, plan.index)
        assert index is not None
        with pytest.raises(StoreDamaged, match="is not this store's"), index.open():
            pass
        _, lacks = asked(plan.store, plan.index, "word 5: meaning 5")
        assert "is not this store's" in lacks[0]
        with pytest.raises(StoreDamaged, match="is not this store's"):
            rebuild(plan.store, plan.index)
        assert collection.count() == 20


def test_a_build_that_was_stopped_goes_on(tmp_path: Path, server: ChromaRun) -> None:
    plan = plan_of(tmp_path, 60, server.address)
    stop = StopFlag()

    def at_the_index(progress: object) -> None:
        if getattr(progress, "stage", "") == "index":
            stop.set(15)

    with pytest.raises(StoppedEarly):
        run(plan, StubEmbedder(), progress=at_the_index, stop=stop)
    assert finished(plan) is None
    assert asked(plan.store, IndexChoice(), "word 5: meaning 42") == ("0000042", ())
    run(plan, StubEmbedder())
    assert verify(plan.store, plan.index).ok


@pytest.mark.parametrize(
    ("token", "header", "value"),
    [("s3cret", "Authorization", "Bearer s3cret"), ("X-Chroma-Token: s3cret", "X-Chroma-Token", "s3cret")],
)
def test_the_token_is_sent_and_a_refusal_is_told(
    tmp_path: Path, server: ChromaRun, token: str, header: str, value: str
) -> None:
    with gate(server, header, value) as address:
        csv = write_csv(tmp_path / "a.csv", rows(20))
        plan = IngestPlan(csv, tmp_path / "store", index=IndexChoice(address, token))
        run(plan, StubEmbedder())
        assert verify(plan.store, plan.index).ok
        with pytest.raises(StoreError, match="cannot be used") as raised:
            rebuild(plan.store, IndexChoice(address, "wrong"))
    assert "s3cret" not in str(raised.value)


def test_nobody_there_is_told_before_anything_is_lost(tmp_path: Path) -> None:
    place = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreError, match="cannot be used"):
        run(plan_of(tmp_path, 20, place), StubEmbedder())
    run(plan_of(tmp_path, 20, "none"), StubEmbedder())
    assert verify(tmp_path / "store", IndexChoice("none")).ok
    assert not (tmp_path / "store" / "chroma").exists()


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError, match="neither chroma nor none nor an http address"):
        IndexChoice("localhost:8000")


def asked_of(asking: pool.StorePool, text: str) -> tuple[str, tuple[str, ...]]:
    with asking.borrow() as store:
        ((rid, _), *_) = store.nearest(StubEmbedder().embed_query(text), 3)
        return store.lexicon.entries([rid])[rid].entry_id, store.lacks


def test_a_running_program_follows_the_server_s_index(
    tmp_path: Path, server: ChromaRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind, it is not asked and that is said; made anew, it is asked again."""
    monkeypatch.setattr(search, "_PAUSE", 0.0)
    monkeypatch.setattr(pool, "_FRESH_SECONDS", 0.0)
    plan = plan_of(tmp_path, 60, server.address)
    run(plan, StubEmbedder())
    asking = pool.StorePool(plan.store, plan.index, StubEmbedder)
    assert asked_of(asking, "word 5: meaning 42") == ("0000042", ())
    run(replace(plan_of(tmp_path, 70, server.address, "b"), index=IndexChoice("none")), StubEmbedder())
    found, (note,) = asked_of(asking, "word 28: meaning 65")
    assert found == "0000065"
    assert "not up to date" in note
    for _ in range(2):
        assert rebuild(plan.store, plan.index) is not None
        asked_of(asking, "word 5: meaning 42")  # the collection that it had open is gone
        assert asked_of(asking, "word 28: meaning 65") == ("0000065", ())
    asking.close()


@pytest.mark.parametrize(
    "place", ["http://host:abc", "http://", "http://user:secret@host:8000", "https://u@host"]
)
def test_an_address_that_is_none_or_has_a_password_is_refused(place: str) -> None:
    with pytest.raises(ConfigError) as raised:
        IndexChoice(place)
    assert "secret" not in f"{raised.value} {raised.value.hint}"


def test_a_token_is_never_shown() -> None:
    choice = IndexChoice("http://host:8000", "s3cret\n")
    assert choice.token == "s3cret"
    assert "s3cret" not in repr(choice)
