"""Fit the query-side adapter of one store's embedder and write it where retrieval finds it.

Pairs are definitions of one headword by different people: the bare text of one, its headword masked,
must come near the stored vectors of the others. So nothing is needed but the store. Headwords of the
questions in --without are left out, so that measurements on those questions stay honest.

    python benchmarks/fit_adapter.py --store DIR --without QUESTIONS.jsonl...

Prints recall at 10 and 400 on held-out headwords for several strengths; 1.0 is the map as fitted.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.store.lexicon import Lexicon, open_lexicon
from slangrag.text.forms import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

ADAPTERS = Path(__file__).resolve().parent.parent / "src/slangrag/retrieval/adapters"
TEMPERATURE = 0.05
DECAY = 0.01
RATE = 3e-4
ROUNDS = 6
BATCH = 256
STRANGERS = 1024
RANK = 32
LONGEST = 600
STRENGTHS = (0.0, 0.3, 0.6, 1.0)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Stored vectors (n, dimension) with headword ids (n,), and the texts of entries that have siblings."""

    vectors: Floats
    hids: NDArray[np.int64]
    rows: NDArray[np.int64]
    texts: list[str]


def masked(word: str, definition: str) -> str:
    """The definition as a description: its headword replaced, the brackets of links gone."""
    text = re.sub(rf"(?i)\b{re.escape(word.strip())}\w*", "it", definition[:LONGEST])
    return text.replace("[", "").replace("]", "")


def load(lexicon: Lexicon) -> Corpus:
    """Everything from one store."""
    rows = lexicon.connection.execute(
        "SELECT e.rid, e.hid, e.word, e.definition, s.entries, v.vector FROM entries AS e "
        "JOIN headword_stats AS s ON s.hid = e.hid JOIN vectors AS v ON v.rid = e.rid ORDER BY e.rid"
    ).fetchall()
    vectors = np.stack([np.frombuffer(row[5], dtype="<f2") for row in rows]).astype(np.float32)
    chosen = [at for at, row in enumerate(rows) if row[4] > 1 and len(row[3].split()) > 2]
    texts = [masked(rows[at][2], rows[at][3]) for at in chosen]
    return Corpus(vectors, np.array([row[1] for row in rows]), np.array(chosen), texts)


def normalised(vectors: Floats) -> Floats:
    """Rows scaled to unit length."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def fit(corpus: Corpus, queries: Floats, chosen: NDArray[np.int64]) -> Floats:
    """The map less the identity, (dimension, dimension), by InfoNCE over siblings, batch and strangers.

    Adam on the soft-max cross-entropy of cosines over TEMPERATURE; source of the loss: van den Oord et
    al. (2018), arXiv:1807.03748.
    """
    rng = np.random.default_rng(0)
    siblings: dict[int, list[int]] = {}
    for at, hid in enumerate(corpus.hids):
        siblings.setdefault(int(hid), []).append(at)
    size = queries.shape[1]
    change = np.zeros((size, size), np.float32)
    mean, square = np.zeros_like(change), np.zeros_like(change)
    step = 0
    for _ in range(ROUNDS):
        order = rng.permutation(chosen)
        for begin in range(0, len(order) - BATCH, BATCH):
            picked = order[begin : begin + BATCH]
            own = corpus.hids[corpus.rows[picked]]
            positives = [
                rng.choice([s for s in siblings[int(h)] if s != corpus.rows[p]])
                for p, h in zip(picked, own, strict=True)
            ]
            shown = np.r_[positives, rng.integers(0, len(corpus.hids), STRANGERS)]
            gradient = _gradient(queries[picked], corpus.vectors[shown], own, corpus.hids[shown], change)
            gradient += DECAY * change
            step += 1
            mean = 0.9 * mean + 0.1 * gradient
            square = 0.999 * square + 0.001 * gradient**2
            change -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return change


def _gradient(
    queries: Floats, shown: Floats, own: NDArray[np.int64], hids: NDArray[np.int64], change: Floats
) -> Floats:
    count = len(queries)
    moved = queries + queries @ change
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    unit = moved / lengths
    logits = unit @ shown.T / TEMPERATURE
    same = hids[None, :] == own[:, None]
    same[np.arange(count), np.arange(count)] = False  # the positive itself stays in
    logits[same] = -np.inf
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(count), np.arange(count)] -= 1
    by_unit = shares @ shown / TEMPERATURE / count
    by_moved = (by_unit - (by_unit * unit).sum(axis=1, keepdims=True) * unit) / lengths
    return np.asarray(queries.T @ by_moved, np.float32)


def recall(corpus: Corpus, queries: Floats, chosen: NDArray[np.int64], change: Floats) -> dict[int, float]:
    """Share of queries whose nearest sibling is among the nearest k of all entries, by k."""
    scores = normalised(queries[chosen] + queries[chosen] @ change) @ corpus.vectors.T
    rows = corpus.rows[chosen]
    scores[np.arange(len(chosen)), rows] = -1
    same = corpus.hids[None, :] == corpus.hids[rows][:, None]
    best = np.where(same, scores, -1).max(axis=1)
    ranks = (scores > best[:, None]).sum(axis=1)
    return {k: float((ranks < k).mean()) for k in (10, 400)}


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--without", type=Path, nargs="*", default=[])
    parser.add_argument("--strength", type=float, default=0.6)
    arguments = parser.parse_args()
    embedder = EmbeddedEmbedder(load_settings())
    left_out = {
        fold(json.loads(line)["headword"])
        for path in arguments.without
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    with open_lexicon(arguments.store) as lexicon:
        corpus = load(lexicon)
        folds = dict(lexicon.connection.execute("SELECT hid, fold FROM headwords"))
    queries = normalised(np.asarray(embedder.embed_documents(corpus.texts), np.float32))
    hids = corpus.hids[corpus.rows]
    known = np.array([folds[int(hid)] not in left_out for hid in hids])
    held = known & (hids % 15 == 0)
    change = fit(corpus, queries, np.flatnonzero(known & ~held))
    left, spread, right = np.linalg.svd(change)
    left, right = left[:, :RANK] * spread[:RANK], right[:RANK]
    for strength in STRENGTHS:
        found = recall(corpus, queries, np.flatnonzero(held)[:400], strength * (left @ right))
        print(f"strength {strength}: " + ", ".join(f"R@{k} {share:.3f}" for k, share in found.items()))
    ADAPTERS.mkdir(exist_ok=True)
    path = ADAPTERS / f"{embedder.identity.digest}.npz"
    np.savez(path, left=(arguments.strength * left).astype(np.float16), right=right.astype(np.float16))
    print(f"wrote {path.name}: {path.stat().st_size} bytes, rank {RANK}, strength {arguments.strength}")


if __name__ == "__main__":
    main()
