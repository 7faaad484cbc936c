"""Rules that read a follow-up where no capable model does: what "it", "that" and "the first one" mean.

Each has a labelled case in the tests (`follow_ups.jsonl`) that fails without it.
"""

from __future__ import annotations

import re
from typing import Final

from slangrag.answer.ask.aspects import aspect_of, question_on
from slangrag.answer.chat.conversation import Conversation
from slangrag.answer.chat.follow_up_types import FollowUp, meaning, names, pair_of

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


def read_by_rules(asked: str, conversation: Conversation) -> FollowUp:
    """`asked` as one that stands alone, by rules over the last headwords."""
    words = conversation.headwords
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
