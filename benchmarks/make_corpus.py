"""Generate a CSV of the size, shape and dirt of the Kaggle file, for measurements. It is not the Kaggle file.

    python benchmarks/make_corpus.py --headwords headwords.txt.gz --out /tmp/corpus.csv

What is generated, and as what:
- headwords: from the list given (one a line, gzip or plain): 58 % of the rows have a headword of their
  own, as in the real file, the others crowd on a few (rank density falling as u^3);
- definitions: words by Zipf's law (exponent 1.07) over the list's single words behind a hundred common
  English ones; lengths lognormal with median 50 and 95th percentile 190 characters, at most 32,000;
- votes lognormal, authors eight hex digits, ids seven digits with gaps;
- dirt: at most one fault a row, with the shares of SHARES below. They are guesses from what people report
  of the real file, on the high side.

The same arguments give the same bytes. Beside the CSV, FILE.manifest.tsv counts every kind of row and
names where such a row must end: "entry" or the name of the reject.
"""

from __future__ import annotations

import argparse
import gzip
import io
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

ROWS: Final = 2_580_000
_BLOCK: Final = 100_000
_POOL_WORDS: Final = 4_000_000
_LONGEST: Final = 32_000
_DISTINCT: Final = 0.58
HEADER: Final = "word_id,word,up_votes,down_votes,author,definition\n"
COMMON: Final = """
the a to of and in is that when you it or for someone who with on as not be your this are something an by at
used person from but have he they can like just so very really do get if all one about what people up out me
my his her their no more other than then some going being usually often term word slang means also guy girl
friend time thing way make makes take having after into because where which good bad
"""

# Kind of row: its share, and where the reader must put it.
SHARES: Final[dict[str, tuple[float, str]]] = {
    "semicolons": (0.15, "entry"),
    "line-breaks": (0.03, "entry"),
    "inner-quotes": (0.02, "entry"),
    "comma-in-word": (0.015, "entry"),
    "bracket-links": (0.05, "entry"),
    "float-votes": (0.005, "entry"),
    "missing-votes": (0.005, "entry"),
    "html": (0.005, "entry"),
    "entities": (0.005, "entry"),
    "exact-duplicate": (0.005, "entry"),
    "empty-author": (0.003, "entry"),
    "quote-in-word": (0.002, "entry"),
    "control-characters": (0.001, "entry"),
    "invisible-characters": (0.001, "entry"),
    "empty-definition": (0.0005, "empty-definition"),
    "empty-word": (0.0002, "empty-word"),
    "truncated-row": (0.0002, "truncated-row"),
    "blank-line": (0.0001, "blank-line"),
    "not-utf8": (0.0001, "entry"),
    "excel-damage": (0.00005, "excel-damage"),
    "nul-bytes": (0.00005, "entry"),
    "negative-votes": (0.00004, "entry"),
    "unclosed-quote": (0.00002, "entry"),
    "very-long": (0.00001, "entry"),
}


def read_headwords(path: Path) -> list[str]:
    """The list's headwords that can be printed, without the blanks around them."""
    with (
        gzip.open(path, "rt", encoding="utf-8", errors="replace")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", errors="replace") as file
    ):
        stripped = (line.strip() for line in file)
        return [word for word in stripped if word.isprintable() and any(c.isalnum() for c in word)]


