"""The models that a stand-in holds: which are pulled, which are in memory and for how long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.standin.models import StandInModel
from tests.standin.traffic import Shape
from tests.standin.wording import OLD, keep_alive_seconds


@dataclass(slots=True)
class Held:
    """A model in memory. expires: the time (of time.time) at which it leaves."""

    model: StandInModel
    context: int
    expires: float


class Library:
    """The models of one stand-in, which speaks as `version` does and loads as slowly as `shape` says."""

    def __init__(self, models: Iterable[StandInModel], version: str, shape: Shape) -> None:
        self.pulled = {model.full_name: model for model in models}
        self.version = version
        self._shape = shape
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()

    @property
    def is_old(self) -> bool:
        """Whether it speaks as 0.13.5 does."""
        return self.version == OLD

    def find(self, name: str) -> StandInModel | None:
        """The pulled model that `name` means: case, ":latest" and the library's own prefix do not count."""
        short = name.removeprefix("registry.ollama.ai/").removeprefix("library/")
        wanted = (short if ":" in short.rsplit("/", 1)[-1] else f"{short}:latest").lower()
        return next((model for full, model in self.pulled.items() if full.lower() == wanted), None)

    def load(self, model: StandInModel, context: int, request: dict[str, Any]) -> int:
        """Load `model` unless it is, for as long as keep_alive says; the nanoseconds that it took."""
        keep = keep_alive_seconds(request.get("keep_alive"))
        with self._lock:
            held = self._held.get(model.full_name)
            fresh = held is None or held.context != context
            self._held[model.full_name] = Held(model, context, time.time() + keep)
        return (self._shape.load() if fresh else 0) + 450_000

    def unload(self, model: StandInModel) -> None:
        """Out of memory at once."""
        with self._lock:
            self._held.pop(model.full_name, None)

    def in_memory(self) -> list[Held]:
        """What is in memory now, what stays longest first."""
        now = time.time()
        with self._lock:
            self._held = {name: held for name, held in self._held.items() if held.expires > now}
            return sorted(self._held.values(), key=lambda held: -held.expires)
