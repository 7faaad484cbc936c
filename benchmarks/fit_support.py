"""Fit src/slangrag/answer/support/words.json: what makes a sentence count as supported, by words.

    python benchmarks/fit_support.py LABELLED... [--write]

LABELLED are files of labelled replies (see support_cases.py). A plain logistic regression with an L2
penalty, once over all features and once without cosines, on the sentences that the rules leave open.
Cross-validated by headword (eight folds, three shuffles); thresholds are chosen on what each fold said of
sentences that it had not seen, so that PRECISION of what passes deserves to. The embedder is the embedded
engine's (`slangrag models pull`); cosines are standardised by pairs of unrelated definitions of the same
files. Nothing of the text goes into the file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.support_cases import Case, cases
from slangrag.answer.support.features import FEATURES, WORD_FEATURES, Background
from slangrag.answer.support.reading import about
from slangrag.answer.support.rules import by_rule
from slangrag.answer.support.words import Words, closest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from slangrag.engines.protocols import Embedder

    Matrix = NDArray[np.float64]

PRECISION: Final = 0.96
ASKABLE: Final = 0.3
PENALTY: Final = 5.0
FOLDS, SHUFFLES = 8, 3
WHERE: Final = Path(__file__).parents[1] / "src/slangrag/answer/support/words.json"


def background(embedder: Embedder, found: Sequence[Case], pairs: int = 2000) -> Background:
    """Mean and spread of cosines between definitions of different headwords, drawn with a fixed seed."""
    words = {(s.word.lower(), s.definition): s for case in found for s in case.sources}
    sources = list(words.values())
    texts = [embedder.identity.render_document(s.word, s.definition) for s in sources]
    vectors = embedder.embed_documents(texts)
    drawn = np.random.default_rng(0).integers(len(sources), size=(pairs * 2, 2))
    cosines = [
        float(vectors[i] @ vectors[j]) for i, j in drawn if sources[i].word.lower() != sources[j].word.lower()
    ]
    return Background(float(np.mean(cosines)), float(np.std(cosines)))


def left_open(found: Sequence[Case]) -> list[Case]:
    """The sentences that no rule decides."""
    kept = []
    for case in found:
        cited = [s for s in case.sources if s.n in case.claim.numbers] or closest(case.claim, case.sources)
        if by_rule(case.claim, case.sources, about(case.claim, cited)) is None:
            kept.append(case)
    return kept


def matrix(words: Words, found: Sequence[Case]) -> tuple[Matrix, NDArray[np.bool_]]:
    """Features, shape (len(found), features), and whether each sentence is faithful."""
    rows = []
    for case in found:
        cited = [s for s in case.sources if s.n in case.claim.numbers] or closest(case.claim, case.sources)
        rows.append(words.values(case.claim, cited, case.sources))
    return np.array(rows), np.array([case.faithful for case in found])


def fit(x: Matrix, y: NDArray[np.bool_]) -> tuple[Matrix, Matrix, Matrix, float]:
    """Means, scales, weights, bias: logistic loss + PENALTY / 2 |w|^2 on standardised features."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    means, scales = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    z, sign = (x - means) / scales, np.where(y, 1.0, -1.0)

    def loss(w: Matrix) -> tuple[float, Matrix]:
        margin = sign * (z @ w[1:] + w[0])
        slope = -sign / (1 + np.exp(np.clip(margin, -500, 500)))
        value = float(np.logaddexp(0, -margin).sum() + PENALTY / 2 * w[1:] @ w[1:])
        return value, np.concatenate([[slope.sum()], z.T @ slope + PENALTY * w[1:]])

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B")
    return means, scales, found.x[1:], float(found.x[0])


def predict(model: tuple[Matrix, Matrix, Matrix, float], x: Matrix) -> Matrix:
    """Scores in (0, 1)."""
    means, scales, weights, bias = model
    scores: Matrix = 1 / (1 + np.exp(-np.clip(((x - means) / scales) @ weights + bias, -500, 500)))
    return scores


def unseen(x: Matrix, y: NDArray[np.bool_], groups: Sequence[str]) -> Matrix:
    """What models said of sentences whose headword they had not seen, averaged over the shuffles."""
    names = sorted(set(groups))
    total = np.zeros(len(y))
    for seed in range(SHUFFLES):
        order = np.random.default_rng(seed).permutation(len(names))
        fold_of = {name: int(place) % FOLDS for name, place in zip(names, order, strict=True)}
        folds = np.array([fold_of[group] for group in groups])
        for fold in range(FOLDS):
            inside = folds == fold
            total[inside] += predict(fit(x[~inside], y[~inside]), x[inside])
    return total / SHUFFLES


def threshold(scores: Matrix, y: NDArray[np.bool_], precision: float) -> float:
    """The lowest score such that of all that reach it `precision` are faithful."""
    order = np.argsort(-scores)
    reached = np.cumsum(y[order]) / np.arange(1, len(y) + 1)
    deep = np.nonzero(reached >= precision)[0]
    return float(scores[order][deep.max()]) if len(deep) else 1.0


def auc(scores: Matrix, y: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how often a faithful sentence scores above one that is not."""
    above = (scores[y][:, None] > scores[~y][None]).mean() + (
        scores[y][:, None] == scores[~y][None]
    ).mean() / 2
    return float(above)


def part(x: Matrix, y: NDArray[np.bool_], groups: Sequence[str], names: Sequence[str]) -> dict[str, Any]:
    """One model as words.json has it."""
    scores = unseen(x, y, groups)
    limit = threshold(scores, y, PRECISION)
    passing = scores >= limit
    print(
        f"{len(names)} features: AUC {auc(scores, y):.3f}; from {limit:.3f} on precision "
        f"{y[passing].mean():.3f}, "
        f"recall {passing[y].mean():.3f} of {y.sum()} faithful ones that the rules leave open"
    )
    means, scales, weights, bias = fit(x, y)
    return {
        "supported": round(limit, 4),
        "askable": ASKABLE,
        "bias": round(bias, 4),
        "features": {
            name: {"mean": round(m, 4), "scale": round(s, 4), "weight": round(w, 4)}
            for name, m, s, w in zip(names, means.tolist(), scales.tolist(), weights.tolist(), strict=True)
        },
    }


def main() -> None:
    """Fit, say how well, and with --write store the weights."""
    from slangrag.config import load_settings
    from slangrag.engines.embedded.embedder import EmbeddedEmbedder

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", nargs="+", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = [case for path in options.labelled for case in cases(path)]
    embedder = EmbeddedEmbedder(load_settings())
    unrelated = background(embedder, found)
    kept = left_open(found)
    x, y = matrix(Words(embedder, unrelated), kept)
    groups = [case.group for case in kept]
    print(f"{len(found)} sentences, {len(kept)} left open by the rules; unrelated definitions: {unrelated}")
    document = {
        "provenance": {
            "made by": "benchmarks/fit_support.py",
            "labelled": [path.name for path in options.labelled],
            "sentences": len(kept),
            "faithful": int(y.sum()),
            "embedder": embedder.identity.model,
            "background": [round(unrelated.mean, 4), round(unrelated.spread, 4)],
            "penalty": PENALTY,
            "precision": PRECISION,
        },
        "with cosines": part(x, y, groups, FEATURES),
        "words alone": part(x[:, : len(WORD_FEATURES)], y, groups, WORD_FEATURES),
    }
    if options.write:
        WHERE.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
