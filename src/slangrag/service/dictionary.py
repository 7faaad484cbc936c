"""What a store can be asked without a model that writes: look-ups, retrieval, vectors, facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from slangrag.config import Settings
from slangrag.errors import DocumentsMissing, EngineError, InputMissing, StoreMismatch, StoreMissing

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, Vectors
    from slangrag.evaluation.evaluate import EvalReport
    from slangrag.retrieval.slang_store import SlangStore
    from slangrag.retrieval.types import Definition, Intent, Mode, Only, Retrieval
    from slangrag.service.adding import Added
    from slangrag.service.engines import Fetching
    from slangrag.service.given_texts import GivenText
    from slangrag.service.maintenance import StoreFacts
    from slangrag.sources.documents.types import Page
    from slangrag.sources.entry import Entry
    from slangrag.store.documents.types import StoredDocument, StoredPassage


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A document of the store, or some of it: `text` begins at character `start` of the whole.

    pages and passages are those that `text` touches, in characters of the whole document.
    """

    document: StoredDocument
    text: str
    start: int
    pages: tuple[Page, ...]
    passages: tuple[StoredPassage, ...]

    def page_called(self, name: str) -> int:
        """The number, counted from 1, of the page that has `name` printed on it; else of that number itself.

        Raises InputMissing where there is neither.
        """
        for names in ({page.label: page.number for page in reversed(self.pages)}, self._numbers):
            if name in names:
                return names[name]
        raise _no_page(self.document, len(self.pages), name)

    @property
    def _numbers(self) -> dict[str, int]:
        return {str(page.number): page.number for page in self.pages}


def _no_page(document: StoredDocument, pages: int, name: object) -> InputMissing:
    has = (
        f"has {pages:,} pages, and no page {name}"
        if pages
        else f"is of a kind without pages ({document.kind})"
    )
    return InputMissing(f"{document.title} {has}", hint=f"slangrag documents show {document.number}")


