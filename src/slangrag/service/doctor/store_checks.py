"""What `slangrag doctor` looks at in a store: its rows, its index, the disk it is on. Prints nothing.

The index is opened by a child process only, and only where there is one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from slangrag.config import Settings
from slangrag.errors import StoreError
from slangrag.service.doctor.finding import Finding, failed
from slangrag.service.indexing import index_choice
from slangrag.service.maintenance import StoreFacts, store_facts
from slangrag.sources.sample import sample_csv
from slangrag.store.index.chroma_server import IS_IT_RUNNING
from slangrag.text.sizes import size

LITTLE_ROOM: Final = 500_000_000


def store(settings: Settings, *, quick: bool) -> Iterator[Finding]:
    """The store: there, whole, indexed; and the room around it."""
    try:
        facts = store_facts(settings.store, index_choice(settings))
    except StoreError as error:
        yield failed("store", error)
        return
    yield rows(facts)
    yield codes(facts)
    yield index(facts, settings, quick=quick)
    if facts.documents:
        yield documents(facts)
    yield disk(facts)


def rows(facts: StoreFacts) -> Finding:
    """What the lexicon holds, and whether its last load came to its end."""
    said = f"{facts.root}: {facts.entries:,} entries of {facts.headwords:,} headwords"
    if facts.locked_by:
        return Finding("store", None, f"{said}; being written by {facts.locked_by}")
    if not facts.complete:
        last = facts.loads[-1]
        source = "--sample" if last.name == sample_csv().name else last.name
        return Finding(
            "store",
            False,
            f"{said}; {last.name} was loaded only up to record {last.record:,}",
            f"slangrag ingest {source} --store {facts.root}",
            StoreError.exit_code,
        )
    return Finding("store", True, said)


def codes(facts: StoreFacts) -> Finding:
    """Whether search by meaning is fast."""
    if facts.locked_by:
        return Finding("codes", None, "not looked at while the store is being written")
    if facts.codes_current:
        return Finding("codes", True, "up to date")
    rebuild = f"slangrag store rebuild --store {facts.root}"
    return Finding("codes", False, "behind: search by meaning is slow", rebuild, StoreError.exit_code)


def index(facts: StoreFacts, settings: Settings, *, quick: bool) -> Finding:
    """Whether the Chroma index is there, up to date, and opens: in a child process, since a bad one kills."""
    from slangrag.service.indexing import index_opens

    rebuild = f"slangrag store rebuild --store {facts.root}"
    if facts.index_place == "none":
        return Finding("index", True, "none wanted; the codes answer")
    if facts.locked_by:
        return Finding("index", None, "not looked at while the store is being written")
    if facts.index_fault:
        return Finding("index", False, facts.index_fault, IS_IT_RUNNING, StoreError.exit_code)
    if facts.index_rows is None:
        return Finding("index", False, "not built", rebuild, StoreError.exit_code)
    said = f"{facts.index_rows:,} vectors"
    if not facts.index_current:
        return Finding("index", False, f"{said}, not up to date", rebuild, StoreError.exit_code)
    if not quick and not index_opens(settings):
        return Finding("index", False, f"{said}, but it does not open", rebuild, StoreError.exit_code)
    return Finding("index", True, f"{said}, up to date{'' if quick else ', opens'}")


def documents(facts: StoreFacts) -> Finding:
    """Whether the documents beside the dictionary are found by meaning, and fast."""
    said = f"{facts.documents:,} of {facts.passages:,} passages"
    if facts.locked_by:
        return Finding("documents", None, f"{said}; not looked at while the store is being written")
    if not facts.documents_agree:
        return Finding(
            "documents",
            False,
            f"{said}, with another embedder's vectors: found by words only",
            f"slangrag ingest CSV --reembed --store {facts.root}",
            StoreError.exit_code,
        )
    if not facts.documents_current and not facts.index_fault:
        rebuild = f"slangrag store rebuild --store {facts.root}"
        return Finding(
            "documents", False, f"{said}, codes or Chroma not up to date", rebuild, StoreError.exit_code
        )
    return Finding("documents", True, said)


def disk(facts: StoreFacts) -> Finding:
    """How much the store takes, how much is left, and on what kind of file system."""
    used = size(facts.lexicon_bytes + facts.index_bytes)
    where = f" on {facts.file_system}" if facts.file_system else ""
    said = f"{used} used, {size(facts.free_bytes)} free{where}"
    if facts.free_bytes < LITTLE_ROOM:
        return Finding(
            "disk", False, said, "make room, or copy the store elsewhere and name it with --store", 4
        )
    if not os.access(facts.root, os.W_OK):
        return Finding("disk", None, f"{said}, read-only: good for questions, not for ingest")
    return Finding("disk", True, said)
