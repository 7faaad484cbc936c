"""The facade over a server of the same user on this machine: what it has loaded need not be loaded again.

Where the server does not take a call (none is there, another version, other settings), the call is answered
here, as if there were none.
"""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag import __version__
from slangrag.config import Settings
from slangrag.errors import EngineReply, SlangragError
from slangrag.service.equipment import PER_QUESTION
from slangrag.service.server_socket import is_own_socket, socket_path
from slangrag.service.slang import Slang

if TYPE_CHECKING:
    from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs
    from slangrag.answer.events import Event
    from slangrag.answer.translate.terms import Translation
    from slangrag.retrieval.types import Retrieval
    from slangrag.service.wire import Call, Carried

CONNECT_SECONDS: Final = 0.25
_HEAD_SECONDS: Final = 5.0
"""A server that takes a call says so at once, before it has an answer; one that hangs is passed over."""

_SILENCE_SECONDS: Final = 60.0
"""The server says something every 15 seconds, if only that it is there."""

SAME_SETTINGS: Final = (
    "engine", "ollama_host", "num_ctx", "embed_model", "query_prefix", "document_prefix", "capable",
    "nli_model", "threads", "options",
)  # fmt: skip
"""Settings that a server answers with its own of: where the caller's are others, it is not asked."""


class NotTaken(Exception):
    """The server is not there, or does not answer such a call; `reason` says why, for doctor."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoAnswer(NotTaken):
    """Something is there, and says nothing that can be read."""


def settings_told(settings: Settings) -> dict[str, Any]:
    """The settings that an answer depends on, as plain values."""
    from slangrag.engines.choose import from_anywhere

    names = (*SAME_SETTINGS, *sorted(PER_QUESTION))
    values = {name: getattr(settings, name) for name in names}
    values["chat_model"] = from_anywhere(settings.chat_model)  # the server runs in a folder of its own
    return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}


class RemoteSlang(Slang):
    """A Slang whose questions a server answers, if it takes them."""

    _passed_over = False
    """A server that gave no answer is not waited for again: one question can be several calls."""

    def ask(
        self, question: str, *, quoted: bool = False, generate: bool = False, system: str | None = None
    ) -> Iterator[Event]:
        """See Slang."""
        given = {"question": question, "quoted": quoted, "generate": generate, "system": system}
        try:
            return self._events("ask", given)  # type: ignore[return-value]  # what `ask` says
        except NotTaken:
            return super().ask(question, quoted=quoted, generate=generate, system=system)

    def search(self, query: str, **given: Any) -> Retrieval:
        """See Slang."""
        try:
            return self._value("search", {"query": query, **given})  # type: ignore[return-value]
        except NotTaken:
            return super().search(query, **given)

    def translate(self, text: str, **given: Any) -> Translation:
        """See Slang. One that is listened to is answered here: the server tells no words of a model's."""
        if given.get("heard") is not None:
            return super().translate(text, **given)
        try:
            return self._value("translate", {"text": text, **given})  # type: ignore[return-value]
        except NotTaken:
            return super().translate(text, **given)

    def converse(
        self, line: str, conversation: Conversation, **given: Any
    ) -> Iterator[Event | ReadAs | Continued]:
        """See Slang."""
        try:
            return self._events("converse", {"line": line, **given}, conversation)  # type: ignore[return-value]
        except NotTaken:
            return super().converse(line, conversation, **given)

    def _value(self, method: str, given: dict[str, Any]) -> Carried:
        for value in self._events(method, given):
            return value
        raise _cut()

    def _events(
        self, method: str, given: dict[str, Any], conversation: Conversation | None = None
    ) -> Iterator[Carried]:
        """The reply's lines, once the server has taken the call. Raises NotTaken before any of them."""
        from slangrag.service.wire import Call

        if self._passed_over:
            raise NotTaken("the server gave no answer before")
        call = Call(__version__, method, settings_told(self.settings), given, conversation)
        try:
            connection, response = _posted(self.settings.store, call)
        except NoAnswer:
            self._passed_over = True
            raise
        return _lines(connection, response)


def server_beside(settings: Settings) -> str:
    """What `doctor` says of a server over the store: its address, "" where there is none.

    Raises NotTaken where there is one that commands with these settings do not use.
    """
    from slangrag.service.wire import Call

    path = socket_path(settings.store)
    if path is None or not path.exists():
        return ""
    connection, response = _posted(settings.store, Call(__version__, "hello", settings_told(settings)))
    with connection:
        return response.read(1000).decode("utf-8", "replace").strip()


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("slangrag")
        self._path = path

    def connect(self) -> None:
        """Connect at once or not at all."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CONNECT_SECONDS)
        self.sock.connect(os.fspath(self._path))
        self.sock.settimeout(_HEAD_SECONDS)

    def wait_longer(self) -> None:
        """The call is taken: what comes now may take its time."""
        if self.sock is not None:
            self.sock.settimeout(_SILENCE_SECONDS)

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _posted(store: Path, call: Call) -> tuple[_Connection, http.client.HTTPResponse]:
    from slangrag.service.wire import dump_call

    path = socket_path(store)
    if path is None or not path.exists():
        raise NotTaken("no server")
    if not is_own_socket(path):
        raise NotTaken("what is in the place of a server's socket belongs to somebody else")
    connection = _Connection(path)
    try:
        connection.request("POST", "/local", dump_call(call), {"Content-Type": "application/json"})
        response = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise NoAnswer("a server was here and does not answer any more") from error
    if response.status != 200:
        with connection, suppress(OSError, http.client.HTTPException):
            raise NotTaken(response.read(1000).decode("utf-8", "replace"))
        raise NotTaken("the server does not take the call")
    connection.wait_longer()
    return connection, response


def _lines(connection: _Connection, response: http.client.HTTPResponse) -> Iterator[Carried]:
    from slangrag.service.wire import load

    said = False
    with connection:
        try:
            while line := response.readline():
                if not line.strip():
                    continue
                value = load(line)
                if value is None:
                    if said:
                        return
                    break
                if isinstance(value, SlangragError):
                    raise value
                said = True
                yield value
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _cut() from error
    raise _cut()


def _cut() -> EngineReply:
    return EngineReply("the server ended in the midst of its answer", hint="run it again, or add --no-server")
