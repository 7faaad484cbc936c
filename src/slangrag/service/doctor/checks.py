"""What `slangrag doctor` looks at: small functions, each from the settings to what it found.

Prints nothing. A check never raises a SlangragError: the error's message and hint are its finding.
store_checks.py has those of the store.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag import __version__
from slangrag.config import OPTIONS, Settings
from slangrag.errors import EngineError, EngineMissing, SlangragError, StoreError
from slangrag.service.doctor.finding import Finding, failed
from slangrag.service.doctor.store_checks import store
from slangrag.store.schema import has_full_text

if TYPE_CHECKING:
    from slangrag.engines.ollama import OllamaServer
    from slangrag.engines.ollama.models import Model
    from slangrag.engines.protocols import ChatIdentity, EmbedderIdentity

OLDEST_PYTHON: Final = (3, 11)
QUESTION: Final = "Say yes."


def checks(settings: Settings, *, quick: bool = False) -> Iterator[Finding]:
    """Every check, in the order in which things build on each other. quick: no model is run."""
    yield python()
    yield settings_in_force(settings)
    yield from store(settings, quick=quick)
    yield ollama(settings)
    yield embedded(settings)
    yield embedder(settings, quick=quick)
    yield chat(settings, quick=quick)
    yield server(settings)
    yield slurm()


def python() -> Finding:
    """The interpreter, and what its SQLite can do."""
    from sys import version_info

    found = f"slangrag {__version__}, Python {platform.python_version()} on {platform.system()}"
    if version_info < OLDEST_PYTHON:
        return Finding("python", False, f"{found} is too old", "install Python 3.11 or newer", 1)
    if not has_full_text():
        return Finding(
            "python", False, f"{found}: its SQLite lacks FTS5", "use a Python from python.org or conda", 1
        )
    return Finding("python", True, f"{found}, SQLite {sqlite3.sqlite_version}")


def settings_in_force(settings: Settings) -> Finding:
    """Which settings are not the defaults, and who set them."""
    layers: dict[str, list[str]] = {}
    for option in OPTIONS:
        origin = settings.origin[option.name]
        if origin != "default":
            layers.setdefault(origin.removesuffix(f" ({option.env})"), []).append(option.name)
    changed = "; ".join(f"{', '.join(names)} from {layer}" for layer, names in layers.items())
    return Finding("settings", True, changed or "all defaults (slangrag config show)")


def ollama(settings: Settings) -> Finding:
    """The Ollama server: whether it answers, what it has, and whether it runs on a GPU."""
    from slangrag.engines.ollama import connect

    try:
        server = connect(settings)
        version = server.version(timeout=min(2.0, settings.connect_timeout))
    except EngineError as error:
        if settings.engine == "ollama":
            return failed("ollama", error)
        return Finding("ollama", None, error.message)
    except SlangragError as error:
        return failed("ollama", error)
    try:
        return _ollama_models(server, f"{version} at {server.address}")
    except EngineError as error:
        return failed("ollama", error)


def _ollama_models(server: OllamaServer, said: str) -> Finding:
    models: tuple[Model, ...] = server.models()
    if not models:
        return Finding("ollama", False, f"{said}, no models", "slangrag models pull --engine ollama", 3)
    said += f": {', '.join(model.name.removesuffix(':latest') for model in models[:4])}"
    if len(models) > 4:
        said += f" and {len(models) - 4} more"
    loaded = [
        f"{model.name.removesuffix(':latest')} on {'the GPU' if model.size_vram else 'the CPU'}"
        for model in server.loaded()
    ]
    if loaded:
        said += f"; loaded: {', '.join(loaded)}"
    return Finding("ollama", True, f"{said}{f' ({server.host.note})' if server.host.note else ''}")


def embedded(settings: Settings) -> Finding:
    """The embedded engine: installed, and its weights here."""
    from slangrag.engines.choose import embedded_is_installed
    from slangrag.engines.embedded.catalogue import CATALOGUE
    from slangrag.engines.embedded.weights import is_present

    wanted = settings.engine == "embedded"
    if not embedded_is_installed():
        install = "pip install 'slangrag[embedded]'"
        return Finding("embedded", False if wanted else None, "not installed", install if wanted else "", 3)
    absent = [model.name for model in CATALOGUE if not is_present(model, settings.cache)]
    if absent:
        said = f"installed; not fetched: {', '.join(absent)}"
        pull = "slangrag models pull --engine embedded"
        return Finding("embedded", False if wanted else None, said, pull if wanted else "", 3)
    return Finding("embedded", True, f"installed, weights in {settings.cache}")


def embedder(settings: Settings, *, quick: bool) -> Finding:
    """The embedder that a question would use: the store's own, else what `ingest` would take."""
    from slangrag.engines.choose import choose_embedder
    from slangrag.store.fingerprint import describe, stored_identity

    try:
        stored = stored_identity(settings.store)
    except StoreError:
        stored = None  # said by the store's own check
    try:
        if quick:
            said = f"{_embedder_that_is_here(settings, stored)} (not asked)"
        else:
            began = time.perf_counter()
            model = choose_embedder(settings, stored=stored).model
            model.embed_query(QUESTION)
            said = f"{describe(model.identity)}, a question in {_since(began)}"
    except SlangragError as error:
        return failed("embedder", error)
    return Finding("embedder", True, said if stored is None else f"{said}; the store's own")


