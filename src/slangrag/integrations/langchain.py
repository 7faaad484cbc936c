"""The LangChain door: a retriever over a slang store, and a chain that answers with the marks of support.

    from slangrag.integrations.langchain import SlangRetriever, slang_chain

    retriever = SlangRetriever.from_store("my_store")
    chain = slang_chain(retriever, chat_model)      # any LangChain chat model
    chain.invoke("what does rizz mean")["sentences"]
    retriever.add_documents(loader.load())          # any LangChain loader: questions find them from now on

Needs the extra `langchain`. Retrieval and answering are those of the command line: every sentence of the
model's is judged against the definitions before anybody sees it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableGenerator
from langchain_core.runnables.utils import AddableDict
from pydantic import ConfigDict, Field

from slangrag.answer.events import Answer, Event, Finished, Remark, Sentence, Sources, Withdrawn
from slangrag.config import load_settings
from slangrag.errors import EngineError
from slangrag.retrieval.types import Hit, Locator, Mode
from slangrag.service import documents
from slangrag.service.cancelling import iterated
from slangrag.service.given_texts import GivenText
from slangrag.service.slang import Slang

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder


class SlangRetriever(BaseRetriever):
    """Entries of a slang store, and passages of the documents beside it, as LangChain documents, best first.

    An entry's page_content is "headword: definition"; metadata has kind ("entry"), entry_id, word, up_votes,
    down_votes, score, match, span, intent and known ("yes", "maybe", "no"), as `slangrag search --json` names
    them. A passage's is its text; beside entry_id, score, match, intent and known it has kind ("passage"),
    title, heading, source (path or URL), page (as printed; None without pages), document (its number), start
    and end (characters of the document's text). A `limit` given to `invoke` goes before the retriever's own.
    May be shared between threads.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    slang: Slang = Field(exclude=True)
    limit: int = Field(default=6, ge=1)
    mode: Mode = "hybrid"

    @classmethod
    def from_store(
        cls, store: str | Path, *, embedder: Embedder | None = None, limit: int = 6, mode: Mode = "hybrid"
    ) -> SlangRetriever:
        """A retriever over the store at `store`.

        embedder is for one made elsewhere; without it, the engine that made the store is asked. Where it
        cannot be had, questions that name their word are answered all the same, and others by words alone.
        """
        return cls(slang=Slang(load_settings({"store": store}), embedder=embedder), limit=limit, mode=mode)

    def add_documents(self, documents: Iterable[Document]) -> list[str]:
        """Add documents, such as a loader gives, beside the dictionary; the id of each one's document.

        Those with one `source` in their metadata are one document, which takes the place of one from there
        before; `page` and `page_label` are its pages, `title` what it is called. Give whole documents: they
        are cut here. An id is the number that `slangrag documents list` shows. Raises InputFormat for a
        document without any text (all others are kept), StoreLocked, and the EngineErrors.
        """
        given = [_given(one) for one in documents]
        added = self.slang.add_texts(given)
        failure = next((one.failure for one in added if one.failure is not None), None)
        if failure is not None:
            raise failure
        return [str(one.document.number) for one in added if one.document is not None]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, limit: int | None = None
    ) -> list[Document]:
        found = self.slang.search(query, limit=limit or self.limit, mode=self.mode)
        for note in found.notes:
            run_manager.on_text(note)
        return [_document(hit, found.intent, found.known) for hit in found.hits]


class SlangSentence(TypedDict):
    """One judged sentence: its text, the numbers of the hits it cites (from 1), how it stands to them.

    support is "supported", "own words" (the model's, not verified), "quoted" or "remark".
    """

    text: str
    citations: list[int]
    support: str


class SlangAnswer(TypedDict, total=False):
    """What the chain gives; while it streams, a piece at a time, and the pieces add up with `+`.

    hits come first; then text and sentences grow with each sentence once it is judged; the rest comes last.
    known is retrieval's verdict, withheld says why sentences are not shown, notes what was degraded, a
    model that failed half-way among it. abstained, grounded and citations are those of `ask --json`.
    """

    question: str
    known: str
    hits: list[Document]
    text: str
    sentences: list[SlangSentence]
    withheld: list[str]
    citations: list[dict[str, Any]]
    abstained: bool
    grounded: bool
    model: str
    notes: list[str]


