"""What a client far away is told: without the places on the machine that messages, hints and notes name."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any, Final

from slangrag import errors
from slangrag.errors import SlangragError

_SAID: Final[dict[type[SlangragError], str]] = {
    errors.DocumentsMissing: "the server has no documents",
    errors.StoreMissing: "the server has no store",
    errors.StoreLocked: "another command is changing the server's store",
    errors.StoreMismatch: "the server's store was made with another embedding model",
    errors.StoreDamaged: "the server's store is damaged",
    errors.StoreError: "the server's store cannot be read just now",
    errors.EngineUnreachable: "the engine that answers cannot be reached",
    errors.WeightsError: "the server lacks the model's weights",
    errors.ConfigError: "the server's configuration cannot be read",
}
"""Messages that are about a place are said in general words; the server's log has the whole."""

_ADVICE: Final[dict[type[SlangragError], str]] = {
    errors.ContextOverflow: "ask about less at once",
    errors.DocumentsMissing: "GET /api/documents",
    errors.StoreLocked: "try again when it has ended",
}
"""Where a command's own advice is for the machine, which a client cannot follow."""

_PLACE: Final = re.compile(r"(?:https?://\S+)|(?:(?<![\w/])~?/[\w.@~+-]+(?:/[\w.@~+-]*)+)")
_FLAG: Final = re.compile(r" \(--[a-z][^()]*\)")


def placeless(text: str) -> str:
    """`text` without paths and addresses of the machine, and without the command line's flags."""
    return _FLAG.sub("", _PLACE.sub("…", text))


def document_afar(document: dict[str, Any]) -> dict[str, Any]:
    """A document of `stored_documents` whose source is a web address or the bare name of a file."""
    source, notes = document["source"], document["notes"]
    if not source.startswith(("http://", "https://")):
        source = PurePath(source.removeprefix("upload:")).name
    return {**document, "source": source, "notes": [placeless(note) for note in notes]}


def told_afar(error: SlangragError) -> tuple[str, str]:
    """An error's message and hint for a client that comes over a network."""
    said = next((_SAID[kind] for kind in type(error).__mro__ if kind in _SAID), error.message)
    hint = next((said for kind, said in _ADVICE.items() if isinstance(error, kind)), error.hint)
    return placeless(said), placeless(hint)
