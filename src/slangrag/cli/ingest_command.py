"""`slangrag ingest`: a CSV into a store, whole or in shards, and what it would cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import DEFAULT_CSV, Settings
from slangrag.errors import InputMissing, UsageError

HOW_TO_GET_IT: Final = "slangrag ingest --sample, or get the file as data/README.md says and name it here"


@with_settings(
    "store", "engine", "embed_model", "query_prefix", "document_prefix", "threads", "index", "index_documents"
)
def ingest(
    csv: Annotated[
        Path | None, typer.Argument(help="The CSV, plain, .gz or .zip. [env: SLANGRAG_CSV]")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Load the project's own sample.")] = False,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="DIR", help="Make a new store there; refuse an old one.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", metavar="NAME", help="The data set's name; without it, that of the store's first."
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option("--columns", metavar="MAP", help="Other column names: word=term,definition=meaning."),
    ] = None,
    min_up: Annotated[
        int | None, typer.Option("--min-up", min=0, help="Leave out entries with fewer up-votes.")
    ] = None,
    min_score: Annotated[
        float | None,
        typer.Option(
            "--min-score", min=0, max=1, help="Leave out entries whose up-vote share may be lower (Wilson)."
        ),
    ] = None,
    max_per_word: Annotated[
        int | None,
        typer.Option("--max-per-word", min=1, help="Keep the first so many entries of a headword."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Keep only the first so many entries.")
    ] = None,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Remove what the file no longer brings of its source; asks."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before --prune removes.")] = False,
    reembed: Annotated[
        bool, typer.Option("--reembed", help="Replace the store's vectors by another model's.")
    ] = False,
    rejects: Annotated[
        Path | None, typer.Option("--rejects", metavar="FILE", help="Write the rejected rows there, as CSV.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count, and estimate time, disk and memory. Stores nothing.")
    ] = False,
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Only shard I of N (from 0), to --out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where shards are written.")
    ] = None,
    merge: Annotated[
        Path | None, typer.Option("--merge", metavar="DIR", help="Load the finished shards of DIR.")
    ] = None,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Read a CSV of slang into the store; run again to go on, or to add what is new."""
    from slangrag.cli import ingest_runs
    from slangrag.service.indexing import index_choice
    from slangrag.service.ingesting import Filters, IngestPlan

    if into is not None:
        settings = replace(settings, store=into.expanduser())
    if merge is not None:
        _refuse("--merge", sample=sample, shard=shard, dry_run=dry_run)
        plan = IngestPlan(
            source=merge,
            store=settings.store,
            source_name=source,
            prune=prune,
            reembed=reembed,
            index=index_choice(settings),
        )
        ingest_runs.merge(merge, plan, rejects, yes=yes, as_json=as_json)
        return
    if into is not None and (settings.store / "lexicon.sqlite3").exists():
        raise UsageError(f"there is a store at {into} already", hint=f"slangrag ingest --store {into}")
    plan = IngestPlan(
        source=_input(csv, settings, sample=sample),
        store=settings.store,
        source_name=source,
        columns=column_map(columns),
        filters=Filters(min_up=min_up, min_score=min_score, max_per_word=max_per_word, limit=limit),
        prune=prune,
        reembed=reembed,
        index=index_choice(settings),
    )
    if dry_run:
        _refuse("--dry-run", shard=shard)
        ingest_runs.estimate(plan, settings, as_json=as_json)
    elif shard is not None:
        ingest_runs.shard(plan, shard, out, settings, as_json=as_json)
    else:
        ingest_runs.single(plan, settings, rejects, yes=yes, as_json=as_json)


def _refuse(option: str, **others: object) -> None:
    """UsageError if an option was given that `option` excludes."""
    for name, value in others.items():
        if value:
            raise UsageError(
                f"{option} does not go with --{name.replace('_', '-')}", hint="slangrag ingest --help"
            )


def _input(csv: Path | None, settings: Settings, *, sample: bool) -> Path:
    """The file to read: the argument, the sample, the setting, or the usual place."""
    if sample:
        from slangrag.service.ingesting import sample_csv

        if csv is not None:
            raise UsageError("--sample does not go with a CSV", hint="leave out one of them")
        return sample_csv()
    chosen = csv or settings.csv
    if chosen is not None:
        return chosen
    if DEFAULT_CSV.is_file():
        return DEFAULT_CSV
    raise InputMissing(f"no CSV was named, and {DEFAULT_CSV} is not there", hint=HOW_TO_GET_IT)


def column_map(text: str | None) -> dict[str, str] | None:
    """ "word=term,definition=meaning" as a mapping of our names to the file's."""
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(ours.strip() and theirs.strip() for ours, _, theirs in pairs):
        raise UsageError(f"--columns {text!r} cannot be read", hint="--columns word=term,definition=meaning")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
