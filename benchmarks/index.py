"""What an index of a store's vectors costs and finds: rows a second, memory, disk, recall, kind by kind.

    python -m benchmarks.index STORE [--rows 500000] [--kinds codes,chroma,plain] [--folder /tmp/index]

Each kind takes the same vectors in a process of its own, one after another, so compare ratios within one
run. STORE gives real vectors; above its own number, rows are mixtures of two of them (simulated: v + a w, a
up to .6, made unit). Questions are mixtures too, of rows that are not in the index. Recall@10 is against
comparing with every vector.

kinds: `codes` is the store's own search, `chroma` its Chroma index as ingest makes it at this size, `plain`
is `collection.add` of the same vectors and documents with what Chroma does by itself (cosine). As limits,
where their packages are found (BENCH_PACKAGES=DIR is searched last): `usearch`, `hnswlib`, `faiss`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from slangrag.sources.entry import Entry
from slangrag.store.codes.rows import vectors_after
from slangrag.store.index.protocol import IndexRows
from slangrag.store.lexicon import open_lexicon

Vectors = NDArray[np.float32]
_BATCH: Final = 5000
_QUESTIONS: Final = 300
_FILES: Final = ("vectors.npy", "questions.npy", "exact.npy")


def prepare(store: Path, rows: int, folder: Path) -> None:
    """Vectors, questions and their exact neighbours, as files that each kind's process maps."""
    with open_lexicon(store) as lexicon:
        _, real = vectors_after(lexicon, 0, lexicon.last_row())
    chance = np.random.default_rng(0)
    order = chance.permutation(len(real))
    real, apart = real[order[_QUESTIONS:]], real[order[:_QUESTIONS]]
    made = np.lib.format.open_memmap(
        folder / _FILES[0], mode="w+", dtype=np.float32, shape=(rows, real.shape[1])
    )
    own = min(rows, len(real))
    made[:own] = real[:own]
    for start in range(own, rows, 50_000):
        many = min(50_000, rows - start)
        made[start : start + many] = _mixed(real, many, chance)
    questions = (
        apart if rows <= len(real) else _mixed(np.concatenate([apart, real[:_QUESTIONS]]), _QUESTIONS, chance)
    )
    scores = np.concatenate(
        [questions @ made[start : start + 50_000].T for start in range(0, rows, 50_000)], axis=1
    )
    np.save(folder / _FILES[1], questions)
    np.save(folder / _FILES[2], np.argsort(-scores, axis=1)[:, :10])


def _mixed(real: Vectors, many: int, chance: np.random.Generator) -> Vectors:
    first, second = chance.integers(0, len(real), (2, many))
    made: Vectors = real[first] + chance.uniform(0, 0.6, (many, 1)).astype(np.float32) * real[second]
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made


def entries(start: int, many: int) -> list[Entry]:
    """Rows as ingest has them; the definitions are fifty characters long, the median of the real file."""
    return [
        Entry(
            f"{i:07d}",
            f"word{i}",
            f"the {i * 7919 % 100003} way of saying that one {i % 977} thing",
            i % 97,
            1,
        )
        for i in range(start, start + many)
    ]


Search = Callable[[Vectors], list[int]]


