"""One store for many threads: each borrows a view of its own, the index and the embedder are shared.

A view is a `SlangStore` over a lexicon connection that one thread uses at a time. The index is loaded
once and reads safely from several threads; the embedder is made once and answers one thread at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from slangrag.retrieval.slang_store import SlangStore
from slangrag.store.lexicon import open_lexicon

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, EmbedderIdentity, Vectors
    from slangrag.store.index import OpenIndex

T = TypeVar("T")


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


class StorePool:
    """Views of one store, lent to one thread at a time."""

    def __init__(self, root: Path, make_embedder: Callable[[], Embedder]) -> None:
        self._root = root
        self._embedder: Once[Embedder] = Once(lambda: OneCallEmbedder(make_embedder()))
        self._index = Once(self._open_index)
        self._lock = threading.Lock()
        self._idle: list[tuple[SlangStore, ExitStack]] = []
        self._closing = ExitStack()

    @property
    def embedder(self) -> Embedder:
        """The store's embedder, made at first use. Raises StoreMismatch and the EngineErrors."""
        return self._embedder.get()

    @contextmanager
    def borrow(self) -> Iterator[SlangStore]:
        """A view for the calling thread. One in whose hands something failed is closed, not lent again.

        Raises StoreMissing, StoreMismatch, StoreDamaged, StoreError as `open_lexicon` does.
        """
        with self._lock:
            view, opened = self._idle.pop() if self._idle else (None, ExitStack())
        with opened:
            if view is None:
                lexicon = opened.enter_context(open_lexicon(self._root))
                view = SlangStore(lexicon, open_index=self._shared_index, make_embedder=self._embedder.get)
            view.forget_lacks()
            yield view
            kept = opened.pop_all()
        with self._lock:
            self._idle.append((view, kept))

    def _shared_index(self) -> AbstractContextManager[OpenIndex]:
        return nullcontext(self._index.get())

    def _open_index(self) -> OpenIndex:
        from slangrag.store.index import open_index

        with open_lexicon(self._root) as lexicon:
            return self._closing.enter_context(open_index(self._root, lexicon))

    def close(self) -> None:
        """Close every view that is not lent, and the index."""
        with self._lock:
            idle, self._idle = self._idle, []
        for view, opened in idle:
            view.close()
            opened.close()
        self._closing.close()
