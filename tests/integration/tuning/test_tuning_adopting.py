"""Mined, compared, adopted: with embedders that are better, worse, or other than they were."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.ingest.stubs import Row, StubEmbedder, write_csv

from slangrag.engines.protocols import Embedder
from slangrag.errors import InputMissing, ModelUnfit, StoppedEarly
from slangrag.ingest import IngestPlan, Progress, StopFlag, run
from slangrag.retrieval.slang_store import open_store
from slangrag.store.fingerprint import ADOPTED
from slangrag.store.index.choice import NONE, IndexChoice
from slangrag.store.lexicon import open_lexicon
from slangrag.store.verify import verify
from slangrag.tuning.adopting import adopt
from slangrag.tuning.comparing import compare, read_verdict
from slangrag.tuning.examples import Example, read_examples, write_examples
from slangrag.tuning.folder import TuneFolder
from slangrag.tuning.mining import MinePlan, mine

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

NOWHERE = IndexChoice(NONE)
WORDS = [
    f"{a}{b}" for a in ("bla", "fro", "gri", "klu", "sno", "twe") for b in ("zzle", "mp", "rk", "dge", "sh")
]
THINGS = ("tall hat", "slow train", "cold soup", "loud shoe", "red kite", "wet dog")


class Knowing(StubEmbedder):
    """Knows, as well as `skill` says, which number a text is about; the rest of its vector is noise."""

    def __init__(self, skill: float, model: str) -> None:
        super().__init__(64, model=model)
        self._skill = skill

    def vectors(self, texts: Sequence[str]) -> Vectors:
        noise = super().vectors(texts)
        for row, text in zip(noise, texts, strict=True):
            number = next((n for n in range(len(WORDS)) if f"number {n} " in f"{text} "), None)
            if number is not None:
                row[number] += self._skill
        unit: Vectors = (noise / np.linalg.norm(noise, axis=1, keepdims=True)).astype(np.float32)
        return unit


def rows() -> list[Row]:
    return [(f"{n:07d}", word, 9, 1, f"a {THINGS[n % 6]} of number {n} kind") for n, word in enumerate(WORDS)]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    run(
        IngestPlan(write_csv(tmp_path / "a.csv", rows()), tmp_path / "store", index=NOWHERE),
        Knowing(0.6, "old"),
    )
    return tmp_path / "store"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    lines = [
        {"task": "reverse", "query": f"what do you call something of number {n} sort", "headword": word}
        for n, word in enumerate(WORDS)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def adopted(
    root: Path, folder: TuneFolder, embedder: Embedder, *, force: bool = False, stop: StopFlag | None = None
) -> int:
    return adopt(root, folder, lambda _: embedder, NOWHERE, force=force, stop=stop).taken


def test_negatives_are_near_wrong_and_never_of_the_same_headword(store: Path, tmp_path: Path) -> None:
    folder = TuneFolder(tmp_path / "tune")
    examples = [
        Example(
            f"the number {n} one", (f"{word}: a {THINGS[n % 6]} of number {n} kind",), word, str(n), "message"
        )
        for n, word in enumerate(WORDS[:8])
    ]
    write_examples(folder.queries, examples)
    embedder = Knowing(3.0, "old")
    with open_store(store, lambda: embedder) as opened:
        found = mine(opened, folder, MinePlan(negatives=3, margin=0.1, depth=30))
    assert found.full == 8
    assert found.same_headword == 8, "each found its own entry, and passed it over"
    for one in read_examples(folder.triples, hint=""):
        query = embedder.embed_query(one.query)
        right = query @ embedder.embed_query(one.pos[0])
        assert len(one.neg) == 3
        for text in one.neg:
            assert not text.startswith(f"{one.headword}:")
            assert query @ embedder.embed_query(text) <= 0.9 * right + 1e-3


def test_a_better_embedder_is_compared_adopted_and_not_embedded_twice(
    store: Path, questions: Path, tmp_path: Path
) -> None:
    folder, better = TuneFolder(tmp_path / "tune"), Knowing(4.0, "new")
    verdict = compare(store, folder, [questions], Knowing(0.6, "old"), better, seen=frozenset(WORDS[:3]))
    assert (verdict.questions, verdict.left_out) == (len(WORDS) - 3, 3)
    assert verdict.worse == ()
    dense = next(one for one in verdict.compared if (one.mode, one.measure) == ("dense", "R@1"))
    assert dense.rose
    assert dense.after > dense.before + 0.3
    assert read_verdict(folder) == verdict
    more = write_csv(tmp_path / "b.csv", [*rows(), ("0000999", "blork", 1, 1, "later")])
    run(IngestPlan(more, store, index=NOWHERE), Knowing(0.6, "old"))
    again = Knowing(4.0, "new")
    assert adopted(store, folder, again) == len(WORDS)
    assert again.texts == ["blork: later"], "only what came since is embedded anew"
    assert verify(store, NOWHERE).ok
    with open_lexicon(store) as lexicon:
        assert lexicon.meta("embedder")["model"] == "new"
        assert lexicon.meta(ADOPTED)["in_spite_of"] == []
        (rid,) = lexicon.row_ids(["0000003"]).values()
        vector = lexicon.vectors([rid])[rid]
    assert float(vector @ better.embed_query(f"{WORDS[3]}: a {THINGS[3]} of number 3 kind")) > 0.99


def test_a_worse_one_is_refused_unless_forced_and_the_store_remembers(
    store: Path, questions: Path, tmp_path: Path
) -> None:
    folder, worse = TuneFolder(tmp_path / "tune"), Knowing(0.0, "worse")
    run(IngestPlan(tmp_path / "a.csv", store, reembed=True, index=NOWHERE), Knowing(4.0, "good"))
    verdict = compare(store, folder, [questions], Knowing(4.0, "good"), worse, seen=frozenset())
    assert any("reverse R@10" in one for one in verdict.worse)
    with pytest.raises(ModelUnfit, match="reverse"):
        adopted(store, folder, worse)
    with open_lexicon(store) as lexicon:
        assert lexicon.meta("embedder")["model"] == "good"
    adopted(store, folder, worse, force=True)
    with open_lexicon(store) as lexicon:
        assert lexicon.meta("embedder")["model"] == "worse"
        assert any("reverse" in one for one in lexicon.meta(ADOPTED)["in_spite_of"])


def test_what_was_not_compared_is_not_adopted(store: Path, questions: Path, tmp_path: Path) -> None:
    folder = TuneFolder(tmp_path / "tune")
    with pytest.raises(InputMissing, match="nothing was compared"):
        adopted(store, folder, Knowing(4.0, "new"))
    compare(store, folder, [questions], Knowing(0.6, "old"), Knowing(4.0, "new"), seen=frozenset())
    with pytest.raises(ModelUnfit, match="not what was compared"):
        adopted(store, folder, StubEmbedder(12, model="new"))


def test_what_was_compared_on_one_store_is_not_adopted_by_another(
    store: Path, questions: Path, tmp_path: Path
) -> None:
    folder, other = TuneFolder(tmp_path / "tune"), tmp_path / "other"
    compare(store, folder, [questions], Knowing(0.6, "old"), Knowing(4.0, "new"), seen=frozenset())
    run(IngestPlan(tmp_path / "a.csv", other, index=NOWHERE), StubEmbedder(64, model="another"))
    with pytest.raises(ModelUnfit, match="was not compared"):
        adopted(other, folder, Knowing(4.0, "new"))


def test_a_stopped_comparison_and_a_stopped_adoption_go_on(
    store: Path, questions: Path, tmp_path: Path
) -> None:
    folder, stop = TuneFolder(tmp_path / "tune"), StopFlag()

    def stop_when_embedded(progress: Progress) -> None:
        if progress.stage.startswith("hybrid, after"):
            stop.set(15)

    old = Knowing(0.6, "old")
    with pytest.raises(StoppedEarly):
        compare(
            store,
            folder,
            [questions],
            old,
            Knowing(4.0, "new"),
            seen=frozenset(),
            progress=stop_when_embedded,
            stop=stop,
        )
    again = Knowing(4.0, "new")
    compare(store, folder, [questions], old, again, seen=frozenset())
    assert not any("number 0 kind" in text for text in again.texts), "the copy had its vectors"
    stopped = StopFlag()
    stopped.set(15)
    with pytest.raises(StoppedEarly):
        adopted(store, folder, Knowing(4.0, "new"), stop=stopped)
    adopted(store, folder, Knowing(4.0, "new"))
    assert verify(store, NOWHERE).ok


def test_questions_about_words_that_were_trained_on_alone_are_no_evidence(
    store: Path, questions: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputMissing, match="training saw"):
        compare(
            store,
            TuneFolder(tmp_path / "tune"),
            [questions],
            Knowing(1, "old"),
            Knowing(2, "new"),
            seen=frozenset(WORDS),
        )
