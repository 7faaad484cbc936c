"""The judges behind an answer: words with and without vectors, the chat model, NLI, and two together."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.answer.scripted import ScriptedChat

from slangrag.answer.support.features import COSINE_FEATURES, FEATURES, WORD_FEATURES, Background
from slangrag.answer.support.judge import Judge
from slangrag.answer.support.settle import settled, undecided
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.answer.support.words import Words, fitted
from slangrag.engines.protocols import ChatOptions, EmbedderIdentity
from slangrag.errors import EngineBusy, WeightsError

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

RIZZ = Source(1, "rizz", "Charm or skill at attracting someone romantically, mostly through easy talk.")
TEA = Source(2, "tea", "Gossip; the newest news about other people's private lives.")
QUESTION = "what does rizz mean"


def claim(text: str, *numbers: int) -> Claim:
    return Claim(text, numbers, QUESTION)


class Letters:
    """An embedder whose vectors count letters; fails when told to."""

    identity = EmbedderIdentity("test", "letters", "", 26, query_template="query: {text}")

    def __init__(self, failure: EngineBusy | None = None) -> None:
        self.failure = failure
        self.seen: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        if self.failure:
            raise self.failure
        self.seen += texts
        counts = [[text.lower().count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts]
        vectors = np.array(counts, dtype=np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_documents([self.identity.render_query(text)])[0]
        return vector


def test_what_is_shipped_weighs_exactly_the_features_that_are_counted() -> None:
    assert fitted(with_cosines=True).names == FEATURES
    assert fitted(with_cosines=False).names == WORD_FEATURES
    assert 0.5 < fitted(with_cosines=True).supported < 1


def test_without_an_embedder_it_is_said_that_words_alone_were_compared() -> None:
    words = Words()
    assert len(words.values(claim("Rizz is charm.", 1), [RIZZ], [RIZZ])) == len(WORD_FEATURES)
    assert not words.has_cosines


def test_cosines_do_not_depend_on_the_embedders_units() -> None:
    """Twice the spread around another mean must give the same numbers, half as far from it."""
    one = Words(Letters(), Background(0.2, 0.1)).values(claim("Rizz is charm.", 1), [RIZZ], [RIZZ])
    other = Words(Letters(), Background(0.2, 0.2)).values(claim("Rizz is charm.", 1), [RIZZ], [RIZZ])
    vectors = len(COSINE_FEATURES)
    assert one[:-vectors] == other[:-vectors]
    assert one[-vectors:] == pytest.approx([2 * value for value in other[-vectors:]])


def test_the_models_own_prefixes_are_put_before_texts_and_definitions() -> None:
    embedder = Letters()
    Words(embedder, Background(0.2, 0.1)).judge([claim("Rizz is charm.", 1)], [RIZZ], QUESTION)
    assert "query: Rizz is charm." in embedder.seen
    assert f"rizz: {RIZZ.definition}" in embedder.seen


def test_an_embedder_that_fails_costs_a_note_and_not_the_answer() -> None:
    words = Words(Letters(EngineBusy("busy")), Background(0.2, 0.1))
    judgements = words.judge([claim("Rizz is charm.", 1), claim("Rizz is skill.", 1)], [RIZZ], QUESTION)
    assert [one.support == "withheld" for one in judgements] == [False, False]
    assert [note for note in words.notes if "busy" in note] == words.notes


def test_a_sentence_that_cites_nothing_gets_the_number_of_the_definition_that_says_it() -> None:
    (found,) = Words().judge(
        [claim("Tea is gossip, the newest news about other people.")], [RIZZ, TEA], "tea?"
    )
    assert (found.support, found.numbers) == ("supported", (2,))


def judge(*replies: str, **how: Any) -> Judge:
    return Judge(ScriptedChat(*replies, **how), ChatOptions(temperature=0.7, max_tokens=400))


UNDECIDED = [
    claim("Rizz is about how well you flirt.", 1),
    claim("Rizz is a dance.", 1),
    claim("It is old.", 1),
]


def test_the_chat_model_is_asked_once_coldly_and_briefly_about_all_sentences() -> None:
    asked = judge("1: yes\n2: no\n3: unsure")
    found = asked.judge(UNDECIDED, [RIZZ, TEA], QUESTION)
    assert [one.support for one in found] == ["supported", "own words", "own words"]
    assert {one.decided_by for one in found} == {"judge"}
    chat = asked._chat
    assert isinstance(chat, ScriptedChat)
    (options,), (messages,) = chat.options, chat.asked
    assert (options.temperature, options.max_tokens < 60) == (0.0, True)
    assert RIZZ.definition in messages[-1].content
    assert TEA.definition not in messages[-1].content, "nobody cites it"
    assert not asked.notes


@pytest.mark.parametrize("reply", ["", "I think they are all fine!", "7: yes", "yes yes yes"])
def test_a_reply_that_cannot_be_read_leaves_sentences_undecided(reply: str) -> None:
    assert {one.support for one in judge(reply).judge(UNDECIDED, [RIZZ], QUESTION)} == {"own words"}


def test_a_model_that_fails_as_a_judge_is_noted_and_nothing_is_lost() -> None:
    asked = judge("1: yes\n", failure=EngineBusy("too busy"))
    assert {one.support for one in asked.judge(UNDECIDED, [RIZZ], QUESTION)} == {"own words"}
    assert "too busy" in " ".join(asked.notes)


def words_said(support: Any = "own words", score: float = 0.6, by: Any = "words") -> Judgement:
    return Judgement(support, "not in the definition: dance", score, by, (1,))


YES = Judgement("supported", "", 1.0, "judge", (1,))
NO = Judgement("own words", "the model itself does not find it", 0.0, "judge")


@pytest.mark.parametrize(
    ("first", "second", "support"),
    [
        (words_said(), YES, "supported"),
        (words_said(score=0.1), YES, "own words"),
        (words_said(), NO, "own words"),
        (words_said("withheld", 0.0, "rules"), YES, "withheld"),
        (words_said("supported", 0.95), NO, "supported"),
    ],
)
def test_a_yes_settles_what_words_left_open_and_nothing_else(
    first: Judgement, second: Judgement, support: str
) -> None:
    assert settled(first, second, believed_from=0.3).support == support


def test_only_what_words_left_open_is_worth_a_second_question() -> None:
    assert undecided(words_said())
    assert not undecided(words_said("remark", 1.0, "rules"))
    assert not undecided(words_said(by="judge"))


# A cross-encoder of four words, written out in ONNX's protobuf: logits are the mean of a row for each token.
VOCABULARY = {"[UNK]": 0, "fits": 1, "clashes": 2, "else": 3}


def varint(number: int) -> bytes:
    coded = b""
    while number > 127:
        coded, number = coded + bytes([number & 127 | 128]), number >> 7
    return coded + bytes([number])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    coded = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(coded)) + coded


def shaped(name: str, kind: int, *dimensions: int) -> bytes:
    shape = b"".join(field(1, field(1, size) if size else field(2, "n")) for size in dimensions)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def tiny_model(rows: Sequence[Sequence[float]]) -> bytes:
    flat = [value for row in rows for value in row]
    table = field(1, len(rows)) + field(1, 3) + field(2, 1) + field(8, "table")
    table += field(9, struct.pack(f"<{len(flat)}f", *flat))
    gather = field(1, "table") + field(1, "input_ids") + field(2, "each") + field(4, "Gather")
    over_tokens = field(1, "axes") + field(8, 1) + field(20, 7)
    flatten = field(1, "keepdims") + field(3, 0) + field(20, 2)
    mean = (
        field(1, "each")
        + field(2, "logits")
        + field(4, "ReduceMean")
        + field(5, over_tokens)
        + field(5, flatten)
    )
    graph = field(1, gather) + field(1, mean) + field(2, "g") + field(5, table)
    graph += field(11, shaped("input_ids", 7, 1, 0)) + field(12, shaped("logits", 1, 1, 3))
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


@pytest.fixture
def nli(tmp_path: Path) -> Path:
    """A model whose labels are entailment, neutral, contradiction: not the default order."""
    tokenizers = pytest.importorskip("tokenizers")
    pytest.importorskip("onnxruntime")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(VOCABULARY, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "model.onnx").write_bytes(tiny_model([[0, 0, 0], [200, 0, 0], [0, 0, 200], [0, 200, 0]]))
    labels = {"id2label": {"0": "entailment", "1": "neutral", "2": "contradiction"}}
    (tmp_path / "config.json").write_text(json.dumps(labels))
    return tmp_path


def test_an_nli_model_supports_what_the_definition_entails_and_marks_the_rest(nli: Path) -> None:
    from slangrag.answer.support.nli import Nli

    claims = [claim("fits", 1), claim("clashes", 1), claim("else", 1), claim("fits")]
    found = Nli(nli).judge(claims, [RIZZ, TEA], QUESTION)
    assert [one.support for one in found] == ["supported", "own words", "own words", "supported"]
    assert "otherwise" in found[1].reason
    assert found[2].reason == ""
    assert [one.numbers for one in found] == [(1,), (1,), (1,), (1,)]
    assert found[0].score > 0.9


def test_an_nli_model_without_names_for_its_labels_has_the_common_order(nli: Path) -> None:
    from slangrag.answer.support.nli import Nli

    (nli / "config.json").write_text('{"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}}')
    first, last = Nli(nli).judge([claim("fits", 1), claim("else", 1)], [RIZZ], QUESTION)
    assert (first.support, last.support) == ("own words", "supported"), "contradiction, entailment, neutral"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("model.onnx", "no ONNX file"),
        ("tokenizer.json", "no tokenizer.json"),
        ("two labels", "does not name"),
        ("no model", "cannot load"),
        ("no json", "cannot be read"),
    ],
)
def test_a_directory_that_is_no_nli_model_is_refused_with_what_it_lacks(
    nli: Path, broken: str, message: str
) -> None:
    from slangrag.answer.support.nli import Nli

    if broken == "two labels":
        (nli / "config.json").write_text('{"id2label": {"0": "good", "1": "bad"}}')
    elif broken == "no model":
        (nli / "model.onnx").write_bytes(b"no model")
    elif broken == "no json":
        (nli / "config.json").write_text("{")
    else:
        (nli / broken).unlink()
    with pytest.raises(WeightsError, match=message) as refused:
        Nli(nli)
    assert refused.value.hint


@pytest.mark.parametrize(("parameters", "asked"), [(1.8e9, 0), (8e9, 1), (None, 1)])
def test_a_model_that_is_known_to_be_small_is_not_asked_about_its_own_words(
    parameters: float | None, asked: int
) -> None:
    chat = ScriptedChat("1. yes", parameters=parameters)
    judge = Judge(chat, ChatOptions())
    (found,) = judge.judge([claim("Rizz is a talent for flirting.", 1)], [RIZZ], QUESTION)
    assert len(chat.asked) == asked
    assert found.support == ("supported" if asked else "own words")
    assert any("too small" in note for note in judge.notes) == (not asked)
