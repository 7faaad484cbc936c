"""What of a passage is quoted: the sentence that has most of the question, and what belongs to it.

Pure text work; asks no model and no embedder.
"""

from __future__ import annotations

from typing import Final

from slangrag.answer.evidence import parts_of
from slangrag.retrieval.types import Hit
from slangrag.text.content import read
from slangrag.text.inert import excerpt

LONGEST: Final = 420
_SHORT: Final = 160
"""Characters below which the next sentence is quoted too: one alone often only begins to answer."""


def excerpt_of(query: str, hit: Hit) -> tuple[str, int, int]:
    """The part of a passage that answers `query` best, on one line, and where it stands in the passage.

    Offsets are in characters of the passage's text.
    """
    text = hit.entry.definition
    parts = parts_of(text)
    wanted = read(query).stems
    shares = [len(wanted & read(text[start:end]).stems) for start, end in parts]
    first = max(range(len(parts)), key=shares.__getitem__, default=0)
    start, end = parts[first] if parts else (0, len(text))
    if end - start < _SHORT and first + 1 < len(parts):
        following = parts[first + 1]
        # A line of a list or of a glossary stands alone.
        if following[1] - start <= LONGEST and "\n" not in text[end : following[0]]:
            end = following[1]
    return excerpt(" ".join(text[start:end].split()), LONGEST), start, end
