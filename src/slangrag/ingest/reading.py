"""Reading ahead: a thread that keeps a bounded queue of records full while others embed and write.

Knows nothing of what the records are.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Generic, TypeVar

T = TypeVar("T")
_CHUNK: Final = 256
_CHUNKS_AHEAD: Final = 16
_POLL: Final = 0.1


class ReadAhead(Generic[T]):
    """Lists of up to 256 items of an iterable, made in a thread of their own; at most 16 wait.

    An exception of the iterable comes out at its place in the order. Leaving the context ends the
    thread before the next item.
    """

    def __init__(self, items: Iterable[T]) -> None:
        self._items = items
        self._queue: queue.Queue[list[T] | BaseException | None] = queue.Queue(_CHUNKS_AHEAD)
        self._unwanted = threading.Event()
        self._thread = threading.Thread(target=self._read, name="slangrag-reader", daemon=True)

    def __enter__(self) -> Iterator[list[T]]:
        self._thread.start()
        return self._chunks()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unwanted.set()
        self._thread.join()

    def _chunks(self) -> Iterator[list[T]]:
        while (got := self._queue.get()) is not None:
            if isinstance(got, BaseException):
                raise got
            yield got

    def _read(self) -> None:
        chunk: list[T] = []
        try:
            for item in self._items:
                chunk.append(item)
                if len(chunk) == _CHUNK:
                    self._put(chunk)
                    chunk = []
                if self._unwanted.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 (raised again by the thread that consumes)
            self._put(chunk)
            self._put(error)
            return
        self._put(chunk)
        self._put(None)

    def _put(self, got: list[T] | BaseException | None) -> None:
        while not self._unwanted.is_set():
            try:
                self._queue.put(got, timeout=_POLL)
                return
            except queue.Full:
                continue
