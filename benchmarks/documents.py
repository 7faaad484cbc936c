"""How fast a PDF becomes passages, and what memory the reading child and this process take.

    python -m benchmarks.documents /tmp/dense.pdf --make 2000
    python -m benchmarks.documents /tmp/dense.pdf

The first makes a PDF of dense text (about 3,000 characters a page; needs reportlab, extra `dev`). The second
reads one as documents are read, cuts it, and prints pages per second and the peak memory of both processes.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from pathlib import Path

from slangrag.sources.documents.passages import cut
from slangrag.sources.documents.reading import DocumentReader

CHARACTERS = 3000


def make(pages: int, path: Path) -> None:
    """Write a PDF of so many pages."""
    from tests.documents.making import pdf

    listed = (Path(__file__).resolve().parent.parent / "src/slangrag/text/english.txt").read_text().split()
    words = [word for word in listed if word.isalpha() and len(word) > 2]
    chosen = random.Random(1)
    path.write_bytes(
        pdf(
            [_page(words, chosen) for _ in range(pages)],
            title="Slang, at length",
            header="Slang, at length",
            footer="{page}",
        )
    )


def _page(words: list[str], chosen: random.Random) -> str:
    text, sentence = "", 0
    while len(text) < CHARACTERS:
        sentence = sentence or chosen.randint(8, 25)
        word = chosen.choice(words)
        sentence -= 1
        text += word + (" " if sentence else ("." + chosen.choice([" ", " ", " ", " ", "\n\n"])))
    return text.strip()


def main() -> None:
    """Make a PDF, or measure one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pdf", type=Path)
    parser.add_argument("--make", type=int, metavar="PAGES")
    options = parser.parse_args()
    if options.make:
        make(options.make, options.pdf)
        return
    started = time.perf_counter()
    with DocumentReader() as reader:
        document = reader.read(options.pdf)
        read = time.perf_counter()
        passages = cut(document)
        done = time.perf_counter()
    own, child = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = child.ru_utime + child.ru_stime
    pages = len(document.pages)
    lengths = sorted(passage.end - passage.start for passage in passages)
    print(f"{pages:,} pages, {len(document.text) / pages:,.0f} characters a page kept")
    print(f"read {read - started:.2f} s, the child's start in it ({seconds:.2f} s of processor)")
    print(f"cut {done - read:.2f} s")
    print(f"{pages / (done - started):,.0f} pages/s from file to {len(passages):,} passages")
    print(f"passages: median {lengths[len(lengths) // 2]} characters, longest {lengths[-1]}")
    print(f"peak memory: child {child.ru_maxrss / 1024:.0f} MiB, this process {own.ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
