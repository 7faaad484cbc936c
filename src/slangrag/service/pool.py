"""One store for many threads: each borrows a view of its own, vector search and the embedder are shared.

A view is a `SlangStore` over a lexicon connection that one thread uses at a time. Vector search is opened
once and answers several threads at once; the embedder is made once and answers one thread at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from slangrag.retrieval.slang_store import SlangStore
from slangrag.store.fingerprint import EMBEDDER
from slangrag.store.lexicon import Lexicon, open_lexicon, reading

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, EmbedderIdentity, Vectors
    from slangrag.store.index import IndexChoice
    from slangrag.store.search import VectorSearch

T = TypeVar("T")
_FRESH_SECONDS: Final = 1.0
_DOCUMENTS_AT_ONCE: Final = 4  # on a CPU as fast as 64


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
    """An embedder that answers one thread at a time: no engine's embedder promises more.

    Documents are embedded a few at a time, and questions go between: a lock would mostly be taken again by
    the thread that has just given it back.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._free = threading.Condition()
        self._busy = False
        self._questions = 0

    @property
    def identity(self) -> EmbedderIdentity:
        """That of the embedder inside."""
        return self._embedder.identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """As the embedder inside does."""
        import numpy as np

        parts = []
        for start in range(0, max(len(texts), 1), _DOCUMENTS_AT_ONCE):
            with self._turn(question=False):
                parts.append(self._embedder.embed_documents(texts[start : start + _DOCUMENTS_AT_ONCE]))
        return np.concatenate(parts)

    def embed_query(self, text: str) -> Vectors:
        """As the embedder inside does."""
        with self._turn(question=True):
            return self._embedder.embed_query(text)

    @contextmanager
    def _turn(self, *, question: bool) -> Iterator[None]:
        with self._free:
            self._questions += question
            self._free.wait_for(lambda: not self._busy and (question or not self._questions))
            self._questions -= question
            self._busy = True
        try:
            yield
        finally:
            with self._free:
                self._busy = False
                self._free.notify_all()


@dataclass(slots=True, eq=False)
class _View:
    """A view, what closes it, the lexicon's version that it has seen, and the search that it shares."""

    store: SlangStore
    opened: ExitStack
    version: int
    search: _SharedSearch
    made: float


class _SharedSearch:
    """The search that views share, opened at first use; closed when it is retired and no view has it."""

    def __init__(self, root: Path, choice: IndexChoice, noted: Hashable) -> None:
        self._root = root
        self._choice = choice
        self.noted = noted
        self.users = 0
        self.retired = False
        self._closing = ExitStack()
        self._open = Once(self._opened)

    def get(self) -> AbstractContextManager[VectorSearch]:
        """The open search, for a view that does not close it."""
        return nullcontext(self._open.get())

    def _opened(self) -> VectorSearch:
        from slangrag.store.search import open_search

        with open_lexicon(self._root) as lexicon:
            return self._closing.enter_context(open_search(self._root, lexicon, self._choice))

    def close(self) -> None:
        """Give it back."""
        self._closing.close()


class StorePool:
    """Views of one store, lent to one thread at a time. What others commit is seen within a second."""

    def __init__(self, root: Path, choice: IndexChoice, make_embedder: Callable[[], Embedder]) -> None:
        self._root = root
        self._choice = choice
        self._make_embedder = make_embedder
        self._embedder = self._new_embedder()
        self._embedder_of: object = None
        self._lock = threading.Lock()
        self._idle: list[_View] = []
        self._search: _SharedSearch | None = None

    @property
    def embedder(self) -> Embedder:
        """The store's embedder, made at first use. Raises StoreMismatch and the EngineErrors."""
        return self._embedder.get()

    def _new_embedder(self) -> Once[Embedder]:
        return Once(lambda: OneCallEmbedder(self._make_embedder()))

    def _follow(self, lexicon: Lexicon) -> None:
        """Another embedder where the store's vectors have become another's (`ingest --reembed`)."""
        kept = lexicon.meta(EMBEDDER)
        with self._lock:
            if self._embedder_of not in (None, kept):
                self._embedder = self._new_embedder()
            self._embedder_of = kept

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
        from slangrag.store.search import search_in_use

        with ExitStack() as opened:
            lexicon = opened.enter_context(open_lexicon(self._root))
            self._follow(lexicon)
            version, noted = lexicon.data_version, search_in_use(self._root, lexicon, self._choice)
            search = self._shared(noted)
            store = SlangStore(lexicon, open_search=search.get, make_embedder=lambda: self._embedder.get())
            return _View(store, opened.pop_all(), version, search, time.monotonic())

    def _shared(self, noted: Hashable) -> _SharedSearch:
        """The search that is in use now, for one more view; one that no longer is, is retired."""
        with self._lock:
            if self._search is None or self._search.noted != noted:
                if self._search is not None:
                    self._search.retired = True
                    self._close_if_unused(self._search)
                self._search = _SharedSearch(self._root, self._choice, noted)
            self._search.users += 1
            return self._search

    def _drop(self, view: _View) -> None:
        view.store.close()
        view.opened.close()
        with self._lock:
            view.search.users -= 1
            self._close_if_unused(view.search)

    def _close_if_unused(self, search: _SharedSearch) -> None:
        if search.retired and not search.users:
            search.close()

    def close(self) -> None:
        """Close every view that is not lent, and vector search."""
        with self._lock:
            idle, self._idle = self._idle, []
            search, self._search = self._search, None
        for view in idle:
            view.store.close()
            view.opened.close()
        if search is not None:
            search.close()
