"""Physical lines of a byte stream, with the place of each, and the way back.

Feeds csv.reader. Knows where it stands (line and byte offset), what the record in hand took, how to
give lines back, and how to read a line that is not valid UTF-8. Knows nothing of columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, Final

# A line longer than this is read in pieces, so that a file without line ends cannot fill the memory.
LONGEST_LINE: Final = 1 << 20


def decode_damaged(raw: bytes) -> str:
    """Text of a line that is not UTF-8: surrogates written as bytes, else Windows-1252, else with U+FFFD."""
    try:
        # CESU-8: characters outside the basic plane as two encoded surrogates. Lone ones become U+FFFD.
        text = raw.decode("utf-8", "surrogatepass")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(raw):
        return raw.decode("utf-8", "replace")
    return raw.decode("cp1252", "replace")


def _mostly_utf8(raw: bytes) -> bool:
    """Whether the line holds valid multi-byte characters too: then it is UTF-8 with a flaw in it."""
    text = raw.decode("utf-8", "ignore")
    return not text.isascii()


class LineTape(Iterator[str]):
    """Lines of `stream`, decoded. `taken` holds the raw lines since `start_record`; `line` and `offset`
    are where the record in hand begins (lines count from 1, offsets in bytes); `damaged` counts the
    lines that were not valid UTF-8.
    """

    def __init__(self, stream: BinaryIO, *, line: int, offset: int) -> None:
        self.line = line
        self.offset = offset
        self.taken: list[bytes] = []
        self.damaged = 0
        self._read = partial(stream.readline, LONGEST_LINE)
        self._returned: list[bytes] = []

    def __next__(self) -> str:
        raw = self._returned.pop() if self._returned else self._read()
        if not raw:
            raise StopIteration
        self.taken.append(raw)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return decode_damaged(raw)

    @staticmethod
    def text(raw: bytes) -> str:
        """A raw line as text. Decoding trouble never stops the run."""
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return decode_damaged(raw)

    def start_record(self) -> None:
        """The record in hand is done: its lines are behind us."""
        taken = self.taken
        self.line += len(taken)
        for raw in taken:
            self.offset += len(raw)
            if not raw.isascii() and not _is_utf8(raw):
                self.damaged += 1
        taken.clear()

    def give_back(self, count: int) -> None:
        """Return the last `count` lines taken; they are read again next."""
        if count:
            self._returned.extend(reversed(self.taken[-count:]))
            del self.taken[-count:]

    def peek(self) -> str | None:
        """The next line without taking it, or None at the end."""
        text = next(self, None)
        if text is not None:
            self.give_back(1)
        return text


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
