"""A document cut into passages: stretches that can be found, shown and cited by themselves.

Why 300 to 900 characters: 900 of English are some 220 word pieces, so that a passage and its headings fit
into the 256 that all-MiniLM-L6-v2 reads; below 300 a passage says too little to be found by its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from slangrag.sources.documents.types import Heading, ParsedDocument, Passage
from slangrag.text.sentences import sentence_ends

SHORTEST: Final = 300
LONGEST: Final = 900
TERMS: Final = 4
_SHORT: Final = 40
_WHITE: Final = " \n"
_BETWEEN: Final = " › "
_LONGEST_TRAIL: Final = 200
_LINE: Final = re.compile(r"[^\n]+")
_PARAGRAPH: Final = re.compile(r"\S[^\n]*(?:\n(?!\n)[^\n]*)*")
_ITEM: Final = re.compile(r"\s*(?:[-*+•‣▪◦·–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+\S")
_LEAD: Final = re.compile(r"[^\n]{0,79}[^\n.!?\u2026,;]")
_TERM: Final = re.compile(r"\s*(?:[-*+•‣▪◦·–]\s+)?[\w'’“\"#(][^:\n.!?]{0,50}?(?::|\s[–—-])\s+\S")


class _Piece(NamedTuple):
    """A stretch that is not cut.

    opens: it begins a paragraph, which ends at `paragraph_end`. term: it is a glossary's line. leads: it is
    a short line that reads like a heading, or ends with a colon, and belongs to what follows.
    """

    start: int
    end: int
    paragraph_end: int
    opens: bool
    term: bool
    leads: bool


def cut(
    document: ParsedDocument, *, longest: int = LONGEST, shortest: int = SHORTEST, terms: int = TERMS
) -> list[Passage]:
    """The passages of a document, in order: every character but whitespace and headings is in exactly one.

    Cuts are between paragraphs; in one over `longest` characters between sentences, lines of a list or
    glossary, and as a last resort anywhere, at 2 * longest. Neighbours under one heading are joined up to
    `longest`, with at most `terms` lines of "term: meaning" in a passage: a vector of many is near none.
    """
    return [
        Passage(pieces[0].start, pieces[-1].end, heading)
        for heading, start, end in _sections(document)
        for pieces in _evened(
            _packed(_pieces(document.text, start, end, longest), longest, shortest, terms),
            longest,
            shortest,
            terms,
        )
    ]


def _sections(document: ParsedDocument) -> Iterator[tuple[str, int, int]]:
    """Stretches between headings, each with the trail of those above it but the document's own title."""
    trail: list[tuple[int, str]] = []
    start = 0
    headings: list[Heading] = sorted(document.headings, key=lambda one: one.start)
    for heading in headings:
        yield _shown(trail), start, heading.start
        while trail and trail[-1][0] >= heading.level:
            trail.pop()
        text = " ".join(document.text[heading.start : heading.end].split())
        if text != document.title:
            trail.append((heading.level, text))
        start = heading.end
    yield _shown(trail), start, len(document.text)


def _shown(trail: Sequence[tuple[int, str]]) -> str:
    """A trail as text, without its beginning where it is long: what is nearest says most."""
    titles = [title for _, title in trail]
    while len(titles) > 1 and len(_BETWEEN.join(titles)) > _LONGEST_TRAIL:
        del titles[0]
    return _BETWEEN.join(titles)


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[_Piece]:
    for found in _PARAGRAPH.finditer(text, start, end):
        opens = True
        stop = found.start() + len(found[0].rstrip())
        for first, last in _units(text, found.start(), stop):
            term = _TERM.match(text, first, last) is not None
            for one, after in _whole(text, first, last, longest, item=last - first < stop - found.start()):
                stretch = text[one:after]
                if not stretch.isspace():
                    one, after = after - len(stretch.lstrip()), one + len(stretch.rstrip())
                    leads = (
                        opens and after == stop and not term and _LEAD.fullmatch(text, one, after) is not None
                    )
                    yield _Piece(one, after, stop, opens, term, leads)
                    opens = term = False


def _units(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph, or the items of one that is a list or a glossary, each with all its lines."""
    lines = [match.span() for match in _LINE.finditer(text, start, end)]
    begins = [
        first for first, last in lines if _ITEM.match(text, first, last) or _TERM.match(text, first, last)
    ]
    if len(begins) < 2:
        yield start, end
        return
    cuts = sorted({start, *begins})
    for first, after in zip(cuts, [*cuts[1:], end], strict=True):
        if text[first:after].strip():
            yield first, after


def _whole(text: str, start: int, end: int, longest: int, *, item: bool) -> Iterator[tuple[int, int]]:
    """text[start:end] as one stretch or, if it is too long, as sentences; an item may be twice as long."""
    hard = 2 * longest
    if end - start <= (hard if item else longest):
        yield start, end
        return
    for stop in chain(sentence_ends(text, start, end), (end,)):
        if stop - start < _SHORT and stop < end:
            continue  # "No." goes with what follows
        while stop - start > longest:
            # A sentence longer than that: after a word, or where a word is as long, within it.
            within = max(text.rfind(white, start + 1, start + longest + 1) for white in _WHITE)
            later = [text.find(white, start + longest, min(start + hard, stop)) for white in _WHITE]
            at = within if within > 0 else min((one for one in later if one > 0), default=start + hard)
            if at >= stop:
                break
            yield start, at
            start = at
        yield start, stop
        start = stop


def _packed(pieces: Iterable[_Piece], longest: int, shortest: int, terms: int) -> Iterator[list[_Piece]]:
    """Pieces by passage: as many as fit; a paragraph whole if enough is before it."""
    held: list[_Piece] = []
    count = 0
    for piece in pieces:
        if held:
            start = held[0].start
            whole = piece.opens and held[-1].end - start >= shortest
            needed = (piece.paragraph_end if whole else piece.end) - start
            if needed > longest or count + piece.term > terms:
                following = held[-1:] if held[-1].leads and piece.end - held[-1].start <= longest else []
                if len(held) > len(following):
                    yield held[: len(held) - len(following)]
                held, count = following, 0
        held.append(piece)
        count += piece.term
    if held:
        yield held


def _evened(
    groups: Iterable[list[_Piece]], longest: int, shortest: int, terms: int
) -> Iterator[list[_Piece]]:
    """The same, but a last one that is too short takes pieces of the one before it."""
    before: list[_Piece] = []
    last: list[_Piece] = []
    for group in groups:
        if before:
            yield before
        before, last = last, group
    if before and _length(last) < shortest:
        both, best = before + last, len(before)
        for at in range(1, len(before)):
            fits = _length(both[at:]) <= longest and sum(piece.term for piece in both[at:]) <= terms
            smaller = min(_length(both[:at]), _length(both[at:]))
            if fits and smaller > min(_length(both[:best]), _length(both[best:])):
                best = at
        before, last = both[:best], both[best:]
    yield from filter(None, (before, last))


def _length(pieces: Sequence[_Piece]) -> int:
    return pieces[-1].end - pieces[0].start
