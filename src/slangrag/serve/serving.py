"""What the server's parts share: the store, the line for the model, who is let in."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from slangrag.serve.guard import Access
from slangrag.serve.queue import GenerationQueue
from slangrag.service.equipment import PER_QUESTION

if TYPE_CHECKING:
    from slangrag.service.slang import Slang

_MOST_KINDS: Final = 4


@dataclass(frozen=True)
class Serving:
    """One server. slang is opened by whoever starts it and closed by them. address: where it listens.

    uploads: whether clients may add and remove documents.
    """

    slang: Slang
    queue: GenerationQueue
    access: Access = field(default_factory=Access)
    log_questions: bool = False
    address: str = ""
    uploads: bool = False

    @cached_property
    def variants(self) -> Variants:
        """The store asked with other settings."""
        return Variants(self.slang)

    def varied(self, **settings: Any) -> Slang:
        """The facade with those of these settings that are given (not None) laid over the server's own."""
        return self.variants.get({name: value for name, value in settings.items() if value is not None})


class Variants:
    """The store asked with other settings; a few are kept, so that no model is loaded for every question."""

    def __init__(self, slang: Slang) -> None:
        self._slang = slang
        self._kept: OrderedDict[frozenset[tuple[str, Any]], Slang] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, settings: Mapping[str, Any]) -> Slang:
        """The facade for these settings laid over the server's own. Raises UsageError, ConfigError."""
        lasting = {name: value for name, value in settings.items() if name not in PER_QUESTION}
        passing = {name: value for name, value in settings.items() if name in PER_QUESTION}
        slang = self._lasting(lasting) if lasting else self._slang
        return slang.varied(**passing) if passing else slang

    def _lasting(self, settings: Mapping[str, Any]) -> Slang:
        key = frozenset(settings.items())
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._slang.varied(**settings)
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST_KINDS:
                self._kept.popitem(last=False)
            return self._kept[key]
