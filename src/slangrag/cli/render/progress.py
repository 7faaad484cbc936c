"""How far it has come: a bar on a terminal, one flushed line every few seconds anywhere else. On stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from slangrag.cli.render.terminal import bar_below, stderr

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

LINE_SECONDS: Final = 5.0


class Meter(Protocol):
    """Told now and then how far the work has come."""

    def update(self, stage: str, done: float, total: float | None = None, rate: float | None = None) -> None:
        """`stage` in a word or two; done and total in the meter's unit, rate in units a second."""
        ...


@contextmanager
def meter(unit: str, *, decimals: bool = False) -> Iterator[Meter]:
    """A meter for work counted in `unit` ("rows", "MB"); drawn only where somebody looks."""
    if stderr().is_terminal:
        with _bar(unit, decimals=decimals) as bar:
            yield bar
    else:
        lines = _Lines(unit)
        yield lines
        lines.finish()


def duration(seconds: float) -> str:
    """Seconds as people say them: 42 s, 3 min 05 s, 7 h 12 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def pace(rate: float) -> str:
    """How many in a second, in whole numbers where that says anything: 1,200, 14, 2.5, 0.043."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"


class _Lines:
    """One line every LINE_SECONDS, and one at the end of each stage."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._stage = ""
        self._said = 0.0
        self._pending = ""

    def update(self, stage: str, done: float, total: float | None = None, rate: float | None = None) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self.finish()
            self._stage, self._said = stage, now
        line = f"{stage}: {done:,.0f}"
        if total:
            line += f" of {total:,.0f} {self._unit} ({100 * done / total:.0f} %)"
        else:
            line += f" {self._unit}"
        if rate:
            line += f", {pace(rate)} {self._unit}/s"
            if total and done < total:
                line += f", {duration((total - done) / rate)} left"
        self._pending = line
        if now - self._said >= LINE_SECONDS:
            self._said = now
            self.finish()

    def finish(self) -> None:
        if self._pending:
            print(self._pending, file=sys.stderr, flush=True)
        self._pending = ""


@contextmanager
def _bar(unit: str, *, decimals: bool) -> Iterator[Meter]:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    digits = 1 if decimals else 0
    columns: list[ProgressColumn | str] = [
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TextColumn(f"{{task.completed:,.{digits}f}}{{task.fields[of]}} {unit}"),
        TextColumn("{task.fields[rate]}", style="dim"),
        TimeRemainingColumn(compact=True),
    ]
    with bar_below(), Progress(*columns, console=stderr(), transient=True) as progress:
        yield _Bar(progress, unit, digits)


class _Bar:
    """The Rich bar behind `meter`; a new stage starts it anew."""

    def __init__(self, progress: object, unit: str, digits: int) -> None:
        from rich.progress import Progress

        assert isinstance(progress, Progress)
        self._progress = progress
        self._unit = unit
        self._digits = digits
        self._stage = ""
        self._task = progress.add_task("", total=None, visible=False, of="", rate="")

    def update(self, stage: str, done: float, total: float | None = None, rate: float | None = None) -> None:
        if stage != self._stage:
            self._stage = stage
            self._progress.reset(self._task, description=stage, visible=True, of="", rate="")
        self._progress.update(
            self._task,
            completed=done,
            total=total,
            of=f"/{total:,.{self._digits}f}" if total else "",
            rate=f"{pace(rate)} {self._unit}/s" if rate else "",
        )
