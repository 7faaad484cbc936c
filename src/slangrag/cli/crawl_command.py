"""`slangrag crawl`: the pages of a site as documents, by a small TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings


@with_settings("store", "engine", "threads", "index")
def crawl(
    site: Annotated[Path, typer.Argument(metavar="SITE.toml", help="Where to begin, and what belongs.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what it would take; keep nothing.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Read every page again, also those that did not change.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove pages that are gone, however many they are.")
    ] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Let addresses of private networks be fetched (an intranet).")
    ] = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Add the pages of a site beside the dictionary; run again to take over what changed."""
    from slangrag.cli.ingest_runs import working
    from slangrag.cli.opening import fetching
    from slangrag.cli.render.crawling import Told
    from slangrag.service import adding, crawling

    plan = crawling.named_plan(site.expanduser(), private=private)
    told = Told(as_json=as_json)
    if dry_run:
        for page in crawling.look_over(plan, waiting=told.waits):
            told.visited(crawling.Visited(page))
        told.end(dry_run=True)
        return
    with (
        working("passages") as (stop, progress),
        adding.adding(
            settings, fetching=fetching(), private=private, progress=progress, stop=stop
        ) as documents,
    ):
        visits = crawling.crawl_into(
            documents, settings.store, plan, anew=anew, prune=prune, waiting=told.waits, stop=stop
        )
        for one in visits:
            told.visited(one)
    told.end(dry_run=False)