class Generator:
    """Rows by number. `counts` says how many of each kind were made."""

    def __init__(self, headwords: list[str], rows: int, seed: int) -> None:
        self.rows = rows
        self.counts: Counter[str] = Counter()
        self._rng = np.random.default_rng(seed)
        own = min(len(headwords), max(1, math.ceil(_DISTINCT * rows)))
        self._headwords = [headwords[i] for i in self._rng.permutation(len(headwords))[:own]]
        self._text = self._running_text()
        self._last_row = ""

    def _running_text(self) -> str:
        """A long stretch of words that definitions are cut from."""
        singles = [word.lower() for word in self._headwords if word.isascii() and word.isalpha()]
        vocabulary = [*COMMON.split(), *singles]
        weights = 1.0 / np.arange(2, len(vocabulary) + 2) ** 1.07
        length = min(_POOL_WORDS, 40 * self.rows + 10_000)
        drawn = self._rng.choice(len(vocabulary), size=length, p=weights / weights.sum())
        return " ".join([vocabulary[i] for i in drawn]) + " "

    def blocks(self) -> Iterator[bytes]:
        """The rows of the file, in blocks of bytes, without the header."""
        own = len(self._headwords)
        word_of_row = np.concatenate(
            [np.arange(own), (own * self._rng.random(max(0, self.rows - own)) ** 3).astype(int)]
        )[: self.rows]
        self._rng.shuffle(word_of_row)
        kinds = ["clean", *SHARES]
        shares = np.array([share for share, _ in SHARES.values()])
        row_id = 6
        for start in range(0, self.rows, _BLOCK):
            n = min(_BLOCK, self.rows - start)
            kind = self._rng.choice(len(kinds), size=n, p=[1 - shares.sum(), *shares]).tolist()
            lengths = np.exp(self._rng.normal(math.log(50), 0.811, n)).clip(2, _LONGEST).astype(int).tolist()
            places = self._rng.integers(0, len(self._text) - _LONGEST // 8, n).tolist()
            up = np.exp(self._rng.normal(2.5, 1.8, n)).astype(int).tolist()
            down = np.exp(self._rng.normal(2.2, 1.6, n)).astype(int).tolist()
            gaps = self._rng.integers(1, 4, n).tolist()
            authors = self._rng.integers(0, 1 << 32, n).tolist()
            out = []
            for i in range(n):
                row_id += gaps[i]
                word = self._headwords[word_of_row[start + i]]
                definition = self._text[places[i] : places[i] + lengths[i]].strip() or "slang"
                out.append(
                    self._row(
                        kinds[kind[i]], f"{row_id:07d}", word, up[i], down[i], f"{authors[i]:08x}", definition
                    )
                )
            # Latin-1 bytes are smuggled through as lone surrogates.
            yield "".join(out).encode("utf-8", "surrogateescape")

    def _row(
        self, kind: str, row_id: str, word: str, up: int, down: int, author: str, definition: str
    ) -> str:
        """One row as the data set writes it: only the definition is in quotes."""
        if kind == "clean" and "," in word:
            kind = "comma-in-word"
        elif kind == "clean" and '"' in word:
            kind = "quote-in-word"
        else:
            word = word.replace(",", "").replace('"', "")
        if kind == "exact-duplicate" and not self._last_row:
            kind = "clean"
        self.counts[kind] += 1
        votes = f"{up},{down}"
        middle = len(definition) // 2
        head, tail = definition[:middle], definition[middle:]
        match kind:
            case "exact-duplicate":
                return self._last_row
            case "blank-line":
                return "\n"
            case "truncated-row":
                return f"{row_id},{word},{up},{down}\n"
            case "unclosed-quote":
                return f'{row_id},{word},{votes},{author},"{definition}\n'
            case "empty-definition":
                definition = ""
            case "empty-word":
                word = ""
            case "excel-damage":
                word, author = "#NAME?", "1-Dec-56"
            case "semicolons":
                definition = f"{head};;;;{tail}"
            case "line-breaks":
                definition = f"{head}\n\n{tail}"
            case "inner-quotes":
                definition = f'{head} "quoted" {tail}'
            case "bracket-links":
                definition = f"{head} [{word}] {tail}"
            case "comma-in-word" if "," not in word:
                word = f"{word}, as {author} says"
            case "quote-in-word" if '"' not in word:
                word = f'{word} 21" wide'
            case "float-votes":
                votes = f"{up}.0,{down}.0"
            case "missing-votes":
                votes = f"{up},"
            case "negative-votes":
                votes = f"-{up + 1},-{down + 1}"
            case "empty-author":
                author = ""
            case "html":
                definition = f"{head}<br><b>{tail}</b>"
            case "entities":
                definition = f"{head} &quot;so&quot; &amp; &#65279;{tail}"
            case "control-characters":
                definition = f"{head}\x19\x1b[31m{tail}"
            case "invisible-characters":
                definition = f"{head}\u200b\u202e\ufeff{tail}"
            case "nul-bytes":
                definition = f"{head}\x00{tail}"
            case "not-utf8":
                definition = f"{head}caf\udce9{tail}"
            case "very-long":
                definition = "x " * (_LONGEST // 2)
        row = f'{row_id},{word},{votes},{author},"{definition}"\n'
        if kind == "clean":
            self._last_row = row
        return row


def main() -> None:
    """Write the CSV and its manifest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--headwords", type=Path, required=True, help="headwords, one a line (.gz or plain)")
    parser.add_argument("--out", type=Path, required=True, help="CSV to write; a name in .gz is compressed")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    generator = Generator(read_headwords(arguments.headwords), arguments.rows, arguments.seed)
    with arguments.out.open("wb") as raw:
        # No time and no name in the gzip header: the same arguments give the same bytes.
        file = (
            gzip.GzipFile("", "wb", 6, raw, mtime=0)
            if arguments.out.suffix == ".gz"
            else io.BufferedWriter(raw)
        )
        with file:
            file.write(HEADER.encode())
            for block in generator.blocks():
                file.write(block)
    manifest = arguments.out.with_name(arguments.out.name + ".manifest.tsv")
    ends = {"clean": "entry"} | {kind: end for kind, (_, end) in SHARES.items()}
    lines = [f"{kind}\t{count}\t{ends[kind]}" for kind, count in sorted(generator.counts.items())]
    manifest.write_text("kind\trows\tends_as\n" + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{arguments.out}: {arguments.rows} rows; {manifest}")


if __name__ == "__main__":
    main()
