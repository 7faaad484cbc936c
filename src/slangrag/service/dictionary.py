"""What a store can be asked without a model that writes: look-ups, retrieval, vectors, facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, Vectors
    from slangrag.evaluation.evaluate import EvalReport
    from slangrag.retrieval.types import Definition, Intent, Mode, Retrieval
    from slangrag.service.engines import Fetching
    from slangrag.service.maintenance import StoreFacts
    from slangrag.sources.entry import Entry


class Dictionary:
    """The half of `Slang` that asks no chat model."""

    def __init__(
        self, settings: Settings, *, fetching: Fetching | None = None, embedder: Embedder | None = None
    ) -> None:
        """See Slang."""
        from slangrag.service.indexing import index_choice
        from slangrag.service.pool import StorePool

        self.settings = settings
        self._fetching = fetching
        make = self._make_embedder if embedder is None else lambda: embedder
        self._store = StorePool(settings.store, index_choice(settings), make)

    def close(self) -> None:
        """Close the store. Answers under way in other threads may fail."""
        self._store.close()

    @property
    def complete(self) -> bool:
        """Whether the store's last load came to its end: until then, words may be missing."""
        with self._store.borrow() as store:
            return store.lexicon.as_of().complete

    def define(self, word: str) -> Definition:
        """What the data says about one word, by headword alone: no model, no vector, no network."""
        from slangrag.retrieval.naming import define

        with self._store.borrow() as store:
            return define(word, store)

    def random_word(self) -> str:
        """A headword of the store's own choice. Raises StoreMissing where it has none."""
        with self._store.borrow() as store:
            return store.lexicon.random_word()

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        mode: Mode = "hybrid",
        intent: Intent | None = None,
        explain: bool = False,
        meanings: bool = False,
    ) -> Retrieval:
        """The definitions that a word, a message or a description finds, best first; see `retrieve`."""
        from slangrag.retrieval.retrieve import retrieve

        with self._store.borrow() as store:
            return retrieve(
                query, store, limit=limit, mode=mode, intent=intent, explain=explain, meanings=meanings
            )

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of that id; None where the store has none."""
        with self._store.borrow() as store:
            rids = store.lexicon.row_ids([entry_id]).values()
            return next(iter(store.lexicon.entries(rids).values()), None)

    def headwords(self, starting: str, most: int = 8) -> list[str]:
        """Headwords whose folded form begins as `starting` does, in order."""
        from slangrag.text.forms import fold

        with self._store.borrow() as store:
            return store.lexicon.headwords_starting(fold(starting), most)

    def embed(self, texts: Sequence[str], *, documents: bool = False) -> Vectors:
        """Vectors of the store's own embedder: float32, shape (len(texts), dimension), unit length.

        Questions get the model's prefix for questions, documents the one for entries. Raises StoreMismatch
        and the EngineErrors.
        """
        import numpy as np

        embedder = self._store.embedder
        if documents:
            return embedder.embed_documents([embedder.identity.render_text(text) for text in texts])
        return np.stack([embedder.embed_query(text) for text in texts])

    def embedder_model(self) -> tuple[str, int]:
        """The name of the store's embedder, and the length of its vectors."""
        identity = self._store.embedder.identity
        return identity.model, identity.dimension

    def info(self) -> StoreFacts:
        """What the store holds, which model made its vectors, and how fresh it is."""
        from slangrag.service.indexing import index_choice
        from slangrag.service.maintenance import store_facts

        return store_facts(self.settings.store, index_choice(self.settings))

    def evaluate(
        self,
        files: Sequence[Path],
        *,
        mode: Mode = "hybrid",
        ablation: bool = False,
        per_task: int | None = None,
        intent: Intent | None = None,
        html: Path | None = None,
        told: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
    ) -> EvalReport:
        """Retrieval measured with questions whose answers are known; see `slangrag.evaluation.evaluate`.

        html: where a report with plots is written, if anywhere.
        """
        from slangrag.evaluation.evaluate import evaluate

        with self._store.borrow() as store:
            report = evaluate(
                files, store, mode=mode, ablation=ablation, per_task=per_task, intent=intent, told=told
            )
        if html is not None:
            from slangrag.evaluation.report import write_report

            write_report(report, html)
        return report

    def _make_embedder(self) -> Embedder:
        from slangrag.service.engines import embedder
        from slangrag.store.fingerprint import stored_identity

        return embedder(self.settings, stored_identity(self.settings.store), self._fetching).model
