"""The whole data set, generated: 2.58 million rows through ingest with a stub embedder (--dimension 384).

    python benchmarks/make_corpus.py --headwords headwords.txt.gz --out /tmp/corpus.csv
    python benchmarks/fullsize.py /tmp/corpus.csv --store /tmp/full            the lexicon only
    python benchmarks/fullsize.py /tmp/corpus.csv --store /tmp/full --index    and Chroma
    python benchmarks/fullsize.py /tmp/corpus.csv --store /tmp/half --kill 0.5 time to go on after a kill

The vectors are noise, chosen by the text's hash, from a pool: what is measured is everything but the
model. Wall time, CPU time of this process and of the reading one, peak memory, size on disk.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import StoppedEarly
from slangrag.ingest import Batching, IngestPlan, Progress, StopFlag, run
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.layout import StoreLayout

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

_POOL: Final = 1 << 16
_COLD: Final = """
import sys
from pathlib import Path
from slangrag.store.lexicon import open_lexicon
with open_lexicon(Path(sys.argv[1])) as lexicon:
    lexicon.lookup("selfie")
"""


class PoolEmbedder:
    """Unit vectors of noise around 512 centres, chosen by the text's hash; costs next to nothing."""

    def __init__(self, dimension: int) -> None:
        self.identity = EmbedderIdentity("stub", "pool", "", dimension)
        chance = np.random.default_rng(0)
        centres = chance.standard_normal((512, dimension)).astype(np.float32)
        noise = chance.standard_normal((_POOL, dimension)).astype(np.float32)
        rows = centres[chance.integers(0, 512, _POOL)] + noise
        self._rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        self.first_call: float | None = None

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """One row of the pool for each text."""
        self.first_call = self.first_call or time.monotonic()
        chosen: Vectors = self._rows[[zlib.crc32(text.encode()) % _POOL for text in texts]]
        return chosen

    def embed_query(self, text: str) -> Vectors:
        """One row of the pool."""
        vector: Vectors = self.embed_documents([text])[0]
        return vector


def peak_mb() -> float:
    """Peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Watch:
    """Prints each stage as it ends; stops the run before the index if that is not wanted."""

    def __init__(self, stop: StopFlag, *, index: bool, kill_at: float | None) -> None:
        self._stop = stop
        self._index = index
        self._kill_at = kill_at
        self._stage = ""
        self._began = time.monotonic()
        self._next = 0.0

    def tell(self, progress: Progress) -> None:
        """Called by ingest."""
        now = time.monotonic()
        if progress.stage != self._stage or now > self._next:
            print(
                f"{now - self._began:8.1f} s  {progress.stage:12} {progress.done:>9} of {progress.total}"
                f"  {progress.rate:7.0f}/s  {peak_mb():6.0f} MB",
                flush=True,
            )
            self._stage, self._next = progress.stage, now + 20
        if self._kill_at and progress.total and progress.done >= self._kill_at * progress.total:
            os.kill(os.getpid(), signal.SIGKILL)
        if progress.stage == "index" and not self._index:
            self._stop.set(signal.SIGTERM)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("csv", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--index", action="store_true")
    parser.add_argument("--kill", type=float, help="kill this process when so much is done, to run it again")
    parser.add_argument("--dimension", type=int, default=384)
    chosen = parser.parse_args()
    stop, embedder = StopFlag(), PoolEmbedder(chosen.dimension)
    watch = Watch(stop, index=chosen.index, kill_at=chosen.kill)
    plan = IngestPlan(chosen.csv, chosen.store, batching=Batching(items=256, characters=128_000))
    began = time.monotonic()
    try:
        report = run(plan, embedder, progress=watch.tell, stop=stop)
        print(report)
    except StoppedEarly as stopped:
        print(stopped.message)
    if embedder.first_call:
        print(f"embedding began after {embedder.first_call - began:.1f} s")
    used = resource.getrusage(resource.RUSAGE_SELF)
    reader = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{time.monotonic() - began:.1f} s; CPU {used.ru_utime + used.ru_stime:.1f} s here, "
        f"{reader.ru_utime + reader.ru_stime:.1f} s reading; peak {peak_mb():.0f} MB"
    )
    layout = StoreLayout(chosen.store)
    lexicon_mb, index_mb = (
        layout.lexicon.stat().st_size / 1e6,
        LocalChroma(chosen.store).bytes_on_disk() / 1e6,
    )
    print(f"lexicon {lexicon_mb:.0f} MB, index {index_mb:.0f} MB")
    times = []
    for _ in range(5):
        at = time.monotonic()
        subprocess.run([sys.executable, "-c", _COLD, str(chosen.store)], check=True)
        times.append(time.monotonic() - at)
    print(f"a cold look-up, whole process: {min(times) * 1000:.0f} to {max(times) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
