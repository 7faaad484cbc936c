"""What is asked for the pairs: headwords drawn by their votes, and wordings drawn for each.

Everything follows from a seed, so that a stopped run goes on with the same questions. Asks nothing itself.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.answer.ask.aspects import Aspect, question_on, said
from slangrag.retrieval.types import Hit
from slangrag.text.forms import fold

if TYPE_CHECKING:
    from slangrag.store.headword_index import HeadwordIndex

WORDINGS: Final = (
    "what does {} mean", "what does {} mean?", "What does “{}” mean?", "what's {}", "{}", "{} meaning",
    "define {}", "meaning of {}", "what is the meaning of {}", "what does {} mean in slang", "explain {}",
    "what does it mean when someone says {}", "wat does {} mean", "what is {} slang for",
)  # fmt: skip
"""Ways to ask for a meaning, as people type them."""
ABSENT: Final = WORDINGS[:4] + WORDINGS[5:8]
_ASPECTS: Final[tuple[Aspect, ...]] = (
    "origin", "tone", "users", "time", "similar", "opposite", "grammar", "reason",
)  # fmt: skip
_SPOKEN_OF: Final[tuple[Aspect, ...]] = ("origin", "tone", "users")
"""Those of which a sentence with one of their words mostly speaks. (Where no word of an aspect stands,
nothing is said of it: that holds for all.)"""
ROUNDS: Final = 6
"""How often a headword is asked for at most, each time in another wording."""
_SYLLABLE: Final = 3
_TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """One headword's turn to be asked for: `key` names it in the journal, `chance` draws for it."""

    key: str
    headword: str
    round: int

    def chance(self, seed: int) -> random.Random:
        """A generator that is this turn's alone."""
        return random.Random(f"{seed}/{self.key}")


def drawn(headwords: HeadwordIndex, most: int, seed: int) -> list[str]:
    """At most `most` headwords, as they are shown: a sample without replacement, by the root of the votes.

    The first of a larger sample are those of a smaller one. Source of the draw: Efraimidis and Spirakis
    (2006), Information Processing Letters 97, p. 181: the largest u ** (1 / weight).
    """
    chance = random.Random(seed)
    keyed = ((math.log(1.0 - chance.random()) / math.sqrt(1 + up), hid) for hid, up in headwords.votes())
    best = [hid for _, hid in heapq.nlargest(most, keyed)]
    found = headwords.headwords(best)
    return [found[hid].word for hid in best if hid in found]


def turns(words: Sequence[str]) -> Iterator[Turn]:
    """Each headword once, then each again, in other wordings."""
    for number in range(ROUNDS):
        for word in words:
            yield Turn(f"{number}:{fold(word)}", word, number)


def meaning_query(turn: Turn) -> str:
    """A question for a headword's meaning; another wording in each round."""
    order = list(WORDINGS)
    random.Random(fold(turn.headword)).shuffle(order)
    return order[turn.round % len(order)].format(turn.headword)


def aspect_query(
    word: str, hits: Sequence[Hit], chance: random.Random, *, answered: bool
) -> tuple[str, Aspect] | None:
    """A question on more than the meaning, which the definitions answer, or do not; None where none is so."""
    order = list(_SPOKEN_OF if answered else _ASPECTS)
    chance.shuffle(order)
    found = next((one for one in order if bool(said(one, word, hits)) == answered), None)
    return None if found is None else (question_on(found, word), found)


def message_query(word: str, hits: Sequence[Hit]) -> str | None:
    """A message that uses the word: an example of its definitions, whole; None where there is none."""
    whole = (text for text, _ in said("example", word, hits) if "…" not in text)
    return next((text.strip(" “”\"'") for text in whole if len(text.split()) > 2), None)


def made_up(words: Sequence[str], headwords: HeadwordIndex, chance: random.Random) -> str | None:
    """A word that no headword is: the head of one and the tail of another. None where none was found."""
    plain = [word.lower() for word in words if word.isascii() and word.isalpha() and len(word) > _SYLLABLE]
    if len(plain) < 2:
        return None
    for _ in range(_TRIES):
        head, tail = chance.choice(plain), chance.choice(plain)
        word = head[: len(head) // 2 + 1] + tail[-_SYLLABLE:]
        if fold(word) not in headwords.exact([fold(word)]):
            return word
    return None
