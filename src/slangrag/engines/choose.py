"""Which engine embeds and which chats, from the settings, the model's name and what is there.

A chat model's name decides first: `huggingface:name` or a folder is Hugging Face's, any other
`provider:name` LangChain's, a GGUF file or a catalogue name the embedded engine's. Everything else is the
engine's that the settings name; `auto` takes Ollama if it answers, else the embedded engine, and says which.
Vectors of two models do not mix, so a store that exists gets its own embedder or none. Knows nothing of what
the engines will be asked.
"""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from slangrag.config import Settings
from slangrag.engines.protocols import ChatModel, Embedder, EmbedderIdentity
from slangrag.errors import EngineUnreachable, StoreMismatch

if TYPE_CHECKING:
    from slangrag.engines.embedded.wheels import Progress
    from slangrag.engines.ollama import OllamaServer

Engine = Literal["ollama", "embedded"]
T_co = TypeVar("T_co", covariant=True)

PROBE_SECONDS: Final = 1.0
"""How long `auto` waits for Ollama to say that it is there. A closed port says no at once."""

# fmt: off
PROVIDERS: Final = frozenset({
    "anthropic", "anthropic_bedrock", "azure_ai", "azure_openai", "baseten", "bedrock",
    "bedrock_converse", "bedrock_mantle_anthropic", "bedrock_mantle_openai", "cohere", "deepseek",
    "fireworks", "google_anthropic_vertex", "google_genai", "google_vertexai", "groq",
    "huggingface", "ibm", "langsmith", "litellm", "meta", "mistralai", "nvidia", "ollama",
    "openai", "openrouter", "perplexity", "together", "upstage", "xai",
})
# fmt: on
"""What LangChain's init_chat_model takes before a colon (a test compares). Ollama's names have colons
too, "llama3.1:8b", but none of its models is called like one of these."""

EMBEDDED_PACKAGES: Final = ("xllamacpp", "onnxruntime", "tokenizers")
_OLLAMA_REMOTE_NAMES: Final = ("hf.co/", "huggingface.co/")


@dataclass(frozen=True, slots=True)
class Chosen(Generic[T_co]):
    """The model that was taken, and a line for the user where `auto` had to choose (else "")."""

    model: T_co
    note: str = ""


def split_provider(name: str) -> tuple[str, str] | None:
    """("openai", "gpt-4o") for "openai:gpt-4o"; None where the part before the colon is no provider."""
    provider, colon, model = name.partition(":")
    provider = provider.strip().lower().replace("-", "_")
    if not colon or not model.strip() or provider not in PROVIDERS:
        return None
    return provider, model.strip()


def is_gguf_path(name: str) -> bool:
    """Whether a model's name means a file: it ends in .gguf, or is a path with a file at its end.

    "hf.co/user/repository:file.gguf" is a name of Ollama's.
    """
    if name.startswith(_OLLAMA_REMOTE_NAMES):
        return False
    return name.lower().endswith(".gguf") or ("/" in name and Path(name).expanduser().is_file())


def is_model_folder(name: str) -> bool:
    """Whether a chat model's name means a folder: a path to one ("./flan-t5-base", "models/phi"), or one that
    can be nothing else ("./nowhere")."""
    if name.startswith((".", "~", "/")) and not is_gguf_path(name):
        return True
    return ("/" in name or os.sep in name) and Path(name).expanduser().is_dir()


def from_anywhere(name: str | None) -> str | None:
    """A chat model's name as it means the same in every working directory: paths made absolute."""
    if name is None:
        return None
    provider, colon, path = name.partition(":")
    if colon and provider.strip().lower() == "huggingface" and Path(path.strip()).expanduser().is_dir():
        return f"huggingface:{Path(path.strip()).expanduser().resolve()}"
    return str(Path(name).expanduser().resolve()) if is_gguf_path(name) or is_model_folder(name) else name


def embedded_is_installed() -> bool:
    """Whether the packages of the extra `embedded` are there. Imports none of them."""
    return all(importlib.util.find_spec(package) is not None for package in EMBEDDED_PACKAGES)


