"""The process that parsers run in: documents in, one by one, until its parent closes the pipe or ends.

It is bounded in memory and time, so that a hostile file costs this process at most.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from slangrag.errors import InputFormat, InputUnreadable, SlangragError
from slangrag.sources.documents import frames
from slangrag.sources.documents.frames import Reply, Request
from slangrag.sources.documents.limits import Limits
from slangrag.sources.documents.parsing import parse

_LONGEST_REQUEST: Final = 1 << 20


def main() -> None:
    """Answer requests from standard input on standard output."""
    out = os.fdopen(os.dup(1), "wb")
    # A library that prints would otherwise print into the frames.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    while True:
        request = requests.get()
        _bound(request.limits)
        reply = _read(request)
        try:
            frames.put(reply, out)
        except BrokenPipeError:
            os._exit(0)


def _listen(pipe: BinaryIO, requests: queue.SimpleQueue[Request]) -> None:
    """Take requests; end the process with its parent, whose end closes the pipe, whatever is being parsed."""
    while (request := frames.take(pipe, Request, longest=_LONGEST_REQUEST)) is not None:
        requests.put(request)
    os._exit(0)


def _bound(limits: Limits) -> None:
    """Bound this process for one more document.

    Windows has no such limits: there the parent's clock is the only one.
    """
    if sys.platform == "win32":
        return
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    memory = limits.memory if hard == resource.RLIM_INFINITY else min(limits.memory, hard)
    with suppress(ValueError, OSError):  # macOS refuses any: there the clock and the processor's seconds
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
    # The processor's seconds are counted since the process began.
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + limits.seconds) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(
        resource.RLIMIT_CPU, (seconds if hard == resource.RLIM_INFINITY else min(seconds, hard), hard)
    )
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)  # ends it, in whatever library it is


def _read(request: Request) -> Reply:
    name = request.name
    try:
        return Reply(
            document=parse(Path(os.fsdecode(request.path)), name, request.media_type, request.limits)
        )
    except SlangragError as error:
        return _failed(error)
    except MemoryError:
        return _failed(
            InputUnreadable(
                f"{name} needs more than {request.limits.memory >> 20:,} MiB of memory to be read",
                hint="split it into smaller documents",
            )
        )
    except RecursionError:
        return _failed(InputFormat(f"{name} is nested too deeply", hint="save it anew with another program"))
    except OSError as error:
        return _failed(
            InputUnreadable(f"{name} cannot be read: {error.strerror or error}", hint="see its permissions")
        )
    except Exception as error:  # noqa: BLE001  # five libraries and files of strangers: the next must still be read
        return _failed(
            InputFormat(
                f"{name} cannot be parsed: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
                hint="save it anew with another program",
            )
        )


def _failed(error: SlangragError) -> Reply:
    return Reply(kind=type(error).__name__, message=error.message, hint=error.hint)


if __name__ == "__main__":
    main()
