"""Spans: which stretches of a text could be headwords, and which headwords they lead to.

Text work over a `HeadwordIndex`; knows nothing of vectors, ranking or the LLM.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from slangrag.retrieval.types import Match, Span
from slangrag.store.headword_index import Headword, HeadwordIndex
from slangrag.store.headwords import JOINED, SQUEEZED, STEM
from slangrag.text.forms import (
    fold,
    is_elongated,
    is_inflection,
    joined,
    squeezed,
    stem,
    without_ending,
)

LONGEST: Final = 6
LONGEST_EXACT: Final = 10
# How a span may lead to a headword, the surest first.
FORMS: Final = ("exact", "possessive", "elongated", "joined", "stem", "squeezed")
_KINDS: Final = {"joined": JOINED, "squeezed": SQUEEZED, "stem": STEM}
_MOST_TOKENS: Final = 200
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CHUNK: Final = re.compile(r"\S+")
_JOINED_WORDS: Final = 3
_SHORTEST_JOINED: Final = 3
_AS_PICTURE: Final = "\ufe0f"


@dataclass(frozen=True, slots=True)
class Token:
    """One word or symbol of the text with its fold; start and end are offsets in characters."""

    text: str
    start: int
    end: int
    fold: str


@dataclass(frozen=True, slots=True)
class TokenRun:
    """One to LONGEST neighbouring tokens; first and last are token numbers."""

    fold: str
    first: int
    last: int
    start: int
    end: int

    @property
    def words(self) -> int:
        """How many tokens it covers."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class HeadwordMatch:
    """A headword, the span that led to it, and how: match says how well, form which normal form did it."""

    headword: Headword
    span: Span
    match: Match
    form: str
    first: int
    last: int


def tokens(text: str) -> list[Token]:
    """Words of the text in order. Symbols that are headwords of their own kind ("<3") are tokens too."""
    found = []
    for match in _WORD.finditer(text):
        folded = fold(match.group())
        if folded:
            found.append(Token(match.group(), match.start(), match.end(), folded))
    return found[:_MOST_TOKENS]


def symbols(text: str) -> Iterator[Token]:
    """Chunks between white space whose fold keeps symbols: "<3", ":P", "f**k", "w/o"."""
    for match in _CHUNK.finditer(text):
        folded = fold(match.group())
        if not folded.replace(" ", "").isalnum():
            yield Token(match.group(), match.start(), match.end(), folded)


def token_runs(found: Sequence[Token], longest: int = LONGEST_EXACT) -> list[TokenRun]:
    """Every run of one to `longest` tokens."""
    runs = []
    for first in range(len(found)):
        folded = ""
        for last in range(first, min(first + longest, len(found))):
            folded = f"{folded} {found[last].fold}" if folded else found[last].fold
            runs.append(TokenRun(folded, first, last, found[first].start, found[last].end))
    return runs


def squeezes(folded: str) -> list[str]:
    """Spellings that an elongated word may stand for: every long run as one letter, or as two."""
    runs = re.compile(r"([^\W\d_])\1{2,}")
    return list(dict.fromkeys((runs.sub(r"\1", folded), runs.sub(r"\1\1", folded))))


def find(text: str, index: HeadwordIndex) -> list[HeadwordMatch]:
    """Headwords that stretches of `text` lead to, exactly or by a looser form, in order of the text.

    A stretch may lead to several headwords, and a headword be led to by several stretches.
    """
    words = tokens(text)
    plans: list[tuple[TokenRun, str, str]] = []  # run, form to look up, how it was made
    for run in token_runs(words):
        plans.append((run, run.fold, "exact"))
        if run.words <= LONGEST:
            plans.extend(loose_forms(run, words, _JOINED_WORDS))
    for number, symbol in enumerate(symbols(text)):
        at = -1 - number
        plans.append((TokenRun(symbol.fold, at, at, symbol.start, symbol.end), symbol.fold, "exact"))
    reached = _reach({(form, how) for _, form, how in plans}, index)
    by_plan: dict[tuple[str, str], list[Headword]] = defaultdict(list)
    for form, how, headword in reached:
        by_plan[form, how].append(headword)
    found: dict[tuple[int, int, int], HeadwordMatch] = {}
    for run, form, how in plans:
        span = Span(text[run.start : run.end], run.start, run.end)
        for headword in by_plan.get((form, how), ()):
            key = (headword.hid, run.first, run.last)
            if key not in found and (how != "stem" or is_inflection(run.fold, headword.fold)):
                found[key] = HeadwordMatch(headword, span, _match(how), how, run.first, run.last)
    return sorted(found.values(), key=lambda f: (f.span.start, f.span.end, f.headword.hid))


def find_whole(subject: Span, index: HeadwordIndex) -> list[HeadwordMatch]:
    """Headwords that the whole of `subject` is: exactly, or by a looser form; exact ones first."""
    folded = fold(subject.text)
    if not folded:
        return []
    words = tokens(subject.text)
    plans = [(folded, "exact")]
    if not folded.isascii():  # an emoji with or without the sign that asks for its coloured picture
        bare = folded.replace(_AS_PICTURE, "")
        plans += [(bare, "exact"), (bare + _AS_PICTURE, "exact")]
    if words:
        run = TokenRun(" ".join(w.fold for w in words), 0, len(words) - 1, 0, len(subject.text))
        plans += [(form, how) for _, form, how in loose_forms(run, words, len(words))]
    found: dict[int, HeadwordMatch] = {}
    for _, how, headword in sorted(_reach(plans, index), key=lambda r: (FORMS.index(r[1]), -r[2].entries)):
        if how != "stem" or is_inflection(folded, headword.fold):
            found.setdefault(headword.hid, HeadwordMatch(headword, subject, _match(how), how, 0, 0))
    return list(found.values())


def loose_forms(
    run: TokenRun, words: Sequence[Token], most_joined: int
) -> Iterator[tuple[TokenRun, str, str]]:
    """Looser forms of one stretch, the surest first."""
    last = words[run.last]
    before = without_ending(last.text)
    if before is not None:
        head = run.fold[: len(run.fold) - len(last.fold)]
        yield run, head + fold(before), "possessive"
    if is_elongated(run.fold):
        for spelling in squeezes(run.fold):
            yield run, spelling, "elongated"
        yield run, squeezed(run.fold), "squeezed"
    numeric = joined(run.fold).isdigit() and len(run.fold) > 1  # "67" and "6-7"
    if run.words <= most_joined and (len(run.fold) >= _SHORTEST_JOINED or numeric):
        yield run, joined(run.fold), "joined"
    yield run, stem(run.fold), "stem"


def _match(how: str) -> Match:
    return "exact" if how == "exact" else "inflected"


def _reach(plans: Iterable[tuple[str, str]], index: HeadwordIndex) -> list[tuple[str, str, Headword]]:
    """(form, how, headword) for every planned (form, how) that leads to a headword."""
    asked = list(plans)
    exact = index.exact(form for form, _ in asked)
    loose: dict[tuple[str, int], list[Headword]] = defaultdict(list)
    for form, kind, headword in index.by_form(
        (form for form, how in asked if how in _KINDS), tuple(_KINDS.values())
    ):
        loose[form, kind].append(headword)
    reached = []
    for form, how in asked:
        if form in exact:
            reached.append((form, how, exact[form]))
        if how in _KINDS:
            reached.extend((form, how, headword) for headword in loose.get((form, _KINDS[how]), ()))
    return reached
