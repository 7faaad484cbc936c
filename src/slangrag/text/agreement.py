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
    """Of each definition, whether what defines there shares a content word with what defines in another.

    All True where fewer than `fewest` were written, or none agrees with any other: nothing is known then.
    """
    if len(definitions) < fewest:
        return [True] * len(definitions)
    own = (inert(word),)
    said = [read(defining(word, definition).text, without=own).stems for definition in definitions]
    shared = [
        any(stems & others for at, others in enumerate(said) if at != place)
        for place, stems in enumerate(said)
    ]
    return shared if any(shared) else [True] * len(definitions)
