"""Loading a file into a store, as a door asks for it: the embedder chosen, what is there taken into account.

The plan, the report and the other plain data of `slangrag.ingest` are named here for the doors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from slangrag import ingest
from slangrag.config import Settings
from slangrag.errors import StoreMismatch, StoreMissing
from slangrag.ingest import (
    Estimate,
    IngestPlan,
    IngestReport,
    Progress,
    ShardPlan,
    StopFlag,
    finished,
    finished_shard,
    merge,
    write_rejects,
)
from slangrag.ingest.reembedding import reembed_documents
from slangrag.sources.filters import Filters
from slangrag.sources.sample import sample_csv
from slangrag.store.fingerprint import WAYS_OUT, describe, stored_identity

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, EmbedderIdentity
    from slangrag.service.engines import Fetching

__all__ = [
    "Estimate",
    "Filters",
    "IngestPlan",
    "IngestReport",
    "Progress",
    "ShardPlan",
    "StopFlag",
    "embedder_for",
    "entries_at_stake",
    "estimate",
    "finished",
    "finished_shard",
    "load",
    "load_shard",
    "merge",
    "require_same_embedder",
    "sample_csv",
    "write_rejects",
]

Told = Callable[[Progress], None]


def load(plan: IngestPlan, embedder: Embedder, *, progress: Told, stop: StopFlag) -> IngestReport:
    """One file into one store; see `slangrag.ingest.run`."""
    report = ingest.run(plan, embedder, progress=progress, stop=stop)
    if plan.reembed:
        reembed_documents(plan.store, embedder, plan.index, progress=progress, stop=stop)
    return _with_cuts(report, embedder)


def load_shard(plan: ShardPlan, embedder: Embedder, *, progress: Told, stop: StopFlag) -> IngestReport:
    """One shard of a file into one shard file; see `slangrag.ingest.run_shard`."""
    return _with_cuts(ingest.run_shard(plan, embedder, progress=progress, stop=stop), embedder)


def estimate(plan: IngestPlan, embedder: Embedder) -> Estimate:
    """What loading the file would take. Writes nothing."""
    return ingest.estimate(plan, embedder)


def embedder_for(plan: IngestPlan, settings: Settings, fetching: Fetching | None) -> tuple[Embedder, str]:
    """The store's own embedder, or the one the settings mean for a new store (or to re-embed), and a note.

    Raises StoreMismatch if the settings name another than the store's; the EngineErrors of choosing.
    """
    from slangrag.service import engines

    stored = None if plan.reembed else require_same_embedder(plan.store, settings)
    chosen = engines.embedder(settings, stored, fetching)
    return chosen.model, chosen.note


def require_same_embedder(store: Path, settings: Settings) -> EmbedderIdentity | None:
    """The embedder that the store was made with; None where there is no store.

    Raises StoreMismatch if the settings name another engine or model.
    """
    stored = stored_identity(store)
    if stored is None:
        return None
    asked = [
        wanted
        for wanted, has in (
            (settings.engine if settings.engine != "auto" else None, stored.engine),
            (settings.embed_model, stored.model),
        )
        if wanted is not None and wanted.removesuffix(":latest") != has.removesuffix(":latest")
    ]
    if asked:
        raise StoreMismatch(
            f"the store at {store} was made with {describe(stored)}, not with {' '.join(asked)}",
            hint=WAYS_OUT,
        )
    return stored


def entries_at_stake(plan: IngestPlan) -> tuple[int, str]:
    """How many entries a prune might remove, and of which source: "" where the store has but one.

    A merge whose shards name another source than the plan is taken at the plan's word.
    """
    from slangrag.store.lexicon import open_lexicon

    try:
        with open_lexicon(plan.store) as lexicon:
            sources, own = lexicon.sources(), plan.source_name or lexicon.first_source
    except StoreMissing:
        return 0, ""
    entries = sum(source.entries for source in sources if source.name == own)
    return entries, own if len(sources) > 1 else ""


def _with_cuts(report: IngestReport, embedder: Embedder) -> IngestReport:
    """The report, with a note on texts that were longer than the model reads."""
    from slangrag.engines.protocols import CountsCuts

    if not isinstance(embedder, CountsCuts) or not embedder.truncated:
        return report
    cut = f"{embedder.truncated:,} texts are longer than the model reads: only their beginnings count"
    return replace(report, notes=(*report.notes, cut))
