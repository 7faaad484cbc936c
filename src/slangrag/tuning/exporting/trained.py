"""What a sentence-transformers folder says of its model, in its older and its newer spelling. Runs nothing.

Newer (from 5.4): modules by their place in the package, `pooling_mode`, the window in the tokenizer's own
file. Older: `sentence_transformers.models.Pooling`, `pooling_mode_mean_tokens`, `max_seq_length`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from slangrag.engines.embedded.own_model import Pooling, pooling_of, prompts_of, window_of
from slangrag.engines.ollama.prefixes import Templates, templates_for
from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import ModelMissing, ModelUnfit

WEIGHTS: Final = "model.safetensors"
RUNNABLE: Final = ("Transformer", "Pooling", "Normalize")
"""The modules that every engine runs: one network, its token vectors pooled, the outcome of length 1."""

_DIGEST_LENGTH: Final = 12
_PART: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model in a sentence-transformers folder.

    architecture: as config.json names it ("BertModel"). dimension: of one vector. window: the most tokens
    that it reads, the tokenizer's own two included. templates: how its texts were worded in training.
    config: config.json. digest: of the weights.
    """

    folder: Path
    architecture: str
    dimension: int
    window: int
    pooling: Pooling
    templates: Templates
    config: dict[str, Any]
    digest: str

    @property
    def identity(self) -> EmbedderIdentity:
        """The model as an embedder of its own: its wording above all."""
        return EmbedderIdentity(
            engine="sentence-transformers",
            model=str(self.folder),
            digest=self.digest,
            dimension=self.dimension,
            document_template=self.templates.document,
            query_template=self.templates.query,
        )


def read_trained(folder: Path) -> TrainedModel:
    """The model in `folder`.

    Raises ModelMissing where there is none, and ModelUnfit where it has a module or a pooling that the
    engines cannot run, or a file of it cannot be read.
    """
    if not (folder / "modules.json").is_file():
        raise ModelMissing(
            f"there is no sentence-transformers model in {folder}",
            hint="slangrag tune train, or --model FOLDER",
        )
    if not (folder / WEIGHTS).is_file() or not (folder / "tokenizer.json").is_file():
        lacking = WEIGHTS if not (folder / WEIGHTS).is_file() else "tokenizer.json"
        raise ModelMissing(
            f"there is no {lacking} in {folder}", hint="save the model again with its tokenizer"
        )
    modules = [str(module.get("type", "")).rsplit(".", 1)[-1] for module in _objects(folder / "modules.json")]
    for module in modules:
        if module not in RUNNABLE:
            raise ModelUnfit(
                f"{folder} has a module {module}, which no engine of slangrag runs",
                hint=f"a model of {', '.join(RUNNABLE)} can be exported",
            )
    if modules[:2] != ["Transformer", "Pooling"]:
        raise ModelUnfit(
            f"{folder} has no pooling: it makes a vector for each token and none for a text",
            hint="add sentence-transformers' Pooling module and save it again",
        )
    config = _object(folder / "config.json")
    return TrainedModel(
        folder=folder,
        architecture=str((config.get("architectures") or ["unknown"])[0]),
        dimension=int(config.get("hidden_size") or 0),
        window=window_of(folder),
        pooling=pooling_of(folder),
        templates=_templates(folder),
        config=config,
        digest=_digest(folder / WEIGHTS),
    )


def _templates(folder: Path) -> Templates:
    """What training.json says, else the prompts that sentence-transformers keeps, else the family's."""
    training = _object(folder / "training.json")
    if "query_template" in training and "document_template" in training:
        return Templates(str(training["document_template"]), str(training["query_template"]))
    return prompts_of(folder) or templates_for(str(training.get("base") or folder.resolve().name))


def _digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as stream:
        while part := stream.read(_PART):
            found.update(part)
    return found.hexdigest()[:_DIGEST_LENGTH]


def _read(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ModelUnfit(f"{path} cannot be read: {error}", hint="save the model again") from error


def _object(path: Path) -> dict[str, Any]:
    found = _read(path)
    return found if isinstance(found, dict) else {}


def _objects(path: Path) -> list[dict[str, Any]]:
    found = _read(path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
