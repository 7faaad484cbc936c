"""The real console script, run in a process or in a terminal of its own."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import resource
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slangrag.config import load_settings

SCRIPT = Path(sys.executable).with_name("slangrag")
DRIVER = Path(__file__).with_name("driver.py")
NOBODY = "http://127.0.0.1:9"
"""An address where no server answers."""


@dataclass(frozen=True)
class Ran:
    """One finished command."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def two_lines(self) -> tuple[str, str]:
        """The error's message and its next command; fails if stderr holds a traceback or says less."""
        assert "Traceback" not in self.err, self.err
        lines = [line.strip() for line in self.err.splitlines() if line.strip()]
        said = [i for i, line in enumerate(lines) if line.startswith("slangrag: ")]
        assert len(said) == 1, self.err
        rest = lines[said[0] :]
        assert len(rest) == 2, self.err
        assert rest[1].startswith("next: "), self.err
        return rest[0].removeprefix("slangrag: "), rest[1].removeprefix("next: ")


@dataclass(frozen=True)
class Slangrag:
    """Runs `slangrag` in an empty home, with no server at hand unless the test brings one."""

    environ: Mapping[str, str]
    cwd: Path
    defaults: Mapping[str, str] = field(default_factory=dict)

    def variables(self, changes: Mapping[str, str]) -> dict[str, str]:
        """The process's environment."""
        return {**self.environ, **self.defaults, **changes}

    def __call__(
        self,
        *arguments: str,
        stdin: str | bytes | None = None,
        timeout: float = 120,
        limit: int | None = None,
        environment: Mapping[str, str] | None = None,
        **changes: str,
    ) -> Ran:
        """Run to the end. `limit` is the largest file in bytes; `environment` and `changes` are variables."""
        began = time.monotonic()
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [SCRIPT, *arguments],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            env=self.variables({**(environment or {}), **changes}),
            cwd=self.cwd,
            timeout=timeout,
            check=False,
            preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) if limit else None,
        )
        return Ran(
            done.returncode,
            done.stdout.decode("utf-8", "surrogateescape"),
            done.stderr.decode("utf-8", "surrogateescape"),
            time.monotonic() - began,
        )

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[str]:
        """Start and leave running; the caller waits for it."""
        return subprocess.Popen(
            [SCRIPT, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.variables(changes),
            cwd=self.cwd,
            text=True,
            start_new_session=True,
            preexec_fn=heeds_ctrl_c,
        )

    def in_terminal(
        self, *arguments: str, columns: int = 80, typed: str = "", timeout: float = 60, **changes: str
    ) -> Ran:
        """Run in a terminal of `columns`; what the screen was sent is in `out`."""
        with terminal(self, arguments, columns, changes) as screen:
            if typed:
                screen.type(typed)
            return screen.wait(timeout)


@dataclass(frozen=True)
class Driven:
    """One of many commands that ran in one process; `reached` is what it did and must not (see driver.py)."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str
    reached: tuple[str, ...]

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def said(self) -> str:
        """All that a terminal would have been sent."""
        return self.out + self.err


def driven(
    slangrag: Slangrag, commands: Sequence[Sequence[str]], *, stdin: Sequence[str] = (), **changes: str
) -> list[Driven]:
    """Run all commands through the console script's `main()` in one process, each with its own `stdin`."""
    given = stdin or [""] * len(commands)
    wanted = [{"arguments": list(one), "stdin": text} for one, text in zip(commands, given, strict=True)]
    done = subprocess.run(
        [sys.executable, DRIVER],
        input=json.dumps({"commands": wanted}).encode(),
        capture_output=True,
        env=slangrag.variables({"PYTHONDONTWRITEBYTECODE": "1", **changes}),
        cwd=slangrag.cwd,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-2000:]
    return [
        Driven(tuple(command), one["code"], one["out"], one["err"], tuple(one["reached"]))
        for command, one in zip(commands, json.loads(done.stdout), strict=True)
    ]


class Screen:
    """A running command in a pseudo-terminal, everything it writes read as it comes."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self._master = master
        self._began = time.monotonic()
        self._seen = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                some = os.read(self._master, 65536)
            except OSError:  # the other end is closed
                return
            if not some:
                return
            self._seen += some

    @property
    def text(self) -> str:
        """All that was written so far."""
        return bytes(self._seen).decode("utf-8", "replace")

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode())

    def until(self, text: str, timeout: float = 30, *, at_end: bool = False) -> None:
        """Wait for `text` to be on the screen, or to be the last thing on it (a prompt)."""
        give_up = time.monotonic() + timeout
        while not (self.text.endswith(text) if at_end else text in self.text):
            assert time.monotonic() < give_up, f"{text!r} did not come:\n{self.text}"
            time.sleep(0.02)

    def wait(self, timeout: float = 60) -> Ran:
        """Wait for its end."""
        code = self.process.wait(timeout)
        self._reader.join(5)
        return Ran(code, self.text, "", time.monotonic() - self._began)


@contextmanager
def terminal(
    slangrag: Slangrag,
    arguments: tuple[str, ...],
    columns: int = 80,
    changes: Mapping[str, str] | None = None,
) -> Iterator[Screen]:
    """`slangrag` in a pseudo-terminal, which it controls (Ctrl-C typed there is a SIGINT)."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [SCRIPT, *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**slangrag.variables(changes or {}), "TERM": "xterm-256color"},
        cwd=slangrag.cwd,
        start_new_session=True,
        preexec_fn=_takes_the_terminal,
    )
    os.close(slave)
    try:
        yield Screen(process, master)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)


def heeds_ctrl_c() -> None:
    """Undo what a shell's `&` does to the tests and to all that they start: SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _takes_the_terminal() -> None:
    heeds_ctrl_c()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def strangers_environment(home: Path) -> dict[str, str]:
    """A stranger's environment: nothing of ours in it but where the weights lie."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SLANGRAG_CACHE": str(load_settings().cache),
        "SLANGRAG_THREADS": os.environ.get("TEST_THREADS", "1"),
        "OLLAMA_HOST": NOBODY,
    }


def press_ctrl_c(process: subprocess.Popen[str], when: Callable[[], bool]) -> Ran:
    """SIGINT to a running command once `when` holds, and what comes of it; seconds count from there."""
    give_up = time.monotonic() + 30
    while not when():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < give_up, "it never came so far"
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGINT)
    pressed = time.monotonic()
    out, err = process.communicate(timeout=30)
    return Ran(process.returncode, out, err, time.monotonic() - pressed)
