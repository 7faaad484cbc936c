"""Prompts for very small models: two examples, then the defining part of one definition, nothing else."""

from __future__ import annotations

import re
from typing import Final

from slangrag.answer.ask.choosing import Told
from slangrag.engines.protocols import Message
from slangrag.text.inert import inert

SMALL_SYSTEM: Final = "Rewrite the definition of a slang word as one plain sentence. Add nothing."

_SMALL_EXAMPLES: Final = (
    (
        "facepalm: Putting a hand over your face because somebody did something stupid.",
        '"Facepalm" means putting a hand over your face because somebody did something stupid.',
    ),
    ("legit: Real; genuine.", '"Legit" means real or genuine.'),
)
_PASSIVE: Final = re.compile(
    r"(?:said|used|told|added|placed|typed|written|shouted|short for|is)\b", re.IGNORECASE
)


def small_messages(one: Told, *, system: str | None = None) -> list[Message]:
    """The prompt for a very small model. About 140 tokens.

    One definition at a time, because such a model mixes up two; no question, because it would answer
    it from memory.
    """
    messages = [Message("system", system or SMALL_SYSTEM)]
    for asked, told in _SMALL_EXAMPLES:
        messages += [Message("user", asked), Message("assistant", told)]
    return [*messages, Message("user", f"{inert(one.hit.entry.word)}: {one.text}")]


def small_opening(one: Told) -> str:
    """How the small model's sentence begins: `"Rizz" means`, or `"Bet" is said` where the data has "Said"."""
    word = inert(one.hit.entry.word).replace('"', "'")
    passive = _PASSIVE.match(one.text)
    verb = "is " + passive[0].lower().removeprefix("is") if passive else "means"
    return f'"{word[:1].upper()}{word[1:]}" {verb.strip()}'


def small_grammar(one: Told) -> str:
    """GBNF for the small model: the opening above, then at most a few words more than the definition has."""
    most = len(one.text.split()) + 3
    opened = small_opening(one).replace("\\", "\\\\").replace('"', '\\"')
    return f'root ::= "{opened}" (" " word){{1,{most}}} "."\nword ::= [a-zA-Z0-9$£€%&\'’éè-]{{1,24}} [,;]?\n'
