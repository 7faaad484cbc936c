"""Small talk: what is no question about slang is met as what it is, in a sentence of the program's own.

A line counts only if every word of it belongs to small talk, so that "thanks, and what is rizz?" is a
question. Knows nothing of stores or models, and invents nothing.
"""

from __future__ import annotations

import re
from typing import Final

from slangrag.text.english import word_set
from slangrag.text.forms import plain_words, squeezed

_GREETING: Final = "Hello! Which word or message would you like explained?"
_THANKS: Final = "You're welcome."
_BYE: Final = "Bye! (/quit or Ctrl-D leaves the chat.)"
_FINE: Final = "Ask away: I look slang up and say what the definitions say."
_SELF: Final = (
    "I explain slang: I look a word or a message up in a dictionary that people wrote, and cite its "
    "definitions. Beyond that I know nothing."
)
_SURE: Final = "I only say what the definitions in my data say; /sources shows the last ones in full."
_UNCLEAR: Final = "Sorry. /sources shows the definitions in full; or ask about one word at a time."
_OK: Final = "All right."

_LINES: Final[tuple[tuple[str, str], ...]] = (
    (r"no (?:thanks|thank you|thx)|never ?mind|nvm", _OK),
    (r"have a (?:good|nice|great) (?:day|one|night|evening|weekend)|see (?:you|ya|u)(?: later)?", _BYE),
    (r"(?:how (?:are|r) (?:you|u)(?: doing| today)*|how is it going|hows it going|whats up|sup)", _FINE),
    (
        r"(?:who|what) (?:are|r) (?:you|u)|what can (?:you|u) do|(?:can you )?help(?: me)?|"
        r"are you (?:a bot|an? ai|human)",
        _SELF,
    ),
    (r"(?:tell me|say|know) (?:a joke|something(?: funny| nice)?)", _SELF),
    (
        r"(?:are|r) (?:you|u) (?:sure|certain|serious)(?: about that)?|(?:really|is that true|"
        r"is that right|are you kidding)",
        _SURE,
    ),
    (
        r"(?:that|it|this) (?:makes no sense|does ?nt make (?:any )?sense|is confusing)|huh|what|"
        r"i (?:do ?nt|dont|do not) (?:get|understand)(?: it| that)?|(?:that is|thats|you are|"
        r"youre) (?:wrong|not right)",
        _UNCLEAR,
    ),
)
_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (_THANKS, "thanks thank thx ty tysm cheers appreciated"),
    (_BYE, "bye goodbye goodnight farewell cya later"),
    (_GREETING, "hi hello hey heya hiya howdy greetings yo morning afternoon evening"),
    (
        _OK,
        "ok okay k alright right cool nice great good perfect awesome wow haha hahaha "
        "lol lmao understood got sorry sure",
    ),
)
_ALL: Final = frozenset(
    form for _, names in _WORDS for word in names.split() for form in (word, squeezed(word))
)
_FILLERS: Final = word_set(
    """
    a and again all bot but day for job lot man me much now oh ok okay so then there that thats the to u very
    well you your yes no yeah yep nope hm hmm ah aha i see great nice cool lol haha ha please pls sorry bro
    dude mate friend sir one
    """
)
_MOST_WORDS: Final = 7
_PRAISE: Final = word_set("cool nice great good perfect awesome wow right sorry sure understood got k")
_QUESTIONS_ALONE: Final = word_set("lol lmao cheers yo sup later bro")


def small_talk(line: str, *, begun: bool) -> str | None:
    """What to reply to a line that is small talk and nothing else; None where it may be a question.

    A single word that is slang itself ("lol", "cheers") is taken for a question, and so, until the talk
    has begun, is any that says that somebody likes the answer ("cool").
    """
    words = [squeezed(word) if len(word) > 4 else word for word in plain_words(line)]
    folded = " ".join(plain_words(line))
    if not words or len(words) > _MOST_WORDS or (len(words) == 1 and folded in _QUESTIONS_ALONE):
        return None
    for pattern, reply in _LINES:
        if re.fullmatch(
            rf"(?:(?:ok|okay|so|but|and|hey|hi|hello|lol|wait|hm|hmm) )*(?:{pattern})(?: (?:please|pls|"
            rf"lol|tho|though|then|man|bro))*",
            folded,
        ):
            return reply
    if len(words) == 1 and not begun and folded in _PRAISE:
        return None
    for reply, names in _WORDS:
        known = {*names.split(), *map(squeezed, names.split())}
        if any(word in known for word in words) and all(
            word in known | _ALL or word in _FILLERS for word in words
        ):
            return reply
    return None
