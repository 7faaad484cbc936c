"""Every record of the shared dirty file ends where its manifest says, by name of fault."""

import os
from pathlib import Path

import pytest

from slangrag.sources.source import Record, open_source

SHARED = Path(os.environ.get("SLANGRAG_SHARED", Path(__file__).parents[4] / "shared"))

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="needs the development data folder"),
]

REJECTED = {
    9: "empty-definition",
    13: "empty-word",
    14: "truncated-row",
    15: "blank-line",
    22: "excel-damage",
}


@pytest.fixture(scope="module")
def records() -> list[Record]:
    with open_source(SHARED / "data" / "dirty.csv") as source:
        return list(source.records())


def test_every_record_of_the_manifest_is_counted_once(records: list[Record]) -> None:
    manifest = (SHARED / "data" / "dirty.manifest.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(records) == len(manifest) == 25


@pytest.mark.parametrize("number", range(1, 26))
def test_a_record_is_rejected_by_the_name_of_its_fault_or_kept(records: list[Record], number: int) -> None:
    record = records[number - 1]
    reason = record.reject.reason if record.reject else None
    assert reason == REJECTED.get(number)
    assert (record.entry is None) == (reason is not None)
