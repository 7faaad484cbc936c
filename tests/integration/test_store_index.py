"""The index as a derivative: made, mended, found wanting, and what readers may rely on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.errors import StoppedEarly, StoreDamaged, StoreMissing
from slangrag.ingest import Batching, IngestPlan, Progress, StopFlag, finished, run
from slangrag.store import build
from slangrag.store.build import rebuild
from slangrag.store.index import IndexRows, open_index
from slangrag.store.index.collection import OpenCollection
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import open_lexicon
from slangrag.store.verify import verify


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A store of 120 rows and its CSV."""
    folder = tmp_path_factory.mktemp("made")
    path = write_csv(folder / "a.csv", rows(120))
    run(IngestPlan(path, folder / "store", batching=Batching(items=32)), StubEmbedder())
    return path, folder / "store"


@pytest.fixture
def store(made: tuple[Path, Path], tmp_path: Path) -> Path:
    shutil.copytree(made[1], tmp_path / "store")
    return tmp_path / "store"


def failed(store: Path) -> dict[str, str]:
    return {check.name: check.hint for check in verify(store).checks if not check.ok}


def test_the_collection_is_what_other_chroma_tools_expect(store: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    with chromadb.PersistentClient(str(store / "chroma"), settings=settings) as client:  # type: ignore[attr-defined]
        collection = client.get_collection("slang", embedding_function=None)
        assert collection.count() == 120
        row = collection.get(ids=["0000042"], include=["documents", "metadatas"])
        doubled = 2 * StubEmbedder().embed_query("word 5: meaning 42").reshape(1, -1)
        answer = collection.query(query_embeddings=doubled, n_results=1, include=["distances"])
        assert answer["ids"] == [["0000042"]]
        assert answer["distances"] is not None
        assert abs(answer["distances"][0][0]) < 1e-2, "cosine; with l2, the default, our scores mean nothing"
    assert row["documents"] == ["word 5: meaning 42"]
    assert row["metadatas"] == [{"word": "word 5", "rating": 0, "up_votes": 42, "down_votes": 0}]


def test_nothing_is_left_in_the_log_to_be_replayed_at_each_open(store: Path) -> None:
    database = sqlite3.connect(store / "chroma" / "chroma.sqlite3")
    (waiting,) = database.execute("SELECT count(*) FROM embeddings_queue").fetchone()
    assert waiting <= 1


def test_an_index_that_lost_a_row_is_found_out_and_rebuilt_without_embedding(store: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    with chromadb.PersistentClient(str(store / "chroma"), settings=settings) as client:  # type: ignore[attr-defined]
        client.get_collection("slang", embedding_function=None).delete(ids=["0000007"])
    assert failed(store)["same ids in lexicon and index"] == "slangrag store rebuild"
    kept = rebuild(store)
    assert kept is not None
    assert kept.rows == 120
    assert failed(store) == {}


def test_an_index_whose_files_are_broken_does_not_take_the_reader_with_it(store: Path) -> None:
    """Chroma can kill the process that opens a broken directory, so a child goes first."""
    (folder,) = [path for path in (store / "chroma").iterdir() if path.is_dir()]
    for path in folder.iterdir():
        path.write_bytes(os.urandom(64))
    database = store / "chroma" / "chroma.sqlite3"
    database.write_bytes(database.read_bytes()[:4096] + os.urandom(8192))
    assert not LocalChroma(store).opens()
    assert failed(store) == {"index opens": "slangrag store rebuild"}
    assert rebuild(store) is not None
    assert failed(store) == {}


def test_links_that_take_more_than_the_rows_are_not_opened(store: Path) -> None:
    """A kill can leave terabytes of links, nearly all of them holes; who goes on with them fills the disk."""
    (links,) = (store / "chroma").glob("*/link_lists.bin")
    assert LocalChroma(store).opens()
    os.truncate(links, 1 << 40)
    assert not LocalChroma(store).opens()
    assert failed(store) == {"index opens": "slangrag store rebuild"}


def test_an_index_that_was_removed_is_built_again_by_the_next_ingest(
    made: tuple[Path, Path], store: Path
) -> None:
    shutil.rmtree(store / "chroma")
    with open_lexicon(store) as lexicon, pytest.raises(StoreMissing) as missing, open_index(store, lexicon):
        pass
    assert missing.value.hint == "slangrag store rebuild"
    plan = IngestPlan(made[0], store)
    assert finished(plan) is None
    embedder = StubEmbedder()
    run(plan, embedder)
    assert embedder.calls == []
    assert failed(store) == {}


@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_a_swap_that_was_cut_short_is_finished_by_the_next_writer(
    made: tuple[Path, Path], store: Path, moment: str
) -> None:
    """The two renames and the commit cannot be one step, so each half-way state must lead to the end."""
    index = LocalChroma(store)
    with sqlite3.connect(StoreLayout(store).lexicon) as database:
        database.execute(
            """INSERT INTO meta VALUES ('index_build', '{"phase": "settled", "through": 120, "rows": 120}')"""
        )
    shutil.copytree(index.path, index.aside)
    if moment != "before":
        index.path.rename(index.retired)
    if moment == "after":
        index.aside.rename(index.path)
    run(IngestPlan(made[0], store), StubEmbedder())
    assert failed(store) == {}
    assert not index.aside.exists()
    assert not index.retired.exists()


def test_a_damaged_lexicon_is_told_as_such(store: Path) -> None:
    path = StoreLayout(store).lexicon
    path.write_bytes(path.read_bytes()[:4096] + os.urandom(path.stat().st_size - 4096))
    with pytest.raises(StoreDamaged):
        verify(store)


READ = """
import os, sys
from pathlib import Path
from slangrag.text.forms import fold
from slangrag.store.lexicon import open_lexicon
fold("import what is imported late")
os.setuid(65534)
with open_lexicon(Path(sys.argv[1])) as lexicon:
    print(len(lexicon.lookup("word 5")))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_store_is_read_from_a_place_that_cannot_be_written(store: Path, mode: str) -> None:
    with sqlite3.connect(StoreLayout(store).lexicon) as database:
        database.execute(f"PRAGMA journal_mode = {mode}")
    database.close()
    for path in store.parents:
        if path.parent.is_relative_to(tempfile.gettempdir()):
            path.chmod(0o755)
    store.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(store)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == "4", done.stderr


def test_looking_a_word_up_never_imports_chroma_or_numpy(store: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from slangrag.store.lexicon import open_lexicon\n"
        "with open_lexicon(Path(sys.argv[1])) as lexicon: assert lexicon.lookup('word 5')\n"
        "print([name for name in ('chromadb', 'numpy', 'ollama') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


_KILLED_IN_A_COMMIT = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA journal_mode = delete")
database.execute("PRAGMA cache_size = 2")
database.execute("BEGIN")
database.execute("UPDATE entries SET definition = definition || zeroblob(9000)")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_in_the_middle_of_a_commit_does_not_shut_out_readers(store: Path) -> None:
    """What is left is a journal that only a writing connection can roll back; readers only read."""
    lexicon_file = StoreLayout(store).lexicon
    subprocess.run([sys.executable, "-c", _KILLED_IN_A_COMMIT, str(lexicon_file)], check=False)
    journal = lexicon_file.with_name(lexicon_file.name + "-journal")
    assert journal.exists()
    with open_lexicon(store) as lexicon:
        assert lexicon.lookup("word 5")[0].definition.startswith("meaning")
    assert not journal.exists()
    assert failed(store) == {}


def test_a_build_that_was_whole_and_not_in_place_yet_takes_up_what_changed_since(
    made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    store = tmp_path / "new"
    with monkeypatch.context() as patched:
        patched.setattr(build, "_swap", killed)
        with pytest.raises(KeyboardInterrupt):
            run(IngestPlan(made[0], store), StubEmbedder())
    newer = [(*row[:4], "something new") if i < 5 else row for i, row in enumerate(rows(118))]
    run(IngestPlan(write_csv(tmp_path / "b.csv", newer), store, prune=True), StubEmbedder())
    assert failed(store) == {}


def test_vectors_of_a_stopped_re_embedding_are_not_kept_for_texts_that_changed(
    store: Path, tmp_path: Path
) -> None:
    stop = StopFlag()

    def stop_at_the_second(number: int, _texts: Sequence[str]) -> None:
        if number == 2:
            stop.set(15)

    same = write_csv(tmp_path / "same.csv", rows(120))
    # More batches than are kept ready: else all of them may be through before the stop is seen.
    plan = IngestPlan(same, store, reembed=True, batching=Batching(items=4))
    with pytest.raises(StoppedEarly):
        run(plan, StubEmbedder(24, model="other", fault=stop_at_the_second), stop=stop)
    with open_lexicon(store) as lexicon:
        kept = lexicon.connection.execute("SELECT count(*) FROM new_vectors").fetchone()
    assert 0 < kept[0] < 120
    newer = [(*row[:4], "something new") if i < 20 else row for i, row in enumerate(rows(110))]
    csv = write_csv(tmp_path / "b.csv", newer)
    run(IngestPlan(csv, store, prune=True), StubEmbedder())
    other = StubEmbedder(24, model="other")
    run(IngestPlan(csv, store, reembed=True), other)
    assert failed(store) == {}
    with open_lexicon(store) as lexicon:
        entry = lexicon.entries([3])[3]
        vector = lexicon.vectors([3])[3]
    assert entry.definition == "something new"
    assert float(vector @ other.embed_query(f"{entry.word}: {entry.definition}")) > 0.99


def test_a_build_that_opens_after_a_kill_and_breaks_when_written_to_is_made_anew(
    made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen at 2.33 million rows: Chroma's files opened, answered, and failed at the next rows."""
    store, stop = tmp_path / "new", StopFlag()
    monkeypatch.setattr(build, "BATCH", 30)

    def stop_in_the_index(progress: Progress) -> None:
        if progress.stage == "index" and progress.done >= 60:
            stop.set(15)

    with pytest.raises(StoppedEarly):
        run(IngestPlan(made[0], store), StubEmbedder(), progress=stop_in_the_index, stop=stop)
    add, adding = OpenCollection.add, iter([True])

    def break_once(self: OpenCollection, rows: IndexRows) -> None:
        if next(adding, False):
            raise StoreDamaged("Failed to apply logs to the hnsw segment writer", hint="")
        add(self, rows)

    monkeypatch.setattr(OpenCollection, "add", break_once)
    run(IngestPlan(made[0], store), StubEmbedder())
    assert failed(store) == {}
