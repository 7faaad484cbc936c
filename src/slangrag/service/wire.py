"""Between a command and a server of the same user and version: the facade's calls, as JSON.

A private protocol (see `serve.local_api`): a call is one object, its reply is lines, each an event, a value
or an error, the last one an end. Dataclasses travel as they are, by msgspec.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from slangrag import errors
from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs
from slangrag.answer.events import (
    Draft,
    Event,
    Finished,
    FirstToken,
    Note,
    Remark,
    Sentence,
    Sources,
    Withdrawn,
)
from slangrag.answer.translate.terms import Translation
from slangrag.errors import EngineError, SlangragError
from slangrag.retrieval.types import Retrieval

Said = Event | ReadAs | Continued
Carried = Said | Retrieval | Translation

END: Final = b'{"end": true}\n'
PING: Final = b"\n"
_TYPES: Final[dict[str, type[Any]]] = {
    one.__name__: one
    for one in (
        *(Draft, Finished, FirstToken, Note, Remark, Sentence, Sources, Withdrawn),
        *(ReadAs, Continued, Retrieval, Translation),
    )
}


@dataclass(frozen=True, slots=True)
class Call:
    """method: of the facade. settings: those of the caller that an answer depends on."""

    version: str
    method: str
    settings: Mapping[str, Any]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True)
class _Error:
    """An error of the tree on its way."""

    kind: str
    message: str
    hint: str


def dump_call(call: Call) -> bytes:
    """A call on its way."""
    return msgspec.json.encode(call, enc_hook=_told)


def load_call(raw: bytes) -> Call:
    """A call that came. Raises ValueError."""
    return msgspec.json.decode(raw, type=Call)


def dump(value: Carried) -> bytes:
    """One line of a reply."""
    return msgspec.json.encode({"is": type(value).__name__, "of": value}, enc_hook=_told) + b"\n"


def dump_error(error: SlangragError) -> bytes:
    """The line of a reply that failed."""
    return msgspec.json.encode({"is": "error", "of": _told(error)}) + b"\n"


def load(line: bytes) -> Carried | SlangragError | None:
    """What a line says; None for the end. Raises ValueError for what is no line of ours."""
    read = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    if "end" in read:
        return None
    if not {"is", "of"} <= set(read):
        raise ValueError("a line of a reply has a kind and a value")
    kind = msgspec.json.decode(read["is"], type=str)
    if kind == "error":
        return _error(msgspec.json.decode(read["of"]))
    if kind not in _TYPES:
        raise ValueError(f"nothing of ours is called {kind!r}")
    value: Carried = msgspec.json.decode(read["of"], type=_TYPES[kind], dec_hook=_read)
    return value


def _told(value: Any) -> Any:
    if isinstance(value, SlangragError):
        return _Error(type(value).__name__, value.message, value.hint)
    raise NotImplementedError(f"{type(value)} does not travel")


def _read(kind: type[Any], value: Any) -> Any:
    if issubclass(kind, EngineError):
        return _error(value)
    raise NotImplementedError(f"{kind} does not travel")


def _error(told: Any) -> SlangragError:
    read = msgspec.convert(told, _Error)
    kind = getattr(errors, read.kind, SlangragError)
    if not (isinstance(kind, type) and issubclass(kind, SlangragError)):
        kind = SlangragError
    return kind(read.message, hint=read.hint)
