"""Fit every weight of retrieval on development questions and write `retrieval/weights.json`.

    python -m benchmarks.fit_weights --stores minilm=FOLDER wordllama=FOLDER --questions DIR
        --sample minilm=FOLDER wordllama=FOLDER --most 600 [--without minilm] [--write FILE]

Linear models throughout (see `fitting.py`), fitted on the stores of several embedders at once (made by
`embedders.py`), so that nothing is learnt of one of them. Every figure printed is cross-validated: headwords
are dealt into ten parts, and a question is ranked by weights that never saw its headword. The weights written
are fitted on all; --without leaves out an embedder, to measure it with weights that never saw it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.candidates import Rows, described_by, meant_by, seen_in, senses_of, slips
from benchmarks.embedders import bench_store
from benchmarks.fit_slang import CLOSELY, MESSAGES, SLANG, fit_slang, labelled_spans
from benchmarks.fitting import Choices, Question, fit_ranking, gather, joined, logistic, recall
from slangrag.retrieval import free_text, intent
from slangrag.retrieval.signals import weighed
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.weights import Weights, load_weights
from slangrag.text.forms import fold

# The embedder that comes with the program counts in full, any other less: with equal weights MiniLM lost .012
# of its right senses and .013 of its glosses to what suits static vectors.
FULL = ("minilm", "any")
OTHERS = 0.25


SPAN = (
    "rarity", "rarest", "plainest", "words", "letters", "elongated", "joined", "stem", "covered", "repeated",
    "late", "shouted", "spelt alike", "quoted", "entries", "liking", "ordinary", "small", "plain phrase",
    "in place", "out of place", "capital", "name", "possessive", "fit",
)  # fmt: skip
SENSE = ("fit", "share", "liked", "length", "length squared", "age")
TYPO = (
    "edits", "respelt", "edits a letter", "swapped", "same sounds", "same runs", "same start", "same end",
    "shorter",    "longer", "neighbouring key", "other words", "entries",
)  # fmt: skip
REVERSE = (
    "pooled",
    "entries",
    "ups",
    "words",
    "letters",
    "common",
    "common parts",
    "name",
    "in the text",
    "initials",
    "overlap",
    "cover",
)
# Descriptions by other authors are noise for the most part, and a fit to them alone trusts popularity more
# than meaning. So weights of descriptions are drawn towards those of pure vectors at this temperature.
PURE_VECTORS = {"pooled": 2.0}
# Set, not fitted: an entry that is defined as the very words asked for comes first ("puke: to vomit").
SAME_GLOSS = 6.0
# Log-odds that evidence for a description may fall short with an embedder that was not fitted on: with one,
# e5-small denied 5 of 150 words that were there.
UNSEEN_EMBEDDER = 3.0


def fit_intent(store: SlangStore, messages: Sequence[str], descriptions: Sequence[str]) -> dict[str, float]:
    """Odds of a message against a description, from the words of the text alone."""
    rng = random.Random(0)
    rows = store.lexicon.connection.execute("SELECT definition FROM entries ORDER BY rid").fetchall()
    written = [row[0] for row in rng.sample(rows, min(6000, len(rows))) if len(row[0].split()) > 1]
    all_texts = [*messages, *descriptions, *written]
    label = np.array([1.0] * len(messages) + [0.0] * (len(descriptions) + len(written)))
    importance = np.r_[
        np.full(len(messages), 0.5 / len(messages)),
        np.full(len(descriptions), 0.3 / len(descriptions)),
        np.full(len(written), 0.2 / len(written)),
    ]
    sets = [intent.features(text) for text in all_texts]
    counts = Counter(name for names in sets for name in names)
    names = sorted(name for name, count in counts.items() if count >= 15)
    place = {name: at for at, name in enumerate(names)}
    x = np.zeros((len(sets), len(names) + 1))
    x[:, -1] = 1
    for at, present in enumerate(sets):
        x[at, [place[name] for name in present if name in place]] = 1
    part = np.random.default_rng(0).integers(0, 5, len(sets))
    odds = np.zeros(len(sets))
    for held in range(5):
        rest = part != held
        odds[~rest] = x[~rest] @ logistic(x[rest], label[rest], importance[rest], 2e-4)
    kinds = np.repeat([0, 1, 2], [len(messages), len(descriptions), len(written)])
    for kind, name in enumerate(("messages", "descriptions", "definitions in the store")):
        of = odds[kinds == kind]
        print(
            f"intent: {name}: read as message {np.mean(of > 0):.3f}, "
            f"unsure (|odds| < 1) {np.mean(abs(of) < 1):.3f}"
        )
    w = logistic(x, label, importance, 2e-4)
    kept = {name: round(float(v), 3) for name, v in zip(names, w[:-1], strict=True) if abs(v) >= 0.05}
    return {"bias": round(float(w[-1]), 3), **kept}


def fit_message(
    stores: Mapping[str, SlangStore], weights: Weights, messages: Sequence[str], descriptions: Sequence[str]
) -> dict[str, float]:
    """How far to trust the wording and the best headword seen, together. No vector has a part in it."""
    store = next(iter(stores.values()))
    rows = []
    for text in (*messages, *descriptions):
        parsed = intent.parse(text, weights.intent)
        rows.append(free_text.message_signals(parsed, free_text.headwords_in(text, store, weights)))
    names = list(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    label = np.array([1.0] * len(messages) + [0.0] * len(descriptions))
    importance = np.where(label > 0, 0.5 / len(messages), 0.5 / len(descriptions))
    w = logistic(x, label, importance, 1e-4)
    odds = x @ w
    print(
        f"message: messages read as such {np.mean(odds[label > 0] > 0):.3f}, "
        f"descriptions {np.mean(odds[label == 0] < 0):.3f}"
    )
    return {name: round(float(v), 4) for name, v in zip(names, w, strict=True)}


def fit_known(
    stores: Mapping[str, SlangStore],
    weights: Weights,
    spans_seen: Sequence[tuple[str, Choices]],
    described: Sequence[tuple[str, Choices]],
) -> dict[str, float]:
    """Floors of evidence, as quantiles of what right answers have, the least of all embedders.

    A correction is offered from where 1 % of the right ones lie below, and likely from 10 %. A headword
    seen in a message is known from 5 %; a described one never is. Either is denied only a whole unit of
    log-odds below the least evidence that a right one ever had (a described one UNSEEN_EMBEDDER): denying
    what is there is the worse error.
    """

    def evidence(signals: Mapping[str, float], table: Mapping[str, float]) -> float:
        return float(sum(weighed(signals, table).values()))

    store = next(iter(stores.values()))
    slipped = gather(slips(store, 600), lambda q: meant_by(q, store))
    typo = [evidence(s, weights.typo) for s, r in zip(slipped.rows, slipped.right, strict=True) if r]
    floors = {"typo offered": float(np.quantile(typo, 0.01)), "typo likely": float(np.quantile(typo, 0.1))}
    sure, least, told = [], [], []
    for _, choices in spans_seen:
        span = [evidence(s, weights.span) for s, r in zip(choices.rows, choices.right, strict=True) if r]
        sure.append(np.quantile(span, 0.05))
        least.append(min(span) - 1)
    for _, choices in described:
        ranked: dict[int, list[tuple[float, bool]]] = {}
        for row, right, question in zip(choices.rows, choices.right, choices.question, strict=True):
            ranked.setdefault(question, []).append((evidence(row, weights.reverse), right))
        tops = [
            max(found)[0]
            for found in ranked.values()
            if any(right for _, right in sorted(found, reverse=True)[:10])
        ]
        told.append(min(tops) - UNSEEN_EMBEDDER)
    floors |= {"seen yes": min(sure), "seen maybe": min(least), "described maybe": min(told)}
    return {name: round(float(value), 3) for name, value in floors.items()}


def read_questions(folder: Path, name: str) -> list[Question]:
    """The questions of one file."""
    path = next(folder.glob(f"{name}*.jsonl"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fit_one(
    decision: str,
    gathered: Sequence[tuple[str, Choices]],
    signals: Sequence[str],
    decay: float,
    centre: Mapping[str, float] | None = None,
    parts: Sequence[tuple[str, int, int]] = (("", 0, 10**9),),
) -> dict[str, float]:
    """The weights of one ranking over all embedders, and its recall for each with its headwords held out."""
    counts = [np.full(len(one.headword), 1.0 if name in FULL else OTHERS) for name, one in gathered]
    every = joined([choices for _, choices in gathered])
    found, scores = fit_ranking(every, signals, decay, centre, np.concatenate(counts))
    begin = 0
    for name, choices in gathered:
        own = scores[begin : begin + len(choices.right)]
        begin += len(choices.right)
        for part, first, last in parts:
            some, kept = choices.between(first, last)
            asked = len(set(some.question))
            of = f"{asked} of {len(some.headword)}"
            print(f"{decision} {part}, {name} ({of}): {recall(some, own[kept], (1, 5, 10))}", flush=True)
    return found


def fit_all(
    stores: Mapping[str, SlangStore],
    samples: Mapping[str, SlangStore],
    folder: Path,
    labelled: Sequence[Question],
    most: int,
) -> Weights:
    """Every weight, each decision with those before it in place; at most `most` messages for each embedder.

    Questions whose headword a store lacks are not asked of it.
    """
    weights = load_weights()
    sentences, reverse = read_questions(folder, "sentences"), read_questions(folder, "reverse")
    glosses = [
        {**q, "query": q["reference"]}
        for q in read_questions(folder, "define")
        if q["answerable"] and len((q["reference"] or "").split()) > 2
    ]
    described = [*reverse, *glosses]
    messages, descriptions = [q["query"] for q in sentences], [q["query"] for q in described]
    store = next(iter(stores.values()))

    weights = replace(weights, intent=fit_intent(store, messages, descriptions))
    choices = gather(slips(store, 1500), lambda q: meant_by(q, store))
    weights = replace(weights, typo=fit_one("typo", [("any", choices)], TYPO, 1e-3))

    def of_each(
        questions: Sequence[Question],
        candidates: Callable[[SlangStore, Question], Rows],
        *,
        most: int = 10**9,
        skip_empty: bool = False,
    ) -> list[tuple[str, Choices]]:
        found = []
        for name, one in stores.items():
            known = one.headwords.exact({fold(q["headword"]) for q in questions})
            own = [q for q in questions if fold(q["headword"]) in known][:most]
            found.append((name, gather(own, partial(candidates, one), skip_empty=skip_empty)))
        return found

    asked = random.Random(0).sample(sentences, len(sentences))
    spans_seen = of_each(asked, lambda store, q: seen_in(q, store, weights), most=most)
    weights = replace(weights, span=fit_one("span", spans_seen, SPAN, 1e-3))
    found = of_each(asked, lambda store, q: senses_of(q, store), most=2 * most, skip_empty=True)
    weights = replace(weights, sense=fit_one("sense among entries with votes", found, SENSE, 3e-3))
    told = of_each(described, lambda store, q: described_by(q, store, weights))
    parts = (("other authors", 0, len(reverse)), ("glosses", len(reverse), len(described)))
    reversing = fit_one("reverse", told, REVERSE, 5e-2, PURE_VECTORS, parts)
    weights = replace(weights, reverse={**reversing, "same gloss": SAME_GLOSS})
    weights = replace(weights, message=fit_message(stores, weights, messages, descriptions))
    spans = []
    for kind, some in (("real", stores), ("sample", samples)):
        own = [m for m in labelled if m["store"] == kind]
        for name in samples:  # those that have both kinds
            one = some[name]
            spans.append((f"{name} {kind}", gather(own, partial(labelled_spans, one, weights))))
    weights = replace(
        weights,
        slang=fit_slang(spans, SLANG),
        slang_closely=fit_slang(spans, (*SLANG, *CLOSELY)),
    )
    return replace(weights, known=fit_known(stores, weights, spans_seen, told))


def main() -> None:
    """Fit, print, and write if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stores", nargs="+", required=True, metavar="NAME=FOLDER")
    parser.add_argument("--sample", nargs="+", required=True, metavar="NAME=FOLDER")
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--messages", type=Path, default=MESSAGES)
    parser.add_argument("--most", type=int, default=10**9, help="Ask so many messages of each embedder.")
    parser.add_argument("--without", default="", help="Leave out this embedder and its disguises.")
    parser.add_argument("--write", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    labelled = [json.loads(line) for line in arguments.messages.read_text(encoding="utf-8").splitlines()]
    for message in labelled:
        start, end, *_ = [*message["slang"], *message["ordinary"], [0, 0]][0]
        message["headword"] = message["text"][start:end] or message["text"]
    with ExitStack() as opened:

        def open_all(named: Sequence[str]) -> dict[str, SlangStore]:
            pairs = [one.partition("=") for one in named]
            kept = [(name, folder) for name, _, folder in pairs if name.split("+")[0] != arguments.without]
            return {name: opened.enter_context(bench_store(Path(folder), name)) for name, folder in kept}

        stores, samples = open_all(arguments.stores), open_all(arguments.sample)
        weights = fit_all(stores, samples, arguments.questions, labelled, arguments.most)
    if arguments.write:
        save(weights, arguments.write)


def save(weights: Weights, path: Path) -> None:
    """Write the resource."""
    tables = {name: getattr(weights, name) for name in Weights.__slots__}
    path.write_text(json.dumps(tables, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
