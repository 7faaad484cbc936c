"""Models that the engines have, and how to get those that they lack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slangrag.config import Settings
from slangrag.errors import EngineError, EngineUnreachable, ModelMissing
from slangrag.service.completion import is_embedder

if TYPE_CHECKING:
    from slangrag.engines.choose import Engine
    from slangrag.engines.ollama.models import PullProgress
    from slangrag.service.engines import Fetching


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model: role is "chat" or "embed", size in bytes, present whether it is here already."""

    engine: str
    name: str
    role: str
    size: int
    present: bool
    licence: str = ""


def embedded_models(settings: Settings) -> list[ModelFacts]:
    """The embedded engine's catalogue."""
    from slangrag.engines.embedded.catalogue import CATALOGUE
    from slangrag.engines.embedded.weights import is_present

    return [
        ModelFacts(
            "embedded", model.name, model.role, model.size, is_present(model, settings.cache), model.licence
        )
        for model in CATALOGUE
    ]


def ollama_models(settings: Settings) -> list[ModelFacts]:
    """What the Ollama server holds. Raises its EngineErrors."""
    from slangrag.engines.ollama import connect

    return [
        ModelFacts("ollama", model.name, "embed" if is_embedder(model.name) else "chat", model.size, True)
        for model in connect(settings).models()
    ]


def chat_models(settings: Settings) -> list[str]:
    """Names of the chat models that the settings' engine has here; none where it cannot be asked."""
    from slangrag.engines.choose import engine_for

    try:
        engine, _ = engine_for(settings, None, "chat")
        found = ollama_models(settings) if engine == "ollama" else embedded_models(settings)
    except EngineError:
        return []
    return [model.name.removesuffix(":latest") for model in found if model.role == "chat" and model.present]


def engine_to_pull_from(settings: Settings, name: str | None) -> tuple[Engine, str]:
    """The engine that is to get the model `name` (None: its defaults), and why `auto` took it, or ""."""
    from slangrag.engines.choose import engine_for

    try:
        return engine_for(settings, name, "chat")
    except EngineUnreachable as error:
        raise EngineUnreachable(error.message, hint="ollama serve, or slangrag models list") from error


def pull_embedded(settings: Settings, name: str | None, fetching: Fetching) -> Iterator[ModelFacts]:
    """Fetch and verify the model `name` of the embedded engine, or all of its catalogue, one after the other.

    Raises ModelMissing for another name, WeightsError.
    """
    from slangrag.engines.embedded.catalogue import CATALOGUE
    from slangrag.engines.embedded.weights import obtain_model

    wanted = [model for model in CATALOGUE if name in {None, model.name}]
    if not wanted:
        raise ModelMissing(f"the embedded engine has no model {name!r}", hint="slangrag models list")
    for model in wanted:
        with fetching() as progress:
            obtain_model(model, settings.cache, fetch=True, progress=progress)
        yield ModelFacts("embedded", model.name, model.role, model.size, True, model.licence)


def is_on_hub(name: str | None) -> bool:
    """Whether a model's name means one of Hugging Face's ("huggingface:google/flan-t5-base")."""
    from slangrag.engines.choose import split_provider

    provided = split_provider(name) if name else None
    return provided is not None and provided[0] == "huggingface"


def pull_from_hub(settings: Settings, name: str, fetching: Fetching) -> ModelFacts:
    """Fetch a Hugging Face model into the hub's cache, unless it is there.

    Raises ModelMissing, EngineMissing.
    """
    from slangrag.engines.huggingface.hub import find_folder

    options = settings.model_options()
    bare = name.partition(":")[2].strip()
    with fetching() as progress:
        folder = find_folder(
            bare,
            revision=options.get("revision"),
            fetch=True,
            progress=progress,
            code=options.get("trust_remote_code") is True,
        )
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return ModelFacts("huggingface", bare, "chat", size, True)


def ollama_wants(settings: Settings, name: str | None) -> list[str]:
    """The names to pull: `name`, or the two models that `ingest` and `ask` need."""
    from slangrag.engines.ollama import DEFAULT_CHAT_MODEL, DEFAULT_EMBED_MODEL

    if name:
        return [name]
    return [settings.embed_model or DEFAULT_EMBED_MODEL, settings.chat_model or DEFAULT_CHAT_MODEL]


def pull_ollama(settings: Settings, name: str) -> Iterator[PullProgress]:
    """Have Ollama pull one model; its progress as it comes. Raises its EngineErrors."""
    from slangrag.engines.ollama import connect

    yield from connect(settings).pull(name)
