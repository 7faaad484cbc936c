"""The way in: a file to a `ParsedDocument`, read by a bounded child process.

Whatever a file does to its parser, this process gets a document or one clear error, in bounded time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from slangrag import errors
from slangrag.errors import InputMissing, InputUnreadable, SlangragError
from slangrag.sources.documents import frames
from slangrag.sources.documents.frames import Reply, Request
from slangrag.sources.documents.limits import DEFAULTS, Limits
from slangrag.sources.documents.types import ParsedDocument

__all__ = ["DocumentReader", "Limits", "read_document"]

_BYTES_A_CHARACTER: Final = 5  # UTF-8's four at most, and the offsets of headings and pages
_OVERHEAD: Final = 4 << 20
_DOCUMENTS_A_CHILD: Final = 500
"""After which a new child is started: what parsers leak stays bounded."""
_SPLIT: Final = "split it into smaller documents"


def read_document(
    path: Path, *, name: str = "", media_type: str = "", limits: Limits = DEFAULTS
) -> ParsedDocument:
    """Read one file, as `DocumentReader.read`; for many, a DocumentReader starts one process instead."""
    with DocumentReader(limits) as reader:
        return reader.read(path, name=name, media_type=media_type)


class DocumentReader:
    """Reads documents one after the other in a child process, which is started anew after one that broke it.

    For one thread at a time. The child ends with `close`, and with this process.
    """

    def __init__(self, limits: Limits = DEFAULTS) -> None:
        self.limits = limits
        self._child: subprocess.Popen[bytes] | None = None
        self._read = 0

    def __enter__(self) -> DocumentReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child. Reading again starts another."""
        if self._child is not None:
            self._end(self._child)
        self._read = 0

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        child.kill()
        with suppress(BrokenPipeError), child:  # closes its pipes and waits
            pass
        self._child = None

    def read(self, path: Path, *, name: str = "", media_type: str = "") -> ParsedDocument:
        """What is read out of a file.

        name: what the user calls it (a file name or a URL), for messages and as the last resort for a title.
        media_type: as a server told it, with or without its charset; "" if none did. Raises InputMissing,
        InputFormat for what is no document or not a whole one, InputUnreadable for what is over a limit or
        breaks its parser, and EngineMissing without the extra `documents` where the kind needs it.
        """
        # A name may have bytes that are no text, which could not be shown either.
        name = (name or path.name).encode(errors="replace").decode()
        if not path.exists():
            raise InputMissing(f"{name} is not there", hint=f"ls {path.parent}")
        if not path.is_file():
            raise InputUnreadable(f"{name} is not a file", hint="give a file")
        request = Request(os.fsencode(path.absolute()), name, media_type, self.limits)
        reply = self._ask(request)
        if reply.kind == InputUnreadable.__name__ and self._read > 1:
            # What was read before may have taken the memory: a document's end must not depend on it.
            self.close()
            reply = self._ask(request)
        if reply.document is None:
            raise _error(reply)
        return reply.document

    def _ask(self, request: Request) -> Reply:
        """The child's reply, or what its end means. Raises InputUnreadable if it took too long."""
        if self._read >= _DOCUMENTS_A_CHILD or (self._child and self._child.poll() is not None):
            self.close()
        if self._child is None:
            self._child = _start()
            self._read = 0
        self._read += 1
        child = self._child
        assert child.stdin is not None
        assert child.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        clock = threading.Timer(self.limits.seconds, end)
        clock.daemon = True
        clock.start()
        reply = None
        try:
            with suppress(BrokenPipeError):  # it has ended: its exit says how
                frames.put(request, child.stdin)
                longest = self.limits.characters * _BYTES_A_CHARACTER + _OVERHEAD
                reply = frames.take(child.stdout, Reply, longest=longest)
        finally:
            clock.cancel()
            clock.join()
            if reply is None or late.is_set():
                self._end(child)
        if reply is not None:
            return reply
        code = child.returncode
        if late.is_set() or (hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU):
            raise InputUnreadable(
                f"{request.name} was not read within {self.limits.seconds:g} seconds", hint=_SPLIT
            )
        return Reply(
            kind=InputUnreadable.__name__,
            message=f"{request.name} broke its reader ({_ending(code)}): it is damaged, or needs more than "
            f"{self.limits.memory >> 20:,} MiB of memory",
            hint="open it in the program that made it, and save it anew",
        )


def _start() -> subprocess.Popen[bytes]:
    # -P: a file of somebody's in the current directory is no module of ours.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "slangrag.sources.documents.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a Ctrl-C is this process's to handle
    )


def _ending(code: int) -> str:
    """How a child ended, in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _error(reply: Reply) -> SlangragError:
    kind = getattr(errors, reply.kind, InputUnreadable)
    if not (isinstance(kind, type) and issubclass(kind, SlangragError)):
        kind = InputUnreadable
    return kind(reply.message, hint=reply.hint)
