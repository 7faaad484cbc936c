"""The LangChain door: LangChain's own tests of a retriever, and the chain in each way that Runnables have."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any, cast

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests
from tests import tiny_models
from tests.standin import StandIn

from slangrag import Slang
from slangrag.errors import InputFormat, StoreMissing
from slangrag.integrations.langchain import SlangRetriever, slang_chain

QUESTION = "what does salty mean"
SAID = (
    "Salty means bitter, annoyed or resentful, particularly after losing [1]. "
    "The word was invented on the moon in 1969 [1]."
)


class TestSlangRetriever(RetrieversIntegrationTests):
    """LangChain's standard tests."""

    @pytest.fixture(autouse=True)
    def _over_the_sample(self, slang: Slang) -> None:
        self._slang = slang

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return SlangRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"slang": self._slang}

    @property
    def retriever_query_example(self) -> str:
        return "what does it mean to ghost someone"

    @property
    def num_results_arg_name(self) -> str:
        return "limit"


def talker(*said: str) -> GenericFakeChatModel:
    """A chat model of LangChain's own that says these, one after the other, word by word."""
    return GenericFakeChatModel(messages=iter([AIMessage(one) for one in said]))


class SlowTalker(GenericFakeChatModel):
    """Says a sentence, then a word every 20 ms without end, and notes when it was told to stop."""

    left: list[float] = []

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        try:
            yield ChatGenerationChunk(message=AIMessageChunk(content=SAID))
            while True:
                time.sleep(0.02)
                yield ChatGenerationChunk(message=AIMessageChunk(content=" word"))
        finally:
            self.left.append(time.monotonic())


def test_an_answer_has_judged_sentences_and_the_documents_that_they_cite(slang: Slang) -> None:
    told = slang_chain(slang, talker(SAID)).invoke(QUESTION)
    assert told["sentences"][0]["support"] == "supported"
    assert told["sentences"][0]["citations"] == [1]
    assert told["text"].startswith("Salty means bitter")
    assert "1969" not in told["text"]
    assert len(told["withheld"]) == 1
    cited = told["hits"][told["citations"][0]["n"] - 1]
    assert isinstance(cited, Document)
    assert (cited.metadata["word"], cited.id) == ("salty", told["citations"][0]["entry_id"])
    assert (told["known"], told["abstained"]) == ("yes", False)


def test_a_word_that_is_not_there_is_not_asked_about(slang: Slang) -> None:
    told = slang_chain(slang, talker()).invoke("what does xqzzyv mean")
    assert (told["abstained"], told["known"], told["sentences"]) == (True, "no", [])


def test_without_a_model_the_settings_have_one_and_quoted_asks_none(slang: Slang) -> None:
    assert slang_chain(slang).invoke(QUESTION)["model"] == "llama3.1"
    quoted = slang_chain(SlangRetriever(slang=slang, limit=1), quoted=True).invoke(QUESTION)
    assert len(quoted["hits"]) == 1
    assert quoted["model"] == ""
    assert {one["support"] for one in quoted["sentences"]} == {"quoted"}


def test_a_stream_shows_sources_first_and_adds_up_to_the_whole(slang: Slang) -> None:
    pieces = list(slang_chain(slang, talker(SAID)).stream(QUESTION))
    assert pieces[0]["hits"]
    assert not any("1969" in piece.get("text", "") for piece in pieces)
    assert sum(1 for piece in pieces if piece.get("sentences")) >= 1
    assert reduce(add, cast("list[Any]", pieces)) == slang_chain(slang, talker(SAID)).invoke(QUESTION)


async def test_its_asynchronous_forms_give_the_same(slang: Slang) -> None:
    whole = slang_chain(slang, talker(SAID)).invoke(QUESTION)
    assert await slang_chain(slang, talker(SAID)).ainvoke(QUESTION) == whole
    pieces = [piece async for piece in slang_chain(slang, talker(SAID)).astream(QUESTION)]
    assert len(pieces) > 2
    assert reduce(add, cast("list[Any]", pieces)) == whole


