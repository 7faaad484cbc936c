"""Chat: a conversation with memory. Each turn is retrieved anew; what was said before is remembered.

Pure: a conversation goes in, a longer one comes out. Keeps nothing (`history` does) and prints nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from slangrag.answer.ask.answerer import answer
from slangrag.answer.ask.aspects import about, said, unsaid
from slangrag.answer.ask.budget import latest
from slangrag.answer.ask.choosing import says_the_same
from slangrag.answer.ask.quoting import citation, quoted_sentence, unasked
from slangrag.answer.chat.comparing import compared, firsts, looked_up, strangers
from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs, Turn
from slangrag.answer.chat.follow_up import FollowUp, resolve
from slangrag.answer.events import Answer, AnswerOptions, Event, Finished, Remark, Sentence, Sources
from slangrag.answer.support.checkers import Checkers
from slangrag.answer.translate.short import clause
from slangrag.engines.protocols import ChatModel, Message
from slangrag.errors import EngineError
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.citations import split_citations
from slangrag.text.content import read
from slangrag.text.forms import fold
from slangrag.text.inert import inert
from slangrag.text.sentences import sentences

_REMEMBERED: Final = 6
_TOLD_BEFORE: Final = 0.65
_ALWAYS_QUOTED: Final = frozenset({"example", "shorter"})


def remembered(conversation: Conversation, chat: ChatModel, room: int) -> tuple[Message, ...]:
    """The last turns as messages, at most six turns and `room` tokens."""
    messages: list[Message] = []
    for turn in conversation.turns[-_REMEMBERED:]:
        told, _, _ = split_citations(turn.answered, ())  # the numbers meant other definitions
        messages += [Message("user", inert(turn.standalone)), Message("assistant", inert(told))]
    return latest(chat, messages, room)


def converse(
    line: str,
    conversation: Conversation,
    retrieve: Callable[[str], Retrieval],
    chat: ChatModel,
    options: AnswerOptions,
    checkers: Checkers | None = None,
) -> Iterator[Event | ReadAs | Continued]:
    """One turn: ReadAs where the line pointed back, Sources, the events of `reply`, Continued last.

    Raises what `retrieve` raises, and the EngineErrors of the model after Continued, if anything was said.
    Closing the iterator cancels the generation.
    """
    follow_up = resolve(line, conversation, chat)
    if follow_up.changed:
        yield ReadAs(follow_up.standalone)
    began = time.perf_counter()
    found = looked_up(follow_up, retrieve)
    options = replace(options, retrieve_ms=(time.perf_counter() - began) * 1000)
    if found is not None:
        yield Sources(found)
    for event in reply(follow_up, conversation, found, chat, options, checkers):
        yield event
        if isinstance(event, Finished):
            yield Continued(extended(conversation, follow_up, event.answer))


def reply(
    follow_up: FollowUp,
    conversation: Conversation,
    retrieval: Retrieval | None,
    chat: ChatModel,
    options: AnswerOptions | None = None,
    checkers: Checkers | None = None,
) -> Iterator[Event]:
    """The events of one turn (see `answer`). `retrieval` is for `follow_up.lookup`; None for small talk.

    An example, or a further sense, comes from the definitions themselves, and so does all that a small
    model is asked beyond a meaning; what they do not have is said not to be there. A capable model may
    answer, but not by telling the meaning once more.
    """
    options = options or AnswerOptions()
    if follow_up.reply is not None or retrieval is None:
        yield from _remark(follow_up, follow_up.reply or "", options)
        return
    aspect = follow_up.aspect
    if follow_up.other and strangers(follow_up, retrieval):
        yield from _quoted(follow_up, conversation, retrieval, options)
        return
    if not aspect or retrieval.known == "no":
        yield from _answered(follow_up, conversation, retrieval, chat, options, checkers)
    elif aspect == "others":
        yield from _others(follow_up, conversation, retrieval, chat, options, checkers)
    elif aspect in _ALWAYS_QUOTED or not chat.identity.capable:
        yield from _quoted(follow_up, conversation, retrieval, options)
    else:
        answered = _answered(follow_up, conversation, retrieval, chat, options, checkers)
        yield from _only_new(answered, follow_up, conversation, retrieval, options)


def _answered(
    follow_up: FollowUp,
    conversation: Conversation,
    retrieval: Retrieval,
    chat: ChatModel,
    options: AnswerOptions,
    checkers: Checkers | None,
) -> Iterator[Event]:
    """The model's answer; a capable one is shown the talk so far."""
    history = remembered(conversation, chat, options.chat.num_ctx // 3) if chat.identity.capable else ()
    yield from answer(follow_up.standalone, retrieval, chat, options, history=history, checkers=checkers)


def _others(
    follow_up: FollowUp,
    conversation: Conversation,
    retrieval: Retrieval,
    chat: ChatModel,
    options: AnswerOptions,
    checkers: Checkers | None,
) -> Iterator[Event]:
    """The senses that the talk has not had yet."""
    told = {entry_id for turn in conversation.turns for entry_id in turn.entries}
    known = [hit for hit in retrieval.hits if hit.entry.entry_id in told]
    left = tuple(
        hit
        for hit in about(retrieval.hits, follow_up.word)
        if not any(hit is other or says_the_same(hit, other, _TOLD_BEFORE) for other in known)
    )
    if not left:
        yield from _remark(follow_up, unsaid("others", follow_up.word), options, retrieval)
        return
    yield from _answered(follow_up, conversation, replace(retrieval, hits=left), chat, options, checkers)


def _only_new(
    events: Iterator[Event],
    follow_up: FollowUp,
    conversation: Conversation,
    retrieval: Retrieval,
    options: AnswerOptions,
) -> Iterator[Event]:
    """`events` without sentences that only repeat the talk; where no other is left, what the data says.

    A model that is asked where a word comes from, and does not find it, likes to tell its meaning again.
    """
    told = [read(sentence).stems for turn in conversation.turns for sentence in sentences(turn.answered)]
    kept: list[Sentence] = []
    again: list[Sentence] = []
    end: Finished | None = None
    try:
        for event in events:
            if isinstance(event, Sentence):
                stems = read(split_citations(event.text, ())[0]).stems
                if any(stems <= before for before in told):
                    again.append(event)
                    continue
                kept.append(event)
            elif isinstance(event, Finished):
                end = event
                continue
            yield event
    except EngineError:
        yield from again  # the data may say more than a model that failed
        if end is not None:
            yield end
        raise
    if again and not kept:
        yield from _quoted(follow_up, conversation, retrieval, options)
    elif end is not None and again:
        numbers = sorted({n for sentence in kept for n in sentence.citations})
        text = " ".join(sentence.text for sentence in kept)
        cited = tuple(citation(n, retrieval.hits[n - 1]) for n in numbers)
        yield Finished(replace(end.answer, text=text, citations=cited))
    elif end is not None:
        yield end


def _remark(
    follow_up: FollowUp, text: str, options: AnswerOptions, retrieval: Retrieval | None = None
) -> Iterator[Event]:
    """A turn that claims nothing: the program's own sentence."""
    yield Remark(text)
    found = retrieval or Retrieval(follow_up.lookup, "define", "no", ())
    yield Finished(unasked(follow_up.standalone, text, found, options))


def _quoted(
    follow_up: FollowUp, conversation: Conversation, retrieval: Retrieval, options: AnswerOptions
) -> Iterator[Event]:
    """A turn that quotes what the definitions say about one aspect of the word, or of two words."""
    remark, quotations = _said(follow_up, conversation, retrieval)
    if not quotations:
        yield from _remark(follow_up, remark, options, retrieval)
        return
    if remark:
        yield Remark(remark)
    yield from quotations
    text = " ".join(([remark] if remark else []) + [quotation.text for quotation in quotations])
    numbers = sorted({n for quotation in quotations for n in quotation.citations})
    citations = tuple(citation(n, retrieval.hits[n - 1]) for n in numbers)
    yield Finished(unasked(follow_up.standalone, text, retrieval, options, citations))


def _said(
    follow_up: FollowUp, conversation: Conversation, retrieval: Retrieval
) -> tuple[str, list[Sentence]]:
    """What the definitions say about the aspect, as quotations; and a remark where that is not all."""
    aspect, word, other = follow_up.aspect, follow_up.word, follow_up.other
    if aspect == "shorter":
        last = conversation.turns[-1].answered if conversation.turns else ""
        short = in_short(word, retrieval.hits, last)
        return ("", [short]) if short else (unsaid(aspect, word), [])
    if aspect == "compare":
        found = compared(follow_up, retrieval)
        if found:
            return "", [_quotation(text, n) for text, n in found]
        if unknown := strangers(follow_up, retrieval):
            names = " and ".join(f"“{inert(one)}”" for one in unknown)
            verb = "are" if len(unknown) > 1 else "is"
            return f"{names} {verb} not in my data, so I cannot compare.", []
        told = {entry_id for turn in conversation.turns for entry_id in turn.entries}
        new = [(n, hit) for n, hit in firsts(follow_up, retrieval) if hit.entry.entry_id not in told]
        remark = f"My data does not compare “{inert(word)}” and “{inert(other)}”."
        return remark, [quoted_sentence(n, hit) for n, hit in new]
    words = (word, other) if other else (word,)
    speaking = {one: said(aspect, one, retrieval.hits) for one in words}
    lacking = " ".join(unsaid(aspect, one) for one in words if not speaking[one])
    most = 1 if other else None
    return lacking, [_quotation(text, n) for one in words for text, n in speaking[one][:most]]


def _quotation(text: str, n: int) -> Sentence:
    return Sentence(f"“{text.strip('“”')}” [{n}]", (n,), support="quoted")


def in_short(word: str, hits: Sequence[Hit], last: str) -> Sentence | None:
    """The meaning in fewer words than `last` had, its definition's first clause; or None."""
    for hit in about(hits, word)[:1]:
        meaning = inert(clause(hit.entry.word, hit.entry.definition))
        n = hits.index(hit) + 1
        text = f"“{inert(hit.entry.word)}”, in short: {meaning} [{n}]."
        if meaning and _length(text) < _length(last):
            return Sentence(text, (n,), support="quoted")
    return None


def _length(text: str) -> int:
    """In words, citations not counted."""
    return len(split_citations(text, ())[0].split())


def extended(conversation: Conversation, follow_up: FollowUp, told: Answer) -> Conversation:
    """The conversation after a turn: what was asked, what was answered, what it was about."""
    known = {fold(hit.entry.word) for hit in told.hits}
    pair = [word for word in (follow_up.word, follow_up.other) if follow_up.other and fold(word) in known]
    words = [*pair, *(citation.word for citation in told.citations)]
    once: dict[str, str] = {}
    for word in words:
        once.setdefault(fold(word), word)
    return conversation.with_turn(
        Turn(
            follow_up.asked,
            follow_up.standalone,
            told.text,
            tuple(once.values()),
            time.time(),
            tuple(citation.entry_id for citation in told.citations),
        )
    )
