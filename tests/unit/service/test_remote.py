"""What is in the place of a server's socket and is no server of ours costs a command nothing but a moment."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from slangrag.config import load_settings
from slangrag.errors import EngineReply, StoreMissing
from slangrag.service import remote
from slangrag.service.remote import NotTaken, RemoteSlang, server_beside
from slangrag.service.server_socket import socket_path

TAKEN = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="slg-"))
    yield folder
    shutil.rmtree(folder)


@contextmanager
def saying(path: Path, reply: bytes | None) -> Iterator[list[bytes]]:
    """A server at `path` that answers everything with `reply`, or with silence; what it was asked."""
    asked: list[bytes] = []
    held: list[socket.socket] = []

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            held.append(connection)
            request = connection.makefile("rb")
            head = list(iter(request.readline, b"\r\n"))
            length = next(int(line.split()[1]) for line in head if line.lower().startswith(b"content-length"))
            asked.append(request.read(length))
            if reply is not None:
                connection.sendall(reply)
                connection.shutdown(socket.SHUT_RDWR)

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(os.fspath(path))
        listening.listen()
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        yield asked
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    for connection in held:
        connection.close()


def place(root: Path) -> Path:
    path = socket_path(root)
    assert path is not None
    return path


def test_one_that_is_silent_is_passed_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert remote._HEAD_SECONDS <= 5
    monkeypatch.setattr(remote, "_HEAD_SECONDS", 0.2)
    settings = replace(load_settings(), store=root)
    with saying(place(root), None) as asked:
        began = time.monotonic()
        with pytest.raises(NotTaken, match="does not answer"):
            server_beside(settings)
        assert time.monotonic() - began < 5
        slang = RemoteSlang(settings)
        for _ in range(2):
            with pytest.raises(StoreMissing):  # it answers by itself, and finds no store
                slang.search("rizz")
    assert len(asked) == 2  # doctor's question and the first search


def test_a_socket_of_another_user_is_told_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(load_settings(), store=root)
    with saying(place(root), TAKEN) as asked:
        monkeypatch.setattr(os, "geteuid", lambda: 4711)
        with pytest.raises(NotTaken, match="somebody else"):
            server_beside(settings)
    assert not asked


def test_a_link_in_its_place_is_not_followed(root: Path) -> None:
    settings = replace(load_settings(), store=root)
    with saying(root / "theirs", TAKEN) as asked:
        place(root).symlink_to(root / "theirs")
        with pytest.raises(NotTaken, match="somebody else"):
            server_beside(settings)
    assert not asked


def test_an_end_before_any_answer_is_no_answer(root: Path) -> None:
    end = b'{"end": true}\n'
    reply = TAKEN + b"%x\r\n%s\r\n0\r\n\r\n" % (len(end), end)
    slang = RemoteSlang(replace(load_settings(), store=root))
    with saying(place(root), reply), pytest.raises(EngineReply, match="in the midst"):
        list(slang.ask("what does rizz mean"))
