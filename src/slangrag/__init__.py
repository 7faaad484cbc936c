"""slangrag: a slang translator that retrieves before it answers, and cites what it found.

`Slang` is the library's one public name: everything that can be asked of a store. It is imported when it
is first used, so that `import slangrag` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slangrag.service.slang import Slang

__version__ = "0.2.0"
__all__ = ["Slang", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Slang":
        from slangrag.service.slang import Slang

        return Slang
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
