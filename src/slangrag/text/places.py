"""Places: what may stand where a slang word stands, told from the words around it. English only.

Tells whether an ordinary word is used as ordinary people use it, and whether a short meaning fits in. Rules
over the nearest words, since a tagger (averaged perceptron, trained on web texts) told slang no better.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from slangrag.text.english import is_small, uses, word_set

Role = Literal[
    "noun",
    "attribute",
    "predicate",
    "adverb",
    "verb",
    "finite",
    "past",
    "progressive",
    "object",
    "subject",
    "aside",
]

_LAST: Final = re.compile(r"([\w'’]+)[\"“‘']?\s*$")
_NEXT: Final = re.compile(r"^[\"”’']?\s+[\"“‘]?([\w'’]+)")
_LASTING: Final = re.compile(
    r"\s+(?:the|this|that|all|every)\s+(?:whole|entire|rest|other|time|day|night|week|morning|year)\b",
    re.IGNORECASE,
)
_DETERMINERS: Final = word_set(
    """
    a an the my your his her its our their this that these those some any no another every each what
    such ur
    """
)
_NUMBERS: Final = word_set("two three four five six seven eight nine ten few many several hundred thousand")
_POINTERS: Final = word_set("this that these those")
_BE: Final = word_set(
    """
    is are was were am be been being i'm im you're youre he's hes she's shes it's its we're they're
    theyre that's thats there's what's who's isn't isnt aren't wasn't wasnt weren't look looks looked
    feel feels felt seem seems seemed sound sounds sounded get gets got getting go goes went gone going
    become becomes became stay stayed ain't aint
    """
)
_ONLY_BE: Final = word_set("is are was were am been being i'm im you're he's she's it's we're they're that's")
_DEGREE: Final = word_set("so very too really pretty kinda super quite much more most this that way just")
_TRANSPARENT: Final = word_set(
    """
    so very too really pretty kinda super quite just not always never still also all actually literally
    straight
    """
)
_BEFORE_VERB: Final = word_set(
    """
    to will would can could can't cant should must might let's lets don't dont doesn't didn't didnt
    gonna wanna gotta won't please finna tryna do did does never
    """
)
_SUBJECTS: Final = word_set("i you we they he she it who u everyone everybody nobody someone")
_PLURAL_SUBJECTS: Final = word_set("i you we they u")
_OBJECTS: Final = word_set("me him her us them it you myself himself herself themselves u")
_HAVE: Final = word_set("have has had i've we've they've you've having need want got love loves hate hates")
_OPEN: Final = word_set(
    """
    about above after against along around as at before behind beside between beyond by down during
    except for from in inside into near of off on onto out over past since than through till to toward
    under until up upon with within without and but or so because bc cuz when while if though although
    that which who where then rn tbh ngl lol lmao fr imo imho idk smh irl ikr tho pls plz today tonight
    tomorrow yesterday now again anymore af too either anyway bro man dude i you he she we they it is
    are was were am will would can could should do does did has have had
    """
)
_USES: Final[dict[str, frozenset[Role]]] = {
    "n": frozenset({"noun", "attribute", "object", "subject"}),
    "N": frozenset({"noun", "object", "subject"}),
    "v": frozenset({"verb"}),
    "s": frozenset({"finite"}),
    "d": frozenset({"past", "predicate", "attribute"}),
    "g": frozenset({"progressive", "noun", "object", "subject", "attribute"}),
    "a": frozenset({"attribute", "predicate"}),
    "r": frozenset({"adverb", "aside", "predicate"}),
}


_PAST_ONLY: Final = word_set(
    """
    ate began broke chose drank drew drove fell forgot gave grew knew rode saw spoke stole swam threw took
    went wore
    """
)
"""Forms that are no participles."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands: the roles that it can have there (none: it cannot be told), its neighbours.

    article is the determiner or number that its phrase begins with, "" where there is none.
    """

    roles: frozenset[Role]
    last: str
    next: str
    article: str = ""


def place(before: str, after: str) -> Place:
    """The place between `before` and `after`, of which only the nearest words count."""
    found, following = _LAST.search(before), _NEXT.match(after)
    last = found[1].lower().replace("’", "'") if found else ""
    then = following[1].lower().replace("’", "'") if following else ""
    ends = not then or then in _OPEN
    earlier = _words(before[: found.start()]) if found else []
    if not last:
        return Place(_opening(then), last, then)
    numbered = (
        last in _DETERMINERS
        or last in _NUMBERS
        or last[0].isdigit()
        or (last.endswith("'s") and last not in _BE | _BEFORE_VERB)
    )
    if numbered:
        stands_alone = last in _POINTERS and (ends or then in _DETERMINERS)
        pointed: set[Role] = {"finite", "past"} if stands_alone else set()
        return Place(frozenset(_in_phrase(then, ends=ends) | pointed), last, then, last)
    if earlier and (earlier[-1] in _DETERMINERS or earlier[-1][0].isdigit()) and uses(last)[:1] == "a":
        return Place(frozenset(_in_phrase(then, ends=ends)), last, then, earlier[-1])
    at = last
    while at in _TRANSPARENT and earlier:
        at = earlier.pop()
    if at in _BE or (earlier and earlier[-1] in _ONLY_BE and at in _SUBJECTS):
        return Place(
            _after_be(at, last, then, ends=ends, lasting=_LASTING.match(after) is not None), last, then
        )
    if last in _DEGREE and at not in _SUBJECTS and at not in _BEFORE_VERB:
        return Place(frozenset({"predicate"} if ends else {"adverb", "predicate"}), last, then)
    if at in _BEFORE_VERB:
        return Place(frozenset({"verb"}), last, then)
    if at in _SUBJECTS:
        if not ends and set(uses(then)) & set("vsd"):
            return Place(frozenset({"adverb"}), last, then)
        roles: set[Role] = {"past", "verb"} if at in _PLURAL_SUBJECTS else {"past", "finite"}
        if is_small(then) and not ends:
            roles.add("adverb")
        return Place(frozenset(roles), last, then)
    if last in _HAVE or last in _OPEN:
        return Place(frozenset({"object"} if ends else {"attribute", "object"}), last, then)
    if last in _OBJECTS or not ends:
        return Place(frozenset(), last, then)
    return Place(frozenset({"finite", "past", "aside"} if then else {"finite", "aside"}), last, then)


def _words(text: str) -> list[str]:
    """The last words of the clause that `text` ends in."""
    return re.findall(r"[\w'’]+", re.split(r"[.,;:!?()\n\"“”]", text)[-1].lower().replace("’", "'"))[-4:]


def _verbal(word: str) -> bool:
    return is_small(word) or uses(word)[:1] in ("s", "d", "v") or word in _BE


def _in_phrase(then: str, *, ends: bool) -> set[Role]:
    """Roles after a determiner: before an unknown word it cannot be told."""
    if ends or _verbal(then):
        return {"noun"}
    return {"attribute"} if uses(then) else set()


def _opening(then: str) -> frozenset[Role]:
    """Roles at the beginning of a clause."""
    if not then:
        return frozenset({"aside"})
    if then in _BE or then in _BEFORE_VERB:
        return frozenset({"subject"})
    if is_small(then):
        return frozenset({"aside", "verb"})
    return frozenset({"attribute", "subject", "verb", "aside"})


def _after_be(be: str, last: str, then: str, *, ends: bool, lasting: bool) -> frozenset[Role]:
    if ends:
        return frozenset({"predicate", "progressive"} if last in _ONLY_BE else {"predicate"})
    if then in _DETERMINERS or then in _OBJECTS:
        if lasting:
            return frozenset({"predicate"})
        return frozenset({"progressive", "adverb"} if be in _ONLY_BE else {"adverb"})
    if set(uses(then)[:2]) & set("ar") or uses(then)[:1] == "d":
        return frozenset({"adverb", "predicate"} if "r" in uses(then) else {"adverb"})
    return frozenset({"attribute"} if last == be else {"predicate", "attribute"})


def ordinary_there(word: str, where: Place) -> bool:
    """Whether an ordinary word can mean there what it ordinarily means; yes where that cannot be told."""
    if not where.roles:
        return True
    folded = word.lower()
    letters = uses(folded)
    roles = {role for use in letters for role in _USES.get(use, ())}
    if folded in _PAST_ONLY:
        roles -= {"predicate", "attribute"}
    return not letters or bool(roles & where.roles)
