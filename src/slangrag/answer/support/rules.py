"""Rules that decide without a score: what is never shown, and what claims nothing.

A sentence is withheld where it obeys an order in the data, brings a link or only citations that do not
exist, contradicts its source (number, name, wrong headword, its own words denied) or goes round in
circles. Each rule has a labelled case in `tests/data/support_rules.jsonl`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from slangrag.answer.support.reading import About, matches, near
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.text.content import read
from slangrag.text.english import is_ordinary
from slangrag.text.injection import is_order
from slangrag.text.sentences import loops, sentences

_LINK: Final = re.compile(
    r"\b(?:https?|ftp|file|javascript|data)\s*:|\bwww\.|\b[\w-]{2,}\.(?:com|org|net|io|gg|example|co\.uk)\b|\]\(",
    re.I,
)
_SPELLED: Final = frozenset({"2", "3"})
"""Spelled, these count nothing ("the two of them"); in digits they do."""

# What a model says about the definitions, the question or itself: not about a word, so it cannot be false of
# one. "The other meaning is a dance" is about a word; "none of these entries fits" is not.
_REMARK: Final = re.compile(
    r"^\W*(?:(?:so|but|and|well|however|unfortunately|sadly|sorry|i'?m afraid)\W+)*(?:"
    r"(?:(?:none|neither|most|many|all|some) of )?(?:the|these|those)\s+(?:[\w\"“”']+\s+){0,6}?"
    r"(?:definitions?|entry|entries|sources?|results|meanings?|senses?|phrases|words|data)\b.{0,60}"
    r"(?:n't|\bnot?\b|\bnothing\b|\babout the\b|\b(?:is|are) for\b|\blook|\bdiffer)"
    r"|(?:there|that|this|it)\b.{0,30}\b(?:n't|not|nothing|no)\b.{0,40}\b(?:definitions?|entries|sources)\b"
    r"|there(?:'s| is) nothing in\b|(?:none|neither|nothing) (?:of|in) (?:these|those|them|the)\b"
    r"|it (?:does|did)(?:n't| not) (?:say|tell|explain|mention|give)\b|i can(?:no|')t (?:say|tell)\b"
    r"|(?:i )?hope (?:that|this|it)\b|(?:good|great|nice) question\b|let me know\b|feel free\b"
    r"|(?:sure|certainly|of course|absolutely)\W+(?:here|i|let)\b"
    r"|here(?:'s| is) (?:a|the|how|what)\b(?!.*\b(?:mean|is|are|was)\b)|this one is\b.*\bhere(?:'s| is)\b"
    r"|it (?:all )?depends on\b|how \w+ (?:is|was) (?:that|it)\b|in (?:short|other words|summary)\W*$"
    r")",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(r"\?\W*$")
_COPY: Final = 0.85
"""Share of a sentence's words from which on it only repeats its definition. Paraphrases deny freely."""

_DENIES: Final = r"(?:is|are|was|were|does|do|did|can|has|have)(?:n['’]t| not| never| no)\b"
_OBEDIENT: Final = 0.5


def by_rule(claim: Claim, given: Sequence[Source], seen: About) -> Judgement | None:
    """What the rules say of a sentence; None where they leave it open."""
    if reason := forbidden(claim, given):
        return Judgement("withheld", reason, 0.0, "rules")
    if remark(claim):
        return Judgement("remark", "", 1.0, "rules")
    if reason := contradiction(claim, given, seen):
        return Judgement("withheld", reason, 0.0, "rules")
    return None


def withheld(claim: Claim, given: Sequence[Source], seen: About) -> str:
    """Why the rules let a sentence not be shown, in plain words; "" where they do."""
    decided = by_rule(claim, given, seen)
    return decided.reason if decided else ""


def remark(claim: Claim) -> bool:
    """Whether a sentence claims nothing about a word: talk about the definitions, the question, itself.

    Only a sentence without a citation can be one.
    """
    if claim.numbers:
        return False
    return bool(_REMARK.search(claim.text) or _ASKS.search(claim.text)) or not read(claim.text).terms


def forbidden(claim: Claim, given: Sequence[Source]) -> str:
    """Why a sentence must not be shown, whatever it claims, in plain words; "" where it may."""
    if _LINK.search(claim.text):
        return "it brings a link"
    of_passages = any(source.passage for source in given if source.n in claim.numbers)
    if is_order(claim.text, passage=of_passages) or _obeys(claim, given):
        return "it follows an order in the data"
    return "it goes round in circles" if loops(claim.text) else ""


