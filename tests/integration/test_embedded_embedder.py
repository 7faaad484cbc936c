"""The real MiniLM: vectors that a store can rely on."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from slangrag.config import Settings
from slangrag.engines.embedded.catalogue import MINILM
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.engines.protocols import Embedder
from slangrag.errors import ModelMissing, TextRejected, WeightsError

pytestmark = pytest.mark.weights

TEXTS = [
    "rizz: charm, the ability to attract a partner",
    "salty: bitter about having lost",
    "yeet: to throw something with force",
    "touch grass: go outside and leave the internet alone for a while, said to someone who is too online",
    "bet: yes, agreed",
]


def test_vectors_are_unit_float32_and_of_the_promised_length(embedder: EmbeddedEmbedder) -> None:
    assert isinstance(embedder, Embedder)
    vectors = embedder.embed_documents(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, embedder.identity.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_description_finds_its_word(embedder: EmbeddedEmbedder) -> None:
    documents = embedder.embed_documents(TEXTS)
    for query, row in [("being charming to someone you fancy", 0), ("hurl an object", 2)]:
        assert int(np.argmax(documents @ embedder.embed_query(query))) == row


def test_the_order_and_the_company_of_texts_do_not_move_their_vectors(small_models: Settings) -> None:
    """8-bit activations are scaled per batch, so neighbours move a vector a little; never by much."""
    embedder = EmbeddedEmbedder(replace(small_models, threads=2))
    many = [f"{text} {'again ' * (n % 7)}" for n, text in enumerate(TEXTS * 8)]
    together = embedder.embed_documents(many)
    alone = np.stack([embedder.embed_documents([text])[0] for text in many])
    assert float((together * alone).sum(axis=1).min()) > 0.97


def test_the_same_question_has_the_same_vector_every_time(embedder: EmbeddedEmbedder) -> None:
    np.testing.assert_array_equal(embedder.embed_query("what is rizz"), embedder.embed_query("what is rizz"))


def test_vectors_agree_with_the_model_that_the_weights_were_made_from(embedder: EmbeddedEmbedder) -> None:
    """The published scores of the model card's own example, to the precision of 8-bit weights."""
    vectors = embedder.embed_documents(["That is a happy person", "That is a very happy person"])
    assert float(vectors[0] @ vectors[1]) == pytest.approx(0.94, abs=0.03)


def test_an_overlong_text_is_cut_and_counted(small_models: Settings) -> None:
    embedder = EmbeddedEmbedder(small_models)
    vectors = embedder.embed_documents(["word " * 400, "short"])
    assert embedder.truncated == 1
    assert vectors.shape == (2, 384)
    embedder.embed_documents(["word " * 200])
    assert embedder.truncated == 1


def test_nothing_to_embed_is_no_error(embedder: EmbeddedEmbedder) -> None:
    assert embedder.embed_documents([]).shape == (0, 384)
    assert np.isfinite(embedder.embed_documents([""])).all()


def test_a_broken_text_is_refused_and_not_its_neighbours_alone(embedder: EmbeddedEmbedder) -> None:
    with pytest.raises(TextRejected) as caught:
        embedder.embed_documents(["fine", "half a \ud83d pair"])
    assert caught.value.hint
    assert embedder.embed_documents(["fine"]).shape == (1, 384)


def test_the_identity_names_the_weights(embedder: EmbeddedEmbedder) -> None:
    identity = embedder.identity
    assert (identity.engine, identity.model) == ("embedded", "all-minilm-l6-v2")
    assert MINILM.files[0].sha256.startswith(identity.digest)
    assert len(identity.digest) == 12
    assert identity.render_query("hi") == "hi"


def test_another_embedding_model_is_not_silently_replaced(small_models: Settings) -> None:
    with pytest.raises(ModelMissing, match="nomic-embed-text"):
        EmbeddedEmbedder(replace(small_models, embed_model="nomic-embed-text"))


def test_without_weights_the_command_that_fetches_them_is_named(
    small_models: Settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(WeightsError) as caught:
        EmbeddedEmbedder(replace(small_models, cache=tmp_path_factory.mktemp("empty")))
    assert caught.value.hint == "slangrag models pull --engine embedded"


def test_the_same_model_by_its_file_makes_the_same_vectors(
    embedder: EmbeddedEmbedder, small_models: Settings, tmp_path: Path
) -> None:
    weights, tokenizer = (small_models.cache / "weights" / file.name for file in MINILM.files)
    (tmp_path / "minilm").mkdir()
    shutil.copy(weights, tmp_path / "minilm" / "model.onnx")
    shutil.copy(tokenizer, tmp_path / "minilm" / "tokenizer.json")
    own = EmbeddedEmbedder(small_models, file=tmp_path / "minilm")
    assert own.identity.model == str(tmp_path / "minilm" / "model.onnx")
    assert own.identity.dimension == embedder.identity.dimension
    assert own.identity.digest not in ("", embedder.identity.digest)
    np.testing.assert_allclose(own.embed_documents(TEXTS), embedder.embed_documents(TEXTS), atol=1e-5)


def test_a_model_file_that_lacks_a_part_is_named(small_models: Settings, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no ONNX model"):
        EmbeddedEmbedder(small_models, file=tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(ModelMissing, match=r"tokenizer\.json"):
        EmbeddedEmbedder(small_models, file=tmp_path / "model.onnx")
