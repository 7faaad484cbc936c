"""Translate: a message with slang in plain English, or the reverse, with a glossary of what was translated.

A capable model rewrites with the glossary in hand, and its text is compared with the message both ways;
what fails, and every very small model, gives way to substitution from the glossary. Prints nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from slangrag.answer.events import AnswerOptions
from slangrag.answer.translate.gloss import Gloss, gloss, glosses
from slangrag.answer.translate.inflection import forms, inflected, pluralised
from slangrag.answer.translate.rewriting import own_words, rewrite, stands_in
from slangrag.answer.translate.slang_spans import doubtful, sightings
from slangrag.answer.translate.slots import Place, counts_several, fits, place
from slangrag.engines.protocols import ChatModel
from slangrag.errors import EngineError
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.sources.entry import Entry
from slangrag.text.english import is_small
from slangrag.text.forms import fold
from slangrag.text.inert import inert

Direction = Literal["plain", "slang"]

_ARTICLE_BEFORE: Final = re.compile(r"\b(an?)(\s+)$", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)
_VOWEL: Final = re.compile(r"[aeiou]", re.IGNORECASE)
_ENDING: Final = re.compile(r"(?:ing|in'|ed)$|\W", re.IGNORECASE)
_SHORTEST: Final = 3
_SOMEBODY_AFTER: Final = re.compile(r"\s+(?:(?:me|him|us|them|you|everyone)\b|her(?=\W*$|[.,!?])|[A-Z]\w+)")


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
    substitution. engine and model are "" where none was asked. engine_note says why this engine was
    taken; failure is what the engine failed with, and the text is then from the glossary alone.
    """

    text: str
    plain: str
    terms: tuple[Term, ...]
    grounded: bool
    engine: str
    model: str
    notes: tuple[str, ...] = ()
    rewritten: bool = False
    engine_note: str = ""
    failure: EngineError | None = None


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
    if to == "plain" and (words := doubtful(text, retrieval)):
        notes.append(f"taken in the ordinary sense, though it can be slang: {', '.join(map(inert, words))}")
    if not terms:
        return Translation(text, text, (), True, "", "", tuple(notes))
    substituted = substitute(text, terms) if to == "plain" else replace_by_headwords(text, terms)
    kept = staying(text, terms) if to == "plain" else ()
    left = [f"left in slang, for no gloss fits there: {', '.join(map(inert, kept))}"] if kept else []
    if chat is None:
        return Translation(text, substituted, terms, True, "", "", (*notes, *left))
    engine, model = chat.identity.engine, chat.identity.model
    if chat.identity.capable:
        glossary = [(term.span, term.word, term.definition) for term in terms]
        rewritten, reason = rewrite(text, glossary, chat, options, to, kept)
        if not reason:
            stays = [span for span in kept if stands_in(span, rewritten)]
            if stays:
                notes.append(f"left in slang by the model: {', '.join(map(inert, stays))}")
            if own := dict.fromkeys(own_words(text, rewritten, glossary)):
                notes.append(f"neither in the message nor in the glossary: {', '.join(map(inert, own))}")
            return Translation(text, rewritten, terms, True, engine, model, tuple(notes), rewritten=True)
        why = f"the model's text was not used ({reason}): words were replaced from the glossary"
    else:
        why = f"{model} is too small to rewrite: words were replaced from the glossary"
    return Translation(text, substituted, terms, True, engine, model, (*notes, *left, why))


def plain_terms(text: str, retrieval: Retrieval) -> tuple[Term, ...]:
    """The slang spans in order, none overlapping, better hits first.

    Of a span's senses the best is taken whose gloss can stand in its place, or else the best. Ordinary
    words in ordinary use are no terms (see `sightings`).
    """
    chosen: list[Term] = []
    for span, hits in sightings(text, retrieval):
        if all(span.end <= term.start or span.start >= term.end for term in chosen):
            where = place(text[: span.start], text[span.end :])
            fitting = (h for h in hits if fits(gloss(h.entry.definition, h.entry.word), span.text, where))
            chosen.append(_term(next(fitting, hits[0]), span.start, span.end, text))
    return tuple(sorted(chosen, key=lambda term: term.start))


def _with_article(before: str, new: str) -> str:
    """`before`, its last "a" or "an" made right for `new`."""
    article = _ARTICLE_BEFORE.search(before)
    if not article:
        return before
    right = "an" if _VOWEL.match(new) else "a"
    right = right.capitalize() if article[1][0].isupper() else right
    return before[: article.start(1)] + right + article[2]


