"""The catalogue: pinned, complete, and clear about what it lacks."""

from __future__ import annotations

import re
from typing import Literal

import pytest

from slangrag.engines.embedded.catalogue import CATALOGUE, MINILM, SMOLLM2, find_model
from slangrag.errors import ModelMissing


def test_every_file_is_pinned_to_a_version_and_a_checksum() -> None:
    for model in CATALOGUE:
        assert model.licence
        for file in model.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert re.fullmatch(r"[a-z0-9-]+==[0-9.]+", file.requirement)
            assert not file.member.startswith("/")
            assert ".." not in file.member


def test_no_two_files_share_a_place_in_the_cache() -> None:
    names = [file.name for model in CATALOGUE for file in model.files]
    assert len(names) == len(set(names))


def test_without_a_name_each_role_has_its_default() -> None:
    assert find_model(None, "embed") is MINILM
    assert find_model(None, "chat") is SMOLLM2
    assert find_model(" All-MiniLM-L6-v2 ", "embed") is MINILM


@pytest.mark.parametrize("role", ["embed", "chat"])
def test_an_unknown_name_is_answered_with_the_known_ones(role: Literal["embed", "chat"]) -> None:
    with pytest.raises(ModelMissing, match="it knows") as caught:
        find_model("nomic-embed-text", role)
    assert find_model(None, role).name in caught.value.hint


def test_the_embedder_is_never_offered_as_a_chat_model() -> None:
    with pytest.raises(ModelMissing):
        find_model(MINILM.name, "chat")