def choose_chat(
    settings: Settings, *, fetch: bool = False, progress: Progress | None = None
) -> Chosen[ChatModel]:
    """The chat model that the settings mean. `fetch` and `progress` are for weights that are not here yet.

    Raises EngineUnreachable, EngineMissing, ModelMissing, ModelUnfit, WeightsError, and UsageError for an
    option that the model's engine does not know.
    """
    name = settings.chat_model
    provided = split_provider(name) if name else None
    if name is not None and provided is None and is_model_folder(name):
        provided = ("huggingface", name)
    if provided is not None and provided[0] == "huggingface":
        from slangrag.engines.huggingface.chat import HuggingFaceChat

        return Chosen(HuggingFaceChat(settings, provided[1], fetch=fetch, progress=progress))
    if provided is not None and provided[0] != "ollama":
        from slangrag.engines.langchain import LangChainChat

        return Chosen(LangChainChat(settings, *provided))
    if name is not None and provided is None and is_gguf_path(name):
        from slangrag.engines.embedded.chat import EmbeddedChat

        return Chosen(EmbeddedChat(settings, Path(name)))
    if provided is not None:
        engine, note, name = "ollama", "", provided[1]
    else:
        engine, note = engine_for(settings, name, "chat")
    if engine == "embedded":
        from slangrag.engines.embedded.chat import EmbeddedChat

        return Chosen(EmbeddedChat(settings, name, fetch=fetch, progress=progress), note)
    from slangrag.engines.ollama import DEFAULT_CHAT_MODEL, OllamaChat, connect
    from slangrag.engines.ollama.capability import RememberedSizes
    from slangrag.engines.ollama.options import KNOWN
    from slangrag.engines.options import own_options

    sizes = RememberedSizes(settings.cache)
    capable = {"yes": True, "no": False}.get(settings.capable)
    options = own_options(settings, KNOWN, "Ollama")
    name = name or DEFAULT_CHAT_MODEL
    return Chosen(OllamaChat(connect(settings), name, sizes=sizes, capable=capable, options=options), note)


def choose_embedder(
    settings: Settings,
    *,
    stored: EmbedderIdentity | None = None,
    fetch: bool = False,
    progress: Progress | None = None,
) -> Chosen[Embedder]:
    """The embedder: the one a store was made with (`stored`), else the one that the settings mean.

    Raises StoreMismatch if the settings name another model than the store's, or the engine's model has
    changed since; EngineUnreachable if the store's engine is not there; and what choose_chat raises.
    """
    if stored is not None:
        return Chosen(_stored_embedder(settings, stored, fetch=fetch, progress=progress))
    name = settings.embed_model
    if name is not None and is_model_file(name):
        return Chosen(_file_embedder(settings, Path(name).expanduser()))
    engine, note = engine_for(settings, name, "embed")
    if engine == "embedded":
        from slangrag.engines.embedded.embedder import EmbeddedEmbedder

        return Chosen(EmbeddedEmbedder(settings, fetch=fetch, progress=progress), note)
    from slangrag.engines.ollama import DEFAULT_EMBED_MODEL, OllamaEmbedder, connect

    embedder = OllamaEmbedder(
        connect(settings),
        name or DEFAULT_EMBED_MODEL,
        query_prefix=settings.query_prefix,
        document_prefix=settings.document_prefix,
    )
    return Chosen(embedder, note)


def is_model_file(name: str) -> bool:
    """Whether an embedding model's name means a file (.gguf, .onnx), or a folder with an ONNX model in it."""
    return (
        is_gguf_path(name)
        or name.lower().endswith(".onnx")
        or (Path(name).expanduser() / "tokenizer.json").is_file()
    )


