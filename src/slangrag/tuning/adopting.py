"""A tuned embedder taken into use by a store: its model put into it, its vectors in the old ones' place.

The model lives in the store from then on, so that the two are moved and copied together.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import InputMissing, ModelUnfit, StoreError
from slangrag.ingest.plan import Report
from slangrag.ingest.reembedding import reembed_store
from slangrag.ingest.stop import StopFlag
from slangrag.store import fingerprint
from slangrag.store.index import IndexChoice
from slangrag.store.journal import guard
from slangrag.store.layout import StoreLayout
from slangrag.store.lock import hold
from slangrag.store.writer import open_writer
from slangrag.tuning.comparing import read_verdict
from slangrag.tuning.folder import TuneFolder

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, Vectors


@dataclass(frozen=True, slots=True)
class Adopted:
    """taken: vectors that the comparison had made already; of the others new ones were made. forced: what it
    was adopted in spite of.
    """

    identity: EmbedderIdentity
    taken: int
    forced: tuple[str, ...]


class _Named:
    """An embedder under the name that a store will know it by."""

    def __init__(self, embedder: Embedder, identity: EmbedderIdentity) -> None:
        self._embedder = embedder
        self.identity = identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """As the embedder does."""
        return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        """As the embedder does."""
        return self._embedder.embed_query(text)


def adopt(
    root: Path,
    folder: TuneFolder,
    make_embedder: Callable[[Path | None], Embedder],
    choice: IndexChoice,
    *,
    force: bool = False,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> Adopted:
    """Let the store at `root` use the embedder that was compared, if it fell in no task (or `force`).

    make_embedder makes it: of this file, where it lives in one, else (None) by its name. Raises InputMissing
    without a comparison, ModelUnfit for a worse one or another store's, StoreError for a full disk, what
    `reembed_store` raises.
    """
    verdict = read_verdict(folder)
    if verdict.worse and not force:
        raise ModelUnfit(
            f"the tuned embedder is worse at {'; '.join(verdict.worse)}",
            hint="tune it otherwise (docs/tune.md), or slangrag tune adopt --force",
        )
    compared = fingerprint.from_meta(dict(verdict.after))
    _require_compared_here(root, fingerprint.from_meta(dict(verdict.before)), compared)
    weights = Path(compared.model)
    if not weights.is_absolute():
        embedder = make_embedder(None)
    elif weights.is_file():
        embedder = _in_the_store(root, weights, compared, make_embedder)
    else:
        raise InputMissing(f"{weights}, which was compared, is gone", hint="slangrag tune export")
    identity = embedder.identity
    if not fingerprint.agree(replace(compared, model=identity.model), identity):
        raise ModelUnfit(
            f"{fingerprint.describe(identity)} is not what was compared", hint="slangrag tune eval"
        )
    taken = reembed_store(root, embedder, choice, made=folder.candidate, progress=progress, stop=stop)
    forced = verdict.worse if force else ()
    _note(root, identity, forced)
    return Adopted(identity, taken, forced)


def _require_compared_here(root: Path, before: EmbedderIdentity, after: EmbedderIdentity) -> None:
    """Raise ModelUnfit where the store has neither of the two embedders: then it is not what was asked."""
    stored = fingerprint.stored_identity(root)
    # Adopted already, and stopped before the index was built: under another name, with the same weights.
    adopted = stored is not None and (stored.digest or "none") == after.digest
    if stored is None or not (adopted or any(fingerprint.agree(stored, one) for one in (before, after))):
        raise ModelUnfit(
            f"{root} was not compared: its vectors are not those of {fingerprint.describe(before)}",
            hint="slangrag tune eval",
        )


def _in_the_store(
    root: Path, weights: Path, compared: EmbedderIdentity, make_embedder: Callable[[Path | None], Embedder]
) -> Embedder:
    """The embedder, its files copied into the store, under its name there."""
    home = StoreLayout(root).model(compared.digest)
    aside = home.with_name(home.name + ".new")
    if not home.is_dir():
        source = weights.parent
        shutil.rmtree(aside, ignore_errors=True)
        try:
            aside.mkdir(parents=True)
            for path in [weights, *(one for one in source.rglob("*.json") if one.is_file())]:
                target = aside / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            aside.replace(home)
        except OSError as error:
            raise StoreError(f"{home} cannot be written: {error.strerror}", hint="make room") from error
    embedder = make_embedder(home / weights.name)
    name = str(home.relative_to(root) / weights.name)
    return _Named(embedder, replace(embedder.identity, model=name))


def _note(root: Path, identity: EmbedderIdentity, forced: tuple[str, ...]) -> None:
    with hold(root), open_writer(root) as writer, guard(writer.path):
        at = datetime.now(UTC).isoformat(timespec="seconds")
        kept = {"embedder": fingerprint.describe(identity), "at": at, "in_spite_of": list(forced)}
        writer.set_meta(fingerprint.ADOPTED, kept)
        writer.commit()
    for other in StoreLayout(root).models():
        if other != StoreLayout(root).model(identity.digest):
            shutil.rmtree(other, ignore_errors=True)
