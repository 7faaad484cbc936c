"""What travels between `reading` and its child: a length, and so many bytes of msgspec's."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO, Final, TypeVar

import msgspec

from slangrag.sources.documents.limits import Limits
from slangrag.sources.documents.types import ParsedDocument

_LENGTH: Final = struct.Struct("<Q")
_Frame = TypeVar("_Frame", "Request", "Reply")


@dataclass(frozen=True, slots=True)
class Request:
    """A file to read."""

    path: bytes  # as the file system has it: no text on some
    name: str
    media_type: str
    limits: Limits


@dataclass(frozen=True, slots=True)
class Reply:
    """A document, or why there is none: the class of the error, its message and its hint."""

    document: ParsedDocument | None = None
    kind: str = ""
    message: str = ""
    hint: str = ""


def put(frame: Request | Reply, pipe: IO[bytes]) -> None:
    """Write one frame."""
    body = msgspec.msgpack.encode(frame)
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def take(pipe: IO[bytes], frame: type[_Frame], *, longest: int) -> _Frame | None:
    """Read one frame; None where the other end has closed, or sends what is none of ours.

    longest: bytes; a child that was taken over by its document cannot fill this process's memory.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > longest:
        return None
    body = pipe.read(size)
    if len(body) < size:
        return None
    try:
        return msgspec.msgpack.decode(body, type=frame)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
