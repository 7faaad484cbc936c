"""English: which words are ordinary, and as what parts of speech they are used.

A table of the commonest English words beside this module, a list of less common ones
(`benchmarks/make_english.py` says where both come from), and endings for what the table lacks. Knows
nothing of slang or definitions.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from slangrag.text.word_lists import FUNCTION_WORDS


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is kept as running text."""
    return frozenset(text.split())


_RARER: Final = "~"
_FUNCTION_WORDS: Final = frozenset(FUNCTION_WORDS.split())
_SMALL_WORDS: Final = word_set(
    """
    i'm im i'd i'll i've you're youre you'll you've he's hes she's shes it's its that's thats there's
    we're we'll we've they're they've let's lets don't dont doesn't doesnt didn't didnt can't cant won't
    wont isn't isnt aren't arent wasn't wasnt what's whats who's whos how's here's not no yes yeah yep
    nope ok okay oh ah uh um hi hey hello bye please thanks thank sorry well like okey mr mrs ms dr
    cannot am pm u ur r n ya yo one two three four five six seven eight nine ten first last today
    tonight tomorrow yesterday now again monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december got gotta
    gonna wanna don
    """
)
_ADJECTIVE_ENDINGS: Final = ("ous", "ful", "ive", "able", "ible", "less", "ish", "ic", "al", "ent", "ant")
_NOUN_ENDINGS: Final = ("ness", "tion", "sion", "ment", "ity", "ship", "ism", "ance", "ence", "ery", "hood")


@cache
def _table() -> tuple[dict[str, str], frozenset[str]]:
    """Word to its uses, and which words are ordinary."""
    uses_of: dict[str, str] = {}
    ordinary: set[str] = set()
    text = (files("slangrag.text") / "english.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        word, _, letters = line.partition(" ")
        if not word.startswith(_RARER):
            ordinary.add(word)
        uses_of[word.removeprefix(_RARER)] = letters
    return uses_of, frozenset(ordinary)


def uses(word: str) -> str:
    """How a word is used, commonest first, a letter each; "" where that cannot be told.

    n noun, N plural, v verb, s third person, d past or participle, g -ing form, a adjective, r adverb.
    """
    folded = word.lower().strip(".,;:!?\"'“”()")
    known = _table()[0].get(folded)
    if known:
        return known
    last = folded.rpartition("-")[2]
    if folded.endswith("ly"):
        return "r"
    if last != folded:
        return "a" if set(uses(last)) & set("adgr") else uses(last)
    # nouns before adjectives: "-ment" ends in "-ent"
    for letter, endings in (("n", _NOUN_ENDINGS), ("a", _ADJECTIVE_ENDINGS), ("d", ("ed",)), ("g", ("ing",))):
        if len(folded) > 4 and folded.endswith(endings):
            return letter
    return ""


def is_small(word: str) -> bool:
    """Whether a word only holds sentences together ("the", "it's", "yes"), or counts days and numbers."""
    folded = word.lower().replace("’", "'").strip('.,;:!?"“”()')
    return folded in _FUNCTION_WORDS or folded in _SMALL_WORDS


def is_listed(word: str) -> bool:
    """Whether a lower-case word stands in the table of English words."""
    return word in _table()[0]


@cache
def _rarer() -> frozenset[str]:
    """Words of plain English that are less common; read apart, since few questions need them."""
    text = (files("slangrag.text") / "rarer.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def is_plain(word: str) -> bool:
    """Whether a word stands in a small dictionary of plain English: "crib" and "salty", no "brekkie"."""
    folded = word.lower().replace("’", "'").removesuffix("'s")
    return is_ordinary(folded) or folded in _rarer()


def is_ordinary(word: str) -> bool:
    """Whether everybody knows the word in some plain sense."""
    folded = word.lower().replace("’", "'").removesuffix("'s")
    return is_small(folded) or folded in _table()[1]
