"""What a client far away is told: without the places on the machine that messages, hints and notes name."""

from __future__ import annotations

import re
from typing import Final

from slangrag import errors
from slangrag.errors import SlangragError

_SAID: Final[dict[type[SlangragError], str]] = {
    errors.StoreMissing: "the server has no store",
    errors.StoreMismatch: "the server's store was made with another embedding model",
    errors.StoreDamaged: "the server's store is damaged",
    errors.StoreError: "the server's store cannot be read just now",
    errors.EngineUnreachable: "the engine that answers cannot be reached",
    errors.WeightsError: "the server lacks the model's weights",
    errors.ConfigError: "the server's configuration cannot be read",
}
"""Messages that are about a place are said in general words; the server's log has the whole."""

_PLACE: Final = re.compile(r"(?:https?://\S+)|(?:(?<![\w/])~?/[\w.@~+-]+(?:/[\w.@~+-]*)+)")
_FLAG: Final = re.compile(r" \(--[a-z][^()]*\)")


def placeless(text: str) -> str:
    """`text` without paths and addresses of the machine, and without the command line's flags."""
    return _FLAG.sub("", _PLACE.sub("…", text))


def told_afar(error: SlangragError) -> tuple[str, str]:
    """An error's message and hint for a client that comes over a network."""
    said = next((_SAID[kind] for kind in type(error).__mro__ if kind in _SAID), error.message)
    # The command's advice is to set the server otherwise, which a client cannot.
    overflow = isinstance(error, errors.ContextOverflow)
    return placeless(said), "ask about less at once" if overflow else placeless(error.hint)
