"""How long retrieval takes, without the embedder's own time, against the limits that it promises.

    python benchmarks/retrieval_latency.py --store DIR --questions FILE.jsonl... [--headwords FILE.txt.gz]

Asks every question once to warm up the caches of the file system, then measures each in one process:
wall-clock and CPU milliseconds, p50 and p95, and their ratio to the limit (below 1 is within it). With
--headwords (one a line, gzip), a second lexicon of all of those, one short entry each, is made beside in
a temporary folder, and the questions that need no vectors are asked of it too: the look-up must not slow
down with the number of headwords.
"""

from __future__ import annotations

import argparse
import gzip
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.evaluation.asking import Timed
from slangrag.evaluation.questions import Question, read_questions
from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang_store import SlangStore, open_store
from slangrag.store import headwords
from slangrag.store.lexicon import Lexicon
from slangrag.store.schema import TABLES
from slangrag.text.forms import fold

LIMITS = {"define": (2.0, 5.0), "sentence": (15.0, 40.0)}
MOST = 400


def measure(name: str, questions: Sequence[Question], store: SlangStore) -> None:
    """Print the latency of each task."""
    for task in dict.fromkeys(q.task for q in questions):
        asked = [q.query for q in questions if q.task == task][:MOST]
        for query in asked:
            retrieve(query, store)
        wall, busy = [], []
        for query in asked:
            begin, used = time.perf_counter(), time.process_time()
            retrieve(query, store)
            wall.append((time.perf_counter() - begin) * 1000)
            busy.append((time.process_time() - used) * 1000)
        line = f"{name:14} {task:9} n {len(asked):4}"
        for kind, values in (("wall", wall), ("cpu", busy)):
            p50, p95 = np.percentile(values, [50, 95])
            line += f"   {kind} ms p50 {p50:6.2f}, p95 {p95:6.2f}"
            if task in LIMITS:
                line += f" ({p50 / LIMITS[task][0]:.2f}, {p95 / LIMITS[task][1]:.2f} of the limit)"
        print(line)


def all_headwords(words: Path, place: Path) -> Lexicon:
    """A lexicon with one short entry for each line of `words`."""
    connection = sqlite3.connect(place / "lexicon.sqlite3")
    connection.executescript(TABLES)
    hids: dict[str, int] = {}
    rows = []
    with gzip.open(words, "rt", encoding="utf-8") as lines:
        for rid, line in enumerate(lines, 1):
            word = line.rstrip("\n")
            folded = fold(word)
            if folded not in hids:
                hids[folded] = len(hids) + 1
                connection.execute("INSERT INTO headwords VALUES (?, ?, ?)", (hids[folded], folded, word))
            rows.append((rid, str(rid), hids[folded], word, f"One of the meanings of {word}.", b"", 1))
    connection.executemany(
        "INSERT INTO entries (rid, entry_id, hid, word, definition, text_hash, source) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    headwords.finish(connection)
    connection.commit()
    return Lexicon(connection, place / "lexicon.sqlite3")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--questions", type=Path, nargs="+", required=True)
    parser.add_argument("--headwords", type=Path)
    arguments = parser.parse_args()
    questions = read_questions(arguments.questions)
    with open_store(arguments.store, lambda: EmbeddedEmbedder(load_settings())) as store:
        # The first round makes every vector; the second finds it made, so no embedding is measured.
        store.wrap_embedder(Timed)
        measure(f"{store.lexicon.counts()['headwords']} words", questions, store)
    if arguments.headwords:
        with tempfile.TemporaryDirectory() as folder:
            lexicon = all_headwords(arguments.headwords, Path(folder))
            big = SlangStore(lexicon)
            by_name = [q for q in questions if q.task == "define"]
            measure(f"{lexicon.counts()['headwords']} words", by_name, big)
            lexicon.close()


if __name__ == "__main__":
    main()
