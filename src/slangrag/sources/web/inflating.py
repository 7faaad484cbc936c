"""A body out of its content encoding, a bounded piece at a time.

httpx's own decoders inflate each piece of the network whole: 64 kB become 64 MB before anybody can count.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

ACCEPT_ENCODING: Final = "gzip, deflate"
"""Not br and zstd: their decoders are packages more, and Brotli's has no bound on what a piece becomes."""
PIECE: Final = 64 * 1024
"""Bytes that are inflated at a time."""

_GZIP: Final = zlib.MAX_WBITS | 16
_RAW: Final = -zlib.MAX_WBITS
_GZIP_MAGIC: Final = b"\x1f\x8b"


class EncodingFault(Exception):
    """What is wrong with the encoding, for the user."""


def inflated(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The body in pieces of at most PIECE bytes (as they came where it is not encoded).

    encoding is the header Content-Encoding. Raises EncodingFault for one that was not asked for, for two on
    top of each other, and for a body that is not in it or ends in the middle.
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        yield from pieces
    elif name in {"gzip", "x-gzip"}:
        yield from _inflate(pieces, gzip=True)
    elif name == "deflate":
        yield from _inflate(pieces, gzip=False)
    else:
        raise EncodingFault(f"it came in the encoding {name!r}, which was not asked for")


def _inflate(pieces: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    stream, ended, held = None, False, b""
    for piece in pieces:
        rest, full, held = held + piece, False, b""
        while rest or full:
            if stream is None:
                if ended and len(rest) < len(_GZIP_MAGIC):
                    held = rest
                    break
                if ended and not (gzip and rest.startswith(_GZIP_MAGIC)):
                    return  # padding behind the end
                stream = zlib.decompressobj(_GZIP if gzip else _wrapper(rest))
            try:
                part = stream.decompress(rest, PIECE)
            except zlib.error as error:
                claimed = "gzip" if gzip else "deflate"
                raise EncodingFault(f"it is not the {claimed} that it claims to be") from error
            if part:
                yield part
            # A full piece may have a rest that zlib holds back although it has read all of its input.
            rest, full = stream.unconsumed_tail, len(part) == PIECE
            if stream.eof:
                rest, full, stream, ended = stream.unused_data, False, None, True
    if stream is not None:
        raise EncodingFault("it ends in the middle")


def _wrapper(start: bytes) -> int:
    """zlib's window for `deflate`: with a header as the standard says, without as some servers send it."""
    headed = start[0] & 0x0F == zlib.DEFLATED and (len(start) < 2 or int.from_bytes(start[:2]) % 31 == 0)
    return zlib.MAX_WBITS if headed else _RAW