def _embedder_that_is_here(settings: Settings, stored: EmbedderIdentity | None) -> str:
    """Engine and model, looked up and not loaded. Raises what is missing, as the embedder itself would.

    Neither engine's embedder is made: the embedded one loads its model, Ollama's asks for a vector.
    """
    from slangrag.engines.choose import embedded_is_installed, engine_for
    from slangrag.engines.embedded.catalogue import find_model
    from slangrag.engines.embedded.weights import obtain_model
    from slangrag.engines.ollama import DEFAULT_EMBED_MODEL, connect

    engine = stored.engine if stored else engine_for(settings, settings.embed_model, "embed")[0]
    wanted = stored.model if stored else settings.embed_model
    if engine == "ollama":
        name = wanted or DEFAULT_EMBED_MODEL
        connect(settings).digest(name)
        return f"ollama/{name}"
    if not embedded_is_installed():
        raise EngineMissing("the embedded engine is not installed", hint="pip install 'slangrag[embedded]'")
    model = find_model(wanted, "embed")
    obtain_model(model, settings.cache, fetch=False)
    return f"embedded/{model.name}"


def chat(settings: Settings, *, quick: bool) -> Finding:
    """The model that `ask` would take, and how long its first token takes."""
    from slangrag.engines.choose import choose_chat
    from slangrag.engines.protocols import ChatOptions, ChatUsage, Message

    try:
        chosen = choose_chat(settings)
        identity = chosen.model.identity
        said = (
            f"{identity.engine}/{identity.model}, context {settings.num_ctx}{_of_trained(settings, identity)}"
        )
        if quick:
            return Finding("chat", True, f"{said} (not asked)")
        began = time.perf_counter()
        usage = ChatUsage()
        stream = chosen.model.stream(
            [Message("user", QUESTION)], ChatOptions(num_ctx=settings.num_ctx, max_tokens=8), usage
        )
        first = 0.0
        for _ in stream:
            first = first or time.perf_counter() - began
    except SlangragError as error:
        return failed("chat", error)
    if not first:
        return Finding(
            "chat", False, f"{said}: it said nothing", "slangrag ask --model with another model", 3
        )
    loading = f", {usage.load_ms / 1000:.1f} s of it loading" if usage.load_ms > 100 else ""
    return Finding("chat", True, f"{said}; first token after {first:.1f} s{loading}")


def _of_trained(settings: Settings, identity: ChatIdentity) -> str:
    """The context that Ollama's model was made for. Raises ModelMissing where it is not pulled."""
    if identity.engine != "ollama":
        return ""
    from slangrag.engines.ollama import connect

    trained = connect(settings).show(identity.model).context_length
    return f" of {trained}" if trained else ""


def server(settings: Settings) -> Finding:
    """Whether `slangrag serve` runs over the store on this machine, and answers commands."""
    from slangrag.service.remote import NotTaken, server_beside

    try:
        address = server_beside(settings)
    except NotTaken as why:
        return Finding("server", None, f"not used: {why.reason}")
    if not address:
        return Finding("server", None, "none over this store (slangrag serve)")
    return Finding("server", True, f"{address} answers ask, chat, search and translate")


def slurm() -> Finding:
    """Whether this is a cluster, and whether this very process runs in a job."""
    job = os.environ.get("SLURM_JOB_ID")
    if job:
        gpus = os.environ.get("CUDA_VISIBLE_DEVICES") or "none"
        node = os.environ.get("SLURMD_NODENAME") or platform.node()
        return Finding("slurm", True, f"in job {job} on {node}, GPUs: {gpus}")
    if shutil.which("sbatch"):
        scripts = Path(__file__).parents[4] / "slurm"  # of a checkout; a wheel has none
        where = f"in {scripts}" if scripts.is_dir() else "in slurm/ of the repository, not of this package"
        return Finding("slurm", True, f"sbatch is here; batch scripts are {where}")
    return Finding("slurm", None, "not a cluster")


def _since(began: float) -> str:
    return f"{(time.perf_counter() - began) * 1000:,.0f} ms"
