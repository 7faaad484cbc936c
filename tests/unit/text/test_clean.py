"""Cleaning: what a reader would miss stays, what could hide or act on a terminal goes."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.text.clean import clean_definition, clean_word

DEFINITIONS = [
    ("double semicolons are line breaks", "one;;two;;;;three", "one\ntwo\n\nthree"),
    ("an odd semicolon is a semicolon", "wait;;;what", "wait;\nwhat"),
    ("links in brackets stay", "see [no cap] or [cap]", "see [no cap] or [cap]"),
    ("line breaks of every system", "a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
    ("runs of blank lines shrink", "a\n \n\n\t\nb", "a\n\nb"),
    ("runs of blanks shrink", "a  b\tc\u00a0d \u3000 e", "a b c d e"),
    ("tags go, their text stays", "<b>bold</b> and <A HREF='x'>link</a><br />next", "bold and link\nnext"),
    ("what only looks like a tag stays", "I <3 <someone> <i know>", "I <3 <someone> <i know>"),
    ("paragraphs part as they do on a page", "<p>one</p><div class='x'>two</div>", "one\n\ntwo"),
    ("comments go", "a<!-- b\nc -->d", "ad"),
    ("entities", "R&amp;D &lt;3 &#8212; &#x2019;&nbsp;x", "R&D <3 — ’ x"),
    ("an ampersand without its end is text", "Q&A at&t &copy", "Q&A at&t &copy"),
    ("layers of entities", "&amp;amp;lt;b&amp;gt;deep", "deep"),
    ("colours and cursor movements", "\x1b[1;31mred\x1b[2J\x1b[H\x9b0m!", "red!"),
    ("titles and links of terminals", "\x1b]0;owned\x07a \x1b]8;;http://e.org\x1b\\b\x1b]8;;\x1b\\", "a b"),
    ("an escape hidden in an entity", "a&#27;[31mred&#x9b;0m", "a[31mred›0m"),
    ("an escape without end stops at the line", "a\x1b]0;title\nb", "a\nb"),
    ("bells, nulls, backspaces", "a\x07b\x00c\x08d\x7fe", "abcde"),
    ("text turned round", "abc\u202egnp.exe\u202c", "abcgnp.exe"),
    ("nothing to see", "a\u200bb\u200cc\u2060d\ufeffe\u00adf\U000e0041g", "abcdefg"),
    ("an emoji family stays together", "the 👨‍👩‍👧 way", "the 👨‍👩‍👧 way"),
    ("a joiner between letters goes", "a\u200db", "ab"),
    ("lone surrogates", "a\ud83db", "ab"),
    ("Windows punctuation read as Latin-1", "don\x92t \x93go\x94", "don’t “go”"),
    ("marks piled on a letter", "z\u0300\u0301\u0302\u0303\u0304\u0305\u0306 ệ", "z\u0300\u0301\u0302 ệ"),
    ("scripts of the world stay", "говно ばか عيب שלום", "говно ばか عيب שלום"),
    ("nothing left", " \u200b<br>&nbsp;;; ", ""),
]  # fmt: skip

WORDS = [
    ("blanks and breaks", "  on\n fleek\t", "on fleek"),
    ("a pair of semicolons is a face here", "T_T;;", "T_T;;"),
    ("markup around a word", "<b>lit</b>", "lit"),
    ("a word that is a tag", "<br>", "<br>"),
    ("a word that is an entity", "&nbsp;", "&nbsp;"),
    ("nothing left", "\u200b\u202e ", ""),
    ("entities", "R&amp;R", "R&R"),
    ("escapes", "\x1b[5mblink\x1b[0m", "blink"),
    ("faces", "¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯"),
]


@pytest.mark.parametrize(("raw", "clean"), [d[1:] for d in DEFINITIONS], ids=[d[0] for d in DEFINITIONS])
def test_a_definition_reads_as_it_was_meant(raw: str, clean: str) -> None:
    assert clean_definition(raw) == clean


@pytest.mark.parametrize(("raw", "clean"), [w[1:] for w in WORDS], ids=[w[0] for w in WORDS])
def test_a_word_reads_as_it_was_meant(raw: str, clean: str) -> None:
    assert clean_word(raw) == clean


PIECES = st.lists(
    st.one_of(
        st.sampled_from([";", ";;", "&", "amp;", "lt;", "&lt;", "&#27;", "#59;", "<", ">", "b", "br", " "]),
        st.sampled_from(["\x1b", "[", "]", "31m", "\x9b", "\x07", "\u200d", "\u200b", "👩", "\t", "\n"]),
        st.sampled_from(["<!--", "-->", "<b", "<br/>", "href=x"]),
        st.text(max_size=3),
        st.characters(categories=["Cc", "Cf", "Cs", "Zs", "Zl"]),
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(PIECES)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once, word = clean_definition(text), clean_word(text)
    assert clean_definition(once) == once
    assert clean_word(word) == word


@given(PIECES)
def test_nothing_that_acts_on_a_terminal_or_hides_is_left(text: str) -> None:
    for cleaned in (clean_definition(text), clean_word(text)):
        assert not [c for c in cleaned if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n"]
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]", cleaned)
        assert cleaned == cleaned.strip()
    assert "\n" not in clean_word(text)


@given(st.text(st.characters(codec="ascii", categories=["L", "N"])))
def test_plain_text_is_left_alone(text: str) -> None:
    assert clean_definition(text) == text
