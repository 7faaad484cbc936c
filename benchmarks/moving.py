"""What it takes to copy and to export a store: rows a second, bytes, peak memory; each in its own process.

python benchmarks/fullsize.py data/urbandict-word-defs.csv --store /tmp/full     makes one
python benchmarks/moving.py /tmp/full --only copy parquet jsonl
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from slangrag.store.lexicon import open_lexicon
from slangrag.store.moving.copying import copy_store
from slangrag.store.moving.export import export

WAYS: Final = ("copy", "jsonl", "jsonl without vectors", "parquet", "parquet without vectors", "chroma")


def move(way: str, store: Path, out: Path) -> None:
    """Do one of WAYS, and print what it took."""
    kind, _, bare = way.partition(" ")
    with open_lexicon(store) as lexicon:
        rows = lexicon.count("entries")
    began = time.perf_counter()
    if kind == "copy":
        size = copy_store(store, out).bytes
    else:
        size = export(store, out, kind, vectors=not bare).bytes  # type: ignore[arg-type]
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(
        f"{way:24} {rows:>9,} rows {seconds:7.1f} s {rows / seconds:>9,.0f} rows/s {size / 1e6:>7,.0f} MB"
        f" {size / seconds / 1e6:>5,.0f} MB/s, peak {peak:,.0f} MB"
    )


def main() -> None:
    """Measure, a line for each way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--only", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.out:
        move(chosen.only[0], chosen.store, chosen.out)
        return
    with tempfile.TemporaryDirectory(prefix="slangrag-moving-") as folder:
        out = Path(folder) / "out"
        for way in chosen.only:
            command = [sys.executable, __file__, str(chosen.store), "--only", way, "--out", str(out)]
            subprocess.run(command, check=True)
            if out.is_dir():
                shutil.rmtree(out)
            else:
                out.unlink()


if __name__ == "__main__":
    main()
