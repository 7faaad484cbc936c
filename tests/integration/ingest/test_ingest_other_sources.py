"""A source of another kind than CSV goes through the same pipeline, and is gone on with after a stop."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace, TracebackType

import pytest
from tests.integration.ingest.plans import entries, plan_of, stops_at
from tests.unit.ingest.stubs import StubEmbedder

from slangrag.errors import StoppedEarly
from slangrag.ingest import Progress, finished, reader_process, run, single, write_rejects
from slangrag.sources.entry import Entry
from slangrag.sources.source import Position, Record, Reject, SourceFingerprint


@dataclass
class Book:
    """Pages of glosses: a place is a page and a line on it, and nobody knows how many there are."""

    path: Path
    columns: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ("the last page is torn",)

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def fingerprint(self) -> SourceFingerprint:
        return SourceFingerprint(self.path.name, 1, "0" * 64)

    def records(self, start: Position | None = None) -> Iterator[Record]:
        number, (first_page, first_line) = (start.record, start.place) if start else (0, (1, 0))
        for page in range(first_page, 21):
            for line in range(first_line if page == first_page else 0, 10):
                number += 1
                after = Position(number, (page, line + 1) if line < 9 else (page + 1, 0))
                if line == 4:
                    yield Record(page, None, Reject(page, "stain", "coffee"), after)
                else:
                    entry = Entry(f"p{page}-{line}", f"word {line}", f"gloss on page {page}")
                    yield Record(page, entry, None, after)

    def expected_records(self, after: Position) -> int | None:
        return None


class ChildHere:
    """The reading process played in this one, where a test's own kind of source is known."""

    def __init__(self, command: Sequence[str], **_: object) -> None:
        self.stdout = io.BytesIO()
        reader_process._write(json.loads(command[-1]), self.stdout)
        self.stdout.seek(0)

    def kill(self) -> None: ...

    def wait(self) -> None: ...


@pytest.fixture(autouse=True)
def _books_are_a_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (single, reader_process):
        monkeypatch.setattr(module, "open_source", Book)
    here = SimpleNamespace(Popen=ChildHere, PIPE=None, DEVNULL=None)
    monkeypatch.setattr(reader_process, "subprocess", here)


def test_a_book_is_loaded_stopped_and_gone_on_with_like_a_table(tmp_path: Path, store: Path) -> None:
    plan = plan_of(tmp_path / "slang.book", store)
    stop, fault = stops_at(5, signal.SIGTERM)
    first, second = StubEmbedder(fault=fault), StubEmbedder()
    with pytest.raises(StoppedEarly):
        run(plan, first, stop=stop)
    told: list[Progress] = []
    report = run(plan, second, progress=told.append)
    assert (report.rows_read, report.accepted, report.rejected) == (200, 180, 20)
    assert not set(first.texts) & set(second.texts), "nothing is read or embedded twice"
    assert report.notes == ("the last page is torn",)
    assert {p.total for p in told if p.stage == "read/embed"} == {None}, "no total is made up"
    assert set(entries(store)) == {f"p{page}-{i}" for page in range(1, 21) for i in range(10) if i != 4}
    assert finished(plan) is not None
    assert write_rejects(store, tmp_path / "rejects.csv") == 20
    assert "7,stain,coffee" in (tmp_path / "rejects.csv").read_text()
