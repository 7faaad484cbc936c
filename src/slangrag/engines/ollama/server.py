"""One Ollama server: where it is, whether it answers, what it holds.

What the embedder and the chat model stand on. Nothing here retries: a question fails at once with
the next command to type, and `ingest` has retries of its own.
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.config import Settings
from slangrag.engines.ollama.faults import Purpose, client_faults, not_ollama
from slangrag.engines.ollama.host import Host, parse_host
from slangrag.engines.ollama.models import (
    LoadedModel,
    Model,
    ModelCard,
    PullProgress,
    create_model,
    list_models,
    loaded_models,
    pull_model,
    same_model,
    show_model,
)
from slangrag.engines.ollama.wire import Wire
from slangrag.errors import ConfigError, EngineError, EngineReply, ModelMissing

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ollama import Client

DEFAULT_CHAT_MODEL: Final = "llama3.1"
DEFAULT_EMBED_MODEL: Final = "nomic-embed-text"

_PULL_SILENCE: Final = 900.0
"""Seconds without a word that a pull may take: a large file is checked in silence on a slow disk."""

_DURATION: Final = re.compile(
    r"-?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*"
)


def parse_keep_alive(text: str) -> float | str:
    """keep_alive as every server version takes it: a number of seconds, or a Go duration ("10m").

    A number must go out as a number: the string "-1" is a 400. Raises ConfigError for anything else.
    """
    value = text.strip()
    if _DURATION.fullmatch(value):
        return value
    try:
        seconds = float(value)
    except ValueError:
        raise ConfigError(
            f"keep_alive = {text!r} is neither seconds nor a duration such as 10m",
            hint="export SLANGRAG_KEEP_ALIVE=10m",
        ) from None
    return int(seconds) if seconds.is_integer() else seconds


class OllamaServer:
    """An Ollama server at `host`. Timeouts in seconds; keep_alive goes out with every model request,
    num_thread (0: the server's own choice) with its options.

    Nothing is asked of the server before the first call. Safe to share between threads.
    `close` drops the idle connections; so does the end of the program.
    """

    def __init__(
        self,
        host: Host,
        *,
        connect_timeout: float = 5.0,
        read_timeout: float = 120.0,
        keep_alive: float | str = "10m",
        num_thread: int = 0,
    ) -> None:
        self.host = host
        self.wire = Wire(host, connect_timeout, read_timeout)
        self.keep_alive = keep_alive
        # On a busy CPU server two threads a model collapse one another (170 to under 3 tokens a second).
        self.threads: dict[str, int] = {"num_thread": num_thread} if num_thread else {}
        self._lock = threading.Lock()
        self._client: Client | None = None

    @property
    def address(self) -> str:
        """The base URL that is called."""
        return self.host.url

    @property
    def client(self) -> Client:
        """The `ollama` package's client for this server: finite timeouts, no proxy on loopback.

        It follows no redirects, since the wire does not either: both then say where they were sent.
        """
        with self._lock:
            if self._client is None:
                self._client = self._new_client(self.wire.read_timeout)
                self._closer = weakref.finalize(self, self._client.close)
            return self._client

    def _new_client(self, read_timeout: float) -> Client:
        import httpx
        from ollama import Client

        return Client(
            host=self.address,
            timeout=httpx.Timeout(read_timeout, connect=self.wire.connect_timeout),
            trust_env=not self.host.loopback,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Drop the idle connections. The server can be used again afterwards."""
        with self._lock:
            if self._client is not None:
                self._client = None
                self._closer()

    def faults(
        self, purpose: Purpose, model: str = "", *, read_timeout: float | None = None
    ) -> AbstractContextManager[None]:
        """A block in which the package's exceptions become the project's errors."""
        limit = self.wire.read_timeout if read_timeout is None else read_timeout
        return client_faults(self.address, model=model, purpose=purpose, read_timeout=limit)

    def answers(self, timeout: float = 1.0) -> bool:
        """Whether an Ollama answers here within `timeout` seconds: the probe of `--engine auto`."""
        try:
            return bool(self.version(timeout=timeout))
        except EngineError:
            return False

    def version(self, *, timeout: float | None = None) -> str:
        """The server's version, such as "0.32.15". The package has no call for it."""
        version = self.wire.get("/api/version", timeout=timeout).get("version")
        if not isinstance(version, str) or not version:
            raise not_ollama(self.address, "no version")
        return version

    def models(self) -> tuple[Model, ...]:
        """Every model that is pulled."""
        with self.faults("ask"):
            return list_models(self.client)

    def model(self, name: str) -> Model:
        """The pulled model that `name` means. Raises ModelMissing."""
        for model in self.models():
            if same_model(model.name, name):
                return model
        raise self._missing(name)

    def _missing(self, name: str) -> ModelMissing:
        return ModelMissing(
            f"Ollama at {self.address} does not have the model {name!r}", hint=f"ollama pull {name}"
        )

    def digest(self, name: str) -> str:
        """The checksum of the model `name`, without importing the package: for a question's way.

        Raises ModelMissing.
        """
        return str(self._listed(name).get("digest") or "")

    def parameter_size(self, name: str) -> str:
        """How large the model `name` is, in Ollama's words ("8.0B"), "" where it does not say.

        Without importing the package. Raises ModelMissing.
        """
        details = self._listed(name).get("details")
        return str(details.get("parameter_size") or "") if isinstance(details, dict) else ""

    def _listed(self, name: str) -> dict[str, Any]:
        listed = self.wire.get("/api/tags").get("models")
        for model in listed if isinstance(listed, list) else ():
            if isinstance(model, dict) and same_model(str(model.get("name")), name):
                return model
        raise self._missing(name)

    def show(self, name: str) -> ModelCard:
        """What the model `name` is and can do. Raises ModelMissing."""
        with self.faults("ask", name):
            return show_model(self.client, name)

    def loaded(self) -> tuple[LoadedModel, ...]:
        """Every model in memory now."""
        with self.faults("ask"):
            return loaded_models(self.client)

    def create(self, name: str, gguf: Path) -> None:
        """Make the model `name` from a GGUF file of this machine, in the place of any of that name.

        Raises EngineUnreachable, EngineReply where the server refuses or stops before "success".
        """
        status = ""
        with (
            self._new_client(_PULL_SILENCE) as client,
            self.faults("create", name, read_timeout=_PULL_SILENCE),
        ):
            for step in create_model(client, name, gguf):
                status = step.status
        if status != "success":
            raise EngineReply(
                f"Ollama at {self.address} broke off after {status!r} when {name!r} was to be created",
                hint="Ollama's log says more",
            )

    def delete(self, name: str) -> None:
        """Remove the model `name`. Raises ModelMissing, EngineUnreachable."""
        with self.faults("ask", name):
            self.client.delete(name)

    def pull(self, name: str) -> Iterator[PullProgress]:
        """Fetch a model, step by step; the last step's status is "success".

        Raises EngineUnreachable where the registry cannot be reached, ModelMissing where it has no
        such model, EngineReply where the stream ends before "success".
        """
        status = ""
        with (
            self._new_client(_PULL_SILENCE) as client,
            self.faults("pull", name, read_timeout=_PULL_SILENCE),
        ):
            for step in pull_model(client, name):
                status = step.status
                yield step
        if status != "success":
            raise EngineReply(f"The pull of {name} broke off after {status!r}", hint=f"ollama pull {name}")


def connect(settings: Settings) -> OllamaServer:
    """The server that the settings name. Opens no connection. Raises ConfigError for a host or keep_alive
    that cannot be read."""
    return OllamaServer(
        parse_host(settings.ollama_host),
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        keep_alive=parse_keep_alive(settings.keep_alive),
        num_thread=settings.threads,
    )
