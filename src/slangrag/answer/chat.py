"""Chat: a conversation with memory. Each turn is retrieved anew; what was said before is remembered.

Pure: a conversation goes in, a longer one comes out. Keeps nothing (`history` does) and prints nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from slangrag.answer.answerer import answer
from slangrag.answer.aspects import about, said, unsaid
from slangrag.answer.budget import latest
from slangrag.answer.citations import split_citations
from slangrag.answer.events import Answer, AnswerOptions, Event, Finished, Remark, Sentence, Sources
from slangrag.answer.follow_up import FollowUp
from slangrag.answer.history import Conversation, Turn
from slangrag.answer.inert import inert
from slangrag.answer.quoting import citation, unasked
from slangrag.answer.writers import says_the_same
from slangrag.corpus.headword import fold
from slangrag.engines.protocols import ChatModel, Message
from slangrag.retrieval.types import Retrieval

_REMEMBERED: Final = 6
_TOLD_BEFORE: Final = 0.65
_ALWAYS_QUOTED: Final = frozenset({"example", "others"})


def remembered(conversation: Conversation, chat: ChatModel, room: int) -> tuple[Message, ...]:
    """The last turns as messages, at most six turns and `room` tokens."""
    messages: list[Message] = []
    for turn in conversation.turns[-_REMEMBERED:]:
        told, _, _ = split_citations(turn.answered, ())  # the numbers meant other definitions
        messages += [Message("user", inert(turn.standalone)), Message("assistant", inert(told))]
    return latest(chat, messages, room)


def reply(
    follow_up: FollowUp,
    conversation: Conversation,
    retrieval: Retrieval | None,
    chat: ChatModel,
    options: AnswerOptions | None = None,
) -> Iterator[Event]:
    """The events of one turn (see `answer`). `retrieval` is for `follow_up.lookup`; None for small talk.

    An example, or a further sense, comes from the definitions themselves, and so does all that a small
    model is asked beyond a meaning; what they do not have is said not to be there.
    """
    options = options or AnswerOptions()
    if follow_up.reply is not None or retrieval is None:
        yield from _remark(follow_up, follow_up.reply or "", options)
        return
    aspect, word = follow_up.aspect, follow_up.word
    if aspect and retrieval.known != "no" and (aspect in _ALWAYS_QUOTED or not chat.identity.capable):
        if aspect == "others":
            told = {entry_id for turn in conversation.turns for entry_id in turn.entries}
            known = [hit for hit in retrieval.hits if hit.entry.entry_id in told]
            left = tuple(
                hit
                for hit in about(retrieval.hits, word)
                if not any(hit is other or says_the_same(hit, other, _TOLD_BEFORE) for other in known)
            )
            if not left:
                yield from _remark(follow_up, unsaid(aspect, word), options, retrieval)
                return
            retrieval = replace(retrieval, hits=left)
        else:
            yield from _quoted(follow_up, retrieval, options)
            return
    history = remembered(conversation, chat, options.chat.num_ctx // 3) if chat.identity.capable else ()
    yield from answer(follow_up.standalone, retrieval, chat, options, history=history)


def _remark(
    follow_up: FollowUp, text: str, options: AnswerOptions, retrieval: Retrieval | None = None
) -> Iterator[Event]:
    """A turn that claims nothing: the program's own sentence."""
    yield Sources((), 0)
    yield Remark(text)
    found = retrieval or Retrieval(follow_up.lookup, "define", "no", ())
    yield Finished(unasked(follow_up.standalone, text, found, options))


def _quoted(follow_up: FollowUp, retrieval: Retrieval, options: AnswerOptions) -> Iterator[Event]:
    """A turn that quotes what the definitions say about one aspect of the word."""
    found = said(follow_up.aspect, follow_up.word, retrieval.hits)
    if not found:
        yield from _remark(follow_up, unsaid(follow_up.aspect, follow_up.word), options, retrieval)
        return
    yield Sources(retrieval.hits, 0)
    quotations = [Sentence(f"“{text.strip('“”')}” [{n}]", (n,), quoted=True) for text, n in found]
    yield from quotations
    numbers = sorted({n for _, n in found})
    text = " ".join(quotation.text for quotation in quotations)
    citations = tuple(citation(n, retrieval.hits[n - 1]) for n in numbers)
    yield Finished(unasked(follow_up.standalone, text, retrieval, options, citations))


def longer(conversation: Conversation, follow_up: FollowUp, told: Answer) -> Conversation:
    """The conversation after a turn: what was asked, what was answered, what it was about."""
    words = [citation.word for citation in told.citations]
    once = {fold(word): word for word in reversed(words)}
    return conversation.with_turn(
        Turn(
            follow_up.asked,
            follow_up.standalone,
            told.text,
            tuple(reversed(once.values())),
            time.time(),
            tuple(citation.entry_id for citation in told.citations),
        )
    )
