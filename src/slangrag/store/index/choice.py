"""Where a store's index is to be, as the settings say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from slangrag.errors import ConfigError

LOCAL: Final = "chroma"
NONE: Final = "none"
FEW_ENOUGH_FOR_DOCUMENTS: Final = 300_000
"""Rows up to which texts go into Chroma unless asked otherwise: they double the time that it takes."""


@dataclass(frozen=True, slots=True)
class IndexChoice:
    """place: "chroma" (a directory beside the lexicon), "none", or the address of a Chroma server.

    token: what the server wants to see, a bearer token or "Header: value"; "" for nothing.
    documents: whether the texts of entries go into it too; None: where it is not too large for that.
    """

    place: str = LOCAL
    token: str = field(default="", repr=False)
    documents: bool | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "token", self.token.strip())  # a secret's file ends with a line break
        if self.place not in (LOCAL, NONE) and not self.on_server:
            raise ConfigError(
                f"SLANGRAG_INDEX={self.place!r} is neither {LOCAL} nor {NONE} nor an http address",
                hint="SLANGRAG_INDEX=http://HOST:8000, or chroma, or none",
            )
        if not self.on_server:
            return
        try:
            address = urlsplit(self.place)
            whole = bool(address.hostname) and (address.port or 1) > 0
        except ValueError:
            whole = False
        if not whole:
            raise ConfigError(f"SLANGRAG_INDEX={self.place!r} is no address", hint="http://HOST:8000")
        if "@" in address.netloc:
            raise ConfigError(
                "SLANGRAG_INDEX has a name or password in it, which would be shown",
                hint="put it into SLANGRAG_INDEX_TOKEN, as: Authorization: Basic ...",
            )

    def has_documents(self, rows: int) -> bool:
        """Whether texts go into an index of so many rows."""
        return rows <= FEW_ENOUGH_FOR_DOCUMENTS if self.documents is None else self.documents

    @property
    def on_server(self) -> bool:
        """Whether it is a Chroma server's."""
        return self.place.startswith(("http://", "https://"))
