"""What a server holds, runs and fetches, as plain data: for `doctor` and `models`.

Speaks through the `ollama` package. Knows nothing of embedding or chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slangrag.engines.ollama.prefixes import Templates, templates_said

if TYPE_CHECKING:
    from ollama import Client


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is pulled. size in bytes; parameter_size as Ollama words it ("8.0B")."""

    name: str
    digest: str
    size: int
    family: str
    parameter_size: str
    quantization: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is and can do. Lengths in tokens and dimensions, 0 where the server does not say.

    capabilities holds "completion", "embedding", "thinking", ...; empty on servers that do not tell.
    templates: how an embedder wants its texts worded, where `tune export` wrote that into its file.
    """

    name: str
    family: str
    parameter_size: str
    quantization: str
    context_length: int
    embedding_length: int
    capabilities: tuple[str, ...]
    templates: Templates | None = None


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model in memory. Sizes in bytes (size_vram 0: on the CPU); expires_at in ISO format."""

    name: str
    digest: str
    size: int
    size_vram: int
    context_length: int
    expires_at: str


@dataclass(frozen=True, slots=True)
class PullProgress:
    """One step of a pull or of making a model; total and completed in bytes, 0 where the step has none."""

    status: str
    digest: str = ""
    total: int = 0
    completed: int = 0


def canonical_name(model: str) -> str:
    """`model` without what Ollama adds by itself: "library/llama3.1:latest" is "llama3.1"."""
    name = model.strip().removeprefix("registry.ollama.ai/").removeprefix("library/")
    return name.removesuffix(":latest")


def same_model(one: str, other: str) -> bool:
    """Whether two names mean the same model to Ollama, which ignores case and fills in ":latest"."""
    return canonical_name(one).lower() == canonical_name(other).lower()


def list_models(client: Client) -> tuple[Model, ...]:
    """Every model that is pulled, as /api/tags has it."""
    return tuple(
        Model(
            name=model.model or "",
            digest=model.digest or "",
            size=int(model.size or 0),
            family=(model.details and model.details.family) or "",
            parameter_size=(model.details and model.details.parameter_size) or "",
            quantization=(model.details and model.details.quantization_level) or "",
        )
        for model in client.list().models
    )


def show_model(client: Client, name: str) -> ModelCard:
    """What /api/show says of `name`."""
    shown = client.show(name)
    details, facts = shown.details, dict(shown.modelinfo or {})
    architecture = facts.get("general.architecture", "")

    def length(kind: str) -> int:
        value = facts.get(f"{architecture}.{kind}")
        return value if isinstance(value, int) else 0

    return ModelCard(
        name=name,
        family=(details and details.family) or "",
        parameter_size=(details and details.parameter_size) or "",
        quantization=(details and details.quantization_level) or "",
        context_length=length("context_length"),
        embedding_length=length("embedding_length"),
        capabilities=tuple(shown.capabilities or ()),
        templates=templates_said(facts),
    )


def loaded_models(client: Client) -> tuple[LoadedModel, ...]:
    """Every model in memory, as /api/ps has it."""
    return tuple(
        LoadedModel(
            name=model.name or model.model or "",
            digest=model.digest or "",
            size=int(model.size or 0),
            size_vram=int(model.size_vram or 0),
            context_length=model.context_length or 0,
            expires_at=model.expires_at.isoformat() if model.expires_at else "",
        )
        for model in client.ps().models
    )


def create_model(client: Client, name: str, gguf: Path) -> Iterator[PullProgress]:
    """Make the model `name` from a GGUF file, step by step. An `error` line is raised as ResponseError.

    The file goes over as a blob, so it need not be the server's to read.
    """
    digest = client.create_blob(gguf)
    for step in client.create(name, files={gguf.name: digest}, stream=True):
        yield PullProgress(step.status or "", step.digest or "", step.total or 0, step.completed or 0)


def pull_model(client: Client, name: str) -> Iterator[PullProgress]:
    """Fetch `name`, step by step. An `error` line is raised by the package as ResponseError."""
    for step in client.pull(name, stream=True):
        yield PullProgress(step.status or "", step.digest or "", step.total or 0, step.completed or 0)
