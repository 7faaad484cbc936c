"""Follow-ups: a question of a conversation as one that stands alone, and what to look up for it.

Rules first; a capable model is asked only where they see that a question points back but not to what.
Knows nothing of how an answer is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from slangrag.answer.ask.aspects import Aspect, aspect_of, question_on
from slangrag.answer.ask.budget import cost
from slangrag.answer.chat.conversation import Conversation
from slangrag.answer.chat.small_talk import small_talk
from slangrag.engines.protocols import ChatModel, ChatOptions, Message
from slangrag.errors import EngineError, EngineTimeout
from slangrag.text.forms import fold
from slangrag.text.inert import inert
from slangrag.text.sentences import loops

_REWRITE: Final = """Rewrite the last question so that it can be understood without the conversation.
Keep its meaning, put the word it is about in place of "it", "that" or "its". Write the question only."""

_REWRITE_TOKENS: Final = 60
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
_PLAIN_ASPECTS: Final = frozenset(
    {"example", "others", "shorter", "opposite", "similar", "origin", "users", "grammar"}
)
_SHORT: Final = 4
_TWO: Final = 2
_ORDINALS: Final = {"first": 0, "second": 1, "third": 2, "last": -1, "other": -1}
_BOTH: Final = re.compile(r"\b(?:they|them both|both of them|both|them|these two|those two)\b", re.IGNORECASE)
COMPARED: Final = re.compile(
    r"\b(?:same|opposites?|different|difference|alike|similar|related|synonyms|antonyms|interchangeable|"
    r"(?:better|worse|stronger|ruder|nicer|older|newer) than)\b",
    re.IGNORECASE,
)
"""Words that ask how two words are to each other, and are said of neither."""

_BESIDE: Final = re.compile(
    r"^\W*(?:and |so |but |ok |wait )*(?:(?:is|isn't|are|does|was) (?:it|that|this)\b.*?"
    r"\b(?:same(?: thing)?|different|related|similar|opposite|synonym|like|better|worse|stronger|ruder|nicer)"
    r"(?: (?:as|from|to|of|for|than|like))*"
    r"|(?:what(?:'s| is) )?(?:the )?difference (?:between|from|to|with)(?: (?:it|that|this) and)?"
    r"|how (?:is|does) (?:it|that|this) (?:differ(?:ent)?|compare)(?: (?:from|to|with|than))*)"
    r" (?:an? |the word )?(?P<other>(?!(?:it|that|this)\b)[^?]+?)\W*$",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    r"\bdifference between (?:an? |the )?(?P<one>(?!(?:it|that|this|these|those)\b)[^?]+?) and "
    r"(?:an? |the )?(?P<other>(?!(?:it|that|this)\b)[^?]+?)\W*$",
    re.IGNORECASE,
)
_WHICH: Final = re.compile(
    r"^\W*(?:and |so |but )*which (?:one|of (?:them|these|those|the two)|word)\b\s*(?P<rest>.*?)\W*$", re.I
)
_LEAD: Final = re.compile(
    r"^(?:\W*(?:ok|okay|so|and|but|well|alright|lol|haha|thanks|thx|ty|cool|nice|hi|hey|"
    r"hello)(?: then)?\b[\s,.!]*)+"
    r"(?=(?:what|what's|whats|who|how|where|define|explain|meaning)\b)",
    re.IGNORECASE,
)
_POINTS_ONLY: Final = re.compile(
    r"^\W*(?:and |so |but |ok |wait )*(?:what (?:does|do|did|is|else (?:can|does))|what's|whats|is|was|"
    r"are|use|"
    r"where (?:does|did|is)|how (?:do|would|can) (?:i|you|u) (?:use|say)|can (?:i|you) (?:use|say)|"
    r"who (?:says|uses)|"
    r"define|explain) (?:it|that|this|they|them|its)\b(?! \w+ (?:\w+ )?mean)",
    re.IGNORECASE,
)
WHICH_WORD: Final = "Which word do you mean?"
_SHORT_QUESTION: Final = 6
_MORE: Final = re.compile(
    r"^\W*(?:explain|and|can you explain.*|what do you mean|in other words)\W*$", re.IGNORECASE
)
_FURTHER: Final = re.compile(
    r"^\W*(?:(?:tell me |say )?more|longer|go on|can you elaborate.*)(?: please| pls)?\W*$", re.IGNORECASE
)
_WHY_ALONE: Final = re.compile(r"^\W*(?:but |and )?(?:why|how so|how come)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question as it was asked, as it stands alone, and what to look up for it.

    They differ where the question points back: "is it rude?" is "is rizz rude?", for which the
    definitions of rizz are wanted ("what does rizz mean"). aspect is what it wants to know of `word`, or
    of `word` and `other`, beyond the meaning. reply is the program's own answer to small talk, which is
    never looked up.
    """

    asked: str
    standalone: str
    lookup: str
    word: str = ""
    aspect: Aspect = ""
    reply: str | None = None
    other: str = ""

    @property
    def changed(self) -> bool:
        """Whether it needed the conversation to be understood."""
        return self.asked != self.standalone

    @property
    def lookups(self) -> tuple[str, ...]:
        """What to look up: each of two words by itself, or the one `lookup`."""
        return (_meaning(self.word), _meaning(self.other)) if self.other else (self.lookup,)


