"""The facade over the sample with the real embedder: asked from many threads, closed, asked again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from slangrag import Slang
from slangrag.answer.chat.conversation import Continued, begin
from slangrag.answer.events import Finished, Sources
from slangrag.config import load_settings
from slangrag.errors import StoreDamaged

pytestmark = pytest.mark.weights

QUESTIONS = (
    "what does rizz mean",
    "no cap that fit is bussin",
    "the word for someone who stops replying",
    "what does xqzzyv mean",
    "he ghosted me and now he's salty",
    "charm or skill at attracting someone",
)


@pytest.fixture
def slang(sample_store: Path) -> Iterator[Slang]:
    with Slang.open(sample_store, engine="embedded") as slang:
        yield slang


def test_eight_threads_get_the_answers_that_one_gets(slang: Slang) -> None:
    """Lexicon connections are lent to one thread at a time; index and embedder are shared and guarded."""
    alone = {question: slang.search(question) for question in QUESTIONS}
    asked = QUESTIONS * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(slang.search, asked))
        defined = list(pool.map(slang.define, ["rizz", "salty", "xqzzyv"] * 20))
        told = list(pool.map(lambda question: slang.answer(question, quoted=True), asked))
    assert all(one == alone[question] for one, question in zip(found, asked, strict=True))
    assert {len(one.entries) for one in defined[::3]} == {len(slang.define("rizz").entries)}
    assert {one.text for one in told[:: len(QUESTIONS)]} == {slang.answer(QUESTIONS[0], quoted=True).text}


def test_threads_that_begin_at_once_open_the_index_and_make_the_embedder_once(
    sample_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slangrag.service import engines
    from slangrag.store import search

    made: list[str] = []

    def counting(where: object, name: str) -> None:
        make = getattr(where, name)

        def counted(*arguments: object) -> object:
            made.append(name)
            return make(*arguments)

        monkeypatch.setattr(where, name, counted)

    counting(engines, "embedder")
    counting(search, "open_search")
    with Slang.open(sample_store, engine="embedded") as slang, ThreadPoolExecutor(8) as threads:
        list(threads.map(slang.search, [QUESTIONS[2]] * 16))
    assert sorted(made) == ["embedder", "open_search"]


def test_an_answer_begins_with_its_sources_and_ends_whole(slang: Slang) -> None:
    events = list(slang.ask("what does rizz mean", quoted=True))
    assert isinstance(events[0], Sources)
    assert events[0].retrieval.hits
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.citations


def test_a_conversation_grows_by_its_turn(slang: Slang) -> None:
    *_, last = slang.converse("hello", begin())
    assert isinstance(last, Continued)
    assert [turn.asked for turn in last.conversation.turns] == ["hello"]


def test_a_message_is_translated_without_a_model(slang: Slang) -> None:
    told = slang.translate("he ghosted me", ask_model=False)
    assert [term.span.text for term in told.terms] == ["ghosted"]
    assert told.engine == ""


def test_the_store_is_described(slang: Slang, sample_store: Path) -> None:
    facts = slang.info()
    assert facts.root == sample_store
    assert facts.sealed
    assert slang.complete


def test_a_store_that_is_damaged_inside_is_said_to_be(sample_store: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(sample_store, store)
    lexicon = store / "lexicon.sqlite3"
    whole = lexicon.read_bytes()
    lexicon.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    with Slang(load_settings({"store": store})) as slang, pytest.raises(StoreDamaged, match="cannot be read"):
        slang.define("rizz")
