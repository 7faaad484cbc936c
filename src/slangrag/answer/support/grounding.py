"""Grounding: whether a sentence says no more than the definitions it cites.

No model is asked. A sentence is supported when nearly all of its content words (as stems, with a small
set of synonyms) are in what it cites, when it says something of the definition's core, and when its
numbers, names and negations are the definition's own. `docs/grounding.md` has the measured figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from slangrag.answer.support.types import Source as Source
from slangrag.text.content import Reading, Term, read, undone
from slangrag.text.sentences import loops, sentences

COVERAGE: Final = 0.7
"""Share of a sentence's content words that its sources must hold; calibrated, see docs/grounding.md."""

SPARSE: Final = 4
"""Up to so many content words, each must be in the sources."""


SHORT: Final = 3
"""Content words of a definition so short that half of them must be retold."""

_COMPARISON: Final = re.compile(r"\bas (\w+) as\b", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"[,;:.!?](?=\s|$)|[\n()\"“”]|\b(?:or|and)\b")
_HEADS: Final = 2
_POINTS_BACK: Final = r"^\W*(?:it|this|they|these|the (?:term|word|phrase|expression))\b"
_ASKS: Final = re.compile(
    r"^\W*(?:is|are|was|do|does|did|can|could|should|would|what|who|why|when|where|how)\b.*\?\W*$", re.I
)
_PERSON: Final = re.compile(r"\bmeans (?:someone|somebody|people|an? (?:\w+ )?person)\b", re.IGNORECASE)
_PERSON_FIRST: Final = re.compile(
    r"(?:\W*\w+\W+){0,4}(?:someone|somebody|people|person|one)\b|.*\bwho\b", re.IGNORECASE
)
_HANGING: Final = re.compile(
    r"\bmeans (?:given|said|used|shown|heard|told|placed|spelled|shortened|often|mostly)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence stands, why not (in words, "" where it does), and its coverage in [0, 1]."""

    supported: bool
    reason: str = ""
    coverage: float = 0.0


def check(sentence: str, cited: Sequence[Source], given: Sequence[Source] = ()) -> Verdict:
    """Whether `sentence`, its citation marks removed, is supported by `cited` taken together.

    `given` are all definitions that the model saw: a sentence about one headword that cites another
    is refused.
    """
    if not cited:
        return Verdict(False, "it cites nothing")
    if _ASKS.match(sentence):
        return Verdict(False, "it asks and does not tell")
    if loops(sentence):
        return Verdict(False, "it goes round in circles")
    words = tuple(dict.fromkeys(source.word for source in cited))
    said = read(sentence, without=words)
    known = read("\n".join(source.definition for source in cited))
    if not said.terms and not said.numbers:
        return Verdict(False, "it says nothing that could be checked")
    stranger = _other_headword(sentence, words, given)
    if stranger:
        return Verdict(False, f"it is about “{stranger}” and cites “{words[0]}”")
    held = known.stems | frozenset(part for word in words for part in read(word).stems)
    missing = [term for term in said.terms if not _holds(term, held)]
    coverage = 1 - len(missing) / max(1, len(said.terms))
    strange_names = said.names - held
    numbers = known.numbers | read(" ".join(words)).numbers
    for failed, reason in (
        (bool(said.numbers - numbers), "it has a number that is not there"),
        (bool(strange_names), "it names something that is not there"),
        (
            coverage < COVERAGE or (len(said.terms) <= SPARSE and bool(missing)),
            "it adds " + ", ".join(dict.fromkeys(term.word for term in missing[:4])),
        ),
        (_denies(said, known), "it denies what is said, or says what is denied"),
        (
            _needs_core(sentence, words) and not _touches_core(said, cited),
            "it leaves out what the definition is about",
        ),
        (
            len(said.stems) == 1 and not _is_a_meaning(sentence, said, words, cited),
            "it takes a word out of its place",
        ),
    ):
        if failed:
            return Verdict(False, reason, coverage)
    return Verdict(True, "", coverage)


def best_source(sentence: str, given: Sequence[Source]) -> Source | None:
    """The first source that supports `sentence` by itself, for a sentence that cites nothing."""
    return next((source for source in given if check(sentence, [source], given).supported), None)


def _holds(term: Term, held: frozenset[str]) -> bool:
    return term.stem in held or undone(term.word) in held


def _other_headword(sentence: str, words: Iterable[str], given: Sequence[Source]) -> str | None:
    """A headword of `given` that the sentence is about, if it is about none of `words`."""
    lowered = sentence.lower()

    def mentioned(word: str) -> bool:
        return re.search(rf"(?<!\w){re.escape(word.lower())}(?!\w)", lowered) is not None

    folded = {word.lower() for word in words}
    if any(mentioned(word) for word in folded):
        return None
    subject = re.match(r"^\W*(?:the (?:term|word|phrase)\s+)?\W*(.*)$", lowered)
    opening = subject[1] if subject else lowered
    for source in given:
        other = source.word.lower()
        if other not in folded and mentioned(other) and opening.startswith(other):
            return source.word
    return None


def _polarity(terms: Iterable[Term]) -> dict[str, set[bool]]:
    table: dict[str, set[bool]] = {}
    for term in terms:
        table.setdefault(term.stem, set()).add(term.denied)
        opposite = undone(term.word)
        if opposite:
            table.setdefault(opposite, set()).add(not term.denied)
    return table


def _denies(said: Reading, known: Reading) -> bool:
    """Whether a content word is denied in one text and only ever affirmed in the other."""
    ours, theirs = _polarity(said.terms), _polarity(known.terms)
    return any(stem in theirs and not (signs & theirs[stem]) for stem, signs in ours.items())


def _needs_core(sentence: str, words: Sequence[str]) -> bool:
    """Whether a sentence says what a word means, or speaks neither of a cited word nor of "it".

    Only a remark beside the meaning ("it comes from a song") may leave the definition's first sentence out.
    """
    named = "|".join(re.escape(word) for word in words)
    if re.search(rf"(?:{named})\W+(?:is|are|means?|refers?|describes?)\b", sentence, re.IGNORECASE):
        return True
    return not re.search(rf"(?<!\w)(?:{named})|{_POINTS_BACK}", sentence, re.IGNORECASE)


def _touches_core(said: Reading, cited: Sequence[Source]) -> bool:
    """Whether the sentence shares a content word with the first sentence of some cited definition."""
    for source in cited:
        opening = sentences(source.definition)[:1] or [source.definition]
        core = read(opening[0]).stems
        if not core or core & said.stems:
            return True
    return False


def _is_a_meaning(sentence: str, said: Reading, words: Sequence[str], cited: Sequence[Source]) -> bool:
    """Whether the only content word of a sentence can be all that is meant.

    It must stand at the head of some clause of a definition ("secretly" in "a little, secretly, or ..."),
    and the sentence must speak of a cited word or of "it".
    """
    named = "|".join(re.escape(word) for word in words)
    if not re.search(rf"(?<!\w)(?:{named})|{_POINTS_BACK}", sentence, re.IGNORECASE):
        return False
    clauses = (clause for source in cited for clause in _CLAUSE.split(source.definition))
    heads = {term.stem for clause in clauses for term in read(clause).terms[:_HEADS]}
    return bool(said.stems & heads)


def complete(sentence: str, source: Source) -> Verdict:
    """Whether a sentence that retells one whole definition leaves enough of it standing.

    For small models, which break off ("means of food"), repeat a word to fill the line, explain a word
    by itself, take a thing for a person and drop half of a comparison. At least a fifth of the content
    words of the definition's first sentence must be there, half of a short one's.
    """
    opening = (sentences(source.definition)[:1] or [source.definition])[0]
    core = read(opening, without=(source.word,)).terms
    said = read(sentence, without=(source.word,))
    written = [term.word for term in said.terms]
    if len(written) != len(set(written)):
        return Verdict(False, "it repeats itself")
    itself = re.compile(rf"(?<!\w){re.escape(source.word)}(?!\w)", re.IGNORECASE)
    if len(itself.findall(sentence)) > 1 + len(itself.findall(opening)):
        return Verdict(False, "it explains the word by itself")
    for compared in _COMPARISON.findall(opening):
        if re.search(rf"(?<!\bas )\b{compared}\b", sentence, re.IGNORECASE):
            return Verdict(False, "it drops half of a comparison")
    if _PERSON.search(sentence) and not _PERSON_FIRST.match(opening):
        return Verdict(False, "it takes a thing for a person")
    if _HANGING.search(sentence) and not _HANGING.search(f"means {opening}"):
        return Verdict(False, "it breaks off")
    share = sum(term.stem in said.stems for term in core) / len(core) if core else 1.0
    if share < (0.5 if len(core) <= SHORT else 0.2):
        return Verdict(False, "it breaks off")
    return Verdict(True, "", share)
