"""Which addresses a page may be fetched from. (Signatures; to come.)"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Access:
    """Where pages may be fetched from.

    private opens loopback and private networks (`--private`); ports are those that may be connected to.
    """

    private: bool = False
    ports: frozenset[int] = frozenset({80, 443})

    @classmethod
    def asked(cls, *urls: str, private: bool = False) -> Self:
        """The usual ports and those written in `urls`, which somebody typed."""
        raise NotImplementedError
