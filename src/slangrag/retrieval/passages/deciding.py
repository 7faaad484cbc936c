"""The dictionary, the documents, or both: decided by what each has on the question.

The dictionary's answer to a word asked for by name stands as it is. Passages come before it where the
question names their document's subject beside the word, behind it where they say themselves what the word
means. All other questions go to the documents where these have evidence, and the dictionary none as plain.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from slangrag.retrieval.intent import parse
from slangrag.retrieval.passages.finding import WEIGHTS, Weights, find, has_words
from slangrag.retrieval.passages.wordings import asks, asks_meaning, tells, without_place
from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Hit, Intent, Known, Mode, Only, Retrieval, Span
from slangrag.retrieval.weights import load_weights
from slangrag.text.content import read, stem
from slangrag.text.english import is_listed
from slangrag.text.forms import fold, plain_words

Finding = Callable[[str, SlangStore, int], list[Hit]]
_SCATTERED: Final = 10
"""Passages from which on their own background is measured well enough."""

_BESIDE: Final = 2
"""Passages told behind the dictionary's own."""

_LONGEST_WORD: Final = 3
"""Words of a term that somebody asks the meaning of; more are a question."""

_LOOKED_AT: Final = 20
"""Passages that are looked at for a word."""

_BEST: Final = 3
"""Passages of which one should have the question's numbers."""

_SLANG: Final = 0.5


def retrieve_both(
    query: str,
    dictionary: SlangStore,
    passages: SlangStore | None,
    *,
    only: Only = "both",
    limit: int = 6,
    mode: Mode = "hybrid",
    intent: Intent | None = None,
    explain: bool = False,
    meanings: bool = False,
    weights: Weights = WEIGHTS,
) -> Retrieval:
    """What the store has on `query`, entries and passages, at most `limit` of both together.

    passages is the store of documents, None where there is none: then this is `retrieve`. only leaves out the
    other. An `intent` is one of the dictionary's. Raises what `retrieve` raises.
    """
    ask = partial(retrieve, store=dictionary, limit=limit, mode=mode, explain=explain, meanings=meanings)
    if passages is None or only == "dictionary" or mode != "hybrid" or intent is not None:
        return ask(query, intent=intent)
    # Of a handful of passages nobody can tell how cosines scatter: of the dictionary's entries they can.
    few = passages.lexicon.last_row() < _SCATTERED
    finding = partial(find, weights=weights, background=dictionary.background if few else None)
    if only == "documents":
        found = _of_documents(query, finding(query, passages, limit), passages, weights)
    else:
        found = ask(query)
        bare = without_place(query)
        if bare and _named_word(found) is None:
            alone = ask(bare)
            if _named_word(alone) is not None or (alone.intent == "define" and found.known != "yes"):
                found = _asked_within(alone, query, query.index(bare))
        found = _with_passages(found, bare or query, passages, limit, weights, finding)
    found = replace(found, notes=tuple(dict.fromkeys((*found.notes, *passages.lacks))))
    if explain:
        return found
    return replace(found, hits=tuple(replace(hit, signals={}) for hit in found.hits))


def _asked_within(alone: Retrieval, query: str, at: int) -> Retrieval:
    """What was found for a part of `query` that begins at `at`, as found for the whole."""

    def moved(hit: Hit) -> Hit:
        span = hit.span
        return hit if span is None else replace(hit, span=Span(span.text, span.start + at, span.end + at))

    return replace(alone, query=query, hits=tuple(map(moved, alone.hits)))


def _with_passages(
    found: Retrieval, bare: str, passages: SlangStore, limit: int, weights: Weights, finding: Finding
) -> Retrieval:
    """What the dictionary found, with what the documents have. bare: the question without a place in it."""
    word = _named_word(found)
    if word is not None:
        if not has_words(passages, word.text):
            return found
        return _beside_word(found, word, finding(found.query, passages, _LOOKED_AT), limit)
    hits = finding(found.query, passages, _LOOKED_AT)
    subjects = parse(bare, load_weights().intent).subjects
    subject = subjects[-1].text if subjects else ""
    if subject and len(subject.split()) <= _LONGEST_WORD:
        speaking = [hit for hit in hits if _mentions(hit, subject)]
        if telling := [hit for hit in speaking if _tells(hit, subject)]:
            return _led_by_passages(found, telling, "yes", (), limit)
        if asks_meaning(bare) or (fold(subject) == fold(bare) and not asks(bare)):
            sure = [hit for hit in speaking if hit.score >= weights.yes]
            return _led_by_passages(found, sure, "maybe", (), limit) if sure else found
    return _by_evidence(found, hits, passages, limit, weights)


