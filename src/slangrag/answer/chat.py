"""Chat: a conversation with memory. Follow-ups become questions that stand alone; each is retrieved anew.

Pure: a conversation goes in, a longer one comes out. Keeps nothing (`history` does) and prints nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from slangrag.answer.answerer import answer
from slangrag.answer.budget import cost, latest
from slangrag.answer.citations import split_citations
from slangrag.answer.events import Answer, AnswerOptions, Event
from slangrag.answer.history import Conversation, Turn
from slangrag.answer.inert import inert
from slangrag.answer.sentences import loops
from slangrag.corpus.headword import fold
from slangrag.engines.protocols import ChatModel, ChatOptions, Message
from slangrag.retrieval.types import Retrieval

_REWRITE: Final = """Rewrite the last question so that it can be understood without the conversation.
Keep its meaning, put the word it is about in place of "it", "that" or "its". Write the question only."""

_REWRITE_TOKENS: Final = 60
_REMEMBERED: Final = 6
_OPPOSITE: Final = re.compile(r"\b(?:opposite|antonym|contrary)\b", re.IGNORECASE)
_SIMILAR: Final = re.compile(
    r"\b(?:synonyms?|similar|another word|other words|like (?:it|that))\b", re.IGNORECASE
)
_SOURCE: Final = re.compile(
    r"\b(?:where|origin|come from|came from|who (?:coined|invented|says|uses))\b", re.I
)
_NUMBERED: Final = re.compile(
    r"\b(?:the )?(first|second|third|last|other) (?:one|word|term)\b", re.IGNORECASE
)
_ANAPHOR: Final = re.compile(
    r"\b(?:it|its|it's|that|this|they|them|the (?:word|term|phrase|expression|same|first|second|last))\b",
    re.IGNORECASE,
)
_ABOUT_ANOTHER: Final = re.compile(
    r"^\W*(?:and|ok|okay|so|but|what about|how about)\b[\s,]*(?:and\s+)?(?:what about|how about)?\s*"
    r"(?P<rest>.+?)\s*\??$",
    re.IGNORECASE,
)
_ORDINALS: Final = {"first": 0, "second": 1, "third": 2, "last": -1, "other": -1}
_MORE: Final = re.compile(
    r"^\W*(?:more|tell me more|go on|explain|why|how so|and|really|examples?|can you (?:explain|elaborate).*|"
    r"what do you mean|in (?:other|simpler) words)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as it was asked, as it stands alone, and what to look up for it.

    They differ where the question points back: "is it rude?" is "is rizz rude?", for which the
    definitions of rizz are wanted ("what does rizz mean").
    """

    asked: str
    standalone: str
    lookup: str

    @property
    def changed(self) -> bool:
        """Whether it needed the conversation to be understood."""
        return self.asked != self.standalone


def resolve(question: str, conversation: Conversation, chat: ChatModel | None = None) -> FollowUp:
    """`question` as one that stands alone, by rules over the last headwords.

    A capable model is asked only where the rules see that a question points back but not how; its
    version is taken only if it names a headword of the conversation. Raises the engine's EngineErrors.
    """
    words = conversation.headwords
    asked = question.strip()
    if not words:
        return FollowUp(asked, asked, asked)
    by_rule = _by_rule(asked, words, conversation)
    if by_rule is not None:
        return FollowUp(asked, *by_rule)
    if not _ANAPHOR.search(asked) or any(_names(asked, word) for word in words):
        return FollowUp(asked, asked, asked)
    if chat is not None and chat.identity.capable:
        written = _by_model(asked, conversation, chat)
        named = [word for turn in conversation.turns for word in turn.headwords if _names(written, word)]
        if named:
            return FollowUp(asked, written, _meaning(named[-1]))
    replaced = _ANAPHOR.sub(lambda found: _instead(found[0], words[0]), asked, count=1)
    return FollowUp(asked, replaced, _meaning(words[0]))


def _by_rule(asked: str, words: tuple[str, ...], conversation: Conversation) -> tuple[str, str] | None:
    """The standalone question and what to look up, where its kind is plain; None where it is not."""
    word = words[0]
    numbered = _NUMBERED.search(asked)
    if numbered:
        mentioned = [w for turn in conversation.turns for w in turn.headwords]
        all_words = words if len(words) > 1 else tuple(dict.fromkeys(mentioned))
        meaning = _meaning(all_words[min(_ORDINALS[numbered[1].lower()], len(all_words) - 1)])
        return meaning, meaning
    if _MORE.match(asked):
        return _meaning(word), _meaning(word)
    if _ANAPHOR.search(asked) is not None or len(asked.split()) <= 4:
        for pattern, question in (
            (_OPPOSITE, "what is the opposite of {}"),
            (_SIMILAR, "what is another word for {}"),
            (_SOURCE, "where does {} come from"),
        ):
            if pattern.search(asked):
                return question.format(word), _meaning(word)
    another = _ABOUT_ANOTHER.match(asked)
    if another and not _ANAPHOR.search(another["rest"]) and len(another["rest"].split()) <= 4:
        return _meaning(another["rest"]), _meaning(another["rest"])
    return None


def _meaning(word: str) -> str:
    return f"what does {word} mean"


def _names(text: str, word: str) -> bool:
    return f" {fold(word)} " in f" {fold(text)} "


def _instead(pointer: str, word: str) -> str:
    return f"{word}'s" if pointer.lower() == "its" else f"{word} is" if pointer.lower() == "it's" else word


def _by_model(asked: str, conversation: Conversation, chat: ChatModel) -> str:
    """A capable model's standalone version; "" where it is of no use."""
    lines = [f"User: {inert(t.asked)}\nAnswer: {inert(t.answered)}" for t in conversation.turns[-3:]]
    messages = [
        Message("system", _REWRITE),
        Message("user", "\n".join(lines) + f"\nLast question: {inert(asked)}\nRewritten:"),
    ]
    options = ChatOptions(max_tokens=_REWRITE_TOKENS, temperature=0.0, stop=("\n",))
    if cost(chat, messages) + _REWRITE_TOKENS > options.num_ctx:
        return ""
    written = inert("".join(chat.stream(messages, options))).strip(" \"'")
    return written if len(written) <= 200 and not loops(written) else ""


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
    retrieval: Retrieval,
    chat: ChatModel,
    options: AnswerOptions | None = None,
) -> Iterator[Event]:
    """The events of one turn (see `answer`). `retrieval` is for `follow_up.lookup`."""
    options = options or AnswerOptions()
    history = remembered(conversation, chat, options.chat.num_ctx // 3) if chat.identity.capable else ()
    return answer(follow_up.standalone, retrieval, chat, options, history=history)


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
        )
    )
