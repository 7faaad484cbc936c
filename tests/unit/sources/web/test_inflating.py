"""A body of a few kilobytes may unpack to gigabytes: no piece of it may be larger than is said."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from itertools import islice

import pytest

from slangrag.sources.web.inflating import PIECE, EncodingFault, inflated

TEXT = b"no cap, that fit is bussin " * 20_000


def _raw(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED = {
    "not at all": ("", TEXT),
    "identity": ("identity", TEXT),
    "gzip": ("gzip", gzip.compress(TEXT)),
    "gzip in two members": ("x-gzip", gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])),
    "gzip with padding behind it": ("gzip", gzip.compress(TEXT) + b"\0\0\0"),
    "deflate": ("Deflate", zlib.compress(TEXT)),
    "deflate without its header, as some servers send it": ("deflate", _raw(TEXT)),
}


@pytest.mark.parametrize("step", [1, 700, 10**7])
@pytest.mark.parametrize(("encoding", "body"), PACKED.values(), ids=PACKED)
def test_a_body_comes_out_whole_however_it_came(encoding: str, body: bytes, step: int) -> None:
    if step == 1:
        body_parts: Iterator[bytes] = (body[i : i + 1] for i in range(len(body)))
    else:
        body_parts = (body[i : i + step] for i in range(0, len(body), step))
    assert b"".join(inflated(body_parts, encoding)) == TEXT


def test_a_bomb_is_inflated_a_piece_at_a_time() -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=9)
    pieces = list(islice(inflated([bomb], "gzip"), 10))
    assert len(bomb) < 250_000
    assert [len(piece) for piece in pieces] == [PIECE] * 10


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "gzip,deflate"])
def test_an_encoding_that_was_not_asked_for_is_told(encoding: str) -> None:
    with pytest.raises(EncodingFault, match="not asked for"):
        list(inflated([b"x"], encoding))


@pytest.mark.parametrize(
    ("encoding", "body", "said"),
    [
        ("gzip", b"<html>plain</html>", "not the gzip"),
        ("deflate", b"<html>plain</html>", "not the deflate"),
        ("gzip", gzip.compress(TEXT)[:-40], "ends in the middle"),
        ("gzip", gzip.compress(TEXT)[:40] + b"\xff" * 400, "not the gzip"),
    ],
)
def test_a_body_that_is_not_what_it_claims_is_told(encoding: str, body: bytes, said: str) -> None:
    with pytest.raises(EncodingFault, match=said):
        list(inflated([body], encoding))
