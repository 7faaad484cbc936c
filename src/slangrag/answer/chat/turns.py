"""Chat: a conversation with memory. Each turn is retrieved anew; what was said before is remembered.

Pure: a conversation goes in, a longer one comes out. Keeps nothing (`service.conversations` does) and prints
nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from slangrag.answer.ask.answerer import answer
from slangrag.answer.ask.aspects import about, unsaid
from slangrag.answer.ask.budget import latest
from slangrag.answer.ask.choosing import says_the_same
from slangrag.answer.ask.quoting import cited_in, quoted_events
from slangrag.answer.chat.comparing import looked_up, strangers
from slangrag.answer.chat.conversation import CitedEntry, Continued, Conversation, ReadAs, Turn
from slangrag.answer.chat.follow_up import resolve
from slangrag.answer.chat.follow_up_types import FollowUp
from slangrag.answer.chat.from_definitions import from_definitions, remarked
from slangrag.answer.chat.looking_back import checked, placed, summary
from slangrag.answer.chat.translated import Translated, translated
from slangrag.answer.events import Answer, AnswerOptions, Event, Finished, Note, Sentence, Sources
from slangrag.answer.support.checkers import Checkers
from slangrag.engines.protocols import ChatModel, Message
from slangrag.errors import EngineError
from slangrag.retrieval.types import Retrieval
from slangrag.text.citations import split_citations
from slangrag.text.content import read
from slangrag.text.forms import fold
from slangrag.text.inert import inert
from slangrag.text.sentences import sentences

_REMEMBERED: Final = 6
_TOLD_BEFORE: Final = 0.65


@dataclass(frozen=True, slots=True)
class Talking:
    """What every turn of a chat is answered with; translate is what a message is translated by."""

    retrieve: Callable[[str], Retrieval]
    chat: ChatModel
    translate: Callable[[str], Translated]
    options: AnswerOptions = field(default_factory=AnswerOptions)
    checkers: Checkers | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One turn to be answered: the line as understood, the talk before it, and what was found for it."""

    follow_up: FollowUp
    conversation: Conversation
    retrieval: Retrieval
    chat: ChatModel
    options: AnswerOptions = field(default_factory=AnswerOptions)
    checkers: Checkers | None = None


def remembered(conversation: Conversation, chat: ChatModel, room: int) -> tuple[Message, ...]:
    """The last turns as messages, at most six turns and `room` tokens."""
    messages: list[Message] = []
    for turn in conversation.turns[-_REMEMBERED:]:
        told, _, _ = split_citations(turn.answered, ())  # the numbers meant other definitions
        messages += [Message("user", inert(turn.standalone)), Message("assistant", inert(told))]
    return latest(chat, messages, room)


def converse(line: str, conversation: Conversation, talking: Talking) -> Iterator[Event | ReadAs | Continued]:
    """One turn: ReadAs where the line pointed back, Sources, the events of the answer, Continued last.

    Raises what `retrieve` raises, and the EngineErrors of the model after Continued, if anything was said.
    Closing the iterator cancels the generation.
    """
    follow_up = resolve(line, conversation, talking.chat, talking.options.chat)
    if follow_up.note:
        yield Note(follow_up.note)
    if follow_up.changed:
        yield ReadAs(follow_up.standalone)
    began = time.perf_counter()
    found = looked_up(follow_up, talking.retrieve)
    options = replace(talking.options, retrieve_ms=(time.perf_counter() - began) * 1000)
    if found is not None:
        yield Sources(found)
        events = reply(Asked(follow_up, conversation, found, talking.chat, options, talking.checkers))
    elif follow_up.kind == "translate":
        events = translated(follow_up, talking.translate)
    elif follow_up.kind == "summary":
        events = summary(follow_up, conversation)
    elif follow_up.kind == "check":
        events = checked(follow_up, conversation)
    elif follow_up.kind == "place":
        events = placed(follow_up, conversation)
    else:
        events = remarked(follow_up, follow_up.reply or "", options)
    kind = follow_up.aspect or (found.intent if found else follow_up.kind)
    for event in events:
        yield event
        if isinstance(event, Finished):
            yield Continued(extended(conversation, follow_up, event.answer, kind))


