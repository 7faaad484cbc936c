"""Which words of a message are slang where they stand, with the weights that ship and without vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.retrieval.conftest import MakeStore

from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang import LIKELY
from slangrag.retrieval.slang_spans import retrieve_slang, slang_in
from slangrag.retrieval.slang_store import SlangStore

COMMON = "table water friend house school paper money music story river chair window garden bread horse"


@pytest.fixture
def store(make_store: MakeStore) -> SlangStore:
    return make_store(
        ("rizz", "Charm or skill at attracting someone.", 900, 20),
        ("on fleek", "Perfectly styled.", 500, 40),
        ("Hannah", "A girl who is kind and beautiful.", 80, 30),
        *[(word, f"What everybody knows as a {word}.", 3, 9) for word in COMMON.split()],
    )


def likelihood(store: SlangStore, text: str) -> dict[str, float]:
    return {one.span.text: one.probability for one in slang_in(text, store)}


def test_a_slang_word_is_likelier_slang_than_the_ordinary_words_around_it(store: SlangStore) -> None:
    found = likelihood(store, "my friend at school has so much rizz")
    assert found["rizz"] > 0.5 > max(found["friend"], found["school"])


def test_spans_do_not_overlap_and_come_in_order(store: SlangStore) -> None:
    spans = [one.span for one in slang_in("her eyebrows are on fleek and she has rizz", store)]
    assert [span.text for span in spans] == ["on fleek", "rizz"]


def test_every_occurrence_of_a_word_is_judged_where_it_stands(store: SlangStore) -> None:
    spans = [one.span for one in slang_in("rizz is rizz, https://rizz.example aside, RIZZ", store)]
    assert [(span.text, span.start) for span in spans] == [("rizz", 0), ("rizz", 8), ("RIZZ", 42)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("I saw Hannah by the river", "Hannah"),
        ("we watched the river at night", "river"),
        ("we put the garden chairs in the house", "house"),
    ],
)
def test_names_and_ordinary_words_in_ordinary_use_are_no_slang(
    store: SlangStore, text: str, word: str
) -> None:
    assert likelihood(store, text)[word] < LIKELY


def test_a_stub_is_followed_to_what_it_points_to(make_store: MakeStore) -> None:
    store = make_store(
        ("lmr", "see [left on read]", 9, 1), ("left on read", "Ignored after the message was read.", 9, 1)
    )
    found = retrieve_slang("they lmr again", store)
    assert [hit.entry.word for hit in found.hits] == ["lmr", "left on read"]


def test_a_link_or_a_handle_is_never_slang(store: SlangStore) -> None:
    assert likelihood(store, "see https://rizz.example/rizz and ask @rizz") == {}


def test_the_hits_of_a_message_carry_the_probability(store: SlangStore) -> None:
    found = retrieve("my friend has so much rizz", store, intent="sentence")
    assert {hit.entry.word: hit.slang for hit in found.hits}["rizz"] == pytest.approx(
        likelihood(store, "my friend has so much rizz")["rizz"]
    )


def test_the_labels_of_the_messages_lie_on_whole_words(root: Path) -> None:
    for line in (root / "tests/data/messages.jsonl").read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        for start, end, *_ in [*message["slang"], *message["ordinary"]]:
            text = message["text"]
            assert text[start:end].strip() == text[start:end] != ""
            assert not (text[start - 1 : start] + text[end : end + 1]).strip(" .,!?'s-").isalnum()


def test_a_long_message_is_read_near_its_words_and_not_for_ever(
    store: SlangStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def embed(text: str) -> Any:
        read.append(text)
        return np.ones(4, dtype=np.float32) / 2

    monkeypatch.setattr(store, "embed", embed)
    monkeypatch.setattr(type(store.lexicon), "vectors", lambda *_: {})
    monkeypatch.setattr(type(store.background), "standardise", lambda _self, cosines, _around: dict(cosines))
    spans = slang_in("so much rizz, " * 280, store)
    assert len(spans) == 280
    assert len(read) <= 130
    assert sum(len(text) > 1600 for text in read) <= 1  # the message itself, once
    read.clear()
    slang_in("rizz is rizz", store)
    assert len(set(read)) == 3  # the message, the word, and the message without it
    assert len(read) <= 5  # the message also for how it reads as a whole
