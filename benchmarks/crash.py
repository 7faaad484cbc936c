"""Kill an ingest again and again, at random moments of every stage, and see whether it shows.

    python benchmarks/crash.py --kills 200

Each kill (SIGKILL, of the ingesting process alone) is followed by a check of what is left, by a run to
the end, by `verify`, and by a comparison with the undisturbed run: every row of every table and every
row of the index, by hash. A third of the kills hit a first load, a third the load of a newer file into a
store that has an index already, a third that of an older one, with a prune, where another source has copies
of what it changes and takes out. The embedder is a stand-in that hashes texts and takes 2 ms a call.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import StoreMissing
from slangrag.ingest import Batching, IngestPlan, Progress, run
from slangrag.ingest.plan import Pace
from slangrag.service import reports
from slangrag.store import build, early_index
from slangrag.store.codes import keeping
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import is_held
from slangrag.store.verify import verify

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

DIMENSION: Final = 32
STAGES: Final = ("lexicon", "index", "settle")
_BATCH: Final = 16
_WINDOW: Final = 8
_INDEX_BATCH: Final = 200
_CODED: Final = 64  # rows coded at once
_TABLES: Final = {
    "entries": "*",
    "headwords": "*",
    "vectors": "*",
    "forms": "*",
    "headword_stats": "*",
    "terms": "*",
    "rejects": "*",
    "stale": "*",
    "copies": "*",
    "ledger": "id, name, size, sha256, options, state, record, line, byte, accepted, rejected, duplicates, "
    "filtered, embedded, rewritten, shared, source",
}


class HashEmbedder:
    """The same text has the same vector, anywhere; 2 ms a call. Counts what it was given."""

    identity = EmbedderIdentity("stub", "hash", "", DIMENSION)

    def __init__(self, delay: float = 0.002) -> None:
        self.delay = delay
        self.texts = 0

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors from the texts' hashes."""
        import numpy as np

        time.sleep(self.delay)
        self.texts += len(texts)
        digests = b"".join(hashlib.shake_128(text.encode()).digest(DIMENSION) for text in texts)
        raw = np.frombuffer(digests, np.uint8).reshape(len(texts), DIMENSION) - 127.5
        unit: Vectors = (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def embed_query(self, text: str) -> Vectors:
        """One vector."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def write_csv(path: Path, rows: int, *, newer: bool = False) -> None:
    """A file in the Kaggle columns, with duplicates, rejects, one id for two senses.

    newer: every tenth definition has changed, every seventh vote has, one row in nine is new.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("word_id", "word", "up_votes", "down_votes", "author", "definition"))
        for i in range(rows):
            if not newer and i % 9 == 4:
                continue
            word = f"word {i % (rows // 2)}"
            text = f"meaning {i} of it, as people say" + (" nowadays" if newer and i % 10 == 0 else "")
            votes = 5 + (newer and i % 7 == 0)
            writer.writerow((f"{i:07d}", word, votes, 1, "someone", text if i % 50 else ""))
            if i % 40 == 7:
                writer.writerow((f"{i:07d}", word, votes, 1, "someone", text))
            if i % 60 == 11:
                writer.writerow((f"{i:07d}", word, votes, 1, "someone", f"quite another sense, {i}"))


def plan_of(csv_path: Path, store: Path, source: str | None) -> IngestPlan:
    """Small batches and hasty commits, so that there is much to interrupt."""
    return IngestPlan(
        csv_path,
        store,
        source_name=source,
        prune=source is not None,
        batching=Batching(items=_BATCH, in_flight=2, waiting=_WINDOW - 2),
        pace=Pace(least=0.02, share=2.0),
    )


def worker(csv_path: Path, store: Path, source: str | None) -> None:
    """Ingest, telling each stage on standard output; what is killed."""
    build.BATCH = _INDEX_BATCH
    keeping.SEGMENT, keeping.FEW = _CODED, 8
    early_index.SPARE_CORES = 0.0
    embedder = HashEmbedder()
    said: set[str] = set()

    def tell(progress: Progress) -> None:
        stage = "lexicon" if progress.stage in {"read/embed", "headwords"} else progress.stage
        if stage not in said:
            said.add(stage)
            sys.stdout.write(f"stage {stage}\n")
            sys.stdout.flush()

    report = run(plan_of(csv_path, store, source), embedder, progress=tell)
    sys.stdout.write(f"done {embedder.texts} {json.dumps(reports.ingest(report))}\n")


def start(csv_path: Path, store: Path, source: str | None) -> subprocess.Popen[str]:
    """A worker on its way."""
    command = [sys.executable, __file__, "--worker", str(csv_path), str(store), source or ""]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run_to_the_end(csv_path: Path, store: Path, source: str | None) -> int:
    """Run a worker undisturbed; how many texts it embedded."""
    with start(csv_path, store, source) as process:
        assert process.stdout is not None
        said = process.stdout.read()
    if process.returncode != 0:
        raise AssertionError(f"the resumed run failed with {process.returncode}")
    return int(said.splitlines()[-1].split()[1])


