"""What a GGUF file says of itself, read from files made here."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from slangrag.engines.embedded.gguf import read_head
from slangrag.errors import ModelMissing, ModelUnfit


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _field(key: str, value: str | int | list[int]) -> bytes:
    if isinstance(value, str):
        return _text(key) + struct.pack("<I", 8) + _text(value)
    if isinstance(value, int):
        return _text(key) + struct.pack("<II", 4, value)
    return _text(key) + struct.pack("<IIQ", 9, 4, len(value)) + struct.pack(f"<{len(value)}I", *value)


def _gguf(path: Path, fields: dict[str, str | int | list[int]], size: int = 0) -> Path:
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields))
    path.write_bytes(head + b"".join(_field(key, value) for key, value in fields.items()))
    if size:
        with path.open("ab") as stream:
            stream.truncate(size)  # sparse: no byte of it is written
    return path


def test_the_context_that_a_model_was_trained_for_is_read(tmp_path: Path) -> None:
    fields: dict[str, str | int | list[int]] = {
        "general.architecture": "llama",
        "general.languages": [1, 2],
        "llama.context_length": 8192,
    }
    head = read_head(_gguf(tmp_path / "m.gguf", fields))
    assert (head.architecture, head.trained_context, head.name) == ("llama", 8192, "m")


@pytest.mark.parametrize(
    ("label", "capable"),
    [
        ("135M", False),
        ("0.5B", False),
        ("1B", True),
        ("8B", True),
        ("8x7B", True),
        ("16x100M", True),
        ("3.2B", True),
    ],
)
def test_a_small_model_is_led_by_examples_and_a_large_one_is_not(
    tmp_path: Path, label: str, capable: bool
) -> None:
    head = read_head(_gguf(tmp_path / "m.gguf", {"general.size_label": label}))
    assert head.capable is capable


def test_the_number_of_weights_that_a_file_states_counts_for_more_than_its_label(tmp_path: Path) -> None:
    fields: dict[str, str | int | list[int]] = {
        "general.size_label": "8B",
        "general.parameter_count": 135_000_000,
    }
    assert not read_head(_gguf(tmp_path / "m.gguf", fields)).capable


@pytest.mark.parametrize(("size", "capable"), [(100_000_000, False), (4_900_000_000, True)])
def test_a_file_without_a_size_label_is_judged_by_its_length(
    tmp_path: Path, size: int, capable: bool
) -> None:
    assert read_head(_gguf(tmp_path / "m.gguf", {"general.name": "mine"}, size)).capable is capable


def test_the_tokenizer_with_its_long_lists_is_not_read(tmp_path: Path) -> None:
    path = _gguf(tmp_path / "m.gguf", {"general.architecture": "llama", "tokenizer.ggml.model": "gpt2"})
    path.write_bytes(path.read_bytes()[:-4])  # cut inside the tokenizer
    assert read_head(path).architecture == "llama"


def test_a_file_of_another_kind_is_refused_before_llama_cpp_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"PK\x03\x04 a zip file")
    with pytest.raises(ModelUnfit, match="not a GGUF file"):
        read_head(path)


def test_a_download_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = _gguf(tmp_path / "m.gguf", {"general.architecture": "llama", "general.name": "x" * 100})
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ModelUnfit, match="cut off or damaged"):
        read_head(path)


def test_a_wrong_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"no model file .*nowhere\.gguf"):
        read_head(tmp_path / "nowhere.gguf")
