from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.sources.documents.passages import cut
from slangrag.sources.documents.types import Heading, ParsedDocument

SENTENCE = "Rizz is charm that one has without having worked for it. "


def document(*blocks: str | tuple[int, str]) -> ParsedDocument:
    """Blocks, of which those with a level are headings."""
    text, headings = "", []
    for block in blocks:
        text += "\n\n" if text else ""
        if isinstance(block, tuple):
            headings.append(Heading(block[0], len(text), len(text) + len(block[1])))
            text += block[1]
        else:
            text += block
    return ParsedDocument("text", "x", text, headings=tuple(headings))


def texts(made: ParsedDocument, **options: int) -> list[str]:
    return [made.text[one.start : one.end] for one in cut(made, **options)]


_LETTERS = st.text(alphabet=" \n.!?:-ab1\u2026\u201d\u00e9\U0001f600)\t\u00a0", max_size=200)


@given(
    st.lists(st.one_of(_LETTERS, st.tuples(st.integers(1, 6), st.text("ab :", min_size=1, max_size=20)))),
    st.integers(1, 60),
    st.integers(0, 60),
    st.integers(1, 5),
)
def test_every_character_but_white_space_and_headings_is_in_exactly_one_passage(
    blocks: Sequence[str | tuple[int, str]], longest: int, shortest: int, terms: int
) -> None:
    """What is in none is never found, what is in two is cited twice."""
    made = document(*blocks)
    passages = cut(made, longest=longest, shortest=shortest, terms=terms)
    seen = [0] * len(made.text)
    for passage in passages:
        assert passage.start < passage.end <= len(made.text)
        assert made.text[passage.start : passage.end] == made.text[passage.start : passage.end].strip()
        assert passage.end - passage.start <= 2 * longest
        for at in range(passage.start, passage.end):
            seen[at] += 1
    for heading in made.headings:
        for at in range(heading.start, heading.end):
            assert seen[at] == 0
            seen[at] = 1
    assert all(
        count == 1 or (letter.isspace() and count <= 1) for letter, count in zip(made.text, seen, strict=True)
    )
    assert passages == cut(made, longest=longest, shortest=shortest, terms=terms)


def test_a_long_paragraph_is_cut_at_ends_of_sentences() -> None:
    parts = texts(document(SENTENCE * 40))
    assert len(parts) > 1
    assert all(part.endswith("for it.") and 300 <= len(part) <= 900 for part in parts)


def test_an_abbreviation_ends_no_sentence() -> None:
    parts = texts(document("Some words, e.g. rizz and cap and mid and sus and others, are slang. " * 30))
    assert all(part.endswith("are slang.") for part in parts)


def test_small_neighbours_under_one_heading_are_joined_and_headings_are_not_crossed() -> None:
    made = document((1, "Tone"), SENTENCE, SENTENCE, (2, "Emoji"), SENTENCE, (1, "Words"), SENTENCE)
    assert [(one.heading, made.text[one.start : one.end].count("Rizz")) for one in cut(made)] == [
        ("Tone", 2),
        ("Tone › Emoji", 1),
        ("Words", 1),
    ]


def test_a_paragraph_that_fits_is_not_divided_between_two_passages() -> None:
    first, second = SENTENCE * 8, SENTENCE * 12
    assert texts(document(first, second)) == [first.strip(), second.strip()]


def test_a_glossary_gives_passages_of_few_terms_and_no_term_is_cut() -> None:
    lines = [f"word{number}: what it means to those who say it, told in a line" for number in range(30)]
    parts = texts(document("\n".join(lines)))
    assert [line for part in parts for line in part.split("\n")] == lines
    assert all(len(part.split("\n")) <= 4 for part in parts)


def test_a_glossary_whose_terms_are_paragraphs_is_the_same() -> None:
    parts = texts(document(*(f"word{number} – what it means" for number in range(9))))
    assert all(part.count("what it means") <= 4 for part in parts)


def test_a_list_item_stays_whole_with_the_lines_that_belong_to_it() -> None:
    items = [f"- {SENTENCE * 10}\n  and so on" for _ in range(3)]
    assert texts(document("\n".join(items))) == [item.strip() for item in items]


def test_a_short_rest_takes_sentences_of_the_passage_before_it() -> None:
    sizes = [len(part) for part in texts(document(SENTENCE * 17))]
    assert len(sizes) == 2
    assert min(sizes) > 300


@pytest.mark.parametrize(("letter", "longest"), [("x", 1800), ("x ", 900)])
def test_a_line_of_ten_megabytes_is_cut_all_the_same(letter: str, longest: int) -> None:
    passages = cut(document(letter * (10_000_000 // len(letter))))
    assert max(one.end - one.start for one in passages) <= longest


def test_a_short_line_before_a_paragraph_is_not_left_behind_by_it() -> None:
    """A heading that its format does not mark, or "Examples:", says nothing at the end of another passage."""
    parts = texts(document(SENTENCE * 8, "1. Why we met", SENTENCE * 12))
    assert [part.count("Rizz") for part in parts] == [8, 12]
    assert parts[1].startswith("1. Why we met")


def test_the_documents_title_is_in_no_trail() -> None:
    made = document((1, "x"), (2, "Tone"), SENTENCE)
    assert [passage.heading for passage in cut(made)] == ["Tone"]


def test_headings_alone_make_no_passage() -> None:
    assert cut(document((1, "Tone"), (2, "Emoji"))) == []
