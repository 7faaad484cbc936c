"""Sentences on passages of documents: what is in them is supported, and a twist of it is not."""

from __future__ import annotations

import pytest
from benchmarks.passage_support import LABELLED, Case, cases, mutations
from tests.unit.answer.scripted import ScriptedChat

from slangrag.answer.support.judge import SYSTEM, SYSTEM_OF_SOURCES, Judge
from slangrag.answer.support.reading import narrowed
from slangrag.answer.support.settle import undecided
from slangrag.answer.support.slots import twist
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.answer.support.words import Words
from slangrag.engines.protocols import ChatOptions

REFUNDS = (
    "An agent may refund up to 180 crowns without asking; a Channel Lead up to 900. A Duty Editor must be "
    "asked for anything above that. Refunds are paid within three working days, and never in vouchers. "
    "We do not refund postage. It is the customer's own affair."
)
SETS = (LABELLED, *(LABELLED.with_name(f"passage_support_{name}.jsonl") for name in ("more", "unseen")))


def judged(text: str, passage: str = REFUNDS, *, heading: str = "") -> Judgement:
    source = Source(1, "House rules", passage, passage=True, heading=heading)
    (found,) = Words().judge([Claim(text, (1,), "how much may be refunded")], [source], "")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "An agent may refund up to 180 crowns without asking.",
        "A Channel Lead may refund up to 900.",
        "An agent may refund up to 180 crowns, and a Channel Lead up to 900.",
        "Refunds are paid within three working days.",
        "Refunds are never paid in vouchers.",
        "Postage is not refunded.",
    ],
)
def test_what_a_passage_says_is_supported_in_other_words_and_in_parts(text: str) -> None:
    assert judged(text).support == "supported", judged(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("An agent may refund up to 900 crowns without asking.", "180"),
        ("A Channel Lead may refund up to 180.", "900"),
        ("Refunds are paid within four working days.", "4"),
        ("Refunds are paid within 180 working days.", "180"),
        ("Refunds are paid in vouchers.", "voucher"),
        ("We refund postage.", "contrary"),
        ("A Duty Editor need not be asked for anything above that.", "contrary"),
        ("Refunds are not paid within three working days.", "contrary"),
        ("Every agent may refund up to 180 crowns.", "every"),
    ],
)
def test_a_number_a_role_or_a_negation_in_anothers_place_is_no_support(text: str, reason: str) -> None:
    """Each has only words of the passage: what tells is where they stand."""
    found = judged(text)
    assert found.support != "supported", found
    assert reason in found.reason


def test_nobody_is_asked_about_a_twist() -> None:
    """A model that checks its own words says yes too easily, to a swapped number above all."""
    assert not undecided(judged("A Channel Lead may refund up to 180."))
    assert undecided(judged("Refunds are the shop's pride."))


def test_a_heading_is_part_of_what_a_passage_says_and_may_be_named() -> None:
    passage = "An answer within 45 minutes. At night, within 90."
    text = "Under Direct Messages an answer is due within 45 minutes."
    assert judged(text, passage, heading="Hours › Direct Messages").support == "supported"
    assert "Direct" in judged(text, passage).reason


def test_a_sentence_rests_on_the_few_sentences_that_say_it() -> None:
    source = Source(1, "House rules", REFUNDS, passage=True)

    def kept(text: str) -> str:
        return narrowed(Claim(text, (1,), ""), source).definition

    assert kept("Refunds are paid within three working days.").startswith("Refunds are paid")
    assert len(kept("Refunds are paid within three working days.").splitlines()) == 1
    both = kept("Postage is not refunded, and a Duty Editor is asked for the rest.").splitlines()
    assert [line.split()[0] for line in both] == ["A", "We"]
    assert kept("It is an affair of the customer's own.").splitlines()[0] == "We do not refund postage."


def test_a_definition_is_judged_as_before() -> None:
    source = Source(1, "rizz", REFUNDS)
    assert narrowed(Claim("Refunds are paid.", (1,), ""), source) is source


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_labelled_sentences_keep_their_precision_and_their_recall(path: object) -> None:
    """Floors under what benchmarks/passage_support.py prints; docs/grounding.md has the figures."""
    found = cases(path)  # type: ignore[arg-type]
    shown = [case for case in found if _support(case) == "supported"]
    right = [case for case in shown if case.label == "supported"]
    assert len(right) >= 0.95 * len(shown)
    assert len(right) >= 0.55 * sum(case.label == "supported" for case in found)


@pytest.mark.parametrize(("kind", "most"), [("number", 0.0), ("name", 0.1), ("negation", 0.05)])
def test_one_change_in_a_sentence_of_the_passage_itself_is_seen(kind: str, most: float) -> None:
    made = [case for case in mutations(cases(LABELLED)) if case.kind == kind]
    missed = [case.sentence for case in made if _support(case) == "supported"]
    assert len(made) > 20
    assert len(missed) <= most * len(made), missed


def test_a_sentence_of_the_passage_itself_is_supported() -> None:
    made = [case for case in mutations(cases(LABELLED)) if case.kind == "copy"]
    assert sum(_support(case) == "supported" for case in made) >= 0.95 * len(made)


def _support(case: Case) -> str:
    return Words().judge([case.claim], [case.source], case.question)[0].support


@pytest.mark.parametrize(
    ("sentence", "source", "twisted"),
    [
        ("It took 5 s and 3 GB.", "It took 5 s and 3 GB.", ""),
        ("It took 3 s.", "It took 5 s and 3 GB.", "5"),
        ("Bring it to the depot before noon.", "Bring it to the depot after noon.", "before"),
        ("It runs in float32 on 4 cores.", "On 4 cores it runs in float32.", ""),
        ("The Loft is closed on Sunday.", "The Loft is open; the Church is closed on Sunday.", "church"),
        ("The two of them wait.", "Both of them wait.", ""),
    ],
)
def test_a_twist_is_told_by_the_words_beside_it(sentence: str, source: str, twisted: str) -> None:
    found = twist(sentence, source)
    assert bool(found) == bool(twisted)
    assert twisted in found.lower()


def test_a_judge_is_told_of_sources_and_shown_a_passage_whole_with_its_heading() -> None:
    passage = Source(1, "House rules", "Filler. " * 100 + "Postage is paid by the shop.", "", True, "Money")
    asked = ScriptedChat("1: yes")
    Judge(asked, ChatOptions()).judge([Claim("Postage is paid.", (1,), "who pays")], [passage], "who pays")
    system, user = asked.asked[0]
    assert system.content == SYSTEM_OF_SOURCES
    assert "House rules, Money: Filler." in user.content
    assert "Postage is paid by the shop." in user.content
    assert user.content.startswith("Sources:")
    definition = ScriptedChat("1: yes")
    Judge(definition, ChatOptions()).judge(
        [Claim("Salt is salt.", (2,), "")], [Source(2, "salt", "Salt.")], ""
    )
    assert definition.asked[0][0].content == SYSTEM
