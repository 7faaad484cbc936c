"""Translate: a message in plain English, or with slang in it, and what each slang span means.

A capable model decides and rewrites; without one nothing is rewritten. The model is chosen only where
there is something to translate. Prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from slangrag.answer.events import AnswerOptions
from slangrag.answer.translate.offering import fitting_words, offers
from slangrag.answer.translate.rewriting import Written, chosen_sense, own_words, rewrite, stands_in
from slangrag.answer.translate.short import substituted
from slangrag.answer.translate.slang_spans import slang_spans
from slangrag.answer.translate.terms import Direction, SlangTerm, Translation
from slangrag.errors import EngineError
from slangrag.retrieval.types import Retrieval, Span
from slangrag.text.inert import inert

if TYPE_CHECKING:
    from slangrag.engines.choose import Chosen
    from slangrag.engines.protocols import ChatModel

_MOST_SPANS: Final = 16
_MOST_DOUBTFUL: Final = 3


def translate(
    text: str,
    found: Retrieval,
    choose_chat: Callable[[], Chosen[ChatModel]] | None,
    to: Direction = "plain",
    options: AnswerOptions | None = None,
    *,
    substitute: bool = False,
) -> Translation:
    """The translation of `text`.

    To plain, `found` holds hits with spans in `text`; to slang, entries that may say the same. Without
    `choose_chat`, with a model that is not capable or with an engine that fails, from the glossary. A failure
    is kept in the translation and not raised: the glossary still says what the data knows.
    """
    spans = slang_spans(text, found) if to == "plain" else offers(text, found)
    candidates = spans if to == "plain" else fitting_words(found)
    told = glossed(text, spans, found.notes, to, substitute=substitute)
    if choose_chat is None or not (told.terms if to == "plain" else candidates):
        return told
    try:
        chosen = choose_chat()
        told = _by_model(text, told, candidates[:_MOST_SPANS], chosen.model, to, options or AnswerOptions())
    except EngineError as error:
        return replace(told, failure=error)
    return replace(told, engine_note=chosen.note)


def glossed(
    text: str, spans: list[SlangTerm], notes: tuple[str, ...], to: Direction, *, substitute: bool = False
) -> Translation:
    """The message as it is, and what its likely slang means (to slang: which words say what it says)."""
    terms = tuple(term for term in spans if term.likely)
    said = list(notes)
    if not terms:
        said.append(
            "no slang that I know in this" if to == "plain" else "no slang in the data for any part of this"
        )
    doubtful = dict.fromkeys(term.span.text.lower() for term in spans if not term.likely)
    if doubtful:
        words = ", ".join(map(inert, list(doubtful)[:_MOST_DOUBTFUL]))
        said.append(f"taken in the ordinary sense, though it can be slang: {words}")
    plain = substituted(text, terms) if substitute and to == "plain" else text
    return Translation(text, plain, terms, "substituted" if plain != text else "glossed", notes=tuple(said))


def _by_model(
    text: str,
    told: Translation,
    candidates: list[SlangTerm],
    chat: ChatModel,
    to: Direction,
    options: AnswerOptions,
) -> Translation:
    """What a capable model makes of it; `told` with a note where it is not capable or cannot be believed."""
    engine, model = chat.identity.engine, chat.identity.model
    if not chat.identity.capable:
        why = f"{model} is too small to rewrite: the message stays as it is"
        return replace(told, engine=engine, model=model, notes=(*told.notes, why))
    written = rewrite(text, candidates, chat, options, to)
    if written.refused:
        why = f"the model's text was not used ({written.refused}): the message stays as it is"
        return replace(told, engine=engine, model=model, notes=(*told.notes, why))
    if to == "slang":
        return _with_slang(text, written, candidates, engine, model)
    terms, ordinary = [], []
    for n, term in enumerate(candidates, start=1):
        sense = chosen_sense(n, term, written.choices)
        if sense is None:
            ordinary.append(term)
        else:
            terms.append(replace(term, senses=(term.senses[sense],)))
    notes = []
    likely = [inert(term.span.text) for term in ordinary if term.likely]
    if likely:
        notes.append(f"no slang here, says the model: {', '.join(dict.fromkeys(likely))}")
    own = own_words(text, written.text, candidates)
    if own:
        notes.append(f"neither in the message nor in the glossary: {', '.join(map(inert, own))}")
    return Translation(text, written.text, tuple(terms), "rewritten", not own, engine, model, tuple(notes))


def _with_slang(
    text: str, written: Written, candidates: list[SlangTerm], engine: str, model: str
) -> Translation:
    """The message with the words that the model put in, each where it says that it stands for something."""
    terms: list[SlangTerm] = []
    for n, term in enumerate(candidates, start=1):
        if not stands_in(term.sense.word, written.text) or stands_in(term.sense.word, text):
            continue
        said = str((written.choices or {}).get(n, ""))
        start = text.lower().find(said.lower()) if said else -1
        span = Span(text[start : start + len(said)], start, start + len(said)) if start >= 0 else term.span
        terms.append(replace(term, span=span))
    own = own_words(text, written.text, candidates)
    notes = (f"neither in the message nor in the glossary: {', '.join(map(inert, own))}",) if own else ()
    terms.sort(key=lambda term: term.span.start)
    return Translation(text, written.text, tuple(terms), "rewritten", not own, engine, model, notes)
