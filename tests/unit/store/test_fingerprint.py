from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import StoreMismatch
from slangrag.store.fingerprint import agree, from_meta, require_agreement, to_meta

NOMIC = EmbedderIdentity("ollama", "nomic-embed-text", "sha256:0a109f422b47aaaa", 768)


@pytest.mark.parametrize(
    "other",
    [
        replace(NOMIC, model="all-minilm"),
        replace(NOMIC, engine="embedded"),
        replace(NOMIC, dimension=384),
        replace(NOMIC, digest="sha256:ffff"),
        replace(NOMIC, document_template="search_document: {word}: {definition}"),
        replace(NOMIC, query_template="search_query: {text}"),
    ],
)
def test_whatever_would_give_other_vectors_is_refused(other: EmbedderIdentity) -> None:
    assert not agree(NOMIC, other)


def test_a_server_that_gives_no_digest_is_not_taken_for_another_model() -> None:
    assert agree(NOMIC, replace(NOMIC, digest=""))


def test_the_refusal_names_both_models_and_both_ways_out() -> None:
    with pytest.raises(StoreMismatch) as refused:
        require_agreement(NOMIC, replace(NOMIC, model="bge-m3", dimension=1024), Path("store"))
    assert "ollama/nomic-embed-text" in refused.value.message
    assert "ollama/bge-m3" in refused.value.message
    assert "--into" in refused.value.hint
    assert "--reembed" in refused.value.hint


def test_an_identity_comes_back_from_the_store_as_it_went_in() -> None:
    assert from_meta(to_meta(NOMIC)) == NOMIC