def codes(vectors: Vectors, folder: Path) -> tuple[Callable[[], None], Callable[[], Search]]:
    """Binary codes; asked with exact comparison of what they find, as a store does."""
    from slangrag.store.codes import file, scan

    path = folder / "codes.bin"

    def build() -> None:
        file.create(path, vectors[:: max(len(vectors) // 1000, 1)].mean(axis=0))
        for start in range(0, len(vectors), 32_768):
            part = vectors[start : start + 32_768]
            opened = file.read(path)
            file.append(opened, np.arange(start, start + len(part)), file.encode(part, opened.centre))

    def opened() -> Search:
        found = file.read(path)

        def search(asked: Vectors) -> list[int]:
            near = scan.candidates(found, asked, 1000)
            return list(near[np.argsort(-(vectors[near] @ asked))[:10]])

        return search

    return build, opened


def chroma(vectors: Vectors, folder: Path) -> tuple[Callable[[], None], Callable[[], Search]]:
    """The store's Chroma index, made as ingest makes it for so many rows."""
    from slangrag.store.index.local_chroma import LocalChroma

    index = LocalChroma(folder)

    def build() -> None:
        index.create_aside(copy=False, rows=len(vectors))
        with index.open_aside() as aside:
            for start, part in _parts(vectors, index.batch):
                aside.add(IndexRows(entries(start, len(part)), part, start))
                _mark(start + len(part))
        index.settle()
        with index.swap():
            pass

    def opened() -> Search:
        found = _OPENED.enter_context(index.open())
        return lambda asked: [int(entry_id) for entry_id, _ in found.nearest(asked, 10)]

    return build, opened


def plain(vectors: Vectors, folder: Path) -> tuple[Callable[[], None], Callable[[], Search]]:
    """`collection.add` with documents, and no setting but cosine."""
    import chromadb
    from chromadb.config import Settings

    path, settings = str(folder / "plain"), Settings(anonymized_telemetry=False)

    def build() -> None:
        client = chromadb.PersistentClient(path, settings=settings)
        made = client.create_collection(
            "slang", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        for start, part in _parts(vectors, _BATCH):
            rows = entries(start, len(part))
            made.add(
                ids=[row.entry_id for row in rows],
                embeddings=part,
                documents=[f"{row.word}: {row.definition}" for row in rows],
                metadatas=[{"word": row.word, "rating": 0, "up_votes": row.up_votes or 0} for row in rows],
            )
            _mark(start + len(part))

    def opened() -> Search:
        found = chromadb.PersistentClient(path, settings=settings).get_collection(
            "slang", embedding_function=None
        )

        def search(asked: Vectors) -> list[int]:
            near = found.query(query_embeddings=asked.reshape(1, -1), n_results=10, include=["distances"])
            return [int(i) for i in near["ids"][0]]

        return search

    return build, opened


def usearch(vectors: Vectors, folder: Path) -> tuple[Callable[[], None], Callable[[], Search]]:
    """usearch's HNSW in half precision, mapped from its file."""
    from usearch.index import Index  # type: ignore[import-not-found]

    def build() -> None:
        made = Index(ndim=vectors.shape[1], metric="cos", dtype="f16")
        for start, part in _parts(vectors, _BATCH):
            made.add(np.arange(start, start + len(part)), part)
            _mark(start + len(part))
        made.save(str(folder / "usearch.bin"))

    def opened() -> Search:
        found = Index.restore(str(folder / "usearch.bin"), view=True)
        return lambda asked: [int(key) for key in found.search(asked, 10).keys]

    return build, opened


def hnswlib(vectors: Vectors, folder: Path) -> tuple[Callable[[], None], Callable[[], Search]]:
    """hnswlib with its own settings; loaded whole."""
    import hnswlib as library  # type: ignore[import-untyped, import-not-found, unused-ignore]

    def build() -> None:
        made = library.Index("cosine", vectors.shape[1])
        made.init_index(len(vectors), M=16, ef_construction=100)
        for start, part in _parts(vectors, _BATCH):
            made.add_items(part, np.arange(start, start + len(part)))
            _mark(start + len(part))
        made.save_index(str(folder / "hnswlib.bin"))

    def opened() -> Search:
        found = library.Index("cosine", vectors.shape[1])
        found.load_index(str(folder / "hnswlib.bin"))
        found.set_ef(100)
        return lambda asked: [int(key) for key in found.knn_query(asked, 10)[0][0]]

    return build, opened


def faiss(vectors: Vectors, folder: Path) -> tuple[Callable[[], None], Callable[[], Search]]:
    """faiss' binary flat index: the same codes, scanned by a library; loaded whole."""
    import faiss as library  # type: ignore[import-not-found]

    centre = vectors[:: max(len(vectors) // 1000, 1)].mean(axis=0)

    def build() -> None:
        made = library.IndexBinaryFlat(8 * (-(-vectors.shape[1] // 8)))
        for _, part in _parts(vectors, 32_768):
            made.add(np.packbits(part >= centre, axis=1))
        library.write_index_binary(made, str(folder / "faiss.bin"))

    def opened() -> Search:
        found = library.read_index_binary(str(folder / "faiss.bin"))

        def search(asked: Vectors) -> list[int]:
            near = found.search(np.packbits(asked >= centre).reshape(1, -1), 1000)[1][0]
            return list(near[np.argsort(-(vectors[near] @ asked))[:10]])

        return search

    return build, opened


KINDS: Final[dict[str, Callable[[Vectors, Path], tuple[Callable[[], None], Callable[[], Search]]]]] = {
    kind.__name__: kind for kind in (codes, chroma, plain, usearch, hnswlib, faiss)
}
_MARKS: list[tuple[int, float]] = []
_OPENED: Final = ExitStack()
"""What stays open until the process ends with its questions."""


def _mark(rows: int) -> None:
    _MARKS.append((rows, time.monotonic()))


def _parts(vectors: Vectors, many: int) -> Iterator[tuple[int, Vectors]]:
    for start in range(0, len(vectors), many):
        yield start, vectors[start : start + many]


def measure(kind: str, step: str, folder: Path) -> dict[str, Any]:
    """Build or ask, in this process."""
    if packages := os.environ.get("BENCH_PACKAGES"):
        sys.path.append(packages)
    vectors = np.load(folder / _FILES[0], mmap_mode="r")
    build, opened = KINDS[kind](vectors, folder / kind)
    began, cpu = time.monotonic(), time.process_time()
    if step == "build":
        build()
        took, worked = time.monotonic() - began, time.process_time() - cpu
        said: dict[str, Any] = {
            "rows_s": round(len(vectors) / took),
            "rows_cpu_s": round(len(vectors) / worked),
        }
        if len(_MARKS) > 8:
            eighth = len(_MARKS) // 8
            for name, (a, b) in {"first": (0, eighth), "last": (-eighth - 1, -1)}.items():
                (rows, at), (more, later) = _MARKS[a], _MARKS[b]
                said[f"{name}_eighth_rows_s"] = round((more - rows) / (later - at))
        said["mb_on_disk"] = sum(p.stat().st_size for p in (folder / kind).rglob("*") if p.is_file()) >> 20
    else:
        questions, exact = np.load(folder / _FILES[1]), np.load(folder / _FILES[2])
        search = opened()
        search(questions[0])
        first = time.monotonic() - began
        times, right = [], 0
        for question, wanted in zip(questions, exact, strict=True):
            at = time.monotonic()
            found = search(question)
            times.append(time.monotonic() - at)
            right += len(set(found) & set(wanted.tolist()))
        said = {
            "open_and_first_s": round(first, 2),
            "question_ms": round(1000 * float(np.median(times)), 1),
            "recall": round(right / (10 * len(questions)), 4),
        }
    return {**said, f"{step}_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}


def main() -> None:
    """Prepare, then each kind's two steps in processes of their own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--kinds", default="codes,chroma,plain")
    parser.add_argument("--folder", type=Path, default=Path("index-benchmark"))
    parser.add_argument("--step", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        print(json.dumps(measure(chosen.kinds, chosen.step, chosen.folder)))
        return
    chosen.folder.mkdir(parents=True, exist_ok=True)
    prepare(chosen.store, chosen.rows, chosen.folder)
    for kind in chosen.kinds.split(","):
        shutil.rmtree(chosen.folder / kind, ignore_errors=True)
        (chosen.folder / kind).mkdir()
        said: dict[str, Any] = {}
        for step in ("build", "ask"):
            command = [sys.executable, "-m", "benchmarks.index", str(chosen.store), "--kinds", kind]
            command += ["--folder", str(chosen.folder), "--step", step]
            ended = subprocess.run(command, capture_output=True, text=True, check=True)
            said |= json.loads(ended.stdout.splitlines()[-1])
        print(kind, said, flush=True)
        shutil.rmtree(chosen.folder / kind)


if __name__ == "__main__":
    main()
