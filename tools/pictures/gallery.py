"""Which pictures the documentation has: the commands behind each, run for real over the sample.

The embedded engine answers, so no server and no network are needed once its weights are here. Only the
typing is made up: a wait of more than a second is shown as one, and each scene stays long enough to be read.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Final

from tools.pictures.drawing import Moment, session, still
from tools.pictures.recording import Recording, record, strangers_environment
from tools.pictures.screen import Screen, shown

COLUMNS: Final = 80
_ROWS: Final = 17
_REPORT: Final = "900,730"
_LONGEST_WAIT: Final = 1.0
_BEAT: Final = 0.08
"""Seconds between two keys of a command, and the least that a screen stands."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One command, what is typed at its prompt, and what the picture shows, in words."""

    command: str
    title: str
    typed: tuple[str, ...] = ()


STILLS: Final[Mapping[str, Picture]] = {
    "search": Picture(
        'slangrag search "that was lowkey fire ngl" -n 4 --explain', "four hits, each with its score as a sum"
    ),
    "translate": Picture(
        'slangrag translate "no cap that fit is bussin"', "the message, and below it what each word means"
    ),
    "chat": Picture(
        "slangrag chat",
        "two questions, the second understood from the first",
        ("what does ghosting mean", "and what about salty?", "/quit"),
    ),
    "doctor": Picture("slangrag doctor", "ten checks, all well"),
}
SCENES: Final = (
    Picture("slangrag ingest --sample", ""),
    Picture('slangrag ask "what does rizz mean"', ""),
    STILLS["translate"],
    Picture('slangrag search "to pull out of plans at the last minute" -n 3', ""),
    STILLS["chat"],
)


@dataclass(frozen=True, slots=True)
class Stage:
    """An empty folder and home in which commands are recorded, one after another."""

    folder: Path
    cache: Path

    def record(self, picture: Picture, columns: int, rows: int) -> Recording:
        """Run it. Raises RuntimeError if it fails."""
        done = record(
            picture.command,
            folder=self.folder,
            environment={
                **strangers_environment(self.folder / "home", self.cache),
                "SLANGRAG_STORE": "store",
                "SLANGRAG_ENGINE": "embedded",
            },
            columns=columns,
            rows=rows,
            typed=picture.typed,
        )
        if done.code != 0:
            raise RuntimeError(f"{picture.command} ended with {done.code}:\n{done.sent}")
        return done

    def told(self, text: str) -> str:
        """`text` with this machine's folders as a reader has them."""
        return text.replace(f"{self.folder}/", "").replace(str(self.cache), "~/.cache/slangrag")


@contextmanager
def stage(cache: Path) -> Iterator[Stage]:
    """A stage that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "home").mkdir()
        yield Stage(folder, cache)


def make_all(images: Path, cache: Path, columns: int = COLUMNS) -> Iterator[Path]:
    """Draw every picture into `images`; yields each file as it is written."""
    images.mkdir(exist_ok=True)
    with stage(cache) as here:
        recordings = [(scene, here.record(scene, columns, _ROWS - 1)) for scene in SCENES]
        yield _written(images / "session.svg", _play(recordings, here, columns))
        for name, picture in STILLS.items():
            yield _written(images / f"{name}.svg", draw(picture, here, columns))


def photograph_report(images: Path, cache: Path) -> Path | None:
    """The top of an `eval` report over the sample's own questions, by Chromium; None where there is none."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        return None
    questions = Path(__file__).resolve().parents[2] / "tests" / "data" / "questions"
    with stage(cache) as here:
        here.record(SCENES[0], COLUMNS, 24)
        command = f"slangrag eval {questions}/*.jsonl --report report.html"
        here.record(Picture(command, ""), COLUMNS, 24)
        taken = images / "eval.png"
        how = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
        where = (f"--window-size={_REPORT}", f"--screenshot={taken}", f"file://{here.folder}/report.html")
        subprocess.run(
            [browser, *how, *where],
            check=True,
            capture_output=True,
            timeout=60,
        )
    return taken


def draw(picture: Picture, here: Stage, columns: int = COLUMNS) -> str:
    """One command and all that it said, as SVG."""
    done = here.record(picture, columns, 200)
    screen = shown([prompt(picture.command), *(here.told(text) for _, text in done.events)], columns, 200)
    return still(screen.frame(), columns, title=f"{picture.command}: {picture.title}")


def prompt(command: str) -> str:
    """A shell's prompt with a command after it, as the terminal got it."""
    return f"\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m\r\n"


def text_of(svg: str) -> list[str]:
    """The rows of a still picture as plain text, for comparison with what the command says today."""
    rows: dict[float, str] = {}
    for x, y, text in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        column = round((float(x) - 14) / 8.4)
        rows[float(y)] = rows.get(float(y), "").ljust(column) + unescape(text)
    return [rows[y] for y in sorted(rows)]


def _play(recordings: Sequence[tuple[Picture, Recording]], here: Stage, columns: int) -> str:
    moments: list[Moment] = []
    at = 0.0
    for scene, recording in recordings:
        screen = Screen(columns, _ROWS)
        for end in range(0, len(scene.command) + 2, 2):
            screen.reset()
            screen.send(f"\x1b[32m$\x1b[0m \x1b[1m{scene.command[:end]}\x1b[0m\u2588")
            moments.append(Moment(at, screen.frame()))
            at += _BEAT
        screen.reset()
        screen.send(prompt(scene.command))
        before = 0.0
        for when, text in recording.events:
            at += min(when - before, _LONGEST_WAIT)
            before = when
            screen.send(here.told(text))
            if moments and at - moments[-1].at < _BEAT:
                moments.pop()
            moments.append(Moment(at, screen.frame()))
        at += 2.0 + 0.12 * len(screen.frame())
    return session(
        moments, columns, _ROWS, ends=at, title="; ".join(scene.command for scene, _ in recordings)
    )


def _written(path: Path, svg: str) -> Path:
    path.write_text(svg, encoding="utf-8")
    return path
