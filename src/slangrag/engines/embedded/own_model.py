"""An embedding model in a file of one's own: where its parts lie, and what tells it from another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from slangrag.engines.ollama.prefixes import PLAIN_DOCUMENT, PLAIN_QUERY, Templates, templates_for
from slangrag.errors import ModelMissing, ModelUnfit

Pooling = Literal["mean", "first"]
"""How token vectors become one: their mean, or the first of them."""

SAID: Final = "slangrag.json"
"""What `tune export` writes beside a model: `query_template` and `document_template`, among others."""

_DIGEST_LENGTH: Final = 12
_PART: Final = 1 << 20
_WINDOW: Final = 512
_LONGEST_WINDOW: Final = 8192
_POOLINGS: Final[dict[str, Pooling]] = {
    "mean": "mean",
    "mean_tokens": "mean",
    # The same but for its length, and every vector is made of length 1.
    "mean_sqrt_len_tokens": "mean",
    "cls": "first",
    "cls_token": "first",
}


@dataclass(frozen=True, slots=True)
class OwnModel:
    """name: what a store remembers, for a file its whole path. window: the most tokens that it reads.
    pooling: how token vectors become one, where the model does not do that itself.
    templates: how it wants entries and questions worded, as its files say, else its family.
    """

    name: str
    digest: str
    window: int
    pooling: Pooling
    templates: Templates


def find_own_model(path: Path) -> tuple[Path, Path, OwnModel]:
    """The weights, the tokenizer and the facts of an ONNX model, or of a folder that holds one.

    Reads what `tune export` and sentence-transformers write beside a model. Raises ModelMissing where a part
    is not there, ModelUnfit for a pooling that is neither the mean nor the first.
    """
    weights = path
    if path.is_dir():
        found = sorted([*path.glob("*.onnx"), *path.glob("onnx/*.onnx")])
        if not found:
            trained = (path / "modules.json").is_file()
            raise ModelMissing(
                f"there is no ONNX model in {path}",
                hint=f"slangrag tune export --model {path}" if trained else "--embed-model FOLDER/model.onnx",
            )
        weights = next((one for one in found if one.name == "model.onnx"), found[0])
    if not weights.is_file():
        raise ModelMissing(f"there is no model file {weights}", hint="--embed-model FILE.onnx")
    folders = (weights.parent, weights.parent.parent)
    tokenizer = next((at / "tokenizer.json" for at in folders if (at / "tokenizer.json").is_file()), None)
    if tokenizer is None:
        raise ModelMissing(
            f"there is no tokenizer.json beside {weights}", hint="export the model with its tokenizer"
        )
    home = tokenizer.parent
    plain = weights.stem.startswith("model")  # an exporter's name; the folder has the model's
    own = OwnModel(
        name=str(weights.resolve()),
        digest=digest_of(weights),
        window=window_of(home),
        pooling=pooling_of(home),
        templates=_templates(home, home.resolve().name if plain else weights.stem),
    )
    return weights, tokenizer, own


def pooling_of(folder: Path) -> Pooling:
    """The pooling of a sentence-transformers folder, as its older or newer versions write it; else the mean.

    Raises ModelUnfit for one that the engine cannot do.
    """
    config = _read(folder / "1_Pooling" / "config.json")
    mode = config.get("pooling_mode")
    if mode is None:
        modes = [name.removeprefix("pooling_mode_") for name, on in config.items() if on is True]
        modes = [name for name in modes if name not in {"include_prompt"}] or ["mean"]
    else:
        modes = [mode] if isinstance(mode, str) else list(mode)
    pooling = _POOLINGS.get(str(modes[0])) if len(modes) == 1 else None
    if pooling is None or config.get("include_prompt") is False:
        raise ModelUnfit(
            f"{folder} pools its token vectors by {', '.join(map(str, modes))}"
            + (" without the prompt" if config.get("include_prompt") is False else ""),
            hint="the mean of them and the first (cls) can be run",
        )
    return pooling


def window_of(folder: Path) -> int:
    """The most tokens that the model in a folder reads, as sentence-transformers finds it; at most 8,192.

    `max_seq_length`; where newer versions leave it out, the lesser of the tokenizer's `model_max_length` and
    the network's positions.
    """
    length = _read(folder / "sentence_bert_config.json").get("max_seq_length")
    if not length:
        stated = (
            _read(folder / "tokenizer_config.json").get("model_max_length"),
            _read(folder / "config.json").get("max_position_embeddings"),
        )
        length = min((int(one) for one in stated if one), default=_WINDOW)
    return min(int(length), _LONGEST_WINDOW)


def _templates(home: Path, family: str) -> Templates:
    """What `tune export` wrote beside the model, else sentence-transformers' prompts, else the family's."""
    said = _read(home / SAID)
    if "query_template" in said and "document_template" in said:
        return Templates(str(said["document_template"]), str(said["query_template"]))
    return prompts_of(home) or templates_for(family)


def prompts_of(folder: Path) -> Templates | None:
    """The prompts for queries and documents that sentence-transformers keeps with a model; None without any.

    It writes two empty ones into every folder: those say nothing.
    """
    prompts = _read(folder / "config_sentence_transformers.json").get("prompts") or {}
    query = str(prompts.get("query") or "")
    document = str(prompts.get("document") or prompts.get("passage") or "")
    if not query and not document:
        return None
    return Templates(document + PLAIN_DOCUMENT, query + PLAIN_QUERY)


def digest_of(path: Path) -> str:
    """Tells one file of weights from another: SHA-256 of its size, its first and its last mebibyte.

    Not of the whole file: that would take seconds at every start.
    """
    size = path.stat().st_size
    found = sha256(str(size).encode())
    with path.open("rb") as stream:
        found.update(stream.read(_PART))
        stream.seek(max(size - _PART, 0))
        found.update(stream.read(_PART))
    return found.hexdigest()[:_DIGEST_LENGTH]


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ModelUnfit(f"{path} cannot be read: {error}", hint="export the model again") from error
    return found
