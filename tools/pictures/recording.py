"""A command run in a terminal of its own: what it sends there, and when.

Knows nothing of colours or pictures. What is typed waits for a prompt; nobody else types.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SCRIPTS: Final = Path(sys.executable).parent
"""Where the console script lies: the virtual environment that this runs in."""
CHAT_PROMPT: Final = "> "
_PATIENCE: Final = 240.0
_READ: Final = 65536


@dataclass(frozen=True, slots=True)
class Recording:
    """What one command sent to a terminal of `columns` x `rows`: (seconds since its start, text) each."""

    command: str
    columns: int
    rows: int
    events: tuple[tuple[float, str], ...]
    code: int

    @property
    def sent(self) -> str:
        """All of it."""
        return "".join(text for _, text in self.events)


def strangers_environment(home: Path, cache: Path) -> dict[str, str]:
    """An environment with nothing of ours in it but where the weights lie; no Ollama answers in it.

    Of the machine's commands only those of the README's pipes are there: a sbatch would be in the picture.
    """
    tools = home / ".tools"
    tools.mkdir(parents=True, exist_ok=True)
    for name in ("cat", "cut", "grep", "head", "sed", "tail", "wc"):
        found, link = shutil.which(name), tools / name
        if found and not link.exists():
            link.symlink_to(found)
    return {
        "PATH": f"{SCRIPTS}{os.pathsep}{tools}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "SLANGRAG_CACHE": str(cache),
        "SLANGRAG_THREADS": os.environ.get("SLANGRAG_THREADS", "1"),
        "OLLAMA_HOST": "http://127.0.0.1:9",
    }


def record(
    command: str,
    *,
    folder: Path,
    environment: Mapping[str, str],
    columns: int = 80,
    rows: int = 24,
    typed: Sequence[str] = (),
) -> Recording:
    """Run a shell command line in `folder`. Each line of `typed` is entered at a chat's prompt.

    Raises TimeoutError if it neither ends nor says anything for four minutes.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    running = subprocess.Popen(
        ["/bin/bash", "-c", command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    try:
        events = _events(master, list(typed))
    finally:
        if running.poll() is None and not select.select([master], [], [], 0)[0]:
            running.kill()
        code = running.wait()
        os.close(master)
    return Recording(command, columns, rows, tuple(events), code)


def _events(master: int, typed: list[str]) -> list[tuple[float, str]]:
    began = time.monotonic()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    events: list[tuple[float, str]] = []
    seen = ""
    while True:
        ready, _, _ = select.select([master], [], [], _PATIENCE)
        if not ready:
            raise TimeoutError(f"nothing was said for {_PATIENCE:.0f} s after {seen[-200:]!r}")
        try:
            some = os.read(master, _READ)
        except OSError:  # Linux says so when the other end is closed
            return events
        if not some:
            return events
        text = decoder.decode(some)
        seen += text
        events.append((time.monotonic() - began, text))
        if typed and seen.endswith(CHAT_PROMPT):
            _type(master, typed.pop(0))


def _type(master: int, line: str) -> None:
    """Press the keys of a line as a person would, so that the recording shows them one by one."""
    time.sleep(0.6)
    for key in f"{line}\r":
        os.write(master, key.encode())
        time.sleep(0.03)