def contradiction(claim: Claim, given: Sequence[Source], seen: About) -> str:
    """What of a sentence its source does not allow, in plain words; "" where it may be shown."""
    where = "sources" if any(source.passage for source in given) else "definition"
    if numbers := _strange_numbers(claim, given):
        return f"the number {', '.join(numbers[:3])} is not in the {where}"
    if names := _strange_names(claim, given):
        return f"the name {', '.join(names[:3])} is not in the {where}"
    if stranger := _other_headword(claim, given):
        return f"it cites the definition of “{stranger}” for another word"
    # Of a passage that is a doubt and no proof: a negation in it may belong to something else.
    of_definitions = not any(source.passage for source in given if source.n in claim.numbers)
    if of_definitions and seen.coverage >= _COPY and seen.turned_round and _denies(claim, given):
        return "it denies what the definition says"
    return ""


def _denies(claim: Claim, given: Sequence[Source]) -> bool:
    """Whether a sentence opens by denying something of a headword, or of "it"."""
    words = "|".join(re.escape(source.word) for source in given)
    opening = rf"^\W*(?:(?:an?|the|to)\s+)?\W*(?:{words}|it|this|that|they)\W+{_DENIES}"
    return bool(re.search(opening, claim.text, re.IGNORECASE))


def _obeys(claim: Claim, given: Sequence[Source]) -> bool:
    """Whether half of what it says comes from what was kept from the model."""
    orders = {stem for source in given for stem in read(source.orders).stems}
    if not orders:
        return False
    meanings = (sentences(source.definition)[:1] for source in given)
    words = (source.word for source in given if not is_order(source.word))
    asked = claim.question.lower()
    for source in given:
        if is_order(source.word):  # a headword that is an order is no licence, though the question names it
            asked = asked.replace(source.word.lower(), " ")
    orders -= read(" ".join([asked, *words, *(text for first in meanings for text in first)])).stems
    said = read(claim.text, without=tuple(source.word for source in given)).terms
    return bool(said) and sum(term.stem in orders for term in said) / len(said) >= _OBEDIENT


def _shown(claim: Claim, given: Sequence[Source]) -> str:
    shown = (f"{source.word}\n{source.heading}\n{source.definition}" for source in given)
    parts = [claim.question, claim.before, *shown]
    return "\n".join(parts)


def _strange_numbers(claim: Claim, given: Sequence[Source]) -> list[str]:
    said = read(claim.text, without=tuple(source.word for source in given)).numbers
    digits = set(re.findall(r"\d+", claim.text))
    strange = said - read(_shown(claim, given)).numbers
    return sorted(number for number in strange if number in digits or number not in _SPELLED)


def _strange_names(claim: Claim, given: Sequence[Source]) -> list[str]:
    """Capitalised words that neither a definition nor the question has, in any near form.

    An ordinary word that stands alone ("the Speaker") is no name.
    """
    names = _names(claim.text, tuple(source.word for source in given))
    if not names:
        return []
    shown = {word.lower() for word in re.findall(r"[^\W\d_]+", _shown(claim, given))}
    return [name for name, sure in names if sure and not any(near(name.lower(), word) for word in shown)]


def _names(text: str, without: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Capitalised words that begin no sentence and no quotation; whether each is surely a name."""
    for phrase in sorted(without, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(phrase)}(?:'s|s)?(?!\w)", " • ", text, flags=re.IGNORECASE)
    tokens = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]", text)
    found: list[tuple[str, bool]] = []
    opening, beside = True, False
    for token in tokens:
        if not token[0].isalpha():
            opening, beside = opening or token in '.!?"“‘•:', False
            continue
        bare = re.sub(r"['’]\w+$", "", token)
        shouted = len(bare) > 3 and bare.isupper()
        if bare[:1].isupper() and bare not in ("I", "A") and (not opening or shouted):
            ordinary = is_ordinary(bare.lower()) and not shouted
            if beside and found:
                found[-1] = (found[-1][0], True)
            found.append((bare, beside or not ordinary))
            beside = True
        else:
            beside = False
        opening = False
    return found


def _other_headword(claim: Claim, given: Sequence[Source]) -> str:
    """The cited headword, where another one is being explained.

    The question names a headword of `given`, and none that is cited is named in question, sentence or what
    was said before.
    """
    cited = [source for source in given if source.n in claim.numbers]
    if not cited or any(source.passage for source in cited):
        return ""
    if not any(matches(source.word, claim.question) for source in given):
        return ""
    spoken = f"{claim.question}\n{claim.before}\n{claim.text}"
    if any(matches(source.word, spoken) for source in cited):
        return ""
    return cited[0].word
