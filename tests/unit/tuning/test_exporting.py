"""What an export is made of, without any model: names, words, 8 bits, the texts and the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.trained import NEWER_MODULES, OLDER_MODULES, write

from slangrag.engines.embedded.own_model import find_own_model
from slangrag.engines.ollama.prefixes import Templates
from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import ModelMissing, ModelUnfit
from slangrag.tuning.exporting.gguf import check_writable
from slangrag.tuning.exporting.older_names import write_older_names
from slangrag.tuning.exporting.probe import LEAST, Probe, check, probe
from slangrag.tuning.exporting.quantize import GROUP, eight_bits
from slangrag.tuning.exporting.texts import COUNT, ODD, is_plain, probe_texts
from slangrag.tuning.exporting.trained import read_trained

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

IDENTITY = EmbedderIdentity("embedded", "one", "", 8)


def folder(at: Path, *, modules: Sequence[tuple[str, str]] = NEWER_MODULES, **files: object) -> Path:
    """A sentence-transformers folder without a model worth the name."""
    write(at / "modules.json", [{"type": kind, "path": path} for kind, path in modules])
    write(at / "config.json", {"architectures": ["BertModel"], "hidden_size": 8, "hidden_act": "gelu"})
    write(at / "tokenizer.json", {"model": {"type": "WordPiece"}, "normalizer": {"lowercase": True}})
    (at / "model.safetensors").write_bytes(b"numbers")
    for name, content in files.items():
        write(at / f"{name}.json", content)
    return at


@pytest.mark.parametrize("modules", [NEWER_MODULES, OLDER_MODULES])
def test_both_spellings_of_a_model_are_read(tmp_path: Path, modules: tuple[tuple[str, str], ...]) -> None:
    model = read_trained(folder(tmp_path, modules=modules, sentence_bert_config={"max_seq_length": 77}))
    assert (model.architecture, model.dimension, model.window, model.pooling) == ("BertModel", 8, 77, "mean")


@pytest.mark.parametrize(
    ("pooling", "wanted"),
    [
        ({"pooling_mode": "cls", "include_prompt": True}, "first"),
        ({"pooling_mode": "mean"}, "mean"),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, "first"),
        ({"pooling_mode_mean_tokens": True, "include_prompt": True}, "mean"),
        ({}, "mean"),
    ],
)
def test_the_embedded_engine_pools_as_the_folder_says_in_either_spelling(
    tmp_path: Path, pooling: dict[str, object], wanted: str
) -> None:
    """A folder of sentence-transformers 5.4 or newer that pools by cls was pooled by the mean, unseen."""
    (folder(tmp_path) / "model.onnx").write_bytes(b"")
    write(tmp_path / "1_Pooling" / "config.json", pooling)
    assert find_own_model(tmp_path)[2].pooling == wanted


@pytest.mark.parametrize(
    "pooling",
    [
        {"pooling_mode": "lasttoken"},
        {"pooling_mode": ["mean", "max"]},
        {"pooling_mode_max_tokens": True},
        {"pooling_mode": "mean", "include_prompt": False},
    ],
)
def test_a_pooling_that_no_engine_does_is_refused_by_name(tmp_path: Path, pooling: dict[str, object]) -> None:
    write(folder(tmp_path) / "1_Pooling" / "config.json", pooling)
    with pytest.raises(ModelUnfit, match=r"pools its token vectors by (lasttoken|mean, max|max_tokens|mean)"):
        read_trained(tmp_path)


def test_a_module_that_no_engine_runs_is_refused_by_name(tmp_path: Path) -> None:
    dense = ("sentence_transformers.base.modules.dense.Dense", "2_Dense")
    with pytest.raises(ModelUnfit, match="module Dense"):
        read_trained(folder(tmp_path, modules=[*NEWER_MODULES[:2], dense]))


def test_the_window_is_found_where_newer_versions_keep_it(tmp_path: Path) -> None:
    folder(tmp_path, tokenizer_config={"model_max_length": 256})
    write(tmp_path / "config.json", {"max_position_embeddings": 512})
    (tmp_path / "model.onnx").write_bytes(b"")
    assert find_own_model(tmp_path)[2].window == 256


def test_no_model_and_no_weights_say_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as absent:
        read_trained(tmp_path)
    assert "slangrag tune train" in absent.value.hint
    folder(tmp_path)
    with pytest.raises(ModelMissing) as unexported:
        find_own_model(tmp_path)
    assert unexported.value.hint == f"slangrag tune export --model {tmp_path}"


PLAIN = {"query_template": "{text}", "document_template": "{word}: {definition}"}
PROMPTS = {"prompts": {"query": "ask: ", "document": ""}}


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({}, Templates()),
        ({"config_sentence_transformers": PROMPTS}, Templates(query="ask: {text}")),
        ({"config_sentence_transformers": {"prompts": {"query": "", "document": ""}}}, Templates()),
        (
            {"training": {"query_template": "q: {text}", "document_template": "d: {word}: {definition}"}},
            Templates("d: {word}: {definition}", "q: {text}"),
        ),
        ({"training": PLAIN, "config_sentence_transformers": PROMPTS}, Templates()),
        (
            {"training": {"base": "intfloat/e5-small-v2"}},
            Templates("passage: {word}: {definition}", "query: {text}"),
        ),
    ],
)
def test_a_model_is_exported_with_the_words_it_was_trained_with(
    tmp_path: Path, files: dict[str, object], wanted: Templates
) -> None:
    model = read_trained(folder(tmp_path / "model", **files))  # type: ignore[arg-type]
    assert model.templates == wanted
    write_older_names(model, tmp_path / "exported")
    (tmp_path / "exported" / "model.onnx").write_bytes(b"")
    assert find_own_model(tmp_path / "exported")[2].templates == wanted


def test_a_model_trained_without_a_prefix_gets_none_though_its_folder_is_named_like_a_family(
    tmp_path: Path,
) -> None:
    model = read_trained(folder(tmp_path / "my-e5", training=PLAIN))
    write_older_names(model, tmp_path / "e5-small")
    (tmp_path / "e5-small" / "model.onnx").write_bytes(b"")
    assert find_own_model(tmp_path / "e5-small")[2].templates == Templates()


@pytest.mark.parametrize(
    ("config", "normalizer", "why"),
    [
        (
            {"architectures": ["MPNetModel"]},
            {"lowercase": True},
            "MPNetModel cannot be written as GGUF here, only",
        ),
        ({"architectures": ["BertModel"], "hidden_act": "relu"}, {"lowercase": True}, "GELU"),
        (
            {"architectures": ["BertModel"], "hidden_act": "gelu"},
            {"lowercase": False},
            "lower-case WordPiece",
        ),
    ],
)
def test_what_cannot_be_written_as_gguf_is_refused_before_anything_is_loaded(
    tmp_path: Path, config: dict[str, object], normalizer: dict[str, object], why: str
) -> None:
    folder(tmp_path)
    write(tmp_path / "config.json", config)
    write(tmp_path / "tokenizer.json", {"model": {"type": "WordPiece"}, "normalizer": normalizer})
    with pytest.raises(ModelUnfit, match=why):
        check_writable(read_trained(tmp_path))


@pytest.mark.parametrize("axis", [0, 1])
def test_8_bits_give_each_number_back_to_within_half_a_scale(axis: int) -> None:
    whole = np.random.default_rng(3).standard_normal((GROUP * 2, GROUP * 3)).astype(np.float32)
    whole[0, :] = 0
    small, scales, shape = eight_bits(whole, axis)
    again = (small * scales.astype(np.float32)).reshape(shape)
    bound = np.broadcast_to(0.51 * scales.astype(np.float32) + 1e-7, small.shape).reshape(shape)
    # A scale in 16 bits may be a little too small for the largest of its group.
    assert (np.abs(again - whole) <= bound + np.abs(whole) * 1e-3).all()
    assert small.dtype == np.int8


def test_two_hundred_texts_are_compared_whatever_examples_there_are() -> None:
    many = [f"example {number}" for number in range(5000)]
    for examples in ([], ["one", "one"], many):
        texts = probe_texts(examples)
        assert len(texts) == len(set(texts)) == COUNT
        assert set(ODD) <= set(texts)
    assert "example 0" in probe_texts(many)
    assert any(text.startswith("example 4") and len(text) > 10 for text in probe_texts(many))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("B/F: what's up, y'all?", True),
        ("", True),
        ("a$$", False),
        ("caf\u00e9", False),
        ("\ud55c\uad6d\uc5b4", False),
        ("x" * 101, False),
        ("x " * 101, True),
    ],
)
def test_which_texts_every_tokenizer_cuts_alike(text: str, plain: bool) -> None:
    assert is_plain(text) is plain


@dataclass
class Turned:
    """An embedder that gives the trained vectors, but for some texts the opposite."""

    texts: Sequence[str]
    vectors: Vectors
    wrong: frozenset[str]
    identity: EmbedderIdentity = IDENTITY

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        places = [self.texts.index(text) for text in texts]
        signs = [-1.0 if text in self.wrong else 1.0 for text in texts]
        turned: Vectors = (self.vectors[places] * np.asarray(signs)[:, None]).astype(np.float32)
        return turned

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def found(*wrong: str, identity: EmbedderIdentity = IDENTITY) -> Probe:
    texts = probe_texts()
    rows = np.random.default_rng(1).standard_normal((COUNT, 8)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    trained = np.vstack([rows, rows[:40]])
    return probe(trained, IDENTITY, Turned(texts, rows, frozenset(wrong), identity), texts)


def test_the_trained_models_own_vectors_pass() -> None:
    right = found()
    assert right.least > 0.9999
    assert right.neighbours == 1.0
    check(right, "it", own_tokenizer=False)


def test_one_plain_text_with_another_vector_is_enough_to_refuse() -> None:
    wrong = found("a")
    assert (wrong.faults, wrong.worst) == (1, "a")
    for own_tokenizer in (False, True):
        with pytest.raises(ModelUnfit, match=r"for 1 of 200 texts: the least cosine is -1\.000"):
            check(wrong, "it", own_tokenizer=own_tokenizer)


def test_a_text_with_odd_characters_is_counted_and_forgiven_only_where_the_engine_cuts_texts_itself() -> None:
    odd = found("\ud55c\uad6d\uc5b4 \ub2e8\uc5b4")
    assert (odd.strays, odd.faults) == (1, 0)
    assert odd.least < LEAST
    check(odd, "it", own_tokenizer=True)
    with pytest.raises(ModelUnfit):
        check(odd, "it", own_tokenizer=False)


def test_an_engine_that_words_questions_otherwise_is_refused() -> None:
    with pytest.raises(ModelUnfit, match=r"'query: \{text\}'"):
        found(identity=EmbedderIdentity("embedded", "one", "", 8, query_template="query: {text}"))
