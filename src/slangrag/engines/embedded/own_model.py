"""An embedding model in a file of one's own: where its parts lie, and what tells it from another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from slangrag.errors import ModelMissing, ModelUnfit

_DIGEST_LENGTH: Final = 12
_PART: Final = 1 << 20
_WINDOW: Final = 512
_LONGEST_WINDOW: Final = 8192


@dataclass(frozen=True, slots=True)
class OwnModel:
    """name: what a store remembers, for a file its whole path. family: the name that its prefixes are
    looked up by. window: the most tokens that it reads.
    pooling: how token vectors become one, where the model does not do that itself.
    """

    name: str
    family: str
    digest: str
    window: int
    pooling: Literal["mean", "first"]


def find_own_model(path: Path) -> tuple[Path, Path, OwnModel]:
    """The weights, the tokenizer and the facts of an ONNX model, or of a folder that holds one.

    Reads what sentence-transformers writes beside a model: `1_Pooling/config.json` (else the mean is
    taken), `sentence_bert_config.json` or `config.json` for the window. Raises ModelMissing where a part is
    not there.
    """
    weights = path
    if path.is_dir():
        found = sorted([*path.glob("*.onnx"), *path.glob("onnx/*.onnx")])
        if not found:
            raise ModelMissing(f"there is no ONNX model in {path}", hint="--embed-model FOLDER/model.onnx")
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
    pooling = _read(home / "1_Pooling" / "config.json")
    length = _read(home / "sentence_bert_config.json").get("max_seq_length")
    length = length or _read(home / "config.json").get("max_position_embeddings") or _WINDOW
    plain = weights.stem.startswith("model")  # an exporter's name; the folder has the model's
    own = OwnModel(
        name=str(weights.resolve()),
        family=home.resolve().name if plain else weights.stem,
        digest=digest_of(weights),
        window=min(int(length), _LONGEST_WINDOW),
        pooling="first" if pooling.get("pooling_mode_cls_token") else "mean",
    )
    return weights, tokenizer, own


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
