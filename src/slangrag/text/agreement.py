"""Agreement: which definitions of one word say something that another one says too.

Where many people defined a word, what nobody else says is mostly a joke, or a friend's name. Pure text work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from slangrag.text.content import read
from slangrag.text.defining import defining
from slangrag.text.inert import inert

_FEWEST: Final = 5


def agreed(word: str, definitions: Sequence[str], fewest: int = _FEWEST) -> list[bool]:
    """Of each definition, whether what defines there shares a content word with another definition.

    All True for fewer than `fewest` definitions: so few need not agree.
    """
    if len(definitions) < fewest:
        return [True] * len(definitions)
    own = (inert(word),)
    said = [read(defining(word, definition).text, without=own).stems for definition in definitions]
    wholes = [read(definition, without=own).stems for definition in definitions]
    return [
        any(stems & whole for at, whole in enumerate(wholes) if at != place)
        for place, stems in enumerate(said)
    ]
