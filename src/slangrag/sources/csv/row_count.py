"""How many rows a plain CSV has: counted by their looks, set right by what was read.

The data set's rows grow with its years: by their length, its first ones promise twice as many as there are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from io import SEEK_END
from typing import BinaryIO, Final

from slangrag.sources.csv.columns import Columns
from slangrag.sources.csv.lines import LONGEST_LINE

_STRETCHES: Final = 4096
_NUMBERED: Final = re.compile(rb'\n"?\d{1,9}"?,')
# Before so many rows were read, they say less about the rest than its looks do.
_ROWS_THAT_TELL: Final = 8


class RowCount:
    """Row starts along a file, in some thousand stretches. Made in one pass over it, half a GB a second."""

    def __init__(self, file: BinaryIO, first: int, columns: Columns) -> None:
        """`first` is the byte where the rows begin, behind the header."""
        length = 1 + (file.seek(0, SEEK_END) - first) // _STRETCHES
        file.seek(first)
        self._edges = [first]
        numbered, lines = [0], [0]
        while stretch := file.read(length):
            stretch += file.readline(LONGEST_LINE)
            self._edges.append(self._edges[-1] + len(stretch))
            numbered.append(numbered[-1] + len(_NUMBERED.findall(b"\n" + stretch)))
            lines.append(lines[-1] + stretch.count(b"\n"))
        # Where no number tells a row from the second line of a definition, every line counts as one.
        self._counts = numbered if columns.word_id == 0 and numbered[-1] else lines

    def expected(self, records: int, offset: int) -> int:
        """All rows, where `records` of them end at byte `offset`; not fewer than `records`."""
        counts, edges = self._counts, self._edges
        at = min(bisect_right(edges, offset), len(edges) - 1)
        begin, end = edges[at - 1], edges[at]
        read = counts[at - 1] + (counts[at] - counts[at - 1]) * (offset - begin) / max(1, end - begin)
        each = (records + _ROWS_THAT_TELL) / (read + _ROWS_THAT_TELL)
        return records + max(0, round((counts[-1] - read) * each))
