"""Fit every weight of retrieval on development questions and write `retrieval/weights.json`.

    python -m benchmarks.fit_weights --store DIR --questions DIR [--write]

Linear models throughout (see `fitting.py`). Every figure printed is cross-validated: headwords are dealt
into ten parts, and a question is ranked by weights that never saw its headword. The weights written are
fitted on all.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.fitting import Choices, Question, fit_ranking, gather, logistic, recall
from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.retrieval import free_text, intent, meaning, senses, spans, typos
from slangrag.retrieval.adapter import adapt
from slangrag.retrieval.signals import headword_spans, weighed
from slangrag.retrieval.slang_store import SlangStore, open_store
from slangrag.retrieval.weights import Weights, load_weights
from slangrag.text.forms import fold

WEIGHTS = Path(__file__).resolve().parent.parent / "src/slangrag/retrieval/weights.json"


# what each decision chooses among ---------------------------------------------------------------


def seen_in(question: Question, store: SlangStore) -> Iterable[tuple[Mapping[str, float], bool]]:
    """Headwords seen in a message, with how well their definitions fit it."""
    text = question["query"]
    seen = headword_spans(text, spans.find(text, store.headwords), store.headwords)
    fits = free_text.fits([s.headword for s in seen], store.embed(text), store)
    for one in seen:
        signals = {**one.signals, "fit": fits.lead(one.headword.hid)}
        yield signals, one.headword.fold == fold(question["headword"])


def senses_of(question: Question, store: SlangStore) -> Iterable[tuple[Mapping[str, float], bool]]:
    """Entries of the right headword that have votes, where two or more have."""
    headword = store.headwords.exact([fold(question["headword"])])[fold(question["headword"])]
    fits = free_text.fits([headword], store.embed(question["query"]), store)
    ranked = senses.rank(
        fits.entries[headword.hid], {}, context=question["query"], cosines=fits.cosines, distinct=False
    )
    voted = [sense for sense in ranked if sense.entry.up_votes is not None]
    if len(voted) > 1:
        for sense in voted:
            yield sense.signals, sense.entry.entry_id == question["entry_id"]


def described_by(
    question: Question, store: SlangStore, weights: Weights
) -> Iterable[tuple[Mapping[str, float], bool]]:
    """Headwords near to a description."""
    vector = store.embed(question["query"])
    assert vector is not None
    assert store.embedder is not None
    vector, _ = adapt(vector, store.embedder.identity)
    for described in meaning.find_described(question["query"], vector, store, weights.reverse):
        yield described.signals, described.headword.fold == fold(question["headword"])


def misspelt(word: str, rng: random.Random) -> str:
    """One slip: two letters swapped, one lost, doubled, or taken from a neighbouring key or vowel."""
    at = rng.randrange(1 if rng.random() < 0.8 else 0, len(word))
    slip = rng.random()
    if slip < 0.25 and at + 1 < len(word):
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if slip < 0.5:
        return word[:at] + word[at + 1 :]
    if slip < 0.7:
        return word[:at] + word[at] + word[at:]
    if slip < 0.9:
        row = next((row for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") if word[at] in row), "ea")
        place = row.find(word[at])
        return word[:at] + row[place - 1 if place else 1] + word[at + 1 :]
    vowels = [i for i, letter in enumerate(word) if letter in "aeiou"] or [at]
    at = rng.choice(vowels)
    return word[:at] + rng.choice("aeiou") + word[at + 1 :]


def slips(store: SlangStore, count: int) -> list[Question]:
    """Misspelt headwords, popular ones more often; a sixth of the long ones twice misspelt."""
    rng = random.Random(0)
    rows = store.lexicon.connection.execute(
        "SELECT fold, entries FROM headwords JOIN headword_stats USING (hid) "
        "WHERE length(fold) BETWEEN 4 AND 25"
    ).fetchall()
    rows = [row for row in rows if row[0].replace(" ", "").isalpha()]
    made = []
    for word in rng.choices([row[0] for row in rows], weights=[row[1] for row in rows], k=count):
        slip = misspelt(word, rng)
        if rng.random() < 1 / 6 and len(word) > 6:
            slip = misspelt(slip, rng)
        if not store.headwords.exact([slip]):
            made.append({"query": slip, "headword": word})
    return made


def meant_by(question: Question, store: SlangStore) -> Iterable[tuple[Mapping[str, float], bool]]:
    """Headwords that a misspelt word may have meant."""
    for one in typos.corrections(question["query"], store.headwords, {}, limit=10**6):
        yield one.signals, one.headword.fold == fold(question["headword"])


SPAN = (
    "rarity", "rarest", "plainest", "words", "letters", "elongated", "joined", "stem", "covered", "repeated",
    "late", "shouted", "spelt alike", "quoted", "entries", "liking", "fit",
)  # fmt: skip
SENSE = ("fit", "share", "liked", "length", "length squared", "age")
TYPO = (
    "edits", "edits a letter", "swapped", "same sounds", "same runs", "same start", "same end", "shorter",
    "longer", "neighbouring key", "other words", "entries",
)  # fmt: skip
REVERSE = (
    "pooled", "entries", "ups", "words", "letters", "common", "common parts", "name", "in the text",
    "initials", "overlap", "cover",
)  # fmt: skip
# Descriptions by other authors are noise for the most part, and a fit to them alone trusts popularity more
# than meaning. So weights of descriptions are drawn towards those of pure vectors at this temperature.
PURE_VECTORS = {"pooled": 20.0}


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
    store: SlangStore, weights: Weights, messages: Sequence[str], descriptions: Sequence[str]
) -> dict[str, float]:
    """How far to trust the wording and the best headword seen, together."""
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
    store: SlangStore, weights: Weights, sentences: Sequence[Question], described: Sequence[Question]
) -> dict[str, float]:
    """Floors of evidence, as quantiles of what right answers have.

    A correction is offered from where 1 % of the right ones lie below, and likely from 10 %. A headword
    seen in a message is known from 5 %; a described one never is. Either is denied only a whole unit of
    log-odds below the least evidence that a right one ever had: denying what is there is the worse error.
    """

    def evidence(signals: Mapping[str, float], table: Mapping[str, float]) -> float:
        return float(sum(weighed(signals, table).values()))

    slipped = gather(slips(store, 600), lambda q: meant_by(q, store))
    typo = [evidence(s, weights.typo) for s, r in zip(slipped.rows, slipped.right, strict=True) if r]
    some = random.Random(0).sample(list(sentences), min(800, len(sentences)))
    seen = gather(some, lambda q: seen_in(q, store))
    span = [evidence(s, weights.span) for s, r in zip(seen.rows, seen.right, strict=True) if r]
    best, right = [], []
    for question in described:
        ranked = list(described_by(question, store, weights))
        best.append(evidence(ranked[0][0], weights.reverse))
        right.append(any(is_right for _, is_right in ranked[:10]))
    tops, hits = np.array(best), np.array(right)
    floors = {
        "typo offered": np.quantile(typo, 0.01),
        "typo likely": np.quantile(typo, 0.1),
        "seen yes": np.quantile(span, 0.05),
        "seen maybe": min(span) - 1,
        "described maybe": tops[hits].min() - 1,
    }
    return {name: round(float(value), 3) for name, value in floors.items()}


def read_questions(folder: Path, name: str) -> list[Question]:
    """The questions of one file."""
    path = next(folder.glob(f"{name}*.jsonl"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fit_all(store: SlangStore, folder: Path) -> Weights:
    """Every weight, each decision with those before it in place."""
    weights = load_weights()
    sentences, reverse = read_questions(folder, "sentences"), read_questions(folder, "reverse")
    glosses = [
        {**q, "query": q["reference"]}
        for q in read_questions(folder, "define")
        if q["answerable"] and len((q["reference"] or "").split()) > 2
    ]
    described = [*reverse, *glosses]
    messages, descriptions = [q["query"] for q in sentences], [q["query"] for q in described]

    weights = replace(weights, intent=fit_intent(store, messages, descriptions))

    choices = gather(slips(store, 1500), lambda q: meant_by(q, store))
    found, scores = fit_ranking(choices, TYPO, 1e-3)
    print(f"typo ({len(choices.headword)}): {recall(choices, scores)}")
    weights = replace(weights, typo=found)

    choices = gather(sentences, lambda q: seen_in(q, store))
    found, scores = fit_ranking(choices, SPAN, 1e-3)
    print(f"span ({len(choices.headword)}): {recall(choices, scores)}")
    weights = replace(weights, span=found)

    choices = gather(sentences, lambda q: senses_of(q, store))
    found, scores = fit_ranking(choices, SENSE, 3e-3)
    asked = len(set(choices.question))
    share = float(recall(choices, scores, (1,)).split()[1]) * len(choices.headword) / asked
    print(f"sense among entries with votes ({asked}): {share:.3f}")
    weights = replace(weights, sense=found)

    choices = gather(described, lambda q: described_by(q, store, weights))
    found, scores = fit_ranking(choices, REVERSE, 1e-1, PURE_VECTORS)
    for name, begin, end in (("other authors", 0, len(reverse)), ("glosses", len(reverse), len(described))):
        kept = [begin <= n < end for n in choices.question]
        some = Choices(
            [row for row, keep in zip(choices.rows, kept, strict=True) if keep],
            [r for r, keep in zip(choices.right, kept, strict=True) if keep],
            [n - begin for n, keep in zip(choices.question, kept, strict=True) if keep],
            choices.headword[begin:end],
        )
        print(f"reverse, {name} ({end - begin}): {recall(some, scores[np.array(kept)], (1, 5, 10, 100))}")
    weights = replace(weights, reverse=found)
    weights = replace(weights, message=fit_message(store, weights, messages, descriptions))
    return replace(weights, known=fit_known(store, weights, sentences, described))


def main() -> None:
    """Fit, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with open_store(arguments.store, lambda: EmbeddedEmbedder(load_settings())) as store:
        weights = fit_all(store, arguments.questions)
    if arguments.write:
        save(weights)


def save(weights: Weights) -> None:
    """Write the resource."""
    tables = {name: getattr(weights, name) for name in Weights.__slots__}
    WEIGHTS.write_text(json.dumps(tables, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
