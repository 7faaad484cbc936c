"""Runs commands in scenes: many in one process, each in a fixed surrounding, nothing of this machine's in it.

The process is the worker's (see worker.py). One that dies is replaced at the next command.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import platformdirs

from tests.recorded.records import FOLDER, Record, Said
from tests.recorded.scenes import SCENES
from tests.recorded.settling import settled

ROOT: Final = Path(__file__).resolve().parent.parent.parent
WORKER: Final = Path(__file__).with_name("worker.py")
_NOBODY: Final = "http://127.0.0.1:9"
SURROUNDING: Final = {
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "dumb",
    "COLUMNS": "80",
    "NO_COLOR": "1",
    "OLLAMA_HOST": _NOBODY,
    "SLANGRAG_ENGINE": "embedded",
    "SLANGRAG_STORE": "store",
    "SLANGRAG_THREADS": "1",
}
"""Of every command; a record's own variables come on top, and an empty one takes a variable away.

TTY_COMPATIBLE=1 shows what a terminal of 80 columns without colours shows.
"""


class Player:
    """Plays records below a folder of its own. To be used in a `with`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._cache = os.environ.get("SLANGRAG_CACHE") or str(
            platformdirs.user_cache_path("slangrag", appauthor=False)
        )
        self._made: dict[str, Path] = {}
        self._worker: subprocess.Popen[str] | None = None
        self._complaints = (self._folder / "worker.log").open("w+", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._complaints.close()

    def play(self, record: Record) -> Said:
        """Run one record's command. Raises RuntimeError if it ends in a traceback."""
        scene = self._scene(record.store)
        if not (record.writes or record.files):
            return self._run(record.argv, scene, record.stdin, record.env)
        own = Path(tempfile.mkdtemp(prefix="own-", dir=self._folder))
        shutil.copytree(scene, own, dirs_exist_ok=True)
        for name, text in record.files.items():
            (own / name).parent.mkdir(parents=True, exist_ok=True)
            (own / name).write_text(text, encoding="utf-8")
        said = self._run(record.argv, own, record.stdin, record.env)
        leaves = {
            name: settled((own / name).read_bytes().decode(), {str(own): "<tmp>"}) for name in record.leaves
        }
        shutil.rmtree(own)
        return replace(said, leaves=leaves)

    def _scene(self, name: str) -> Path:
        """The folder of a scene, made at its first use."""
        if name not in self._made:
            folder = self._folder / name.replace(" ", "-")
            shutil.copytree(FOLDER / "files", folder)
            (folder / "home").mkdir()
            for argv in SCENES[name].commands:
                said = self._run(argv, folder)
                if said.exit_code:
                    raise RuntimeError(f"{argv} ended with {said.exit_code}: {said.stderr}")
            for path in SCENES[name].removed:
                shutil.rmtree(folder / path)
            self._made[name] = folder
        return self._made[name]

    def _run(
        self, argv: Sequence[str], folder: Path, stdin: str = "", env: Mapping[str, str] | None = None
    ) -> Said:
        home = folder / "home"
        variables = {
            **SURROUNDING,
            "PATH": str(home / "nothing"),  # with Slurm's commands on it, doctor says otherwise
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
            "SLANGRAG_CACHE": self._cache,
            **(env or {}),
        }
        reply = self._asked(
            {
                "argv": list(argv),
                "stdin": stdin,
                "env": {name: value for name, value in variables.items() if value},
                "cwd": str(folder),
            }
        )
        places = {str(folder): "<tmp>", str(ROOT): "<root>", self._cache: "<cache>"}
        return Said(reply["code"], settled(reply["out"], places), settled(reply["err"], places))

    def _asked(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The worker's reply."""
        if self._worker is None:
            self._worker = subprocess.Popen(
                [sys.executable, WORKER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                text=True,
                encoding="utf-8",
                cwd=self._folder,
                env={**SURROUNDING, "PATH": os.defpath, "HOME": str(self._folder)},
            )
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.write(json.dumps(request) + "\n")
        self._worker.stdin.flush()
        line = self._worker.stdout.readline()
        if not line:
            self._stop()
            self._complaints.seek(0)
            raise RuntimeError(f"{request['argv']} broke the program:\n{self._complaints.read()[-3000:]}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _stop(self) -> None:
        if self._worker is None:
            return
        with self._worker as worker:
            worker.communicate(timeout=30)
        self._worker = None
