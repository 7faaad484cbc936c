"""What an ingest is asked to do, how it tells of its progress, what it reports at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import UsageError
from slangrag.sources.filters import Filters
from slangrag.store.index import LOCALLY, IndexChoice

_SOURCE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Batching:
    """How texts go to the embedder: at most `items` and `characters` a call, `in_flight` calls at once.

    `waiting` calls are kept ready behind these, so that a commit never makes the embedder wait.
    """

    items: int = 64
    characters: int = 32_000
    in_flight: int = 1
    waiting: int = 16


# An Ollama server gains up to 15 % from a second call in flight and nothing from batches above 128;
# the embedded engine's one call already uses every core.
_BATCHING: Final[Mapping[str, Batching]] = {"ollama": Batching(in_flight=2), "embedded": Batching()}


def batching_for(identity: EmbedderIdentity) -> Batching:
    """Batch bounds that suit an engine."""
    return _BATCHING.get(identity.engine, Batching())


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to commit, in seconds: not within `least` of the last, so that commits take no more than
    one part in `share` of the time, but at least every `most`: what a kill can lose."""

    least: float = 0.5
    share: float = 15.0
    most: float = 4.0

    def wait(self, took: float) -> float:
        """Seconds from the end of a commit that took so long to the next one."""
        return min(self.most, max(self.least, self.share * took))


@dataclass(frozen=True, slots=True)
class IngestPlan:
    """One source into one store. columns maps our field names to a table's; batching None suits the engine.

    index says where its Chroma index goes. source_name is the source that the file belongs to (None: the one
    that the store began with), whose entries alone it changes; merges: the file is a directory of shards.
    prune removes entries of that source that this load did not see; reembed allows another embedder to
    replace the store's vectors. Raises UsageError for a name that is none.
    """

    source: Path
    store: Path
    source_name: str | None = None
    merges: bool = False
    columns: Mapping[str, str] | None = None
    filters: Filters = field(default_factory=Filters)
    prune: bool = False
    reembed: bool = False
    batching: Batching | None = None
    pace: Pace = field(default_factory=Pace)
    index: IndexChoice = LOCALLY

    def __post_init__(self) -> None:
        if self.source_name is not None and not _SOURCE_NAME.fullmatch(self.source_name):
            raise UsageError(
                f"--source {self.source_name!r} is no name: up to 40 letters, digits, dots, dashes",
                hint="--source ud-2025",
            )

    @property
    def options(self) -> str:
        """What, beside the file and its source, decides which entries a load leaves: kept in the ledger."""
        chosen = {"columns": dict(self.columns or {}), "filters": asdict(self.filters), "prune": self.prune}
        return json.dumps(chosen, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands, at a stage with a name for people ("read/embed", "index").

    done and total count rows; total is None where nobody can know it yet.
    rate is in rows per second, eta in seconds (None while unknown).
    """

    stage: str
    done: int
    total: int | None
    rate: float
    eta: float | None


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The `ingest` JSON contract: counts over the whole file, time over this run.

    rows_read = accepted + rejected + duplicates + filtered and accepted = embedded + already_present,
    always. embedded counts what this run embedded; already_present what needed no embedding, rows of an
    earlier, stopped run of the same load included. pruned counts what this run removed from the store;
    shared those of the accepted that another source has as well, word and definition alike: not stored twice.
    source is None for shards that name none.
    """

    rows_read: int
    accepted: int
    rejected: int
    duplicates: int
    filtered: int
    embedded: int
    already_present: int
    seconds: float
    rows_per_second: float
    complete: bool
    store: str
    pruned: int = 0
    source: str | None = None
    shared: int = 0
    notes: tuple[str, ...] = ()
