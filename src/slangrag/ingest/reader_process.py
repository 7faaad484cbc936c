"""Reading in a process of its own, so that parsing and cleaning take another core than writing.

The pipe between the two is the bounded queue: a reader that is ahead waits in `write`, and one whose
parent was killed ends at its next frame. A frame is its length and so many bytes of marshal's, which both
ends write and read with the same Python. Knows nothing of stores.
"""

from __future__ import annotations

import json
import marshal
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Final

from slangrag import errors
from slangrag.ingest.deduplicate import Item, text_hash
from slangrag.sources.entry import Entry
from slangrag.sources.source import Position, Record, Reject, open_source
from slangrag.text.forms import fold

_CHUNK: Final = 256
_LENGTH: Final = struct.Struct("<I")
_PIPE_BYTES: Final = 1 << 20
_STOPS: Final = ("SIGINT", "SIGTERM", "SIGUSR1")


class Reader:
    """Chunks of items of one source from `start` on. `notes` is complete once they have ended."""

    def __init__(self, path: Path, columns: Mapping[str, str] | None, start: Position | None) -> None:
        self._request = json.dumps(
            {"path": str(path), "columns": columns, "start": astuple(start) if start else None}
        )
        self.notes: tuple[str, ...] = ()

    def __enter__(self) -> Reader:
        # Signals that mean "stop" are the parent's to judge: the group's are ignored over there.
        self._child = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import main; main()", self._request],
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._child.stdout is not None
        self._child.stdout.close()
        self._child.kill()
        self._child.wait()

    def chunks(self) -> Iterator[list[Item]]:
        """Lists of up to 256 items, in their order. Raises the source's InputErrors where they happened."""
        pipe = self._child.stdout
        assert pipe is not None
        while True:
            kind, content = _take(pipe)
            if kind == "end":
                self.notes = tuple(content)
                return
            if kind == "error":
                name, message, hint = content
                raise getattr(errors, name)(message, hint=hint)
            yield [_item(row) for row in content]


def _put(frame: tuple[str, Any], pipe: BinaryIO) -> None:
    body = marshal.dumps(frame)
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def _take(pipe: IO[bytes]) -> tuple[str, Any]:
    # Not `marshal.load`, which asks the pipe for a few bytes at a time: a sixth of the time of a load.
    head = pipe.read(_LENGTH.size)
    size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 1
    body = pipe.read(size)
    if len(body) < size:
        raise RuntimeError("the reading process ended before the file did")
    frame: tuple[str, Any] = marshal.loads(body)
    return frame


def _row(record: Record) -> tuple[Any, ...]:
    entry, after = record.entry, record.after
    return (
        record.line,
        after.record,
        after.place,
        (
            entry.entry_id,
            entry.word,
            entry.definition,
            entry.up_votes,
            entry.down_votes,
            entry.author,
            entry.rating,
        )
        if entry
        else None,
        astuple(record.reject) if record.reject else None,
        text_hash(entry) if entry else b"",
        fold(entry.word) if entry else "",
    )


def _item(row: tuple[Any, ...]) -> Item:
    line, record, place, entry, reject, digest, folded = row
    return Item(
        line=line,
        entry=Entry(*entry) if entry else None,
        reject=Reject(*reject) if reject else None,
        after=Position(record, place),
        text_hash=digest,
        fold=folded,
    )


def _write(request: Mapping[str, Any], out: BinaryIO) -> None:
    try:
        with open_source(Path(request["path"]), columns=request["columns"]) as source:
            start = None
            if request["start"]:
                record, place = request["start"]
                start = Position(record, tuple(place))
            rows = map(_row, source.records(start))
            while chunk := list(islice(rows, _CHUNK)):
                _put(("rows", chunk), out)
            _put(("end", source.notes), out)
    except errors.SlangragError as error:
        _put(("error", (type(error).__name__, error.message, error.hint)), out)


def main() -> None:
    """The child's side: frames of records on standard output, as the first argument asks."""
    for name in _STOPS:
        if hasattr(signal, name):  # Windows has no SIGUSR1
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    out = sys.stdout.buffer
    try:
        if sys.platform == "linux":
            import fcntl

            fcntl.fcntl(out.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        _write(json.loads(sys.argv[1]), out)
    except BrokenPipeError:
        os._exit(0)
