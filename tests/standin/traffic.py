"""The stand-in's traffic: what a request was, how long work takes, and how many may be under way."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.standin.faults import BUSY
from tests.standin.wording import refuse


@dataclass(slots=True)
class Recorded:
    """One request as it came. cancelled: the caller went away before the reply was whole."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    started: float
    status: int = 0
    finished: float = 0.0
    cancelled: bool = False

    @property
    def body(self) -> Any:
        """The JSON of the request; None where it has none."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return None

    def log_line(self) -> str:
        """The request as a line of the log file."""
        line = {"t": self.started, "method": self.method, "path": self.path,
                "status": self.status, "body": self.body}  # fmt: skip
        return json.dumps(line) + "\n"


@dataclass(slots=True)
class Shape:
    """How slow the stand-in is, in milliseconds: a GPU server is about 6 a call and 0.25 a row.

    Embedding calls wait for one another, as they do on a server that runs them one at a time.
    """

    call_ms: float = 0.0
    row_ms: float = 0.0
    token_ms: float = 0.0
    load_ms: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def embedding(self, rows: int) -> None:
        """Take the time that `rows` rows take."""
        seconds = (self.call_ms + self.row_ms * rows) / 1000
        if seconds:
            with self.turn:
                time.sleep(seconds)

    def token(self) -> None:
        """Take the time that a token of a chat takes."""
        if self.token_ms:
            time.sleep(self.token_ms / 1000)

    def load(self) -> int:
        """Take the time that loading a model takes; its nanoseconds."""
        if self.load_ms:
            time.sleep(self.load_ms / 1000)
        return int(self.load_ms * 1e6)


class Queue:
    """The requests to models that are under way; `most` is when it is full (0: never)."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._active = 0
        self._lock = threading.Lock()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be under way for the length of the block. Raises the 503 where the queue is full."""
        with self._lock:
            if self._most and self._active >= self._most:
                raise refuse(503, BUSY)
            self._active += 1
        try:
            yield
        finally:
            with self._lock:
                self._active -= 1
