"""A BERT-type embedder as a GGUF file, which llama.cpp and Ollama run.

Format: the GGUF specification in ggml's docs/gguf.md; fields and names of tensors after llama.cpp's
`convert_hf_to_gguf.py` (BertModel). Written by the package `gguf`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.engines.ollama.prefixes import DOCUMENT_FIELD, QUERY_FIELD
from slangrag.errors import EngineMissing, ModelUnfit
from slangrag.tuning.exporting.trained import TrainedModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WRITABLE: Final = ("BertModel",)
"""Architectures, as config.json names them."""

SOURCE_FIELD: Final = "slangrag.source"

_HINT: Final = "slangrag tune export --onnx, which the embedded engine runs"
_WORD_START: Final = "\u2581"
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_TENSORS: Final = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.LayerNorm": "token_embd_norm",
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


def check_writable(model: TrainedModel) -> None:
    """Raise ModelUnfit, naming what can be written, unless this model can."""
    config = model.config
    if model.architecture not in WRITABLE:
        raise ModelUnfit(
            f"a {model.architecture} cannot be written as GGUF here, only: {', '.join(WRITABLE)}", hint=_HINT
        )
    if config.get("position_embedding_type", "absolute") != "absolute" or config.get("hidden_act") != "gelu":
        raise ModelUnfit(
            "llama.cpp's BERT has absolute positions and GELU, this one has not: "
            f"{config.get('position_embedding_type')}, {config.get('hidden_act')}",
            hint=_HINT,
        )
    tokenizer = _tokenizer(model)
    if tokenizer["model"].get("type") != "WordPiece" or not _lowers(tokenizer.get("normalizer")):
        raise ModelUnfit(
            "llama.cpp cuts a BERT's text into lower-case WordPiece, this model's tokenizer does not",
            hint=_HINT,
        )


def write_gguf(model: TrainedModel, weights: Mapping[str, NDArray[np.float32]], to: Path) -> None:
    """Write `model` with its `weights` (the network's own names) as 16 bits a number, vectors as 32.

    Raises ModelUnfit where `check_writable` does, EngineMissing without the package.
    """
    check_writable(model)
    try:
        import gguf
    except ImportError as error:
        raise EngineMissing(
            "a GGUF file is written by gguf, which is not installed", hint="pip install 'slangrag[tune]'"
        ) from error
    import numpy as np

    config = model.config
    writer = gguf.GGUFWriter(to, "bert")
    writer.add_name(model.folder.resolve().name)
    writer.add_string(QUERY_FIELD, model.templates.query)
    writer.add_string(DOCUMENT_FIELD, model.templates.document)
    writer.add_string(SOURCE_FIELD, model.digest)
    # Positions beyond the window are left out: llama.cpp reads as many tokens as the file has positions.
    writer.add_context_length(model.window)
    writer.add_embedding_length(model.dimension)
    writer.add_feed_forward_length(int(config["intermediate_size"]))
    writer.add_block_count(int(config["num_hidden_layers"]))
    writer.add_head_count(int(config["num_attention_heads"]))
    writer.add_layer_norm_eps(float(config["layer_norm_eps"]))
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN if model.pooling == "mean" else gguf.PoolingType.CLS)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    _add_tokenizer(writer, _tokenizer(model))
    for name, values in weights.items():
        tensor = _tensor_name(name)
        if tensor is None:
            continue
        array = np.asarray(values, dtype=np.float32)
        if tensor == "position_embd.weight":
            array = array[: model.window]
        # As llama.cpp's converter: matrices in half precision, but positions, types and vectors in full.
        full = array.ndim == 1 or tensor in {"position_embd.weight", "token_types.weight"}
        writer.add_tensor(tensor, np.ascontiguousarray(array if full else array.astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensor_name(name: str) -> str | None:
    """The file's name for a weight of the network; None for what no embedder needs (its pooler)."""
    block = ""
    if name.startswith("encoder.layer."):
        number, _, name = name.removeprefix("encoder.layer.").partition(".")
        block = f"blk.{number}."
    stem, _, kind = name.rpartition(".")
    return f"{block}{_TENSORS[stem]}.{kind}" if stem in _TENSORS and kind in {"weight", "bias"} else None


def _add_tokenizer(writer: Any, tokenizer: dict[str, Any]) -> None:
    vocabulary: dict[str, int] = tokenizer["model"]["vocab"]
    special = {str(one["content"]) for one in tokenizer.get("added_tokens", []) if one.get("special")}
    unknown = str(tokenizer["model"]["unk_token"])
    tokens, kinds = [], []
    for piece in sorted(vocabulary, key=vocabulary.__getitem__):
        if piece in special or (piece.startswith("[") and piece.endswith("]")):
            tokens.append(piece)
            kinds.append(_UNKNOWN if piece == unknown else _CONTROL)
        else:
            # llama.cpp marks the beginning of a word where WordPiece marks what goes on.
            tokens.append(piece[2:] if piece.startswith("##") else _WORD_START + piece)
            kinds.append(_NORMAL)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_type_count(2)
    writer.add_unk_token_id(vocabulary[unknown])
    for add, piece in (
        (writer.add_bos_token_id, "[CLS]"),
        (writer.add_sep_token_id, "[SEP]"),
        (writer.add_eos_token_id, "[SEP]"),
        (writer.add_pad_token_id, "[PAD]"),
        (writer.add_mask_token_id, "[MASK]"),
    ):
        if piece in vocabulary:
            add(vocabulary[piece])


def _tokenizer(model: TrainedModel) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((model.folder / "tokenizer.json").read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ModelUnfit(f"{model.folder}/tokenizer.json cannot be read: {error}", hint=_HINT) from error
    return found


def _lowers(normalizer: dict[str, Any] | None) -> bool:
    """Whether a tokenizer's normalizer makes everything lower case."""
    if not normalizer:
        return False
    if normalizer.get("type") == "Sequence":
        return any(_lowers(one) for one in normalizer.get("normalizers", []))
    return normalizer.get("type") == "Lowercase" or bool(normalizer.get("lowercase"))