class Dictionary:
    """The half of `Slang` that asks no chat model."""

    def __init__(
        self, settings: Settings, *, fetching: Fetching | None = None, embedder: Embedder | None = None
    ) -> None:
        """See Slang."""
        from slangrag.service.indexing import index_choice
        from slangrag.service.pool import StorePool
        from slangrag.store.layout import StoreLayout

        self.settings = settings
        self._fetching = fetching
        make = self._make_embedder if embedder is None else lambda: embedder
        self._store = StorePool(settings.store, index_choice(settings), make)
        self._documents = StorePool(
            StoreLayout(settings.store).documents, index_choice(settings), self._documents_embedder
        )

    def close(self) -> None:
        """Close the store. Answers under way in other threads may fail."""
        self._store.close()
        self._documents.close()

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
        """What a word, a message, a description or a question finds, best first; see `retrieve_both`.

        Which of dictionary and documents are asked is the setting `only`. Raises DocumentsMissing for
        documents alone where the store has none.
        """
        from slangrag.retrieval.passages.deciding import retrieve_both

        only = self.settings.only
        wanted = nullcontext() if only == "dictionary" else self._passages()
        with self._store.borrow() as store, wanted as passages:
            if only == "documents" and (passages is None or not passages.lexicon.last_row()):
                raise DocumentsMissing("the store has no documents", hint="slangrag add FILE")
            return retrieve_both(
                query,
                store,
                passages,
                only=cast("Only", only),
                limit=limit,
                mode=mode,
                intent=intent,
                explain=explain,
                meanings=meanings,
            )

    @contextmanager
    def _passages(self) -> Iterator[SlangStore | None]:
        """A view of the documents for the calling thread; None where none were ever added."""
        with ExitStack() as borrowed:
            try:
                passages = borrowed.enter_context(self._documents.borrow())
            except StoreMissing:
                passages = None
            yield passages

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

    def documents(self) -> list[StoredDocument]:
        """The documents beside the dictionary, in the order in which they were added."""
        from slangrag.store.documents.reading import StoredDocuments

        with self._passages() as passages:
            return [] if passages is None else StoredDocuments(passages.lexicon).documents()

    def count_documents(self) -> int:
        """How many documents there are beside the dictionary."""
        from slangrag.store.documents.reading import StoredDocuments

        with self._passages() as passages:
            return 0 if passages is None else StoredDocuments(passages.lexicon).count()

    def document(
        self, number: int, *, page: int | None = None, start: int = 0, length: int | None = None
    ) -> DocumentText | None:
        """A document by its number; None where it is not there.

        Whole, or one page of it (counted from 1), or the `length` characters from `start`. Raises
        InputMissing for a page that it does not have.
        """
        from slangrag.store.documents.reading import StoredDocuments

        with self._passages() as passages, ExitStack() as view:
            if passages is None:
                return None
            reader = StoredDocuments(passages.lexicon)
            view.enter_context(reader.one_view())
            if (document := reader.document(number)) is None:
                return None
            text, pages = reader.text(number), reader.pages(number)
            start = min(start, len(text))
            end = len(text) if length is None else min(start + length, len(text))
            if page is not None:
                chosen = next((one for one in pages if one.number == page), None)
                if chosen is None:
                    raise _no_page(document, len(pages), page)
                start, end, pages = chosen.start, chosen.end, (chosen,)
            else:
                pages = tuple(one for one in pages if one.start < end and one.end > start)
            own = (one for one in reader.passages(number) if one.start < end and one.end > start)
            return DocumentText(document, text[start:end], start, pages, tuple(own))

    def add_upload(self, path: Path, name: str, media_type: str = "") -> Added:
        """Add the file at `path`, which somebody far away calls `name`; it takes the place of one before.

        What cannot be read is told in the Added. Raises what `adding` raises. Cancelled (see
        `service.cancelling`), it raises StoppedEarly after the batch in hand, and the store is as it was.
        """
        from slangrag.engines.cancelling import closed_on_cancel
        from slangrag.service.adding import UPLOADED, StopFlag, adding

        stop = StopFlag()
        with (
            closed_on_cancel(stop.set),
            adding(self.settings, embedder=self._store.embedder, stop=stop) as documents,
        ):
            return documents.add_file(path, name, f"{UPLOADED}{name}", media_type)

    def add_texts(self, texts: Sequence[GivenText]) -> list[Added]:
        """Add what was read out of documents elsewhere; one Added for each text, in order.

        Texts of one source are one document, which takes the place of one from there before. What has no text
        is told in the Added. Raises what `adding` raises.
        """
        from slangrag.service.adding import adding
        from slangrag.service.given_texts import documents_of

        with adding(self.settings, embedder=self._store.embedder) as documents:
            added = {where: documents.add_parsed(parsed, where) for where, parsed in documents_of(texts)}
        return [added[one.locator] for one in texts]

    def remove_document(self, number: int) -> StoredDocument | None:
        """Take a document out by its number; None where it is not there. Raises StoreLocked, StoreError."""
        from slangrag.service.adding import remove

        try:
            return next(iter(remove(self.settings, [str(number)])), None)
        except InputMissing:
            return None

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

    def _likeness(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """The cosine of a question with each text; none where the embedder cannot be asked.

        Retrieval has then said so already.
        """
        try:
            cosines: Vectors = self.embed(texts, documents=True) @ self.embed([query])[0]
        except (EngineError, StoreMismatch):
            return ()
        return [float(one) for one in cosines]

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

    def _documents_embedder(self) -> Embedder:
        """The dictionary's own. Raises StoreMismatch while the passages' vectors are still another's."""
        from slangrag.store.fingerprint import require_agreement, stored_identity
        from slangrag.store.layout import StoreLayout

        embedder = self._store.embedder
        place = StoreLayout(self.settings.store).documents
        if (stored := stored_identity(place)) is not None:
            require_agreement(stored, embedder.identity, place)
        return embedder

    def _make_embedder(self) -> Embedder:
        from slangrag.service.engines import embedder
        from slangrag.store.fingerprint import stored_identity

        return embedder(self.settings, stored_identity(self.settings.store), self._fetching).model
