"""Small pieces of what is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.answer.scripted import of_documents, passage

from slangrag.answer.ask.quoting import cited_in, quote
from slangrag.answer.events import Sentence
from slangrag.cli.render.answers import cited_pages
from slangrag.cli.render.hits import reasons, unbroken
from slangrag.cli.render.progress import duration
from slangrag.retrieval.types import Hit, Span
from slangrag.service import documents
from slangrag.sources.entry import Entry
from slangrag.text.sizes import size

ENTRY = Entry("0000004", "salty", "Bitter.\nHe is salty.", 10, 2)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (12_345, "12 kB"),
        (999_600, "1.0 MB"),
        (1_081_344, "1.1 MB"),
        (98_362_432, "98 MB"),
        (9_300_000_000, "9.3 GB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_sizes_are_short_and_never_grow_by_a_unit_too_late(count: int, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(42.4, "42 s"), (59.9, "1 min 00 s"), (185, "3 min 05 s"), (25_920, "7 h 12 min")]
)
def test_durations_are_said_as_people_do(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_the_reasons_name_the_largest_parts_first_and_count_the_rest() -> None:
    signals = {f"part{n}": n / 10 for n in range(1, 13)} | {"harm": -5.0}
    said = reasons(Hit(ENTRY, 1.6, "exact", signals=signals))
    assert said.startswith("score 1.60 = harm -5.00  part12 +1.20  part11 +1.10")
    assert said.endswith("5 smaller +1.50")


def test_a_short_score_has_no_rest() -> None:
    assert reasons(Hit(ENTRY, 1.0, "exact", signals={"rarity": 1.0})) == "score 1.00 = rarity +1.00"


def test_a_part_of_a_score_is_never_torn_from_its_name() -> None:
    lines = unbroken("exact: score 1.00 = against the rest -9.00  spelt alike +0.45  2 smaller +0.56", 45)
    assert lines == ["exact: score 1.00 = against the rest -9.00", "spelt alike +0.45  2 smaller +0.56"]
    assert unbroken("one  two", 3) == ["one", "two"]


def test_parts_that_round_to_nothing_are_not_shown() -> None:
    signals = {"place": -0.0001, "rarity": 1.0}
    assert reasons(Hit(ENTRY, 0.9999, "exact", signals=signals)) == "score 1.00 = rarity +1.00"
    assert reasons(Hit(ENTRY, -0.0, "exact", signals={"place": -0.0})) == "score 0.00 = 0"


def test_a_hit_without_a_span_or_votes_says_null_and_not_zero() -> None:
    unknown = Entry("1", "zib", "A lamp.", None, None)
    (document,) = documents.hits([Hit(unknown, 0.5, "semantic")])
    assert document["span"] is None
    assert document["up_votes"] is None
    assert "signals" not in document


def test_a_span_keeps_its_offsets() -> None:
    (document,) = documents.hits([Hit(ENTRY, 0.5, "exact", Span("salty", 3, 8))], explain=True)
    assert document["span"] == {"text": "salty", "start": 3, "end": 8}
    assert document["signals"] == {}


def test_below_an_answer_stands_the_page_that_each_of_its_sources_says_it_on() -> None:
    """A quotation names its own; a model's words carry a bare number, which is not enough to look it up."""
    rules = passage("House rules", "Go at once. Never wait.", pages=(("4", 0), ("5", len("Go at once. "))))
    said = (
        Sentence("Nobody may ever wait [1].", (1,)),
        Sentence("It may be otherwise [1].", (1,), "own words"),
    )
    retrieval = of_documents(rules, query="may I wait")
    told = replace(quote("may I wait", retrieval), sentences=said, citations=cited_in(said, retrieval.hits))
    assert cited_pages(told) == ["[1] House rules, p. 5"]
    assert cited_pages(quote("may I wait", retrieval)) == []
