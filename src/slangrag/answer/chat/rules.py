"""Rules that read a follow-up where no capable model does: what "it", "that" and "the first one" mean.

Each has a labelled case in the tests (`follow_ups.jsonl`) that fails without it.
"""

from __future__ import annotations

import re
from typing import Final

from slangrag.answer.ask.aspects import aspect_of, question_on
from slangrag.answer.chat.conversation import Conversation, Turn
from slangrag.answer.chat.follow_up_types import FollowUp, meaning, names, pair_of
from slangrag.answer.chat.requests import further, topic_of

_LEADS: Final = r"^\W*(?:(?:and|so|but|ok)\b\W*)*"
_NUMBERED: Final = re.compile(
    r"\b(?:the )?(first|second|last) (?:one|word)\b(?:,?\s*(?P<rest>\S.*))?", re.IGNORECASE
)
_ANAPHOR: Final = re.compile(r"\b(?:it's|its|it|that|this|they|them|the (?:word|phrase))\b", re.IGNORECASE)
_ABOUT_ANOTHER: Final = re.compile(
    r"^\W*(?:ok\b\W*)?(?:and|what about|how about)\b\s*(?:what about\s)?(?P<rest>.+?)\s*\??$", re.IGNORECASE
)
_PLAIN_ASPECTS: Final = frozenset(
    {"example", "others", "shorter", "opposite", "similar", "origin", "users", "grammar"}
)
_SHORT: Final = 4
_TWO: Final = 2
_ORDINALS: Final = {"first": 0, "second": 1, "last": -1}
_BOTH: Final = re.compile(r"\b(?:they|them both|both of them|both|them)\b", re.IGNORECASE)
COMPARED: Final = re.compile(r"\b(?:same|opposites?|different|difference|similar)\b", re.IGNORECASE)
"""Words that ask how two words are to each other, and are said of neither."""

_BESIDE: Final = re.compile(
    _LEADS
    + r"(?:(?:is|isn't) (?:it|that) (?:the |any )?(?:same|different|similar|opposite|like|worse|better)"
    r"(?: (?:as|from|to|of|than|like))*"
    r"|(?:what(?:'s| is) )?(?:the )?difference (?:between|from|to)(?: (?:it|that) and)?"
    r"|how is (?:it|that) different from)"
    r" (?:an? )?(?P<other>(?!(?:it|that)\b)[^?]+?)\W*$",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    r"\bdifference between (?:an? )?(?P<one>(?!(?:it|that)\b)[^?]+?) and "
    r"(?:an? )?(?P<other>(?!(?:it|that)\b)[^?]+?)\W*$",
    re.IGNORECASE,
)
_WHICH: Final = re.compile(_LEADS + r"which (?:one|of them)\b\s*(?P<rest>.*?)\W*$", re.I)
_LEAD: Final = re.compile(
    r"^(?:\W*(?:ok|so|and|but|lol|thanks|hi|hey)(?: then)?\b[\s,.!]*)+(?=(?:what|what's|whats|define)\b)",
    re.IGNORECASE,
)
_POINTS_ONLY: Final = re.compile(
    _LEADS
    + r"(?:what (?:does|is)|what's|is|use|where (?:does|is)|how (?:do|can) (?:i|you) use|who (?:says|uses)|"
    r"define|explain) (?:it|that|this)\b(?! \w+ (?:\w+ )?mean)",
    re.IGNORECASE,
)
WHICH_WORD: Final = "Which word do you mean?"
_SHORT_QUESTION: Final = 6
_MORE: Final = re.compile(r"^\W*(?:explain|what do you mean)\W*$", re.IGNORECASE)
_FURTHER: Final = re.compile(r"^\W*(?:(?:tell me )?more|go on)(?: please)?\W*$", re.IGNORECASE)
_THE_DOCUMENT: Final = re.compile(
    r"\b(?:it|that|this|they|"
    r"(?:the|that|this) (?:document|guide|manual|handbook|book|text|file|page|rules?))\b",
    re.IGNORECASE,
)
_SAYING: Final = re.compile(
    rf"{_THE_DOCUMENT.pattern} (?:also |even |not )?"
    r"(?:says?|mentions?|tells?|explains?|has|have|talks?|gives?|covers?)\b",
    re.IGNORECASE,
)
_WITHOUT_VERB: Final = re.compile(
    r"^\W*(?:for|on|in|at|during|after|before|with|without|if|when)\b(?!.*\b(?:do|does|is|are|can|may|must)\b)"
    r".{1,60}\?\s*$",
    re.IGNORECASE,
)
_WHY_ALONE: Final = re.compile(r"^\W*(?:but )?(?:why|how come)\W*$", re.IGNORECASE)


