"""One store for many threads: each borrows a view of its own, the index and the embedder are shared.

A view is a `SlangStore` over a lexicon connection that one thread uses at a time. The index is loaded
once and reads safely from several threads; the embedder is made once and answers one thread at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from slangrag.retrieval.slang_store import SlangStore
from slangrag.store.lexicon import open_lexicon, reading

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, EmbedderIdentity, Vectors
    from slangrag.store.index import OpenIndex
    from slangrag.store.index.notes import FinishedIndex

T = TypeVar("T")
_FRESH_SECONDS: Final = 1.0


class Once(Generic[T]):
    """Makes its value at the first `get`; a failure is raised and tried anew at the next."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: T | None = None

    def get(self) -> T:
        """The value. Raises what making it raises."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made


class OneCallEmbedder:
    """An embedder that answers one thread at a time: no engine's embedder promises more."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lock = threading.Lock()

    @property
    def identity(self) -> EmbedderIdentity:
        """That of the embedder inside."""
        return self._embedder.identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """As the embedder inside does."""
        with self._lock:
            return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        """As the embedder inside does."""
        with self._lock:
            return self._embedder.embed_query(text)


@dataclass(slots=True, eq=False)
class _View:
    """A view, what closes it, the lexicon's version that it has seen, and the index that it shares."""

    store: SlangStore
    opened: ExitStack
    version: int
    index: _SharedIndex
    made: float


class _SharedIndex:
    """The index that views share, opened at first use; closed when it is retired and no view has it."""

    def __init__(self, root: Path, noted: FinishedIndex | None) -> None:
        self._root = root
        self.noted = noted
        self.users = 0
        self.retired = False
        self._closing = ExitStack()
        self._open = Once(self._opened)

    def get(self) -> AbstractContextManager[OpenIndex]:
        """The open index, for a view that does not close it."""
        return nullcontext(self._open.get())

    def _opened(self) -> OpenIndex:
        from slangrag.store.index import open_index

        with open_lexicon(self._root) as lexicon:
            return self._closing.enter_context(open_index(self._root, lexicon))

    def close(self) -> None:
        """Give it back."""
        self._closing.close()


class StorePool:
    """Views of one store, lent to one thread at a time. What others commit is seen within a second."""

    def __init__(self, root: Path, make_embedder: Callable[[], Embedder]) -> None:
        self._root = root
        self._embedder: Once[Embedder] = Once(lambda: OneCallEmbedder(make_embedder()))
        self._lock = threading.Lock()
        self._idle: list[_View] = []
        self._index: _SharedIndex | None = None

    @property
    def embedder(self) -> Embedder:
        """The store's embedder, made at first use. Raises StoreMismatch and the EngineErrors."""
        return self._embedder.get()

    @contextmanager
    def borrow(self) -> Iterator[SlangStore]:
        """A view for the calling thread. One in whose hands something failed is closed, not lent again.

        Raises StoreMissing, StoreMismatch, StoreDamaged, StoreError as `open_lexicon` does.
        """
        with reading(self._root):
            view = self._lent()
            try:
                view.store.forget_lacks()
                yield view.store
            except BaseException:
                self._drop(view)
                raise
        with self._lock:
            self._idle.append(view)

    def _lent(self) -> _View:
        with self._lock:
            view = self._idle.pop() if self._idle else None
        if view is not None and self._current(view):
            return view
        if view is not None:
            self._drop(view)
        return self._made()

    def _current(self, view: _View) -> bool:
        """Whether a view shows the store as it is, give or take a second (a load commits all the time)."""
        if time.monotonic() - view.made < _FRESH_SECONDS:
            return True
        return not view.store.lexicon.changed_since(view.version)

    def _made(self) -> _View:
        from slangrag.store.index import index_in_use

        with ExitStack() as opened:
            lexicon = opened.enter_context(open_lexicon(self._root))
            version, noted = lexicon.data_version, index_in_use(self._root, lexicon)
            index = self._shared(noted)
            store = SlangStore(lexicon, open_index=index.get, make_embedder=self._embedder.get)
            return _View(store, opened.pop_all(), version, index, time.monotonic())

    def _shared(self, noted: FinishedIndex | None) -> _SharedIndex:
        """The index that is in use now, for one more view; one that no longer is, is retired."""
        with self._lock:
            if self._index is None or self._index.noted != noted:
                if self._index is not None:
                    self._index.retired = True
                    self._close_if_unused(self._index)
                self._index = _SharedIndex(self._root, noted)
            self._index.users += 1
            return self._index

    def _drop(self, view: _View) -> None:
        view.store.close()
        view.opened.close()
        with self._lock:
            view.index.users -= 1
            self._close_if_unused(view.index)

    def _close_if_unused(self, index: _SharedIndex) -> None:
        if index.retired and not index.users:
            index.close()

    def close(self) -> None:
        """Close every view that is not lent, and the index."""
        with self._lock:
            idle, self._idle = self._idle, []
            index, self._index = self._index, None
        for view in idle:
            view.store.close()
            view.opened.close()
        if index is not None:
            index.close()