def reply(asked: Asked) -> Iterator[Event]:
    """The events of one turn that asks about words (see `answer`).

    An example, or a further sense, comes from the definitions themselves, and so does all that a small
    model is asked beyond a meaning; what they do not have is said not to be there. A capable model may
    answer, but not by telling the meaning once more.
    """
    follow_up, capable = asked.follow_up, asked.chat.identity.capable
    aspect = follow_up.aspect
    if follow_up.reply is not None:
        yield from remarked(follow_up, follow_up.reply, asked.options)
    elif follow_up.other and strangers(follow_up, asked.retrieval):
        yield from _quoted(asked)
    elif not aspect or asked.retrieval.known == "no":
        yield from _answered(asked)
    elif aspect == "others":
        yield from _others(asked)
    elif aspect == "example" or not capable:
        yield from _quoted(asked)
    elif aspect == "shorter":
        yield from _answered(asked)
    else:
        yield from _only_new(_answered(asked), asked)


def _answered(asked: Asked) -> Iterator[Event]:
    """The model's answer; a capable one is shown the talk so far. For any other the definitions speak."""
    question, chat, options = asked.follow_up.standalone, asked.chat, asked.options
    if not chat.identity.capable:
        yield from quoted_events(question, asked.retrieval, options)
        return
    history = remembered(asked.conversation, chat, options.chat.num_ctx // 3)
    yield from answer(question, asked.retrieval, chat, options, history=history, checkers=asked.checkers)


def _quoted(asked: Asked) -> Iterator[Event]:
    return from_definitions(asked.follow_up, asked.conversation, asked.retrieval, asked.options)


def _others(asked: Asked) -> Iterator[Event]:
    """The senses, or the words that fit a description, that the talk has not had yet."""
    follow_up, retrieval = asked.follow_up, asked.retrieval
    told = {entry_id for turn in asked.conversation.turns for entry_id in turn.entries}
    known = [hit for hit in retrieval.hits if hit.entry.entry_id in told]
    left = tuple(
        hit
        for hit in about(retrieval.hits, follow_up.word)
        if not any(hit is other or says_the_same(hit, other, _TOLD_BEFORE) for other in known)
    )
    if not left:
        word = follow_up.word or follow_up.lookup
        yield from remarked(follow_up, unsaid("others", word), asked.options, retrieval)
        return
    yield from _answered(replace(asked, retrieval=replace(retrieval, hits=left)))


def _only_new(events: Iterator[Event], asked: Asked) -> Iterator[Event]:
    """`events` without sentences that only repeat the talk; where no other is left, what the data says.

    A model that is asked where a word comes from, and does not find it, likes to tell its meaning again.
    """
    told = [read(one).stems for turn in asked.conversation.turns for one in sentences(turn.answered)]
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
        yield from _quoted(asked)
    elif end is not None and again:
        text = " ".join(sentence.text for sentence in kept)
        cited = cited_in(kept, asked.retrieval.hits)
        yield Finished(replace(end.answer, text=text, citations=cited, sentences=tuple(kept)))
    elif end is not None:
        yield end


def extended(
    conversation: Conversation, follow_up: FollowUp, told: Answer, kind: str = "define"
) -> Conversation:
    """The conversation after a turn: what was asked, what was answered, what it was about."""
    known = {fold(hit.entry.word) for hit in told.hits if hit.kind == "entry"}
    pair = [word for word in (follow_up.word, follow_up.other) if follow_up.other and fold(word) in known]
    cited = [(one, told.hits[one.n - 1]) for one in told.citations]
    words = [*pair, *(one.word for one, hit in cited if hit.kind == "entry")]
    if follow_up.kind in ("summary", "check", "place"):  # "is it rude?" after one means the word of before
        words = []
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
            kind,
            told.sentences,
            tuple(
                CitedEntry(
                    one.n, one.entry_id, one.word, hit.entry.definition, hit.kind == "passage", one.page
                )
                for one, hit in cited
            ),
        )
    )