def test_a_batch_answers_each_question_with_its_own(slang: Slang) -> None:
    questions = [f"what does {word} mean" for word in ("salty", "ghost", "rizz", "cap")]
    told = slang_chain(slang, quoted=True).batch(questions, config={"max_concurrency": 3})
    assert [one["question"] for one in told] == questions


def test_it_composes_with_other_runnables(slang: Slang) -> None:
    chain = slang_chain(slang, quoted=True) | (lambda told: len(told["sentences"]))
    assert chain.invoke(QUESTION) >= 1


PAGES = [
    Document(
        "Apologies go out within two hours of the complaint.",
        metadata={"source": "/guides/rules.pdf", "page": 0, "page_label": "iv", "title": "House rules"},
    ),
    Document(
        "Refunds above 900 crowns are signed by a Channel Lead.",
        metadata={"source": "/guides/rules.pdf", "page": 1, "page_label": "1", "title": "House rules"},
    ),
    Document(
        "Lamps are lit at six, and at five in winter.", metadata={"source": "https://lamps.example/hours"}
    ),
]


@pytest.fixture
def own(sample_store: Path, standin: StandIn, tmp_path: Path) -> Iterator[Slang]:
    """A store to add documents to."""
    shutil.copytree(sample_store, tmp_path / "own")
    with Slang.open(tmp_path / "own", engine="ollama", ollama_host=standin.url) as slang:
        yield slang


def passages(slang: Slang, query: str) -> list[Document]:
    return SlangRetriever(slang=slang.varied(only="documents")).invoke(query)


def test_what_a_loader_gives_is_found_with_its_title_its_page_and_its_place(own: Slang) -> None:
    assert SlangRetriever(slang=own).add_documents(PAGES) == ["1", "1", "2"]
    rules = passages(own, "who signs refunds above 900 crowns")[0]
    told = rules.metadata
    assert "signed by a Channel Lead" in rules.page_content
    assert (told["kind"], told["title"], told["source"]) == ("passage", "House rules", "/guides/rules.pdf")
    assert (told["page"], told["document"]) == ("iv–1", 1)
    whole = own.document(1)
    assert whole is not None
    assert whole.text[told["start"] : told["end"]] == rules.page_content
    assert [page.label for page in whole.pages] == ["iv", "1"]
    lamps = passages(own, "when are lamps lit in winter")[0].metadata
    assert (lamps["title"], lamps["page"], lamps["source"]) == ("hours", None, "https://lamps.example/hours")


def test_a_source_that_is_added_again_takes_its_own_place(own: Slang) -> None:
    retriever = SlangRetriever(slang=own)
    retriever.add_documents(PAGES)
    changed = [PAGES[0], Document("Refunds are gone.", metadata=PAGES[1].metadata)]
    assert retriever.add_documents(changed) == ["1", "1"]
    assert [one.title for one in own.documents()] == ["House rules", "hours"]
    text = own.document(1)
    assert text is not None
    assert "Channel Lead" not in text.text
    assert "Refunds are gone." in text.text


def test_pages_are_counted_from_one_where_a_loader_counts_from_none(own: Slang) -> None:
    numbered = [Document(f"Chapter {n} begins.", metadata={"source": "b.pdf", "page": n}) for n in range(3)]
    SlangRetriever(slang=own).add_documents(numbered)
    found = own.document(1)
    assert found is not None
    assert [page.label for page in found.pages] == ["1", "2", "3"]


def test_a_document_without_a_source_is_known_by_its_text_and_one_without_text_is_refused(own: Slang) -> None:
    retriever = SlangRetriever(slang=own)
    note = Document("A note to nobody in particular.")
    assert retriever.add_documents([note]) == retriever.add_documents([note]) == ["1"]
    assert own.documents()[0].title == "A note to nobody in particular."
    with pytest.raises(InputFormat):
        retriever.add_documents([Document("  ", metadata={"source": "empty.txt"}), PAGES[2]])
    assert [one.title for one in own.documents()] == ["A note to nobody in particular.", "hours"]


