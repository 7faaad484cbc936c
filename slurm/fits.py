#!/usr/bin/env python3
"""Does what `slangrag ingest --dry-run --json` expects fit where it is to go? Standard library only.

    fits.py ESTIMATE STORE MEMORY     ESTIMATE: the document as a file; MEMORY: of the job that builds the
                                      index, as Slurm writes it (32G, 500M, 0 for no limit)

Prints one line that sums the estimate up. 0: it fits; 4: disk or memory is too small; 5: no row is usable.
Quotas are not seen: only what the file system calls free.
"""

# ruff: noqa: T201
from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

_UNITS = {"": 2**20, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def memory_bytes(text: str) -> int | None:
    """Slurm's way to write memory (megabytes where no unit is) in bytes; None for no limit."""
    number = text.rstrip("KMGTkmgt")
    amount = float(number or 0) * _UNITS[text[len(number) :].upper()]
    return round(amount) or None


def used(path: Path) -> int:
    """Bytes on disk below `path`; 0 where there is nothing."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_blocks * 512 for file in files if file.is_file() and not file.is_symlink())


def room(store: Path) -> int:
    """What the store may take: free bytes, and what it and its unfinished build take already."""
    place = store
    while not place.exists():
        place = place.parent
    disk = os.statvfs(place)
    unfinished = store.with_name(store.name + ".building")
    return disk.f_bavail * disk.f_frsize + used(store) + used(unfinished)


def lacking(expected: dict[str, Any], there: int, memory: int | None) -> list[str]:
    """What does not fit, a sentence each."""
    found = []
    if (disk := expected["disk"]) > there:
        found.append(f"the store takes about {size(disk)}, there is room for {size(there)}")
    if memory is not None and (peak := expected["memory"]) > memory:
        found.append(f"the index takes about {size(peak)} of memory, its job has {size(memory)}: --mem")
    return found


def size(amount: int) -> str:
    """Bytes in MB or GB."""
    return f"{amount / 1e6:.0f} MB" if amount < 1e9 else f"{amount / 1e9:.1f} GB"


def duration(seconds: float) -> str:
    """Seconds in the unit that one would say."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def summed_up(expected: dict[str, Any]) -> str:
    """The estimate in one line."""
    seconds = expected["embed_seconds"] + expected["index_seconds"]
    return (
        f"{expected['accepted']:,} of {expected['rows_read']:,} rows, about {duration(seconds)} "
        f"at {expected['embedder_rate']:.0f} rows/s, "
        f"{size(expected['disk'])} of disk, {size(expected['memory'])} of memory"
    )


def main(arguments: list[str]) -> int:
    """Sum up and judge; returns the exit code."""
    if len(arguments) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    expected = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    print(summed_up(expected))
    if not expected["accepted"]:
        print("not one row is usable", file=sys.stderr)
        return 5
    found = lacking(expected, room(Path(arguments[1])), memory_bytes(arguments[2]))
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 4 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
