"""Translate: a message with slang in plain English, or the reverse, with a glossary of what was translated.

A capable model rewrites with the glossary in hand, and its text is compared with the message both ways;
what fails, and every very small model, gives way to substitution from the glossary. Prints nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from slangrag.answer.events import AnswerOptions
from slangrag.answer.gloss import Gloss, Shape, gloss, inflected
from slangrag.answer.inert import inert
from slangrag.answer.rewriting import rewrite
from slangrag.corpus.headword import fold
from slangrag.engines.protocols import ChatModel
from slangrag.retrieval.types import Hit, Retrieval

Direction = Literal["plain", "slang"]

_ARTICLE_BEFORE: Final = re.compile(
    r"\b(an?|the|my|your|his|her|its|our|their|this|that|these|those|some|any|no)(\s+(?:\w+\s+)?)$",
    re.IGNORECASE,
)
_NUMBER_BEFORE: Final = re.compile(
    r"(?:\b\d[\d,.]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|few|many|several))\s+$",
    re.IGNORECASE,
)
_ONE_BEFORE: Final = re.compile(r"\b(?:an?|this|that)\s+$", re.IGNORECASE)
_BE_BEFORE: Final = re.compile(r"(?:\b(?:is|are|was|were|am|be)|['’](?:s|re|m))\s+$", re.IGNORECASE)
_DEGREE_BEFORE: Final = re.compile(r"\b(?:so|very|really|much|more|looks?|feels?)\s+$", re.IGNORECASE)
_VERB_BEFORE: Final = re.compile(
    r"\b(?:to|i|you|we|they|he|she|will|can|don['’]t|let['’]s|gonna|wanna)\s+$", re.IGNORECASE
)
_OBJECT_AFTER: Final = re.compile(
    r"\s+(?:a|an|the|my|your|his|her|its|our|their|this|that|these|those|him|it|them|me|us|you|[A-Z]\w+)\b"
)
_ARTICLE: Final = re.compile(r"^(?:an?|the)\s+")
_VOWEL: Final = re.compile(r"[aeiou]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """One slang span: span == text[start:end], what it means here and where that stands."""

    span: str
    start: int
    end: int
    word: str
    entry_id: str
    definition: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated message.

    grounded: what it says comes from the message and the glossary. rewritten: the model's words; else
    substitution. engine and model are "" where none was asked.
    """

    text: str
    plain: str
    terms: tuple[Term, ...]
    grounded: bool
    engine: str
    model: str
    notes: tuple[str, ...] = ()
    rewritten: bool = False


def translate(
    text: str,
    retrieval: Retrieval,
    chat: ChatModel | None,
    to: Direction = "plain",
    options: AnswerOptions | None = None,
) -> Translation:
    """`text` in plain English (or, to "slang", with words from the data).

    To plain, `retrieval` holds hits with spans in `text`; to slang, entries that may say the same.
    chat None asks no model. Raises the engine's EngineErrors (the caller may call again with None).
    """
    options = options or AnswerOptions()
    terms = plain_terms(text, retrieval) if to == "plain" else slang_terms(text, retrieval)
    notes = list(retrieval.notes)
    if not terms:
        notes.append(
            "no slang that I know in this" if to == "plain" else "no slang in the data for any part of this"
        )
        return Translation(text, text, (), True, "", "", tuple(notes))
    substituted = substitute(text, terms) if to == "plain" else replace_by_headwords(text, terms)
    if chat is None:
        return Translation(text, substituted, terms, True, "", "", tuple(notes))
    engine, model = chat.identity.engine, chat.identity.model
    if not chat.identity.capable:
        notes.append(f"{model} is too small to rewrite: words were replaced from the glossary")
        return Translation(text, substituted, terms, True, engine, model, tuple(notes))
    glossary = [(term.span, term.word, term.definition) for term in terms]
    rewritten, reason = rewrite(text, glossary, chat, options, to)
    if reason:
        notes.append(f"the model's text was not used ({reason}): words were replaced from the glossary")
        return Translation(text, substituted, terms, True, engine, model, tuple(notes))
    return Translation(text, rewritten, terms, True, engine, model, tuple(notes), rewritten=True)


def plain_terms(text: str, retrieval: Retrieval) -> tuple[Term, ...]:
    """The slang spans in order, none overlapping, better hits first.

    Of a span's senses the best is taken whose gloss has the right part of speech for its place.
    """
    chosen: list[Term] = []
    for hit in retrieval.hits:
        span = hit.span
        if span is None or text[span.start : span.end] != span.text:
            continue
        if all(span.end <= term.start or span.start >= term.end for term in chosen):
            senses = [other for other in retrieval.hits if other.span == span]
            shapes = [gloss(s.entry.definition, s.entry.word).shape for s in senses]
            place = expected(text[: span.start])
            if _ONE_BEFORE.search(text[: span.start]) and "noun" in shapes:
                place = ("noun",)
            fitting = (s for s, shape in zip(senses, shapes, strict=True) if shape in place)
            chosen.append(_term(next(fitting, hit), span.start, span.end, text))
    return tuple(sorted(chosen, key=lambda term: term.start))


