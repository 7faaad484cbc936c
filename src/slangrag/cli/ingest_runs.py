"""What `slangrag ingest` does once its options are read: one run, one shard, a merge or an estimate."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from slangrag.cli.render.ingest import show_estimate, show_report
from slangrag.cli.signals import ctrl_c_is_told, stop_on_signals
from slangrag.config import Settings
from slangrag.errors import StoppedEarly, UsageError
from slangrag.service import ingesting as ingest

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder


_WORTH_SAYING: Final = 20_000  # rows, for which Chroma takes half a minute


def single(
    plan: ingest.IngestPlan, settings: Settings, rejects: Path | None, *, yes: bool, as_json: bool
) -> None:
    """One file into one store; says at once if there is nothing to do."""
    if not plan.reembed:
        ingest.require_same_embedder(plan.store, settings)
    done = ingest.finished(plan)
    if done is None and plan.prune and not yes:
        _agree_to_prune(plan, named(plan.source))
    _show_or_do(done, partial(ingest.load, plan), plan, settings, as_json=as_json)
    _write_rejects(settings.store, rejects)


def shard(plan: ingest.IngestPlan, part: str, out: Path | None, settings: Settings, *, as_json: bool) -> None:
    """One shard of the file into one finished shard file."""
    index, slash, count = part.partition("/")
    if not (slash and index.isdecimal() and count.isdecimal() and int(index) < int(count)):
        raise UsageError(f"--shard {part!r} cannot be read", hint="--shard 0/4 for the first of four")
    if out is None:
        raise UsageError("--shard needs a place for its file", hint=f"--shard {part} --out DIR")
    one = ingest.ShardPlan(plan, int(index), int(count), out)
    _show_or_do(ingest.finished_shard(one), partial(ingest.load_shard, one), plan, settings, as_json=as_json)


def merge(shards: Path, plan: ingest.IngestPlan, rejects: Path | None, *, yes: bool, as_json: bool) -> None:
    """All finished shards of a folder into the store."""
    if plan.prune and not yes:
        _agree_to_prune(plan, str(shards))
    with working() as (stop, told):
        report = ingest.merge(shards, plan, progress=told, stop=stop)
    show_report(report, str(shards), as_json=as_json)
    _write_rejects(plan.store, rejects)


def estimate(plan: ingest.IngestPlan, settings: Settings, *, as_json: bool) -> None:
    """What loading the file would take. Writes nothing."""
    show_estimate(ingest.estimate(plan, _embedder(settings, plan)), named(plan.source), as_json=as_json)


def _show_or_do(
    done: ingest.IngestReport | None,
    work: Callable[..., ingest.IngestReport],
    plan: ingest.IngestPlan,
    settings: Settings,
    *,
    as_json: bool,
) -> None:
    """The report of what was done already, or of `work`."""
    if done is not None:
        show_report(done, named(plan.source), as_json=as_json, nothing_to_do=True)
        return
    with working() as (stop, told):
        report = work(_embedder(settings, plan), progress=told, stop=stop)
    show_report(report, named(plan.source), as_json=as_json)


def _agree_to_prune(plan: ingest.IngestPlan, file: str) -> None:
    """Ask whether entries may be removed, where somebody can answer and there are any.

    Raises StoppedEarly for a no. In a pipe or a batch job --prune itself is the answer.
    """
    from slangrag.text.clean import printable

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    there, source = ingest.entries_at_stake(plan)
    of = f" of source {source}" if source else ""
    question = f"{plan.store} holds {there:,} entries{of}. Remove those that are not loaded from {file} now?"
    try:
        agreed = there == 0 or typer.confirm(printable(question), default=False, err=True)
    except typer.Abort as abort:
        typer.echo("\nslangrag: stopped: nothing was changed", err=True)
        raise typer.Exit(130) from abort
    if not agreed:
        raise StoppedEarly("nothing was changed", hint="leave out --prune to keep them, or say --yes")


def named(source: Path) -> str:
    """The file as its user knows it: the sample was never named by a path."""
    return "the sample" if source == ingest.sample_csv() else str(source)


@contextmanager
def working(unit: str = "rows") -> Iterator[tuple[ingest.StopFlag, Callable[[ingest.Progress], None]]]:
    """A stop flag that signals set, and a meter to report to. Ctrl-C ends with what is kept, and 130."""
    from slangrag.cli.render.progress import meter
    from slangrag.cli.render.terminal import note

    answers = False
    with stop_on_signals() as stop, meter(unit) as bar:

        def told(progress: ingest.Progress) -> None:
            nonlocal answers
            if progress.stage == "index" and not answers and (progress.total or 0) >= _WORTH_SAYING:
                answers = True
                note("the store answers already; its Chroma index, for other tools, takes longer")
            bar.update(progress.stage, progress.done, progress.total, progress.rate)

        with ctrl_c_is_told():
            yield stop, told


def _embedder(settings: Settings, plan: ingest.IngestPlan) -> Embedder:
    from slangrag.cli.opening import fetching
    from slangrag.cli.render.terminal import note

    embedder, why = ingest.embedder_for(plan, settings, fetching())
    if why:
        note(why)
    return embedder


def _write_rejects(store: Path, path: Path | None) -> None:
    if path is None:
        return
    from slangrag.cli.render.terminal import note

    note(f"{ingest.write_rejects(store, path):,} rejected rows in {path}")
