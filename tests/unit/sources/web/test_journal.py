"""The journal is what a killed crawl has left: no line may be lost, and a torn one spoils no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from slangrag.errors import InputFormat, InputUnreadable
from slangrag.sources.web.journal import Journal, Known, Visit

A, B = "https://example.org/a", "https://example.org/b"


def _taken(url: str, *links: str) -> Visit:
    return Visit(url, 0, 0, "taken", page=Known(url, "plan", '"v1"', "Monday", links))


def _filled(path: Path) -> None:
    journal = Journal(path)
    journal.begin()
    journal.note(_taken(A, B))
    journal.note(Visit(B, 1, 0, "skipped", "robots", asked=False, links=(A,), onward=A))
    journal.close()


def test_what_was_noted_is_there_for_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _filled(path)
    again = Journal(path)
    assert again.visits == [
        _taken(A, B),
        Visit(B, 1, 0, "skipped", "robots", asked=False, links=(A,), onward=A),
    ]
    assert again.known == {A: Known(A, "plan", '"v1"', "Monday", (B,))}


def test_a_line_torn_anywhere_costs_that_line_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _filled(path)
    whole = path.read_bytes()
    second = whole.rstrip(b"\n").rfind(b"\n") + 1
    for length in range(second, len(whole)):
        path.write_bytes(whole[:length])
        journal = Journal(path)
        assert [visit.url for visit in journal.visits] == [A]
        journal.note(_taken(B))
        journal.close()
        assert set(Journal(path).known) == {A, B}


def test_an_end_forgets_the_visits_and_keeps_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _filled(path)
    journal = Journal(path)
    journal.end()
    journal.close()
    again = Journal(path)
    assert again.visits == []
    assert set(again.known) == {A}
    again.begin()
    again.note(Visit(A, 0, 0, "gone", "missing"))
    again.close()
    assert Journal(path).known == {}


def test_a_new_crawl_leaves_a_file_of_what_is_known_only(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    _filled(path)
    journal = Journal(path)
    for _ in range(50):
        journal.begin()
        journal.note(_taken(A))
        journal.end()
    journal.begin()
    journal.close()
    assert len(path.read_bytes().splitlines()) == 2
    assert [one.name for one in tmp_path.iterdir()] == ["journal"]


@pytest.mark.parametrize(
    "content", [b"start = []\n", b"{}\n", b'{"journal":99}\n', b'{"journal":1}\n{"visit":{}}\n']
)
def test_a_file_that_is_no_journal_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(InputFormat, match="no line of a crawl's journal"):
        Journal(path)
    assert path.read_bytes() == content


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable):
        Journal(tmp_path)
    with pytest.raises(InputUnreadable, match="cannot be written"):
        Journal(tmp_path / "none" / "journal").begin()
