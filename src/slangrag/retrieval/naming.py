"""Questions that name their word: "what does X mean". Settled by headword, without vectors or models."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from slangrag.retrieval import confidence
from slangrag.retrieval.candidates import Candidate, by_headword, shifted
from slangrag.retrieval.following import chain
from slangrag.retrieval.intent import ParsedQuestion
from slangrag.retrieval.senses import defining_first, entries_of, rank
from slangrag.retrieval.signals import headword_spans, weigh, weighed
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.spans import HeadwordMatch, find, find_whole
from slangrag.retrieval.types import Definition, Hit, Match, Retrieval, Span
from slangrag.retrieval.typos import corrections
from slangrag.retrieval.weights import Weights, load_weights
from slangrag.retrieval.wordings import BETWEEN, LIGHT_BEFORE
from slangrag.store.headword_index import Headword
from slangrag.text.english import is_ordinary
from slangrag.text.forms import fold

SUGGESTIONS: Final = 5
_MOST_PARTS: Final = 4
_LONGEST_PART: Final = 3
_QUOTES: Final = " \t\"“”‘’'"
Asked = tuple[Span, list[HeadwordMatch]]
_BLANKS: Final = re.compile(r"\s+")


def define(word: str, store: SlangStore) -> Definition:
    """Everything on one word, found by headword alone: no model, no vector, no network."""
    weights = load_weights()
    found = named((Span(word, 0, len(word)),), store)
    if not found:
        near = corrections(word, store.headwords, weights.typo, limit=SUGGESTIONS)
        near = confidence.plausible(near, weights.known)
        known = confidence.known_if_missing(near, (), weights.known)
        return Definition(word, known, (), tuple(one.headword.word for one in near))
    known = confidence.known_by_name(found[0])
    best = [one for one in found if one.match == found[0].match]
    candidates = [candidate(one.headword, {}, one.match, one.span, store, weights) for one in best]
    candidates += followed(candidates[0], store, weights)
    entries = tuple(sense.entry for one in candidates for sense in one.senses)
    return Definition(word, known, entries)


def named(subjects: Sequence[Span], store: SlangStore) -> list[HeadwordMatch]:
    """Headwords that one of `subjects` is: the first that is one exactly, else the first by a looser form."""
    loose: list[HeadwordMatch] = []
    for subject in subjects:
        found = find_whole(subject, store.headwords)
        if found and found[0].match == "exact":
            return found
        loose = loose or found or _doubled(subject, store)
    return loose


def _doubled(subject: Span, store: SlangStore) -> list[HeadwordMatch]:
    """ "bling bling" for "bling", where nothing else is there."""
    twice = f"{fold(subject.text)} {fold(subject.text)}"
    return [
        HeadwordMatch(one, subject, "inflected", "doubled", 0, 0)
        for one in store.headwords.exact([twice]).values()
    ]


def several(parsed: ParsedQuestion, store: SlangStore) -> list[Asked]:
    """Two and more words that one question asks for, each with its headwords (none where it is not there).

    "rizz and gyatt", "ghosting vs breadcrumbing", "brb ttyl". Empty where that is not what was asked: the
    whole is a headword, or a part is a clause, or too few parts are headwords.
    """
    whole = parsed.subjects[0]
    if any(found.match == "exact" for found in find_whole(whole, store.headwords)):
        return []
    for pattern, sure in ((BETWEEN, parsed.intent == "define"), (_BLANKS, False)):
        parts = _parts(whole, pattern)
        if not 2 <= len(parts) <= _MOST_PARTS:
            continue
        found = [(part, find_whole(part, store.headwords)) for part in parts]
        exact = [ways and ways[0].match == "exact" for _, ways in found]
        # Where no "and" says that these are several words, each must be one, and no plain English.
        if any(exact) if sure else all(exact) and not any(is_ordinary(part.text) for part in parts):
            return found
    return []


def _parts(whole: Span, pattern: re.Pattern[str]) -> list[Span]:
    cuts = [(m.start(), m.end()) for m in pattern.finditer(whole.text)]
    parts: list[Span] = []
    start = 0
    for end, following in [*cuts, (len(whole.text), len(whole.text))]:
        light = LIGHT_BEFORE.match(whole.text, start, end)
        piece = whole.text[light.end() if light else start : end]
        bare = piece.strip(_QUOTES)
        if bare:
            begin = whole.start + end - len(piece) + piece.index(bare)
            parts.append(Span(bare, begin, begin + len(bare)))
        start = following
    return [] if any(len(part.text.split()) > _LONGEST_PART for part in parts) else parts


def candidate(
    headword: Headword,
    parts: Mapping[str, float],
    match: Match,
    span: Span | None,
    store: SlangStore,
    weights: Weights,
) -> Candidate:
    """A headword with its senses in the order of what is known without any context."""
    entries = entries_of(store.lexicon, headword.hid)
    senses = defining_first(rank(entries, weights.sense, spelling=span.text if span else ""))
    return Candidate(headword, match, span, senses, parts)


def followed(first: Candidate, store: SlangStore, weights: Weights) -> list[Candidate]:
    """The headwords that the entries of `first` lead to; none if they define it themselves."""
    seen: dict[int, Headword] = {}
    for sense in first.senses:
        for headword, _ in chain(sense.entry, store, weights):
            seen.setdefault(headword.hid, headword)
    return [candidate(one, first.parts, first.match, first.span, store, weights) for one in seen.values()]


def _enough(candidates: Iterable[Candidate], limit: int) -> list[Candidate]:
    """The first candidates that have `limit` senses between them: reading entries is what takes time."""
    kept: list[Candidate] = []
    for one in candidates:
        kept.append(one)
        if sum(len(c.senses) for c in kept) >= limit:
            break
    return kept


def retrieve_named(
    query: str, found: Sequence[HeadwordMatch], store: SlangStore, weights: Weights, limit: int
) -> Retrieval:
    """The entries of the headwords that were asked for, the surest form first."""
    candidates = _enough(
        (
            candidate(one.headword, {"place": -float(place)}, one.match, one.span, store, weights)
            for place, one in enumerate(found)
        ),
        limit,
    )
    hits = by_headword(candidates, limit)
    return Retrieval(query, "define", confidence.known_by_name(found[0]), hits, (), store.lacks)


def retrieve_each(
    query: str,
    asked: Sequence[Asked],
    store: SlangStore,
    weights: Weights,
    limit: int,
) -> Retrieval:
    """The entries of several headwords that were asked for, a fair share each, in the question's order."""
    known = [(span, ways) for span, ways in asked if ways]
    share = max(1, limit // len(known))
    hits: list[Hit] = []
    for place, (span, ways) in enumerate(known):
        best = candidate(ways[0].headword, {"place": -float(place)}, ways[0].match, span, store, weights)
        hits += by_headword([best], share)
    lacking = tuple(f"“{span.text}” is not in the data" for span, ways in asked if not ways)
    sure = not lacking and all(confidence.known_by_name(ways[0]) == "yes" for _, ways in known)
    return Retrieval(
        query, "define", "yes" if sure else "maybe", tuple(hits[:limit]), (), (*store.lacks, *lacking)
    )


def retrieve_near_misses(
    query: str, subject: Span, store: SlangStore, weights: Weights, limit: int
) -> Retrieval:
    """The word is not there: what it may be a misspelling of, and headwords inside the phrase."""
    near = confidence.plausible(
        corrections(subject.text, store.headwords, weights.typo, limit=SUGGESTIONS), weights.known
    )
    candidates = _enough(
        (
            candidate(one.headword, weighed(one.signals, weights.typo), "fuzzy", subject, store, weights)
            for one in near
        ),
        limit,
    )
    inside = find(subject.text, store.headwords)
    seen = weigh(headword_spans(subject.text, inside, store.headwords), weights.span)
    floor = min((c.score for c in candidates), default=0.0) - 1.0
    taken = {c.headword.hid for c in candidates}
    for place, (_, spotted) in enumerate(seen[:_MOST_PARTS]):
        if spotted.headword.hid not in taken and sum(len(c.senses) for c in candidates) < limit:
            found = spotted.found
            span = shifted(found.span, subject.start)
            parts = {"below the rest": floor, "place": -float(place)}
            candidates.append(candidate(spotted.headword, parts, found.match, span, store, weights))
    known = confidence.known_if_missing(near, seen, weights.known)
    suggestions = tuple(one.headword.word for one in near)
    return Retrieval(query, "define", known, by_headword(candidates, limit), suggestions, store.lacks)
