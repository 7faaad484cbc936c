"""What the program said before its insides were moved about, it says still: output, notes and exit codes.

Records are changed only where what users see is meant to change: see tools/record_commands.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.recorded import FOLDER, Player, Record, alike, load

pytestmark = pytest.mark.weights

RECORDS = [record for path in sorted(FOLDER.glob("*.jsonl")) for record in load(path)]


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """Plays commands; each scene (the sample's store, say) is made at its first use."""
    with Player(tmp_path_factory.mktemp("recorded")) as playing:
        yield playing


def test_names_are_unique() -> None:
    names = [record.name for record in RECORDS]
    assert len(set(names)) == len(names) >= 200


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_it_says_what_it_said(player: Player, record: Record) -> None:
    before, now = record.said, player.play(record)
    assert now.exit_code == before.exit_code, now.stderr
    if not alike(now.stdout, before.stdout):
        assert now.stdout == before.stdout
    if not alike(now.stderr, before.stderr):
        assert now.stderr == before.stderr
    assert now.leaves == before.leaves