def slang_terms(text: str, retrieval: Retrieval) -> tuple[Term, ...]:
    """Stretches of plain `text` that are the gloss of a retrieved entry, in order, none overlapping."""
    chosen: list[Term] = []
    for hit in retrieval.hits:
        meaning = gloss(hit.entry.definition, hit.entry.word)
        words = re.sub(r"^(?:an?|the)\s+", "", meaning.text)
        if meaning.shape == "remark" or len(words) < 3:
            continue
        for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE):
            if all(match.end() <= term.start or match.start() >= term.end for term in chosen):
                chosen.append(_term(hit, match.start(), match.end(), text))
    return tuple(sorted(chosen, key=lambda term: term.start))


def _term(hit: Hit, start: int, end: int, text: str) -> Term:
    return Term(text[start:end], start, end, hit.entry.word, hit.entry.entry_id, hit.entry.definition)


def substitute(text: str, terms: tuple[Term, ...]) -> str:
    """`text` with each span replaced by its gloss, or, where that does not fit, explained in brackets."""
    out, done = "", 0
    for term in terms:
        out += text[done : term.start]
        meaning = gloss(term.definition, term.word)
        out = _join(out, term, meaning, text[term.end :])
        done = term.end
    return out + text[done:]


def _join(before: str, term: Term, meaning: Gloss, after: str) -> str:
    """`before` with the term's replacement; articles and the verb's form are set right."""
    new = meaning.text
    if not new:
        return before + term.span
    article = _ARTICLE_BEFORE.search(before)
    if not _fits(before, term, meaning, after):
        shown = inflected(new, term.span) if meaning.shape == "verb" else new
        return f"{before}{term.span} ({shown})"
    if meaning.shape == "verb":
        new = inflected(new, term.span)
    elif article or _NUMBER_BEFORE.search(before):
        new = _ARTICLE.sub("", new)
    if article and article[1].lower() in ("a", "an") and not article[2].strip():
        right = "an" if _VOWEL.match(new) else "a"
        right = right.capitalize() if article[1][0].isupper() else right
        before = before[: article.start(1)] + right + article[2]
    opens = before.rstrip().endswith((".", "!", "?"))
    if term.span[:1].isupper() and (opens or not before.strip()):
        new = new[:1].upper() + new[1:]
    return before + new


def expected(before: str) -> tuple[Shape, ...]:
    """Shapes of gloss that can follow `before`, as far as the last words tell."""
    if _ARTICLE_BEFORE.search(before) or _NUMBER_BEFORE.search(before):
        return ("noun", "other")
    if _VERB_BEFORE.search(before):
        return ("verb",)
    if _BE_BEFORE.search(before) or _DEGREE_BEFORE.search(before):
        return ("other",)
    return ("verb", "noun", "other")


def _fits(before: str, term: Term, meaning: Gloss, after: str) -> bool:
    """Whether the gloss can take the span's place; else it is put in brackets after it."""
    if meaning.shape == "remark" or fold(meaning.text) == fold(term.span):
        return False
    article = _ARTICLE_BEFORE.search(before)
    if meaning.shape == "verb":
        passive = re.search(r"\b(?:got|get|gets|was|were|been|being|is|are)\s+$", before)
        has_object = " " in meaning.text and _OBJECT_AFTER.match(after)
        astray = "verb" not in expected(before)
        return not (astray or passive or has_object or (meaning.wants_object and re.match(r"\s+\w", after)))
    if meaning.shape == "other" and term.span.endswith("ed") and _OBJECT_AFTER.match(after):
        return False
    if re.match(r"\w{2,}ing\b", meaning.text) and not term.span.lower().endswith(("ing", "in", "in'")):
        return not article and _BE_BEFORE.search(before) is not None
    if meaning.shape == "noun" and not _NUMBER_BEFORE.search(before):
        # With no article before it, a countable noun is an address ("chill, dude") or part of a name.
        return article is not None or _BE_BEFORE.search(before) is not None
    return True


def replace_by_headwords(text: str, terms: tuple[Term, ...]) -> str:
    """`text` with each span replaced by the headword."""
    out, done = "", 0
    for term in terms:
        word = inert(term.word)
        out += text[done : term.start] + (word.capitalize() if term.span[:1].isupper() else word)
        done = term.end
    return out + text[done:]