def _named_word(found: Retrieval) -> Span | None:
    """The word that was asked for by name, where the dictionary has it, in this form or an inflected one."""
    first = found.hits[0] if found.hits else None
    if found.intent != "define" or first is None or first.match not in ("exact", "inflected"):
        return None
    return first.span


def _beside_word(found: Retrieval, word: Span, hits: list[Hit], limit: int) -> Retrieval:
    """The definitions of a word, and the passages that speak of it."""
    context = read(f"{found.query[: word.start]} {found.query[word.end :]}").stems
    speaking = [hit for hit in hits if _mentions(hit, word.text)]
    meant = [hit for hit in speaking if 2 * len(context & _headed(hit)) >= len(context)] if context else []
    if meant:
        meant.sort(key=lambda hit: not _tells(hit, word.text))
        return _led_by_passages(found, meant, "yes", found.hits, limit)
    telling = [hit for hit in speaking if _tells(hit, word.text)]
    return _followed_by_passages(found, telling, limit)


def _by_evidence(
    found: Retrieval, hits: list[Hit], passages: SlangStore, limit: int, weights: Weights
) -> Retrieval:
    """Passages where they have evidence enough to stand against what the dictionary has."""
    best = hits[0].score if hits else 0.0
    if best < (weights.maybe if asks(found.query) else weights.unasked):
        return found
    known = _known(found.query, hits, passages, weights)
    slang = {hit.span.text for hit in found.hits if hit.span is not None and (hit.slang or 0.0) >= _SLANG}
    if found.known != "yes" or not slang:
        return _led_by_passages(found, hits, known, (), limit)
    if best >= weights.leads:
        return _led_by_passages(found, hits, known, found.hits, limit)
    return _followed_by_passages(found, hits, limit) if best >= weights.yes else found


def _of_documents(query: str, hits: list[Hit], passages: SlangStore, weights: Weights) -> Retrieval:
    return Retrieval(query, "documents", _known(query, hits, passages, weights), tuple(hits))


def _known(query: str, hits: list[Hit], passages: SlangStore, weights: Weights) -> Known:
    """Whether the documents answer: never for sure where the question has a name that none of them has."""
    best = hits[0].score if hits else 0.0
    if best < weights.maybe:
        return "no"
    return "yes" if best >= weights.yes and not _strange(query, hits, passages) else "maybe"


def _strange(query: str, hits: list[Hit], passages: SlangStore) -> bool:
    """Whether the question has a word that is no plain English and that no passage has, or a number in digits
    that none of the best passages has.
    """
    said = read(query)
    words = {term.word for term in said.terms if not is_listed(term.word)}
    there = {number for hit in hits[:_BEST] for number in read(hit.entry.definition).numbers}
    return bool(said.numbers - there) or any(not has_words(passages, word) for word in words)


def _led_by_passages(
    found: Retrieval, hits: list[Hit], known: Known, behind: tuple[Hit, ...], limit: int
) -> Retrieval:
    own = behind[: limit // 2]
    return Retrieval(found.query, "documents", known, (*hits[: limit - len(own)], *own), (), found.notes)


def _followed_by_passages(found: Retrieval, hits: list[Hit], limit: int) -> Retrieval:
    behind = hits[: min(_BESIDE, limit // 2)]
    return replace(found, hits=(*found.hits[: limit - len(behind)], *behind)) if behind else found


def _headed(hit: Hit) -> frozenset[str]:
    """Stems of what stands above a passage: its document's title and its headings."""
    assert hit.locator is not None
    return read(f"{hit.locator.title} {hit.locator.heading}").stems


def _mentions(hit: Hit, word: str) -> bool:
    """Whether a passage, or what stands above it, has the word, in any form."""
    assert hit.locator is not None
    wanted = [stem(part) for part in plain_words(word)]
    there = {stem(part) for part in plain_words(f"{hit.locator.heading} {hit.entry.definition}")}
    return bool(wanted) and all(part in there for part in wanted)


def _tells(hit: Hit, word: str) -> bool:
    """Whether a passage says what the word means: a line opens with it, or it is the heading above."""
    assert hit.locator is not None
    heading = hit.locator.heading.rpartition(" › ")[2]
    return fold(heading) == fold(word) or any(tells(word, line) for line in hit.entry.definition.splitlines())