def slang_chain(
    source: SlangRetriever | Slang, model: BaseChatModel | None = None, *, quoted: bool = False
) -> Runnable[str, SlangAnswer]:
    """A question to a `SlangAnswer`: found, answered by `model`, each sentence judged against its sources.

    Without a model the one of the settings answers; with quoted none does, and the definitions speak. As
    many definitions are found as the retriever's limit says, else the setting top_k. invoke, batch, stream
    and their asynchronous forms work; leaving a stream, or cancelling, ends the generation. The model's run
    is a child of the chain's, so that callbacks see it. Raises SlangragError.
    """
    slang = source if isinstance(source, Slang) else source.slang.varied(top_k=source.limit)
    if model is not None:
        slang = slang.asking(model)

    def answered(questions: Iterator[str]) -> Iterator[AddableDict]:
        for question in questions:
            with closing(_events(slang, question, quoted)) as events:
                yield from filter(None, map(_piece, events))

    async def answered_by_and_by(questions: AsyncIterator[str]) -> AsyncIterator[AddableDict]:
        async for question in questions:
            async with aclosing(iterated(partial(_events, slang, question, quoted))) as events:
                async for event in events:
                    if piece := _piece(event):
                        yield piece

    made = RunnableGenerator(answered, answered_by_and_by, name="slang_chain")
    return cast("Runnable[str, SlangAnswer]", made)


def _events(slang: Slang, question: str, quoted: bool) -> Generator[Event | EngineError]:
    """The events of an answer; an engine that failed once all was said is the last, and not raised."""
    finished = False
    try:
        for event in slang.ask(question, quoted=quoted):
            finished = isinstance(event, Finished)
            yield event
    except EngineError as error:
        if not finished:
            raise
        yield error


def _piece(event: Event | EngineError) -> AddableDict | None:
    """What a stream shows of an event. Drafts never: nobody has judged them."""
    match event:
        case Sources(found):
            hits = [_document(hit, found.intent, found.known) for hit in found.hits]
            return AddableDict(question=found.query, known=found.known, hits=hits, text="", sentences=[])
        case Remark(text):
            return AddableDict(text=f"{text} ")
        case Sentence(text, citations, support):
            told = SlangSentence(text=text, citations=list(citations), support=support)
            return AddableDict(text=f"{text} ", sentences=[told])
        case Withdrawn(_, reason):
            return AddableDict(withheld=[reason])
        case Finished(answer):
            return _ending(answer)
        case EngineError() as error:
            return AddableDict(notes=[f"{error.message} (next: {error.hint})"])
    return None


def _ending(answer: Answer) -> AddableDict:
    return AddableDict(
        citations=[documents.citation(one) for one in answer.citations],
        abstained=answer.abstained,
        grounded=answer.grounded,
        model=answer.model,
        withheld=[],
        notes=list(answer.notes),
    )


def _given(document: Document) -> GivenText:
    """A LangChain document as the service takes it. Loaders count pages from 0."""
    told = document.metadata
    page = told.get("page_label", told.get("page"))
    if isinstance(page, int) and "page_label" not in told:
        page += 1
    source = told.get("source") or document.id or ""
    return GivenText(
        document.page_content,
        str(source),
        str(told.get("title") or ""),
        "" if page is None else str(page),
    )


def _passage(hit: Hit, locator: Locator, intent: str, known: str) -> Document:
    return Document(
        id=hit.entry.entry_id,
        page_content=hit.entry.definition,
        metadata={
            "kind": hit.kind,
            "entry_id": hit.entry.entry_id,
            "title": locator.title,
            "heading": locator.heading,
            "source": locator.source,
            "page": locator.page() or None,
            "document": locator.document,
            "start": locator.start,
            "end": locator.end,
            "score": hit.score,
            "match": hit.match,
            "intent": intent,
            "known": known,
        },
    )


def _document(hit: Hit, intent: str, known: str) -> Document:
    if hit.locator is not None:
        return _passage(hit, hit.locator, intent, known)
    entry = hit.entry
    return Document(
        id=entry.entry_id,
        page_content=f"{entry.word}: {entry.definition}",
        metadata={
            "kind": hit.kind,
            "entry_id": entry.entry_id,
            "word": entry.word,
            "up_votes": entry.up_votes,
            "down_votes": entry.down_votes,
            **({"source": entry.source} if entry.source else {}),
            "score": hit.score,
            "match": hit.match,
            "span": hit.span.text if hit.span else None,
            "intent": intent,
            "known": known,
        },
    )
