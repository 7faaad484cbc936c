"""What a model's folder says before anything is loaded, the files of a model on a hub, and plain prompts."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slangrag.config import load_settings
from slangrag.engines.choose import from_anywhere, is_model_folder
from slangrag.engines.huggingface.chat import HuggingFaceChat
from slangrag.engines.huggingface.folder import read_head
from slangrag.engines.huggingface.hub import HubFile, wanted
from slangrag.engines.huggingface.prompting import folded, plain
from slangrag.engines.protocols import Message
from slangrag.errors import ModelMissing, ModelUnfit

PHI = {"architectures": ["Phi3ForCausalLM"], "model_type": "phi3", "max_position_embeddings": 4096}
FLAN = {
    "architectures": ["T5ForConditionalGeneration"],
    "model_type": "t5",
    "is_encoder_decoder": True,
    "n_positions": 512,
}
BART = FLAN | {"model_type": "bart", "max_position_embeddings": 1024}


def weights(file: Path, *shapes: list[int]) -> None:
    head = {f"w{n}": {"dtype": "F32", "shape": shape} for n, shape in enumerate(shapes)}
    raw = json.dumps(head | {"__metadata__": {"format": "pt"}}).encode()
    file.write_bytes(struct.pack("<Q", len(raw)) + raw)


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    def made(config: dict[str, Any], *shapes: list[int]) -> Path:
        (tmp_path / "config.json").write_text(json.dumps(config))
        weights(tmp_path / "model.safetensors", *(shapes or ([2, 3], [4])))
        return tmp_path

    return made


@pytest.mark.parametrize(
    ("config", "text_to_text", "context"),
    [(PHI, False, 4096), (FLAN, True, 0), (BART, True, 1024), ({"n_positions": 1024}, False, 1024)],
)
def test_kind_and_context_are_read(folder: Any, config: Any, text_to_text: bool, context: int) -> None:
    """T5 was trained on 512 tokens, and reads on: its positions are relative."""
    head = read_head(folder(config))
    assert (head.text_to_text, head.context, head.parameters) == (text_to_text, context, 10.0)


def test_parameters_of_weights_in_parts_are_added_up(folder: Any) -> None:
    place = folder(PHI)
    (place / "model.safetensors").unlink()
    weights(place / "a.safetensors", [1000, 1000])
    weights(place / "b.safetensors", [5])
    (place / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"x": "a.safetensors", "y": "b.safetensors", "z": "a.safetensors"}})
    )
    assert read_head(place).parameters == 1_000_005
    (place / "b.safetensors").unlink()
    with pytest.raises(ModelMissing, match=r"lacks a part of its weights: b\.safetensors"):
        read_head(place)


def test_parameters_of_pickled_weights_are_told_by_their_size(folder: Any) -> None:
    place = folder(PHI | {"torch_dtype": "float16"})
    (place / "model.safetensors").unlink()
    (place / "pytorch_model.bin").write_bytes(b"x" * 2000)
    assert read_head(place).parameters == 1000


@pytest.mark.parametrize(
    ("config", "shape", "setting", "capable"),
    [
        (PHI, [3_800, 1_000_000], "auto", True),
        (PHI, [1_100, 1_000_000], "auto", False),
        (PHI, [1_100, 1_000_000], "yes", True),
        (PHI, [3_800, 1_000_000], "no", False),
        (FLAN, [11_000, 1_000_000], "auto", False),
        (FLAN, [11_000, 1_000_000], "yes", True),
    ],
)
def test_size_and_kind_decide_whether_a_model_can_explain(
    folder: Any, config: Any, shape: list[int], setting: str, capable: bool
) -> None:
    """Phi-3-mini can; a FLAN-T5 of any size was never trained to cite."""
    chat = HuggingFaceChat(replace(load_settings(), capable=setting), str(folder(config, shape)))
    assert chat.identity.capable is capable
    assert chat.identity.parameters == shape[0] * shape[1]


def test_a_model_that_writes_no_text_is_refused(folder: Any) -> None:
    with pytest.raises(ModelUnfit, match="holds a BertModel, which writes no text"):
        read_head(folder({"architectures": ["BertModel"]}))


def test_an_adapter_alone_is_named_for_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelMissing, match="an adapter without its model") as caught:
        read_head(tmp_path)
    assert "merge" in caught.value.hint


def test_a_configuration_that_is_none_is_told_as_such(folder: Any) -> None:
    place = folder(PHI)
    (place / "config.json").write_text("[1]")
    with pytest.raises(ModelUnfit, match="no JSON object"):
        read_head(place)
    (place / "config.json").write_text("{")
    with pytest.raises(ModelUnfit, match="cannot be read"):
        read_head(place)


def test_paths_mean_folders_and_names_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models" / "phi").mkdir(parents=True)
    (tmp_path / "llama3.1").mkdir()
    assert all(map(is_model_folder, ("./nowhere", "~/phi", "/phi", "models/phi", "../phi")))
    assert not any(map(is_model_folder, ("llama3.1", "user/model", "hf.co/user/repo", "./some.gguf")))


def test_a_servers_folder_is_the_callers_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`slangrag serve` runs elsewhere: a relative path would mean another model there, or none."""
    (tmp_path / "phi").mkdir()
    monkeypatch.chdir(tmp_path)
    assert from_anywhere("./phi") == str(tmp_path / "phi")
    assert from_anywhere("huggingface:phi") == f"huggingface:{tmp_path / 'phi'}"
    for name in ("huggingface:google/flan-t5-base", "openai:gpt-4o", "llama3.1", None):
        assert from_anywhere(name) == name


def test_of_a_models_files_one_format_of_weights_is_fetched() -> None:
    """FLAN-T5's page holds the same weights four times."""
    names = ["config.json", "flax_model.msgpack", "model.safetensors", "pytorch_model.bin", "spiece.model",
             "tf_model.h5", "tokenizer.json", "README.md", "onnx/model.onnx", "code.py"]  # fmt: skip
    files = [HubFile(name, 1) for name in names]
    small = ["config.json", "spiece.model", "tokenizer.json"]
    assert [file.name for file in wanted(files, code=False)] == [*small, "model.safetensors"]
    assert "code.py" in [file.name for file in wanted(files, code=True)]
    pickled = [file for file in files if file.name != "model.safetensors"]
    assert [file.name for file in wanted(pickled, code=False)] == [*small, "pytorch_model.bin"]
    assert wanted([HubFile("model.gguf", 1), HubFile("config.json", 1)], code=False) == []


def test_a_plain_prompt_names_each_turn_and_ends_where_the_answer_begins() -> None:
    """A text-to-text model's tokenizer drops line breaks: without the names all turns would run together."""
    messages = [
        Message("system", "Rewrite."),
        Message("user", "legit: Real; genuine."),
        Message("assistant", '"Legit" means real.'),
        Message("user", "rizz: Charm."),
    ]
    assert plain(messages) == (
        'Rewrite.\n\nInput: legit: Real; genuine.\nOutput: "Legit" means real.\n\n'
        "Input: rizz: Charm.\nOutput:"
    )


def test_where_a_template_has_no_system_its_words_open_the_users_turn() -> None:
    system, user = Message("system", "Be brief."), Message("user", "Hi")
    assert folded([system, user]) == [Message("user", "Be brief.\n\nHi")]
    assert folded([user]) == [user]
    assert folded([system]) == [Message("user", "Be brief.")]
