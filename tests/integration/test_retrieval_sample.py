"""Retrieval as a whole: the sample, loaded and indexed for real, asked with the real embedder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.errors import EngineUnreachable
from slangrag.evaluation.evaluate import EvalReport, evaluate
from slangrag.integrations.langchain import SlangRetriever
from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang_store import SlangStore, open_store

pytestmark = pytest.mark.weights


@pytest.fixture
def slang(sample_store: Path, embedder: EmbeddedEmbedder) -> Iterator[SlangStore]:
    with open_store(sample_store, lambda: embedder) as store:
        yield store


@pytest.fixture(scope="module")
def report(sample_store: Path, embedder: EmbeddedEmbedder, root: Path) -> EvalReport:
    files = sorted((root / "tests/data/questions").glob("*.jsonl"))
    with open_store(sample_store, lambda: embedder) as store:
        return evaluate(files, store)


@pytest.mark.parametrize(
    ("task", "measure", "least"),
    [
        ("define", "R@1", 0.95),
        ("sentence", "R@1", 0.93),
        ("sentence", "R@5", 0.98),
        ("sentence", "sense_accuracy", 0.75),
        ("reverse", "R@1", 0.33),
        ("reverse", "R@10", 0.78),
    ],
)
def test_retrieval_is_no_worse_than_it_was(report: EvalReport, task: str, measure: str, least: float) -> None:
    """A guard against regressions. The floors lie a few questions below what was measured."""
    assert report.by_task[task][measure] >= least


def test_words_that_the_sample_lacks_are_not_claimed_and_others_not_denied(report: EvalReport) -> None:
    knowing = report.by_task["define"]["knowing"]
    assert knowing["absent_not_claimed"] >= 0.95
    assert knowing["answerable_denied"] <= 0.03


def test_hybrid_is_better_than_each_recipe_that_it_is_made_of(
    report: EvalReport, sample_store: Path, embedder: EmbeddedEmbedder, root: Path
) -> None:
    sentences = [root / "tests/data/questions/sentences.jsonl"]
    with open_store(sample_store, lambda: embedder) as store:
        for mode in ("dense", "lexical"):
            rival = evaluate(sentences, store, mode=mode)
            assert rival.by_task["sentence"]["R@1"] < report.by_task["sentence"]["R@1"]


def test_a_description_finds_its_word(slang: SlangStore) -> None:
    found = retrieve("what's the word for when someone stops replying to you", slang)
    assert found.intent == "reverse"
    assert {"ghosting", "ghosted", "ghost"} & {hit.entry.word.lower() for hit in found.hits}


def test_a_word_that_was_only_described_is_never_claimed_as_known(slang: SlangStore) -> None:
    """The first headword is the right one too seldom for that, however well a definition fits."""
    for query in (
        "charm or skill at attracting someone romantically",
        "what's the word for when someone stops replying to you",
    ):
        found = retrieve(query, slang)
        assert found.hits[0].match == "semantic"
        assert found.known == "maybe"


def test_a_message_shows_its_slang_where_it_stands(slang: SlangStore) -> None:
    text = "no cap, that party was lit"
    found = retrieve(text, slang)
    assert found.intent == "sentence"
    first = found.hits[0]
    assert first.span is not None
    assert text[first.span.start : first.span.end] == first.span.text
    assert first.entry.word.lower() in {"no cap", "lit"}


def test_without_an_embedder_it_goes_on_by_words_and_says_so(sample_store: Path) -> None:
    def unreachable() -> EmbeddedEmbedder:
        raise EngineUnreachable("nobody answers", hint="start it")

    with open_store(sample_store, unreachable) as store:
        found = retrieve("someone who stops replying to messages without explanation", store)
    assert found.hits
    assert any("nobody answers" in note for note in found.notes)
    assert {hit.match for hit in found.hits} <= {"lexical", "exact", "inflected"}


def test_the_same_question_always_gets_the_same_hits(slang: SlangStore) -> None:
    for query in ("what does salty mean", "he left me on read", "someone who is bitter about losing"):
        assert retrieve(query, slang, limit=10) == retrieve(query, slang, limit=10)


@pytest.mark.parametrize(
    "query", ["what does rizz mean", "what does ghosted mean", "what does rizzz mean", "ritz"]
)
def test_a_question_settled_by_its_headword_loads_neither_numpy_nor_chroma(
    sample_store: Path, query: str
) -> None:
    """They cost a second of start-up, which is what people feel."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from slangrag.retrieval.retrieve import retrieve\n"
        "from slangrag.retrieval.slang_store import open_store\n"
        "with open_store(Path(sys.argv[1])) as store:\n"
        "    assert retrieve(sys.argv[2], store).hits\n"
        "print(sorted({'numpy', 'chromadb', 'onnxruntime', 'pandas'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(sample_store), query], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_langchain_retriever_gives_what_search_gives(
    sample_store: Path, embedder: EmbeddedEmbedder
) -> None:
    documents = SlangRetriever.from_store(sample_store, embedder=embedder, limit=3).invoke(
        "what does rizz mean"
    )
    assert documents[0].metadata["word"] == "rizz"
    assert documents[0].metadata["known"] == "yes"
    assert documents[0].page_content.startswith("rizz: ")
