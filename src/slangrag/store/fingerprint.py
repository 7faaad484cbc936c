"""The fingerprint: which embedder made a store's vectors, and what to say when another comes along.

Compares and words things; reading and writing the lexicon's `meta` is left to its callers.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import StoreMismatch, StoreMissing

EMBEDDER: Final = "embedder"
PENDING_EMBEDDER: Final = "pending_embedder"
ADOPTED: Final = "adopted"
"""Of a tuned embedder that was taken into use: which, when, and in spite of what (`tune adopt`)."""
WAYS_OUT: Final = (
    "slangrag ingest CSV --into NEW_STORE, or to replace its vectors: slangrag ingest CSV --reembed"
)


def to_meta(identity: EmbedderIdentity) -> dict[str, Any]:
    """What `meta` keeps of an embedder."""
    return asdict(identity)


def from_meta(value: dict[str, Any]) -> EmbedderIdentity:
    """The embedder that `meta` remembers."""
    return EmbedderIdentity(**value)


def describe(identity: EmbedderIdentity) -> str:
    """One embedder in a few words, for messages."""
    digest = f", {identity.digest.removeprefix('sha256:')[:12]}" if identity.digest else ""
    return f"{identity.engine}/{identity.model} ({identity.dimension} dimensions{digest})"


def agree(stored: EmbedderIdentity, offered: EmbedderIdentity) -> bool:
    """Whether vectors of the two can live in one store. A digest that one of them lacks is not compared."""
    same_digest = not stored.digest or not offered.digest or stored.digest == offered.digest
    return same_digest and replace(stored, digest="") == replace(offered, digest="")


def require_agreement(stored: EmbedderIdentity, offered: EmbedderIdentity, root: Path) -> None:
    """Raise StoreMismatch, naming both models and both ways out, unless the two agree."""
    if agree(stored, offered):
        return
    mine, yours = describe(stored), describe(offered)
    if mine == yours:
        mine = f"{mine} and the document template {stored.document_template!r}"
        yours = f"{yours} and {offered.document_template!r}"
    raise StoreMismatch(
        f"the store at {root} was made with {mine}, not with {yours}",
        hint=WAYS_OUT,
    )


def stored_identity(root: Path) -> EmbedderIdentity | None:
    """The embedder that the store at `root` was made with; None where there is no store yet.

    Raises StoreMismatch and StoreDamaged as `open_lexicon` does.
    """
    from slangrag.store.lexicon import open_lexicon

    try:
        with open_lexicon(root) as lexicon:
            kept = lexicon.meta(EMBEDDER)
    except StoreMissing:
        return None
    return None if kept is None else from_meta(kept)
