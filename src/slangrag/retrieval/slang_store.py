"""The slang store as retrieval sees it: the lexicon open, vector search and the embedder only when needed.

Opens nothing by itself beyond the lexicon. What cannot be had is remembered as a note in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from slangrag.errors import EngineError, StoreError
from slangrag.store.lexicon import Lexicon, open_lexicon

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, Vectors
    from slangrag.retrieval.calibration import Background
    from slangrag.store.search import VectorSearch


_T = TypeVar("_T")
_WITHOUT: Final = {
    "search": ("no search by meaning", "found by words only"),
    "embedder": ("no embedder", "meaning was not compared"),
}


class SlangStore:
    """One open store. Used by one thread at a time; `close` (or `open_store`) gives back what was opened.

    Several, one a thread, may share what answers vectors: then `open_search` hands out the open one.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        *,
        open_search: Callable[[], AbstractContextManager[VectorSearch]] | None = None,
        make_embedder: Callable[[], Embedder] | None = None,
    ) -> None:
        self.lexicon = lexicon
        self.headwords = lexicon.headwords
        self._opened = ExitStack()
        self._make_search = None if open_search is None else lambda: self._opened.enter_context(open_search())
        self._make_embedder = make_embedder
        self._wrap: Callable[[Embedder], Embedder] | None = None
        self._lacks: dict[str, str] = {}

    @cached_property
    def search(self) -> VectorSearch | None:
        """Search by vector, opened at first use; None, and a note, where there is none."""
        return self._made_or_noted("search", self._make_search)

    @cached_property
    def embedder(self) -> Embedder | None:
        """The embedder that made the store's vectors, made at first use; None, and a note, without one."""
        made = self._made_or_noted("embedder", self._make_embedder)
        return self._wrap(made) if made is not None and self._wrap else made

    def _made_or_noted(self, what: str, make: Callable[[], _T] | None) -> _T | None:
        """What `make` makes; None, and a note, where nobody makes it or it fails."""
        missing, instead = _WITHOUT[what]
        if make is None:
            self._lacks[what] = f"{missing}: {instead}"
            return None
        try:
            return make()
        except (EngineError, StoreError) as error:
            self._lacks[what] = f"{missing} ({error.message}): {instead}"
            return None

    def nearest(self, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The k entries nearest to `vector` (shape (dimension,)): row id and cosine, best first.

        Empty, and a note, where nothing can be asked.
        """
        if self.search is None:
            return []
        near = self.search.nearest(vector, k, self.lexicon)
        if self.search.note:
            self._lacks["search"] = self.search.note
        return near

    @cached_property
    def background(self) -> Background:
        """What cosines to this store's vectors are compared with."""
        from slangrag.retrieval.calibration import background_of

        return background_of(self.lexicon)

    @cached_property
    def familiar(self) -> float:
        """The share of ordinary words that are headwords here, in [0, 1]."""
        from slangrag.retrieval.slang import familiar

        return familiar(self)

    @property
    def embedder_if_made(self) -> Embedder | None:
        """The embedder if some question has needed it already; never makes it."""
        return self.__dict__.get("embedder")

    def wrap_embedder(self, wrap: Callable[[Embedder], Embedder]) -> None:
        """Let the embedder, once it is made, answer through `wrap`: to time it, or to remember vectors."""
        self._wrap = wrap
        if (made := self.__dict__.pop("embedder", None)) is not None:
            self.embedder = wrap(made)

    def embed(self, text: str) -> Vectors | None:
        """The vector of a question, shape (dimension,); None, and a note, where the engine fails."""
        if self.embedder is None:
            return None
        try:
            return self.embedder.embed_query(text)
        except EngineError as error:
            self._lacks["embedding"] = f"the question could not be embedded ({error.message})"
            return None

    def forget_lacks(self) -> None:
        """A new question begins: what could not be had for the last one is tried again."""
        for what in self._lacks:
            if self.__dict__.get(what, self) is None:
                del self.__dict__[what]
        self._lacks.clear()

    @property
    def lacks(self) -> tuple[str, ...]:
        """What could not be had so far, in plain words."""
        return tuple(self._lacks.values())

    def close(self) -> None:
        """Close vector search if it was opened; the lexicon belongs to whoever opened it."""
        self._opened.close()


@contextmanager
def open_store(root: Path, make_embedder: Callable[[], Embedder] | None = None) -> Iterator[SlangStore]:
    """The slang store at `root`. Vector search is opened, and the embedder made, only if they are needed.

    Raises StoreMissing, StoreMismatch, StoreDamaged as `open_lexicon` does.
    """
    with open_lexicon(root) as lexicon:

        def opener() -> AbstractContextManager[VectorSearch]:
            from slangrag.store.search import open_search

            return open_search(root, lexicon)

        store = SlangStore(lexicon, open_search=opener, make_embedder=make_embedder)
        try:
            yield store
        finally:
            store.close()