def _file_embedder(settings: Settings, path: Path, stored: EmbedderIdentity | None = None) -> Embedder:
    if path.suffix.lower() == ".gguf":
        from slangrag.engines.embedded.gguf_embedder import GgufEmbedder

        return GgufEmbedder(settings, path, remembered=stored)
    from slangrag.engines.embedded.embedder import EmbeddedEmbedder

    return EmbeddedEmbedder(settings, file=path, remembered=stored)


def engine_for(settings: Settings, name: str | None, role: Literal["chat", "embed"]) -> tuple[Engine, str]:
    """The engine for the model `name` (None: any), and the note on why `auto` took it."""
    if settings.engine == "ollama":
        return "ollama", ""
    if settings.engine == "embedded" or (name is not None and _in_catalogue(name, role)):
        return "embedded", ""
    from slangrag.engines.ollama import connect

    server = connect(settings)
    if _answers(server, settings):
        return "ollama", f"engine: Ollama at {server.address}"
    if name is not None:
        raise EngineUnreachable(
            f"No Ollama answers at {server.address}, and only Ollama can have the model {name!r}",
            hint=f"ollama serve, or leave out {'--model' if role == 'chat' else '--embed-model'}",
        )
    if not embedded_is_installed():
        raise EngineUnreachable(
            f"No Ollama answers at {server.address}, and the embedded engine is not installed",
            hint="ollama serve, or pip install 'slangrag[embedded]'",
        )
    return "embedded", f"engine: embedded (no Ollama answers at {server.address})"


def _in_catalogue(name: str, role: Literal["chat", "embed"]) -> bool:
    from slangrag.engines.embedded.catalogue import CATALOGUE

    return any(model.role == role and model.name == name.strip().lower() for model in CATALOGUE)


def _answers(server: OllamaServer, settings: Settings) -> bool:
    return server.answers(timeout=min(PROBE_SECONDS, settings.connect_timeout))


def _stored_embedder(
    settings: Settings, stored: EmbedderIdentity, *, fetch: bool, progress: Progress | None
) -> Embedder:
    """The very embedder of `stored`. Never another one: vectors of two models cannot be compared."""
    if settings.embed_model is not None:
        _check_same_model(settings.embed_model, stored)
    if stored.engine == "embedded" and is_model_file(stored.model):
        # A path that is not whole is one in the store itself (`tune adopt`).
        embedder = _file_embedder(settings, settings.store / stored.model, stored)
        _check_digest(stored, embedder.identity.digest)
        return embedder
    if stored.engine == "embedded":
        from dataclasses import replace

        from slangrag.engines.embedded.embedder import EmbeddedEmbedder

        own = replace(settings, embed_model=stored.model)
        embedder = EmbeddedEmbedder(own, fetch=fetch, progress=progress)
        _check_digest(stored, embedder.identity.digest)
        return embedder
    from slangrag.engines.ollama import OllamaEmbedder, connect

    server = connect(settings)
    if not _answers(server, settings):
        raise EngineUnreachable(
            f"The store's vectors are from Ollama's {stored.model}, no Ollama answers at {server.address}, "
            "and the embedded engine's vectors do not compare with them",
            hint="ollama serve, or make another store: slangrag ingest --store DIR --engine embedded",
        )
    _check_digest(stored, server.digest(stored.model))
    return OllamaEmbedder(server, stored.model, remembered=stored)


def _check_same_model(name: str, stored: EmbedderIdentity) -> None:
    from slangrag.engines.ollama.models import same_model

    if not same_model(name, stored.model):
        raise StoreMismatch(
            f"The store was made with {stored.model} ({stored.engine}), not with {name}",
            hint=f"leave out --embed-model, or slangrag ingest --store DIR --embed-model {name}",
        )


def _check_digest(stored: EmbedderIdentity, digest: str) -> None:
    """Same name, other weights: a model that was pulled anew. An unknown digest proves nothing."""
    if stored.digest and digest and stored.digest != digest:
        raise StoreMismatch(
            f"The store was made with {stored.model} {stored.digest[:12]}, {stored.engine} now has "
            f"{digest[:12]} under that name",
            hint="slangrag ingest --store DIR makes a store with the present one",
        )
