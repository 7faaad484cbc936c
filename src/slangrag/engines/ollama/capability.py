"""Whether a model on Ollama can explain, or is too small to: by its true size where that is known.

The size is asked of the server once, after the first answer, and remembered in a small file of the cache;
until then the model's name has to tell. So no question waits for it.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Final

from slangrag.engines.ollama.models import canonical_name

CAPABLE_FROM: Final = 1.5e9
"""Parameters from which a model follows the prompt and cites. By name and by size the same."""

_SIZE: Final = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)([mb])(?![a-z])")
_TINY_FAMILIES: Final = ("tinyllama", "tinydolphin")
_FACTORS: Final = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}


def looks_capable(model: str) -> bool:
    """False where the name says that the model has fewer than CAPABLE_FROM parameters.

    ("llama3.2:1b", "smollm2:135m"). A name that does not tell counts as capable.
    """
    name = canonical_name(model).lower()
    sizes = _SIZE.findall(name)
    if sizes:
        number, unit = sizes[-1]
        return float(number) * _FACTORS[unit] >= CAPABLE_FROM
    return not name.rsplit("/", 1)[-1].startswith(_TINY_FAMILIES)


def parameters(size: str) -> float | None:
    """Number of parameters in Ollama's words ("8.0B", "134.52M"); None where it does not say."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmbt])\s*", size.lower())
    return float(match[1]) * _FACTORS[match[2]] if match else None


class RememberedSizes:
    """Sizes of models by server and name, in a JSON file. A file that cannot be used is as good as none."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "ollama_sizes.json"

    def get(self, address: str, model: str) -> str:
        """What the server said ("8.0B"); "" where it was not asked."""
        found = self._read().get(_key(address, model), "")
        return found if isinstance(found, str) else ""

    def put(self, address: str, model: str, size: str) -> None:
        """Remember it. Where nothing can be written, it is asked again next time."""
        sizes = {**self._read(), _key(address, model): size}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, written = tempfile.mkstemp(dir=self._path.parent, suffix=".tmp")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(sizes, file, indent=1)
            Path(written).replace(self._path)
        except OSError:
            return

    def _read(self) -> dict[str, object]:
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}


def _key(address: str, model: str) -> str:
    return f"{address} {canonical_name(model).lower()}"
