"""Does a file belong to the source that it is loaded into? Told by what its ids stand for there.

A newer copy of the same data has the same headwords under the same ids, most of them. Another data set that
numbers its entries too has others: loaded as if it were a newer copy, it would overwrite entry by entry.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

from slangrag.errors import StoreMismatch
from slangrag.ingest.plan import IngestPlan
from slangrag.sources.entry import Entry
from slangrag.sources.source import Record
from slangrag.store.lexicon import Lexicon
from slangrag.store.sources import Known
from slangrag.text.forms import fold

SAMPLE: Final = 256
"""Records at the beginning that are looked at before anything is written."""
MANY: Final = 16
"""Ids of other headwords that are too many further on, where only odd ones of a newer copy are known."""


class Belonging:
    """One source of a store: what its ids are called there, and what does not belong to it.

    The ids of the source that the store began with are kept as they are; before those of every other source
    stands its name.
    """

    def __init__(self, lexicon: Lexicon, source: str, plan: IngestPlan) -> None:
        self.source = source
        self._lexicon = lexicon
        self._plan = plan
        self._prefix = "" if source == lexicon.first_source else f"{source}:"

    def named(self, entry: Entry) -> Entry:
        """An entry of a file under the id that it has in the store."""
        return replace(entry, entry_id=f"{self._prefix}{entry.entry_id}") if self._prefix else entry

    def require_sample(self, entries: Iterable[Entry]) -> tuple[str, ...]:
        """Raise StoreMismatch if a file's first entries, not named yet, show that it belongs elsewhere.

        A note where they may: no source was named, and none of them is there.
        """
        sample = [self.named(entry) for entry in islice(entries, SAMPLE)]
        known = self._lexicon.known(entry.entry_id for entry in sample)
        self.require(sample, known)
        if known or not sample or self._plan.source_name or not self._lexicon.last_row():
            return ()
        return (
            f"its first {len(sample):,} ids were not in source {self.source}: a data set of its own should "
            "have a name (--source), or --prune of the other takes it out",
        )

    def require(
        self, entries: Iterable[Entry], known: Mapping[str, Known], *, load: int = 0, least: int = 1
    ) -> None:
        """Raise StoreMismatch if most of these entries' ids stand for other headwords in the store.

        known is what the store has of their ids. Entries that `load` itself has brought are not looked at,
        and fewer than `least` ids of other headwords pass.
        """
        there = [
            (entry, old)
            for entry in entries
            if (old := known.get(entry.entry_id)) and old.source == self.source and old.load != load
        ]
        others = [(entry, old) for entry, old in there if fold(old.word) != fold(entry.word)]
        if len(others) < least or 2 * len(others) <= len(there):
            return
        entry, old = others[0]
        raise StoreMismatch(
            f"{self._plan.source.name} is no newer copy of what {self._plan.store} has from source "
            f"{self.source}: {len(others)} of {len(there)} ids are of other words, {entry.entry_id} of "
            f"{old.word!r} there and of {entry.word!r} here",
            hint=_apart(self._plan, {one.name for one in self._lexicon.sources()}),
        )


def require_beginning(lexicon: Lexicon, plan: IngestPlan, records: Iterable[Record]) -> tuple[str, ...]:
    """Raise StoreMismatch if a file's first records show that it belongs elsewhere; notes if they may."""
    own = Belonging(lexicon, plan.source_name or lexicon.first_source, plan)
    return own.require_sample(record.entry for record in records if record.entry)


def _apart(plan: IngestPlan, taken: set[str]) -> str:
    """The command that loads it as a source of its own."""
    stem = re.sub(r"[^a-z0-9]+", "-", plan.source.name.split(".")[0].lower()).strip("-")[:20] or "more"
    name = next(name for name in (stem, *(f"{stem}-{n}" for n in range(2, 99))) if name not in taken)
    command = ["slangrag", "ingest", *(["--merge"] if plan.merges else []), str(plan.source)]
    if plan.columns and not plan.merges:
        command += ["--columns", ",".join(f"{ours}={theirs}" for ours, theirs in plan.columns.items())]
    return shlex.join([*command, "--source", name, "--store", str(plan.store)])
