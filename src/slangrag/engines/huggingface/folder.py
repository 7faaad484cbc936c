"""A model's folder: what kind of model lies in it and how large it is, by its files alone.

Reads config.json and the heads of the weights; loads nothing and imports nothing heavy.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slangrag.errors import ModelMissing, ModelUnfit

CONFIG: Final = "config.json"
WEIGHTS: Final = ("model.safetensors.index.json", "model.safetensors", "pytorch_model.bin.index.json",
                  "pytorch_model.bin")  # fmt: skip
"""The files that weights begin with, in the order in which transformers looks for them."""

_LONGEST_HEAD: Final = 1 << 26
_TEXT_TO_TEXT: Final = frozenset({"t5", "mt5", "umt5", "longt5", "bart", "mbart", "pegasus", "t5gemma"})
_WRITING: Final = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
_BYTES: Final = {"float32": 4, "float16": 2, "bfloat16": 2}


@dataclass(frozen=True, slots=True)
class ModelHead:
    """parameters is None where the files do not tell; context is in tokens, 0 where config.json has none.

    text_to_text: an encoder reads the prompt and a decoder writes, as in T5; else the model is causal.
    """

    folder: Path
    text_to_text: bool
    parameters: float | None
    context: int


def read_head(folder: Path) -> ModelHead:
    """What the files of `folder` say.

    Raises ModelMissing where no model is there, ModelUnfit for one that writes no text or is damaged.
    """
    config = _config(folder)
    kinds = [str(kind) for kind in config.get("architectures") or ()]
    if kinds and not any(kind.endswith(_WRITING) for kind in kinds):
        raise ModelUnfit(
            f"{folder} holds a {kinds[0]}, which writes no text",
            hint="--model with a causal or a text-to-text model",
        )
    names = [name for name in WEIGHTS if (folder / name).is_file()]
    if not names:
        raise ModelMissing(
            f"{folder} holds no weights (model.safetensors or pytorch_model.bin)",
            hint=f"hf download NAME --local-dir {folder}",
        )
    context = config.get("max_position_embeddings", config.get("n_positions"))
    text_to_text = bool(config.get("is_encoder_decoder")) or config.get("model_type") in _TEXT_TO_TEXT
    if text_to_text and "max_position_embeddings" not in config:
        context = 0  # T5's n_positions is what it was trained on: its positions are relative, and end nowhere
    return ModelHead(
        folder,
        text_to_text,
        _parameters(folder, names[0], config),
        context if isinstance(context, int) else 0,
    )


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        adapter = (folder / "adapter_config.json").is_file()
        raise ModelMissing(
            f"{folder} holds an adapter without its model" if adapter else f"{folder} holds no {CONFIG}",
            hint="merge the adapter into its model first (peft: merge_and_unload, save_pretrained)"
            if adapter
            else "--model with the folder of a Hugging Face model",
        ) from error
    except (OSError, ValueError) as error:
        raise ModelUnfit(
            f"{folder / CONFIG} cannot be read: {error}", hint="fetch the model again"
        ) from error
    if not isinstance(config, dict):
        raise ModelUnfit(f"{folder / CONFIG} is no JSON object", hint="fetch the model again")
    return config


def _parameters(folder: Path, first: str, config: dict[str, Any]) -> float | None:
    """Numbers in the weights: exact for safetensors, from the files' size for pickled ones."""
    parts = [folder / first]
    if first.endswith(".index.json"):
        try:
            listed = json.loads((folder / first).read_text(encoding="utf-8"))["weight_map"].values()
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise ModelUnfit(f"{folder / first} cannot be read", hint="fetch the model again") from error
        parts = [folder / name for name in sorted(set(map(str, listed)))]
    missing = [part.name for part in parts if not part.is_file()]
    if missing:
        raise ModelMissing(
            f"{folder} lacks a part of its weights: {missing[0]}",
            hint=f"hf download NAME --local-dir {folder}",
        )
    if parts[0].suffix == ".safetensors":
        return float(sum(map(_numbers_in, parts)))
    size = _BYTES.get(str(config.get("dtype") or config.get("torch_dtype")), 4)
    return sum(part.stat().st_size for part in parts) / size


def _numbers_in(file: Path) -> int:
    """How many numbers a safetensors file holds, by its head.

    Format: eight bytes, little-endian, the length of a JSON object that names each tensor's shape (the
    safetensors README).
    """
    try:
        with file.open("rb") as stream:
            length = struct.unpack("<Q", stream.read(8))[0]
            if length > _LONGEST_HEAD:
                raise ValueError("head too long")
            head = json.loads(stream.read(length))
        return sum(math.prod(tensor["shape"]) for name, tensor in head.items() if name != "__metadata__")
    except (OSError, struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnfit(f"{file} is cut off or damaged", hint="fetch the model again") from error
