"""The generator of benchmark corpora: what its manifest says is what the reader finds."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from slangrag.sources.source import open_source

ROOT = Path(__file__).parents[3]
HEADWORDS = ["cap", "no cap", "rizz", "drip", "on fleek", "oh, well", '21" inch', "G+", "4,5,6 go"]


def generate(out: Path, *options: str) -> Path:
    headwords = out.parent / "headwords.txt"
    headwords.write_text("\n".join([*HEADWORDS, *(f"word{i}" for i in range(3000))]), encoding="utf-8")
    command = [sys.executable, ROOT / "benchmarks" / "make_corpus.py", "--headwords", headwords, "--out", out]
    subprocess.run([*map(str, command), *options], check=True, capture_output=True)
    return out


def ends(path: Path) -> Counter[str]:
    with open_source(path) as source:
        return Counter(r.reject.reason if r.reject else "entry" for r in source.records())


@pytest.mark.parametrize("name", ["corpus.csv", "corpus.csv.gz"])
def test_every_generated_row_ends_as_the_manifest_says(tmp_path: Path, name: str) -> None:
    path = generate(tmp_path / name, "--rows", "30000")
    manifest = (tmp_path / f"{name}.manifest.tsv").read_text(encoding="utf-8").splitlines()[1:]
    expected: Counter[str] = Counter()
    for _, rows, end in (line.split("\t") for line in manifest):
        expected[end] += int(rows)
    assert expected.total() == 30_000
    assert len(manifest) > 15
    assert ends(path) == expected


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    one = generate(tmp_path / "a.csv.gz", "--rows", "500")
    same = generate(tmp_path / "b.csv.gz", "--rows", "500")
    other = generate(tmp_path / "c.csv.gz", "--rows", "500", "--seed", "1")
    assert one.read_bytes() == same.read_bytes() != other.read_bytes()
