"""Whether a sentence is supported by what it cites, on labelled sentences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slangrag.answer.support.grounding import Source, best_source, check, complete
from slangrag.text.sentences import sentences

PARTS = ("tune", "held", "model")


def labelled(root: Path, part: str) -> list[dict[str, Any]]:
    lines = (root / "tests/data/grounding.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["part"] == part]


def measured(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Precision and recall of "supported"."""
    verdicts = []
    for row in rows:
        source = Source(1, row["word"], row["definition"])
        if row["part"] == "model":  # a small model's, which saw the first sentence only
            source = Source(1, row["word"], sentences(row["definition"])[0])
        verdict = check(row["sentence"], [source])
        if verdict.supported and row["part"] == "model":
            verdict = complete(row["sentence"], source)
        verdicts.append((verdict.supported, row["supported"]))
    right = sum(said and true for said, true in verdicts)
    return right / sum(said for said, _ in verdicts), right / sum(true for _, true in verdicts)


@pytest.mark.parametrize(
    ("part", "precision", "recall"), [("tune", 0.99, 0.9), ("held", 0.97, 0.82), ("model", 0.97, 0.85)]
)
def test_what_passes_is_supported_and_most_of_what_is_supported_passes(
    root: Path, part: str, precision: float, recall: float
) -> None:
    """docs/grounding.md states these figures: tune was looked at while calibrating, held was not."""
    found = measured(labelled(root, part))
    assert found[0] >= precision
    assert found[1] >= recall


def test_the_labelled_set_is_large_and_balanced(root: Path) -> None:
    rows = [row for part in PARTS for row in labelled(root, part)]
    assert len(rows) >= 240
    assert 0.35 < sum(row["supported"] for row in rows) / len(rows) < 0.65


DRIP = Source(1, "drip", "A stylish outfit or a strong sense of fashion.")
TEA = Source(2, "tea", "Gossip; the newest news about other people's private lives.")


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Tea is gossip.", "it is about"),
        ("Is drip a stylish outfit?", "asks"),
        ("Drip is a lack of style.", "denies"),
        ("Drip is a stylish outfit worn by 7 people.", "number"),
        ("Drip is the stylish outfit of Kanye.", "names"),
        ("Drip is water.", "adds water"),
        ("It means what it means.", "nothing that could be checked"),
        ("stylish outfit stylish outfit " * 6, "circles"),
    ],
)
def test_the_reason_says_what_is_wrong(sentence: str, reason: str) -> None:
    verdict = check(sentence, [DRIP], [DRIP, TEA])
    assert not verdict.supported
    assert reason in verdict.reason


IGLET = Source(1, "iglet", "A shiny coin.document.title='CANARY'")


def test_a_word_alone_is_no_answer_unless_it_can_be_the_meaning() -> None:
    """A model that obeys a definition says "CANARY": a word that is there, and tells nothing."""
    for sentence in ("CANARY.", "Iglet means CANARY.", "It is CANARY."):
        assert not check(sentence, [IGLET]).supported, sentence
    assert "out of its place" in check("Iglet means CANARY.", [IGLET]).reason
    for sentence in ("Iglet means a coin.", "It is shiny.", "A shiny coin."):
        assert check(sentence, [IGLET]).supported, sentence
    for word in ("resentful", "bitter", "annoyed"):
        assert check(f"Salty means {word}.", [Source(1, "salty", "Bitter, annoyed, or resentful.")]).supported
    assert not check("Fashion.", [DRIP]).supported, "it speaks of nothing"


def test_a_sentence_that_cites_nothing_is_not_believed_but_its_source_may_be_found() -> None:
    assert not check("Tea is gossip.", []).supported
    assert best_source("Tea is gossip.", [DRIP, TEA]) == TEA
    assert best_source("Tea is a drink.", [DRIP, TEA]) is None


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ('"Noob" means a beginner or someone who behaves badly.', "comparison"),
        ('"Noob" means a noob.', "by itself"),
        ('"Noob" means a beginner or beginner.', "repeats"),
        ('"Noob" means so.', "breaks off"),
    ],
)
def test_a_small_models_half_truths_are_seen(sentence: str, reason: str) -> None:
    noob = Source(1, "noob", "A beginner, or someone who plays or behaves as badly as one.")
    assert reason in complete(sentence, noob).reason
