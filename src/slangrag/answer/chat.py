"""Chat: a conversation with memory. Follow-ups become questions that stand alone; each is retrieved anew.

Pure: a conversation goes in, a longer one comes out. Keeps nothing (`history` does) and prints nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from slangrag.answer.answerer import answer
from slangrag.answer.aspects import Aspect, about, aspect_of, question_on, said, unsaid
from slangrag.answer.budget import cost, latest
from slangrag.answer.citations import split_citations
from slangrag.answer.events import Answer, AnswerOptions, Event, Finished, Remark, Sentence, Sources
from slangrag.answer.history import Conversation, Turn
from slangrag.answer.inert import inert
from slangrag.answer.quoting import citation
from slangrag.answer.sentences import loops
from slangrag.answer.small_talk import small_talk
from slangrag.corpus.headword import fold
from slangrag.engines.protocols import ChatModel, ChatOptions, Message
from slangrag.retrieval.types import Retrieval

_REWRITE: Final = """Rewrite the last question so that it can be understood without the conversation.
Keep its meaning, put the word it is about in place of "it", "that" or "its". Write the question only."""

_REWRITE_TOKENS: Final = 60
_REMEMBERED: Final = 6
_NUMBERED: Final = re.compile(
    r"\b(?:the )?(first|second|third|last|other) (?:one|word|term)\b(?:,?\s*(?P<rest>\S.*))?", re.IGNORECASE
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
_PLAIN_ASPECTS: Final = frozenset({"example", "others", "opposite", "similar", "origin", "users", "grammar"})
_ALWAYS_QUOTED: Final = frozenset({"example", "others"})
_SHORT: Final = 4
_TWO: Final = 2
_ORDINALS: Final = {"first": 0, "second": 1, "third": 2, "last": -1, "other": -1}
_BOTH: Final = re.compile(r"\b(?:they|them both|both of them|both|them|these two|those two)\b", re.IGNORECASE)
_WHICH: Final = re.compile(
    r"^\W*(?:and |so |but )*which (?:one|of (?:them|these|those|the two)|word)\b\s*(?P<rest>.*?)\W*$", re.I
)
_MORE: Final = re.compile(
    r"^\W*(?:more|tell me more|go on|explain|why|how so|and|(?:shorter|simpler|longer)(?: please)?|"
    r"can you (?:explain|elaborate).*|"
    r"what do you mean|in (?:other|simpler) words)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as it was asked, as it stands alone, and what to look up for it.

    They differ where the question points back: "is it rude?" is "is rizz rude?", for which the
    definitions of rizz are wanted ("what does rizz mean"). aspect is what it wants to know of `word`
    beyond the meaning. reply is the program's own answer to small talk, which is never looked up.
    """

    asked: str
    standalone: str
    lookup: str
    word: str = ""
    aspect: Aspect = ""
    reply: str | None = None

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
    talk = small_talk(asked)
    if talk is not None:
        return FollowUp(asked, asked, asked, reply=talk)
    if not words:
        return FollowUp(asked, asked, asked)
    by_rule = _by_rule(asked, words, conversation)
    if by_rule is not None:
        return by_rule
    if not _ANAPHOR.search(asked) or any(_names(asked, word) for word in words):
        return FollowUp(asked, asked, asked)
    if chat is not None and chat.identity.capable:
        written = _by_model(asked, conversation, chat)
        named = [word for turn in conversation.turns for word in turn.headwords if _names(written, word)]
        if named:
            return FollowUp(asked, written, _meaning(named[-1]), named[-1], aspect_of(asked))
    replaced = _ANAPHOR.sub(lambda found: _instead(found[0], words[0]), asked, count=1)
    return FollowUp(asked, replaced, _meaning(words[0]), words[0], aspect_of(asked))


def _by_rule(asked: str, words: tuple[str, ...], conversation: Conversation) -> FollowUp | None:
    """The follow-up as understood, where its kind is plain; None where it is not."""
    word = words[0]
    mentioned = tuple(dict.fromkeys(w for turn in conversation.turns for w in turn.headwords))
    aspect = aspect_of(asked)
    points = _ANAPHOR.search(asked) is not None or len(asked.split()) <= _SHORT
    named = any(_names(asked, w) for w in mentioned)
    numbered = _NUMBERED.search(asked)
    if numbered and not (aspect == "others" and len(mentioned) < _TWO):
        among = words if len(words) > 1 else mentioned
        chosen = among[min(_ORDINALS[numbered[1].lower()], len(among) - 1)]
        rest = aspect_of(numbered["rest"] or "")
        standalone = question_on(rest, chosen) if rest else _meaning(chosen)
        return FollowUp(asked, standalone, _meaning(chosen), chosen, rest)
    if _MORE.match(asked):
        return FollowUp(asked, _meaning(word), _meaning(word), word)
    pair = words[:2] if len(words) > 1 else mentioned[-2:]
    if len(pair) == _TWO and (which := _WHICH.match(asked)):
        standalone = f"which of {pair[0]} and {pair[1]} {which['rest']}"
        return FollowUp(asked, standalone, f"what is the difference between {pair[0]} and {pair[1]}")
    if len(pair) == _TWO and _BOTH.search(asked) and not named:
        standalone = _BOTH.sub(f"{pair[0]} and {pair[1]}", asked, count=1)
        return FollowUp(asked, standalone, f"what is the difference between {pair[0]} and {pair[1]}")
    if aspect in _PLAIN_ASPECTS and points and not named:
        return FollowUp(asked, question_on(aspect, word), _meaning(word), word, aspect)
    another = _ABOUT_ANOTHER.match(asked)
    if another and not _ANAPHOR.search(another["rest"]) and len(another["rest"].split()) <= _SHORT:
        meaning = _meaning(re.sub(r"^an? ", "", another["rest"]))
        return FollowUp(asked, meaning, meaning)
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
            left = tuple(hit for hit in about(retrieval.hits, word) if hit.entry.entry_id not in told)
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
    yield Finished(
        Answer(
            query=follow_up.standalone,
            text=text,
            known=retrieval.known if retrieval else "no",
            abstained=True,
            grounded=False,
            citations=(),
            hits=retrieval.hits if retrieval else (),
            engine="",
            model="",
            timings_ms={"retrieve": options.retrieve_ms, "total": options.retrieve_ms},
            notes=retrieval.notes if retrieval else (),
        )
    )


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
    yield Finished(
        Answer(
            query=follow_up.standalone,
            text=" ".join(quotation.text for quotation in quotations),
            known=retrieval.known,
            abstained=False,
            grounded=True,
            citations=tuple(citation(n, retrieval.hits[n - 1]) for n in numbers),
            hits=retrieval.hits,
            engine="",
            model="",
            timings_ms={"retrieve": options.retrieve_ms, "total": options.retrieve_ms},
            notes=retrieval.notes,
            quoted=True,
        )
    )


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