def content_hash(store: Path) -> str:
    """One hash over every row of the lexicon and of the index."""
    digest = hashlib.sha256()
    with open_lexicon(store) as lexicon:
        for table, columns in _TABLES.items():
            for row in sorted(lexicon.connection.execute(f"SELECT {columns} FROM {table}").fetchall()):
                digest.update(repr(row).encode())
        words = lexicon.connection.execute(
            "SELECT rowid FROM entries_fts WHERE entries_fts MATCH 'meaning OR sense' ORDER BY rowid"
        )
        digest.update(repr(words.fetchall()).encode())
    with LocalChroma(store).open() as index:
        rows = index.collection.get(include=["embeddings", "documents", "metadatas"])
    assert rows["embeddings"] is not None
    assert rows["documents"] is not None
    assert rows["metadatas"] is not None
    whole = zip(rows["ids"], rows["documents"], rows["metadatas"], rows["embeddings"], strict=True)
    for entry_id, document, metadata, vector in sorted(whole, key=lambda row: row[0]):
        digest.update(f"{entry_id}{document}{sorted(metadata.items())}".encode())
        digest.update(vector.tobytes())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Case:
    """What is loaded, into what: a file, a store to start from (None: an empty one), a source's name."""

    name: str
    csv: Path
    base: Path | None
    source: str | None
    expected: str
    texts: int
    seconds: dict[str, float]


def prepare(name: str, csv_path: Path, base: Path | None, scratch: Path, source: str | None = None) -> Case:
    """Run it undisturbed once: what must come out, how long each stage takes."""
    store = scratch / f"undisturbed-{name}"
    _lay(base, store)
    marks: dict[str, float] = {}
    with start(csv_path, store, source) as process:
        assert process.stdout is not None
        for line in process.stdout:
            kind, what, *_ = line.split()
            if kind == "stage":
                marks[what] = time.monotonic()
            else:
                texts = int(what)
        end = time.monotonic()
    ends = [*list(marks.values())[1:], end]
    seconds = {stage: after - began for (stage, began), after in zip(marks.items(), ends, strict=True)}
    assert set(seconds) == set(STAGES), seconds
    found = verify(store)
    assert found.ok, found
    return Case(name, csv_path, base, source, content_hash(store), texts, seconds)


def prepare_sources(csv_path: Path, scratch: Path) -> Path:
    """A store of two sources, the second of which has a copy of every entry of the first."""
    store = scratch / "two-sources"
    for source in ("main", "other"):
        run_to_the_end(csv_path, store, source)
    return store


def _lay(base: Path | None, store: Path) -> None:
    shutil.rmtree(store, ignore_errors=True)
    if base:
        shutil.copytree(base, store)


def kill_once(case: Case, stage: str, chance: random.Random, scratch: Path) -> tuple[bool, int]:
    """One kill in a stage, what follows it, and whether nothing of it shows.

    Also the number of texts that were embedded again although they were committed.
    """
    store = scratch / "killed"
    _lay(case.base, store)
    with start(case.csv, store, case.source) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.split()[1] == stage:
                break
        time.sleep(chance.uniform(0, case.seconds[stage]))
        process.send_signal(signal.SIGKILL)
    give_up = time.monotonic() + 2  # a child that outlives its parent would hold the lock on
    while is_held(store) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert not is_held(store)
    kept = check_remains(store)
    again = run_to_the_end(case.csv, store, case.source)
    same = verify(store).ok and content_hash(store) == case.expected
    return same, again + kept - case.texts if case.base is None else 0


def check_remains(store: Path) -> int:
    """What a kill left must be whole as far as it goes: the entries' number."""
    try:
        with open_lexicon(store) as lexicon:
            broken = {c.name for c in verify(store).checks if not c.ok}
            assert broken <= {"ledger", "index", "index is of these entries"}, broken
            ledger = lexicon.connection.execute(
                "SELECT record - accepted - rejected - duplicates - filtered FROM ledger "
                "ORDER BY id DESC LIMIT 1"
            ).fetchone()
            assert ledger is None or ledger[0] == 0, ledger
            return lexicon.counts()["entries"]
    except (StoreMissing, sqlite3.OperationalError):
        return 0


def main() -> None:
    """Measure, print a line for each stage, exit 1 if a kill showed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--rows", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        csv_path, store, source = chosen.worker
        worker(Path(csv_path), Path(store), source or None)
        return
    chance = random.Random(chosen.seed)
    equal: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    most_again = 0
    with tempfile.TemporaryDirectory(prefix="slangrag-crash-") as folder:
        scratch = Path(folder)
        older, newer = scratch / "older.csv", scratch / "newer.csv"
        write_csv(older, chosen.rows)
        write_csv(newer, chosen.rows, newer=True)
        first = prepare("first", older, None, scratch)
        second = prepare("second", newer, scratch / "undisturbed-first", scratch)
        third = prepare("third", older, prepare_sources(newer, scratch), scratch, "main")
        cases = (first, second, third)
        for case in cases:
            print(f"undisturbed, {case.name}: {case.seconds}", flush=True)
        for i in range(chosen.kills):
            stage = STAGES[i % 3]
            same, again = kill_once(cases[i // 3 % 3], stage, chance, scratch)
            tried[stage] += 1
            equal[stage] += same
            most_again = max(most_again, again)
            if not same:
                shutil.copytree(scratch / "killed", Path(tempfile.gettempdir()) / f"slangrag-crash-{i}")
            if (i + 1) % 10 == 0:
                print(f"{i + 1} kills, {sum(equal.values())} equal", flush=True)
    for stage in STAGES:
        print(f"{stage}: {equal[stage]} of {tried[stage]} equal to the undisturbed run")
    print(f"embedded again though committed: at most {most_again} (in flight: {_WINDOW} batches of {_BATCH})")
    sys.exit(0 if equal == tried else 1)


if __name__ == "__main__":
    main()
