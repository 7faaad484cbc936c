"""The index behind its protocol: shared by threads, swapped under a reader, and of another kind."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

import slangrag
from slangrag.errors import StoreDamaged
from slangrag.ingest import IngestPlan, run
from slangrag.retrieval.slang_store import SlangStore, open_store
from slangrag.store import early_index
from slangrag.store.index import IndexRows, open_index
from slangrag.store.index.notes import FinishedIndex
from slangrag.store.lexicon import open_lexicon
from slangrag.store.search import open_search
from slangrag.store.verify import verify

if TYPE_CHECKING:
    from numpy.typing import NDArray


class OpenExact:
    """Every vector compared; written back by whoever opened it aside."""

    def __init__(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        self.vectors = vectors

    @property
    def rows(self) -> int:
        return len(self.vectors)

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        unit = vector / np.linalg.norm(vector)
        cosines = [(entry_id, float(own @ unit)) for entry_id, own in self.vectors.items()]
        return sorted(cosines, key=lambda found: -found[1])[:k]

    def present(self, entry_ids: Sequence[str]) -> set[str]:
        return self.vectors.keys() & set(entry_ids)

    def add(self, rows: IndexRows) -> None:
        for entry, vector in zip(rows.entries, rows.vectors, strict=True):
            assert entry.entry_id not in self.vectors
            self.vectors[entry.entry_id] = vector / np.linalg.norm(vector)

    def delete(self, entry_ids: Sequence[str]) -> None:
        for entry_id in entry_ids:
            self.vectors.pop(entry_id, None)


class ExactIndex:
    """Another kind in one class: two files, no Chroma."""

    kept_as = "exact"
    batch = 7

    def __init__(self, root: Path, choice: object = None) -> None:
        self._root = root

    def _path(self, aside: bool = False) -> Path:
        return self._root / ("exact.aside.npz" if aside else "exact.npz")

    def _open(self, path: Path) -> OpenExact:
        with np.load(path) as kept:
            return OpenExact({name: kept[name] for name in kept.files})

    def preload(self) -> None:
        pass

    def exists(self, *, aside: bool = False) -> bool:
        return self._path(aside).is_file()

    def bytes_on_disk(self) -> int:
        return self._path().stat().st_size

    def opens(self, *, aside: bool = False, lock: int | None = None) -> bool:
        return self.exists(aside=aside)

    @contextmanager
    def open(self) -> Iterator[OpenExact]:
        yield self._open(self._path())

    def create_aside(self, *, copy: bool, rows: int) -> None:
        if copy:
            shutil.copy(self._path(), self._path(aside=True))
        else:
            np.savez(self._path(aside=True))

    @contextmanager
    def open_aside(self) -> Iterator[OpenExact]:
        opened = self._open(self._path(aside=True))
        yield opened
        np.savez(self._path(aside=True), **opened.vectors)  # type: ignore[arg-type]

    def settle(self) -> int:
        return self._open(self._path(aside=True)).rows

    @contextmanager
    def swap(self) -> Iterator[None]:
        if self.exists(aside=True):
            self._path(aside=True).replace(self._path())
        yield

    def drop_aside(self) -> None:
        self._path(aside=True).unlink(missing_ok=True)

    def kept_still(self) -> AbstractContextManager[None]:
        return nullcontext()

    def copy_to(self, root: Path, copy: Callable[[str, str], object]) -> bool:
        copy(str(self._path()), str(root / self._path().name))
        return True


@pytest.fixture
def store(tmp_path: Path) -> Path:
    run(IngestPlan(write_csv(tmp_path / "a.csv", rows(200)), tmp_path / "store"), StubEmbedder())
    return tmp_path / "store"


def test_one_open_search_answers_many_threads_each_with_a_lexicon_of_its_own(store: Path) -> None:
    """A server opens it once; SQLite's connections are their thread's own."""
    embedder = StubEmbedder()
    asked = [embedder.embed_query(f"word {i % 37}: meaning {i}") for i in range(200)]

    def ask(numbers: Sequence[int]) -> list[str]:
        with open_store(store) as slang, searching_together(slang) as mine:
            found = [mine.nearest(asked[i], 3)[0][0] for i in numbers]
            entries = mine.lexicon.entries(found)
            return [entries[rid].entry_id for rid in found]

    with open_lexicon(store) as lexicon, open_search(store, lexicon) as shared:

        @contextmanager
        def searching_together(slang: SlangStore) -> Iterator[SlangStore]:
            yield SlangStore(slang.lexicon, open_search=lambda: nullcontext(shared))

        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, [range(n, 200, 8) for n in range(8)] * 3))
    for n, answer in enumerate(answers):
        assert answer == [f"{i:07d}" for i in range(n % 8, 200, 8)]


def test_a_swap_between_the_note_and_the_opening_is_no_damage(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = [FinishedIndex(150, 150), FinishedIndex(200, 200)]
    monkeypatch.setattr("slangrag.store.index.finished_index", lambda *_: notes.pop(0))
    with open_lexicon(store) as lexicon, open_index(store, lexicon) as index:
        assert index.rows == 200


def test_an_index_that_stays_of_another_size_is_damaged(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slangrag.store.index.finished_index", lambda *_: FinishedIndex(150, 150))
    with (
        open_lexicon(store) as lexicon,
        pytest.raises(StoreDamaged, match="200 rows, not 150"),
        open_index(store, lexicon),
    ):
        pass


def test_another_kind_of_index_needs_its_own_module_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built, patched, pruned, verified and asked by the same code; Chroma's own notes are not touched."""
    monkeypatch.setattr("slangrag.store.index.LocalChroma", ExactIndex)
    monkeypatch.setattr(early_index, "SPARE_CORES", float("inf"))  # its child would know nothing of this
    store = tmp_path / "store"
    run(IngestPlan(write_csv(tmp_path / "a.csv", rows(120)), store), StubEmbedder())
    assert verify(store).ok
    newer = [(*row[:4], "quite another meaning") if i == 7 else row for i, row in enumerate(rows(118))]
    run(IngestPlan(write_csv(tmp_path / "b.csv", newer), store, prune=True), StubEmbedder())
    assert verify(store).ok
    with open_lexicon(store) as lexicon, open_index(store, lexicon) as index:
        assert index.rows == 118
        near = index.nearest(StubEmbedder().embed_query("word 7: quite another meaning"), 1)
        assert near[0][0] == "0000007"
        assert lexicon.meta("index") is None
        assert lexicon.meta("exact") == {"through": 120, "rows": 118}
    assert not (store / "chroma").exists()
    assert not ExactIndex(store).exists(aside=True)


def test_only_the_room_of_the_index_imports_chroma() -> None:
    """Another library, or another server, is to be one more module."""
    root = Path(slangrag.__file__).parent
    importing = {
        path.parent.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if re.search(r"^\s*(?:from|import) chromadb", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importing == {"store/index"}
