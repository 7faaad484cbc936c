"""Queries: what passes the checks, what the data gives, what a file and a model bring."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from tests.unit.ingest.stubs import StubEmbedder, write_csv

from slangrag.engines.protocols import ChatIdentity, ChatOptions, ChatUsage, Message
from slangrag.errors import InputFormat, InputMissing, StoppedEarly
from slangrag.ingest import IngestPlan, StopFlag, run
from slangrag.sources.entry import Entry
from slangrag.store.index.choice import NONE, IndexChoice
from slangrag.store.lexicon import open_lexicon
from slangrag.store.samples import sampled_entries
from slangrag.text.forms import fold
from slangrag.tuning.collecting import QueryPlan, collect
from slangrag.tuning.examples import Kind, document, held_out, read_examples
from slangrag.tuning.folder import TuneFolder
from slangrag.tuning.queries.checks import MASK, fault, masked

ROWS = [
    ("0000001", "rizz", 900, 10, "charm that wins people over\nEx: He has so much rizz tonight"),
    ("0000002", "rizz", 5, 1, "the charm that somebody has when they flirt"),
    ("0000003", "rizz", 1, 9, "a soup"),
    ("0000004", "salty", 50, 1, "bitter and upset about a small loss"),
    ("0000005", "salty", 20, 1, "upset over some small thing; bitter"),
    ("0000006", "yeet", 70, 1, "to throw something with a lot of force"),
    ("0000007", "mid", 30, 3, "of poor or average quality"),
    ("0000008", "ghost", 40, 1, "to stop answering somebody without a word"),
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = write_csv(tmp_path / "a.csv", ROWS)
    run(IngestPlan(path, tmp_path / "store", index=IndexChoice(NONE)), StubEmbedder())
    return tmp_path / "store"


@pytest.mark.parametrize(
    ("query", "kind", "expected"),
    [
        ("he yeeted my phone across the room", "message", ""),
        ("he threw my phone across the room", "message", "lacks the word"),
        ("what people say when they throw hard", "description", ""),
        ("when you yeet a thing very far", "description", "names the word"),
        ("you throw something with a lot of force", "description", "copies the definition"),
        ("so what does yeet mean?", "question", ""),
        ("yeet", "question", "too short or too long"),
    ],
)
def test_a_query_is_kept_only_if_it_is_one(query: str, kind: Kind, expected: str) -> None:
    assert fault(query, kind, Entry("6", "yeet", "to throw something with a lot of force")) == expected


@pytest.mark.parametrize(
    ("query", "word", "expected"),
    [
        ("that was so mid, honestly", "mid", f"that was so {MASK}, honestly"),
        ("He yeeted it", "yeet", f"He {MASK} it"),
        ("on-fleek brows", "on fleek", f"{MASK} brows"),
        ("amid the noise", "mid", "amid the noise"),
    ],
)
def test_a_headword_is_blanked_out_and_nothing_else(query: str, word: str, expected: str) -> None:
    assert masked(query, word) == expected


def test_the_data_gives_pairs_of_authors_and_the_sentences_that_they_add(store: Path, tmp_path: Path) -> None:
    folder = TuneFolder(tmp_path / "tune")
    with open_lexicon(store) as lexicon:
        collect(lexicon, folder, QueryPlan(held_out=0, masked=0), None)
    found = read_examples(folder.queries, hint="")
    pairs = {(one.query, one.pos[0]) for one in found if one.kind == "pair"}
    assert ("bitter and upset about a small loss", "salty: upset over some small thing; bitter") in pairs
    assert all("soup" not in query + text for query, text in pairs), "they share no thought"
    (message,) = [one for one in found if one.kind == "message"]
    assert message.query == "He has so much rizz tonight"
    assert message.pos == ("rizz: charm that wins people over",), "the sentence itself would give it away"


def test_what_is_held_out_is_in_no_training_and_asked_only_where_it_measures_something(
    store: Path, tmp_path: Path
) -> None:
    folder, path = TuneFolder(tmp_path / "tune"), tmp_path / "own.jsonl"
    words = [row[1] for row in ROWS]
    lines = [
        {"task": "sentence", "query": f"that {word} again number {word}", "headword": word} for word in words
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with open_lexicon(store) as lexicon:
        collect(lexicon, folder, QueryPlan(files=(path,), held_out=0.5), None)
    trained = {fold(one.headword) for one in read_examples(folder.queries, hint="")}
    asked = [json.loads(line) for line in folder.questions.read_text().splitlines()]
    apart = {fold(one["headword"]) for one in asked}
    assert trained
    assert apart
    assert not trained & apart
    assert apart == {word for word in words if held_out(word, 0.5)}
    assert not any(one["kind"] == "pair" for one in asked), "a definition would find itself"


def test_a_file_may_bring_texts_of_its_own_and_words_that_are_not_there_are_counted(
    store: Path, tmp_path: Path
) -> None:
    folder, path = TuneFolder(tmp_path / "tune"), tmp_path / "own.jsonl"
    path.write_text(
        '{"query": "a throw", "pos": ["yeet: a throw"], "headword": "yeet"}\n'
        '{"task": "reverse", "query": "nobody knows it", "headword": "zzz"}\n'
        '{"task": "sentence", "query": "so much rizz", "headword": "Rizz", "entry_id": 2}\n'
    )
    with open_lexicon(store) as lexicon:
        found = collect(lexicon, folder, QueryPlan(pairs=0, files=(path,), held_out=0, masked=0), None)
    assert found.unknown == 1
    by_query = {one.query: one for one in read_examples(folder.queries, hint="")}
    assert by_query["a throw"].pos == ("yeet: a throw",)
    assert by_query["so much rizz"].pos == ("rizz: the charm that somebody has when they flirt",)


@pytest.mark.parametrize("line", ["no JSON", '["a list"]', '{"query": "x"}'])
def test_a_line_that_is_no_query_is_named(store: Path, tmp_path: Path, line: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(line + "\n")
    with open_lexicon(store) as lexicon, pytest.raises(InputFormat, match=r"own\.jsonl, line 1"):
        collect(lexicon, TuneFolder(tmp_path / "tune"), QueryPlan(files=(path,)), None)


def test_nothing_to_train_on_is_said(store: Path, tmp_path: Path) -> None:
    with open_lexicon(store) as lexicon, pytest.raises(InputMissing):
        collect(lexicon, TuneFolder(tmp_path / "tune"), QueryPlan(pairs=0), None)


class Writer:
    """A chat model that answers as it is told to; `stop_at` stops the run in that call."""

    identity = ChatIdentity("stub", "writer", capable=True)

    def __init__(self, answers: Mapping[str, str], stop: StopFlag | None = None, stop_at: int = 0) -> None:
        self._answers = answers
        self._stop = stop
        self._stop_at = stop_at
        self.asked: list[str] = []

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        self.asked.append(messages[-1].content)
        if self._stop and len(self.asked) == self._stop_at:
            self._stop.set(15)
        if usage:
            usage.prompt_tokens, usage.answer_tokens = 100, 20
        word = messages[-1].content.splitlines()[0].removeprefix("Word: ")
        yield self._answers.get(word, "I would rather not.")

    def count_tokens(self, text: str) -> int:
        return len(text)


GOOD = json.dumps(
    {
        "message": "bro just yeeted his homework out of the window",
        "description": "hurl a thing far away, as hard as you can",
        "question": "someone wrote yeet, what is that?",
    }
)
BAD = json.dumps(
    {"message": "no such thing", "description": "being salty", "question": "what does salty mean"}
)


def test_what_a_model_writes_is_checked_counted_and_not_asked_for_twice(store: Path, tmp_path: Path) -> None:
    folder, chat = TuneFolder(tmp_path / "tune"), Writer({"yeet": GOOD, "salty": BAD})
    plan = QueryPlan(pairs=0, written=50, held_out=0, masked=0)
    with open_lexicon(store) as lexicon:
        found = collect(lexicon, folder, plan, chat)
        again = collect(lexicon, folder, plan, chat)
    writing = found.writing
    assert writing is not None
    assert writing.asked == len({row[1] for row in ROWS}) == len(chat.asked)
    assert writing.kept == {"message": 1, "description": 1, "question": 2}
    assert writing.refused["description: names the word"] == 1
    assert writing.refused["no JSON object"] == writing.asked - 2
    assert writing.prompt_tokens == 100 * writing.asked
    assert again.kinds == found.kinds


def test_a_stopped_run_goes_on_where_it_was_and_a_torn_line_costs_one_entry(
    store: Path, tmp_path: Path
) -> None:
    folder, stop = TuneFolder(tmp_path / "tune"), StopFlag()
    plan = QueryPlan(pairs=0, written=50, held_out=0, masked=0)
    first = Writer({"yeet": GOOD}, stop, stop_at=3)
    with open_lexicon(store) as lexicon:
        with pytest.raises(StoppedEarly, match="3 of 5"):
            collect(lexicon, folder, plan, first, stop=stop)
        with folder.written.open("a") as out:
            out.write('{"entry_id": "00')
        second = Writer({"yeet": GOOD})
        found = collect(lexicon, folder, plan, second)
    assert found.writing is not None
    assert found.writing.asked == 5
    assert len(second.asked) == 2
    assert not set(first.asked) & set(second.asked)


def test_a_sample_takes_one_entry_a_headword_and_prefers_what_is_liked(store: Path) -> None:
    with open_lexicon(store) as lexicon:
        drawn = [sampled_entries(lexicon, 1, seed=seed)[0] for seed in range(200)]
        words = [one.word for one in lexicon.entries(sampled_entries(lexicon, 99)).values()]
        rizz = [one for one in drawn if lexicon.entries([one])[one].word == "rizz"]
    assert sorted(words) == ["ghost", "mid", "rizz", "salty", "yeet"]
    assert len(rizz) > 200 / 5


def test_a_text_gets_the_prefix_of_its_embedder() -> None:
    assert document("cap: a lie", "search_document: {word}: {definition}") == "search_document: cap: a lie"
    assert document("cap: a lie", "title: {word} | text: {definition}") == "title: cap | text: a lie"
