"""How fast a CSV is read, cleaned and rated, next to the csv module that only parses it.

    python benchmarks/make_corpus.py --headwords headwords.txt.gz --out /tmp/corpus.csv
    python benchmarks/reading.py /tmp/corpus.csv

Prints CPU seconds of both over the same file, their ratio, the peak memory, and how records ended. The
csv module alone is the limit: it decides nothing about dirty rows, and loses some.
"""

from __future__ import annotations

import argparse
import csv
import resource
import time
from collections import Counter
from pathlib import Path

from slangrag.sources.source import open_source


def bare(path: Path) -> int:
    """Rows that csv.reader makes of a plain file."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def read(path: Path) -> Counter[str]:
    """How the records of a file ended."""
    ends: Counter[str] = Counter()
    with open_source(path) as source:
        for record in source.records():
            ends[record.reject.reason if record.reject else "entry"] += 1
        for note in source.notes:
            print(f"note: {note}")
    return ends


def main() -> None:
    """Measure one file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("csv", type=Path, help="a plain CSV in the Kaggle columns")
    path = parser.parse_args().csv
    started = time.process_time()
    rows = bare(path)
    parsed = time.process_time()
    ends = read(path)
    done = time.process_time()
    records = ends.total()
    bare_seconds, seconds = parsed - started, done - parsed
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"csv.reader alone: {rows:,} rows in {bare_seconds:.1f} CPU s")
    print(f"read, clean, rate: {records:,} records in {seconds:.1f} CPU s, {records / seconds:,.0f}/s")
    print(f"ratio {seconds / bare_seconds:.1f}; peak memory {peak:.0f} MiB")
    for end, count in ends.most_common():
        print(f"{count:>10,} {end}")


if __name__ == "__main__":
    main()
