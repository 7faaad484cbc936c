"""What each decision of retrieval chooses among, for a question whose answer is known: the signals of each.

`fit_weights.py` fits on these.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from benchmarks.fitting import Question
from slangrag.retrieval import free_text, meaning, senses, typos
from slangrag.retrieval.adapter import adapt
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.weights import Weights
from slangrag.text.forms import fold

Rows = Iterable[tuple[Mapping[str, float], bool]]
"""The signals of each candidate, and whether it is the right one."""


def seen_in(question: Question, store: SlangStore, weights: Weights) -> Rows:
    """Headwords seen in a message, with how well their definitions fit it."""
    text = question["query"]
    seen = free_text.headwords_in(text, store, weights)
    fits = free_text.fits([one.headword for _, one in seen], store.embed(text), store)
    for _, one in seen:
        signals = {**one.signals, "fit": fits.lead(one.headword.hid)}
        yield signals, one.headword.fold == fold(question["headword"])


def senses_of(question: Question, store: SlangStore) -> Rows:
    """Entries of the right headword that have votes, where two or more have."""
    text = question["query"]
    headword = store.headwords.exact([fold(question["headword"])]).get(fold(question["headword"]))
    if headword is None:
        return
    fits = free_text.fits([headword], store.embed(text), store)
    ranked = senses.rank(fits.entries[headword.hid], {}, context=text, fits=fits.fits, distinct=False)
    voted = [sense for sense in ranked if sense.entry.up_votes is not None]
    if len(voted) > 1:
        for sense in voted:
            yield sense.signals, sense.entry.entry_id == question["entry_id"]


def described_by(question: Question, store: SlangStore, weights: Weights) -> Rows:
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


def meant_by(question: Question, store: SlangStore) -> Rows:
    """Headwords that a misspelt word may have meant."""
    for one in typos.corrections(question["query"], store.headwords, {}, limit=10**6):
        yield one.signals, one.headword.fold == fold(question["headword"])