def test_a_chain_cites_the_page_of_a_document_that_was_added(own: Slang) -> None:
    SlangRetriever(slang=own).add_documents(PAGES)
    said = "Refunds above 900 crowns are signed by a Channel Lead [1]."
    chain = slang_chain(own.varied(only="documents"), talker(said))
    told = chain.invoke("who signs refunds above 900 crowns")
    assert [one["support"] for one in told["sentences"]] == ["supported"]
    assert [(one["word"], one["page"]) for one in told["citations"]] == [("House rules", "1")]
    assert told["hits"][0].metadata["kind"] == "passage"


class Seen(BaseCallbackHandler):
    """What a tracer is told."""

    def __init__(self) -> None:
        self.chains: list[str] = []
        self.models: list[tuple[Any, list[str] | None]] = []

    def on_chain_start(self, *_: Any, **told: Any) -> None:
        self.chains.append(told["name"])

    def on_chat_model_start(self, *_: Any, **told: Any) -> None:
        self.models.append((told["parent_run_id"], told["tags"]))


@pytest.mark.parametrize("way", ["invoke", "stream", "astream"])
async def test_callbacks_see_the_chain_and_the_model_within_it(slang: Slang, way: str) -> None:
    seen = Seen()
    chain = slang_chain(slang, talker(SAID))
    config: Any = {"callbacks": [seen], "tags": ["mine"]}
    if way == "invoke":
        chain.invoke(QUESTION, config)
    elif way == "stream":
        list(chain.stream(QUESTION, config))
    else:
        [piece async for piece in chain.astream(QUESTION, config)]
    assert seen.chains == ["slang_chain"]
    parent, tags = seen.models[0]
    assert parent is not None
    assert "mine" in (tags or [])


def test_a_stream_that_is_left_ends_the_generation(slang: Slang) -> None:
    model = SlowTalker(messages=iter([]), left=[])
    stream = cast("Generator[Any]", slang_chain(slang, model).stream(QUESTION))
    assert next(piece for piece in stream if piece.get("sentences"))
    assert model.left == []
    stream.close()
    assert len(model.left) == 1


async def test_an_asynchronous_stream_that_is_left_ends_the_generation(slang: Slang) -> None:
    model = SlowTalker(messages=iter([]), left=[])
    stream = cast("AsyncGenerator[Any]", slang_chain(slang, model).astream(QUESTION))
    async for piece in stream:
        if piece.get("sentences"):
            break
    assert model.left == []
    await stream.aclose()
    assert len(model.left) == 1


async def test_a_cancelled_call_ends_the_generation(slang: Slang) -> None:
    model = SlowTalker(messages=iter([]), left=[])
    call = asyncio.create_task(slang_chain(slang, model).ainvoke(QUESTION))
    await asyncio.sleep(0.5)
    call.cancel()
    cancelled = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(model.left) == 1
    assert model.left[0] - cancelled < 2


def test_a_store_that_is_not_there_is_told_as_everywhere(tmp_path: Any) -> None:
    with pytest.raises(StoreMissing):
        slang_chain(SlangRetriever.from_store(tmp_path / "none"), quoted=True).invoke(QUESTION)


def test_a_hugging_face_pipeline_of_langchains_own_answers(slang: Slang, tmp_path: Path) -> None:
    """As docs/library.md shows it. `--model huggingface:` does not go this way (docs/models.md says why)."""
    from langchain_huggingface import ChatHuggingFace, HuggingFacePipeline

    folder = tiny_models.causal(tmp_path / "llama")
    with tiny_models.without_bars():
        pipeline = HuggingFacePipeline.from_model_id(
            str(folder),
            task="text-generation",
            pipeline_kwargs={"max_new_tokens": 40, "return_full_text": False},
        )
    told = slang_chain(SlangRetriever(slang=slang), ChatHuggingFace(llm=pipeline)).invoke(
        "what does rizz mean"
    )
    assert [(one["text"], one["support"]) for one in told["sentences"]] == [(tiny_models.SAYS, "supported")]
