"""Does ingest run at the embedder's own speed, and how does it compare with the usual ways?

    python benchmarks/ingest.py                        against a server that sleeps as a GPU server would
    python benchmarks/ingest.py --engine embedded      with the real model in this process

One run measures, with the same texts: the embedder alone (as many calls in flight and as many texts a
call as ingest makes), ingest (its read/embed stage, until the store answers, and all of it to the settled
index), LangChain's `Chroma.from_documents` with the same embedder, and the course notebook's loop (one
text a request, batches of ten into Chroma). The sleeping server takes 6 ms a call and 0.25 ms a row, one
call at a time.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from slangrag.config import load_settings
from slangrag.engines.protocols import Embedder
from slangrag.ingest import IngestPlan, Progress, run
from slangrag.ingest.plan import batching_for
from slangrag.sources.source import open_source

_ROOT: Final = Path(__file__).parent.parent
_SLEEPING: Final = ("--pooled", "--call-ms", "6", "--row-ms", "0.25", "--model", "all-minilm")
_WORDS: Final = ("someone", "says", "that", "they", "mean", "a", "person", "really", "good", "at", "it", "or")


def write_csv(path: Path, rows: int) -> None:
    """Rows in the Kaggle columns with definitions of about 70 characters."""
    chance = random.Random(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("word_id", "word", "up_votes", "down_votes", "author", "definition"))
        for i in range(rows):
            text = " ".join(chance.choices(_WORDS, k=chance.randint(4, 28)))
            writer.writerow((f"{i:07d}", f"word{i * 7 // 10}", i % 90, i % 11, "someone", text))


@contextmanager
def sleeping_server() -> Iterator[Embedder]:
    """An Ollama stand-in in a process of its own, and the client for it."""
    from slangrag.engines.ollama import OllamaEmbedder, connect

    server = subprocess.Popen(
        [sys.executable, "-m", "tests.standin", *_SLEEPING], stdout=subprocess.PIPE, text=True, cwd=_ROOT
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        settings = load_settings({"ollama_host": url}, environ=os.environ)
        yield OllamaEmbedder(connect(settings), "all-minilm")
    finally:
        server.terminate()
        server.wait()


@contextmanager
def embedded_engine() -> Iterator[Embedder]:
    """MiniLM in this process."""
    from slangrag.engines.embedded.embedder import EmbeddedEmbedder

    yield EmbeddedEmbedder(load_settings(environ=os.environ))


def alone(embedder: Embedder, texts: Sequence[str]) -> float:
    """Rows per second of the embedder, called as ingest calls it and with nothing else to do."""
    batching = batching_for(embedder.identity)
    parts = [texts[i : i + batching.items] for i in range(0, len(texts), batching.items)]
    began = time.monotonic()
    with ThreadPoolExecutor(batching.in_flight) as workers:
        for _ in workers.map(embedder.embed_documents, parts):
            pass
    return len(texts) / (time.monotonic() - began)


def ingest(csv_path: Path, store: Path, embedder: Embedder) -> tuple[float, float, float]:
    """Rows per second of the read/embed stage, until the store answers, and of everything."""
    stages: dict[str, float] = {}
    begun: dict[str, float] = {}

    def tell(progress: Progress) -> None:
        stages[progress.stage] = time.monotonic()
        begun.setdefault(progress.stage, stages[progress.stage])

    began = time.monotonic()
    report = run(IngestPlan(csv_path, store), embedder, progress=tell)
    whole = time.monotonic() - began
    rows = report.rows_read
    return rows / (stages["read/embed"] - began), rows / (begun["index"] - began), rows / whole


def langchain(texts: Sequence[str], folder: Path, embedder: Embedder) -> float:
    """Rows per second of Chroma.from_documents; all of them at once, as tutorials do."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings

    class Same(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return embedder.embed_documents(texts).tolist()  # type: ignore[no-any-return]

        def embed_query(self, text: str) -> list[float]:
            return embedder.embed_query(text).tolist()  # type: ignore[no-any-return]

    documents = [Document(text, metadata={"row": i}) for i, text in enumerate(texts)]
    began = time.monotonic()
    ids = [str(i) for i in range(len(texts))]
    Chroma.from_documents(documents, Same(), ids=ids, persist_directory=str(folder))
    return len(texts) / (time.monotonic() - began)


def notebook(texts: Sequence[str], folder: Path, embedder: Embedder, seconds: float) -> float:
    """Rows per second of one text a request and ten rows an `add`, for so many seconds."""
    import chromadb

    collection = chromadb.PersistentClient(str(folder)).create_collection("notebook", embedding_function=None)
    began = time.monotonic()
    done = 0
    while time.monotonic() - began < seconds and done + 10 <= len(texts):
        some = texts[done : done + 10]
        vectors = [embedder.embed_documents([text])[0] for text in some]
        collection.add(ids=[str(done + i) for i in range(10)], embeddings=list(vectors), documents=list(some))
        done += 10
    return done / (time.monotonic() - began)


def main() -> None:
    """Print a line for each way and the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=["sleeping", "embedded"], default="sleeping")
    parser.add_argument(
        "--rows", type=int, help="20000 for the sleeping server, 2000 for the embedded engine"
    )
    parser.add_argument("--csv", type=Path, help="take these rows, not generated ones")
    parser.add_argument("--notebook-seconds", type=float, default=15.0)
    chosen = parser.parse_args()
    rows = chosen.rows or (20_000 if chosen.engine == "sleeping" else 2_000)
    engine = sleeping_server if chosen.engine == "sleeping" else embedded_engine
    with tempfile.TemporaryDirectory(prefix="slangrag-ingest-") as folder, engine() as embedder:
        scratch = Path(folder)
        csv_path = chosen.csv or scratch / "generated.csv"
        if not chosen.csv:
            write_csv(csv_path, rows)
        render = embedder.identity.render_document
        with open_source(csv_path) as source:
            entries = (record.entry for record in source.records())
            texts = [render(entry.word, entry.definition) for entry in entries if entry]
        embedder.embed_documents(texts[:64])
        before = alone(embedder, texts)
        stage, answers, whole = ingest(csv_path, scratch / "store", embedder)
        after = alone(embedder, texts)
        limit = (before + after) / 2
        other = langchain(texts, scratch / "langchain", embedder)
        loop = notebook(texts, scratch / "notebook", embedder, chosen.notebook_seconds)
    print(f"{chosen.engine}, {len(texts)} rows, rows per second:")
    print(f"  embedder alone               {limit:8.0f}   ({before:.0f} before, {after:.0f} after)")
    print(f"  ingest, read/embed stage     {stage:8.0f}   efficiency {stage / limit:.3f}")
    print(f"  ingest, until it answers     {answers:8.0f}")
    print(f"  ingest, to the settled index {whole:8.0f}")
    print(f"  Chroma.from_documents        {other:8.0f}   ingest is {whole / other:.2f} times as fast")
    print(f"                                        and answers {answers / other:.2f} times as fast")
    print(f"  notebook's loop              {loop:8.0f}   ingest is {whole / loop:.1f} times as fast")


if __name__ == "__main__":
    main()