def read_by_rules(asked: str, conversation: Conversation) -> FollowUp:
    """`asked` as one that stands alone, by rules over the last headwords."""
    words = conversation.headwords
    last = conversation.latest
    if last is not None and last.of_documents:
        return _of_documents(asked, last)
    if between := _BETWEEN.search(asked):
        return pair_of(asked, _bare(asked), (between["one"], between["other"]))
    if not words:
        if len(asked.split()) <= _SHORT_QUESTION and _ANAPHOR.search(asked) and _POINTS_ONLY.match(asked):
            return FollowUp(asked, asked, asked, reply=WHICH_WORD, kind="small talk")
        return FollowUp(asked, asked, _bare(asked))
    by_rule = _by_rule(asked, words, conversation)
    if by_rule is not None:
        return by_rule
    if not _ANAPHOR.search(asked) or any(names(asked, word) for word in words):
        return FollowUp(asked, asked, _bare(asked))
    replaced = _ANAPHOR.sub(lambda found: _instead(found[0], words[0]), asked, count=1)
    return FollowUp(asked, replaced, meaning(words[0]), words[0], aspect_of(asked))


def _of_documents(asked: str, last: Turn) -> FollowUp:
    """A line after an answer of documents: "it" is the document, or what was asked, and no slang word."""
    if _FURTHER.match(asked) or aspect_of(asked) == "others":
        return further(asked, last)
    bare = _bare(asked)
    if _SAYING.search(asked):
        standalone = _THE_DOCUMENT.sub(last.titles[0], bare, count=1)
        return FollowUp(asked, standalone, standalone)
    points = _ANAPHOR.search(asked) or _WHY_ALONE.match(asked) or _MORE.match(asked)
    if points or _ABOUT_ANOTHER.match(asked) or _WITHOUT_VERB.match(asked):
        standalone = f"{topic_of(last)}; {asked}"
        return FollowUp(asked, standalone, standalone)
    return FollowUp(asked, asked, bare)


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
        standalone = question_on(rest, chosen) if rest else meaning(chosen)
        return FollowUp(asked, standalone, meaning(chosen), chosen, rest)
    if _MORE.match(asked):
        return FollowUp(asked, meaning(word), meaning(word), word)
    if _FURTHER.match(asked) or _WHY_ALONE.match(asked):
        aspect = "others" if _FURTHER.match(asked) else "reason"
        return FollowUp(asked, question_on(aspect, word), meaning(word), word, aspect)
    if beside := _BESIDE.match(asked):
        standalone = _ANAPHOR.sub(lambda found: _instead(found[0], word), asked, count=1)
        if standalone == asked:
            standalone = f"what is the difference between {word} and {beside['other']}"
        return pair_of(asked, standalone, (word, beside["other"]))
    pair = words[:2] if len(words) > 1 else mentioned[-2:]
    if len(pair) == _TWO and (which := _WHICH.match(asked)):
        return pair_of(asked, f"which of {pair[0]} and {pair[1]} {which['rest']}", pair)
    if len(pair) == _TWO and _BOTH.search(asked) and not named:
        standalone = _BOTH.sub(f"{pair[0]} and {pair[1]}", asked, count=1)
        wanted = "compare" if COMPARED.search(asked) or not aspect else aspect
        return pair_of(asked, standalone, pair, wanted)
    if aspect in _PLAIN_ASPECTS and points and not named:
        return FollowUp(asked, question_on(aspect, word), meaning(word), word, aspect)
    another = _ABOUT_ANOTHER.match(asked)
    if another and not _ANAPHOR.search(another["rest"]) and len(another["rest"].split()) <= _SHORT:
        asks = meaning(re.sub(r"^an? ", "", another["rest"]))
        return FollowUp(asked, asks, asks)
    return None


def _bare(asked: str) -> str:
    """The question without what people say before one ("ok then, what does bet mean")."""
    return _LEAD.sub("", asked)


def _instead(pointer: str, word: str) -> str:
    return f"{word}'s" if pointer.lower() == "its" else f"{word} is" if pointer.lower() == "it's" else word