def resolve(question: str, conversation: Conversation, chat: ChatModel | None = None) -> FollowUp:
    """`question` as one that stands alone, by rules over the last headwords.

    A capable model is asked only where the rules see that a question points back but not how; its
    version is taken only if it names a headword of the conversation. Raises EngineTimeout: whoever has
    waited so long is not to wait again.
    """
    words = conversation.headwords
    asked = question.strip()
    talk = small_talk(asked, begun=bool(conversation.turns))
    if talk is not None:
        return FollowUp(asked, asked, asked, reply=talk)
    if between := _BETWEEN.search(asked):
        return _pair(asked, _bare(asked), (between["one"], between["other"]))
    if not words:
        if len(asked.split()) <= _SHORT_QUESTION and _ANAPHOR.search(asked) and _POINTS_ONLY.match(asked):
            return FollowUp(asked, asked, asked, reply=WHICH_WORD)
        return FollowUp(asked, asked, _bare(asked))
    by_rule = _by_rule(asked, words, conversation)
    if by_rule is not None:
        return by_rule
    if not _ANAPHOR.search(asked) or any(names(asked, word) for word in words):
        return FollowUp(asked, asked, _bare(asked))
    aspect = aspect_of(asked)
    if not aspect and chat is not None and chat.identity.capable:
        written = _by_model(asked, conversation, chat)
        named = [word for turn in conversation.turns for word in turn.headwords if names(written, word)]
        if named:
            return FollowUp(asked, written, _meaning(named[-1]), named[-1])
    replaced = _ANAPHOR.sub(lambda found: _instead(found[0], words[0]), asked, count=1)
    return FollowUp(asked, replaced, _meaning(words[0]), words[0], aspect)


def _by_rule(asked: str, words: tuple[str, ...], conversation: Conversation) -> FollowUp | None:
    """The follow-up as understood, where its kind is plain; None where it is not."""
    word = words[0]
    mentioned = tuple(dict.fromkeys(w for turn in conversation.turns for w in turn.headwords))
    aspect = aspect_of(asked)
    points = _ANAPHOR.search(asked) is not None or len(asked.split()) <= _SHORT
    named = any(names(asked, w) for w in mentioned)
    numbered = _NUMBERED.search(asked)
    if numbered and not (aspect == "others" and len(mentioned) < _TWO):
        among = words if len(words) > 1 else mentioned
        chosen = among[min(_ORDINALS[numbered[1].lower()], len(among) - 1)]
        rest = aspect_of(numbered["rest"] or "")
        standalone = question_on(rest, chosen) if rest else _meaning(chosen)
        return FollowUp(asked, standalone, _meaning(chosen), chosen, rest)
    if _MORE.match(asked):
        return FollowUp(asked, _meaning(word), _meaning(word), word)
    if _FURTHER.match(asked) or _WHY_ALONE.match(asked):
        aspect = "others" if _FURTHER.match(asked) else "reason"
        return FollowUp(asked, question_on(aspect, word), _meaning(word), word, aspect)
    if beside := _BESIDE.match(asked):
        standalone = _ANAPHOR.sub(lambda found: _instead(found[0], word), asked, count=1)
        if standalone == asked:
            standalone = f"what is the difference between {word} and {beside['other']}"
        return _pair(asked, standalone, (word, beside["other"]))
    pair = words[:2] if len(words) > 1 else mentioned[-2:]
    if len(pair) == _TWO and (which := _WHICH.match(asked)):
        return _pair(asked, f"which of {pair[0]} and {pair[1]} {which['rest']}", pair)
    if len(pair) == _TWO and _BOTH.search(asked) and not named:
        standalone = _BOTH.sub(f"{pair[0]} and {pair[1]}", asked, count=1)
        wanted = "compare" if COMPARED.search(asked) or not aspect else aspect
        return _pair(asked, standalone, pair, wanted)
    if aspect in _PLAIN_ASPECTS and points and not named:
        return FollowUp(asked, question_on(aspect, word), _meaning(word), word, aspect)
    another = _ABOUT_ANOTHER.match(asked)
    if another and not _ANAPHOR.search(another["rest"]) and len(another["rest"].split()) <= _SHORT:
        meaning = _meaning(re.sub(r"^an? ", "", another["rest"]))
        return FollowUp(asked, meaning, meaning)
    return None


def _pair(asked: str, standalone: str, pair: tuple[str, ...], aspect: Aspect = "compare") -> FollowUp:
    one, other = (word.strip(" \"'“”") for word in pair)
    lookup = f"what is the difference between {one} and {other}"
    return FollowUp(asked, standalone, lookup, one, aspect, other=other)


def _bare(asked: str) -> str:
    """The question without what people say before one ("ok then, what does bet mean")."""
    return _LEAD.sub("", asked)


def _meaning(word: str) -> str:
    return f"what does {word} mean"


def names(text: str, word: str) -> bool:
    """Whether `text` has the word, folded alike, as words of its own."""
    return f" {fold(word)} " in f" {fold(text)} "


def _instead(pointer: str, word: str) -> str:
    return f"{word}'s" if pointer.lower() == "its" else f"{word} is" if pointer.lower() == "it's" else word


def _by_model(asked: str, conversation: Conversation, chat: ChatModel) -> str:
    """A capable model's standalone version; "" where it is of no use, or the engine fails."""
    lines = [f"User: {inert(t.asked)}\nAnswer: {inert(t.answered)}" for t in conversation.turns[-3:]]
    messages = [
        Message("system", _REWRITE),
        Message("user", "\n".join(lines) + f"\nLast question: {inert(asked)}\nRewritten:"),
    ]
    options = ChatOptions(max_tokens=_REWRITE_TOKENS, temperature=0.0, stop=("\n",))
    if cost(chat, messages) + _REWRITE_TOKENS > options.num_ctx:
        return ""
    try:
        written = inert("".join(chat.stream(messages, options))).strip(" \"'")
    except EngineTimeout:
        raise
    except EngineError:
        return ""  # the rule's version is shown ("read as"); the answer will tell of an engine that is ill
    return written if len(written) <= 200 and not loops(written) else ""
