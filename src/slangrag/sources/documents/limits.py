"""What reading one document may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document; what is over one of them is refused by name, not cut short.

    memory: address space of the reading process in bytes. seconds: on the clock, and of the processor.
    characters: of the text that comes out. pages: of the file. unpacked: bytes out of one archive.
    """

    memory: int = 1 << 30
    seconds: float = 120.0
    characters: int = 20_000_000
    pages: int = 20_000
    unpacked: int = 256 << 20


DEFAULTS: Final = Limits()