def slang_terms(text: str, retrieval: Retrieval) -> tuple[Term, ...]:
    """Stretches of plain `text` that say what a retrieved entry says, in order, none overlapping.

    A stretch is a gloss of the entry word for word, a verb in any of its forms. Names, links and words
    that only hold a sentence together are left alone.
    """
    chosen: list[Term] = []
    for hit in retrieval.hits:
        for wording, _, meaning in _wordings(hit):
            for match in re.finditer(rf"(?<![\w@#/.]){re.escape(wording)}(?![\w@/])", text, re.IGNORECASE):
                if meaning.shape == "verb" and not _is_that_verb(text, match, meaning):
                    continue
                if all(match.end() <= term.start or match.start() >= term.end for term in chosen):
                    chosen.append(_term(hit, match.start(), match.end(), text))
    return tuple(sorted(chosen, key=lambda term: term.start))


def _is_that_verb(text: str, match: re.Match[str], meaning: Gloss) -> bool:
    """Whether the stretch is a verb there ("very charming" is none), with a person where it needs one."""
    after = text[match.end() :]
    where = place(text[: match.start()], after)
    if not where.roles & {"verb", "finite", "past", "progressive"}:
        return False
    return not meaning.object_place or _SOMEBODY_AFTER.match(after) is not None


def _wordings(hit: Hit) -> list[tuple[str, str, Gloss]]:
    """Plain wordings of what the entry says, each with the headword in the form that replaces it."""
    word = inert(hit.entry.word)
    found: list[tuple[str, str, Gloss]] = []
    for meaning in glosses(hit.entry.definition, hit.entry.word):
        plain = _ARTICLE.sub("", meaning.text)
        if meaning.shape in ("remark", "gerund", "finite") or len(plain) < _SHORTEST or is_small(plain):
            continue
        if meaning.shape == "verb":
            if not _ENDING.search(word):
                said = forms(meaning.object_place or meaning.text)
                found += [(plain, slang, meaning) for plain, slang in zip(said, forms(word), strict=True)]
        elif fold(plain) != fold(word):
            found.append((plain, word, meaning))
    return found


def _term(hit: Hit, start: int, end: int, text: str) -> Term:
    return Term(text[start:end], start, end, hit.entry.word, hit.entry.entry_id, hit.entry.definition)


def substitute(text: str, terms: tuple[Term, ...]) -> str:
    """`text` with each span replaced by its gloss where that fits; else the slang word stays."""
    out, done = "", 0
    for term in terms:
        out += text[done : term.start]
        meaning = gloss(term.definition, term.word)
        where = place(text[: term.start], text[term.end :])
        if fits(meaning, term.span, where):
            out = _join(out, term, meaning, where)
        else:
            out += term.span
        done = term.end
    return out + text[done:]


def staying(text: str, terms: tuple[Term, ...]) -> tuple[str, ...]:
    """The spans that substitution leaves as they are."""
    kept = [
        term.span
        for term in terms
        if not fits(gloss(term.definition, term.word), term.span, place(text[: term.start], text[term.end :]))
    ]
    return tuple(dict.fromkeys(kept))


def _join(before: str, term: Term, meaning: Gloss, where: Place) -> str:
    """`before` with the term's replacement; articles, number and the verb's form are set right."""
    new = meaning.text
    if meaning.shape == "verb":
        new = inflected(meaning.object_place or new, term.span)
    elif where.article and "predicate" not in where.roles:
        new = _ARTICLE.sub("", new)
        plural = term.span.lower().endswith("s") and not term.word.lower().endswith("s")
        if meaning.shape == "noun" and (plural or counts_several(where)):
            new = pluralised(new.removeprefix("one "))
    before = _with_article(before, new)
    opens = before.rstrip().endswith((".", "!", "?")) or not before.strip()
    if term.span[:1].isupper() and opens:
        new = new[:1].upper() + new[1:]
    return before + new


def replace_by_headwords(text: str, terms: tuple[Term, ...]) -> str:
    """`text` with each span replaced by the headword, in the form that the span is in."""
    out, done = "", 0
    for term in terms:
        hit = Hit(Entry(term.entry_id, term.word, term.definition), 0.0, "semantic")
        word = next(
            (word for wording, word, _ in _wordings(hit) if wording.lower() == term.span.lower()),
            inert(term.word),
        )
        if term.span[:1].isupper():
            word = word[:1].upper() + word[1:]
        out = _with_article(out + text[done : term.start], word) + word
        done = term.end
    return out + text[done:]
