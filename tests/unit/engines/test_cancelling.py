"""Work that waits on a socket ends when somebody else loses interest."""

from __future__ import annotations

import socket
import threading

from slangrag.engines.cancelling import Cancel, cancellable_by, closed_on_cancel


def test_a_wait_in_another_thread_ends() -> None:
    ours, theirs = socket.socketpair()
    cancel, got = Cancel(), []

    def wait() -> None:
        with cancellable_by(cancel), closed_on_cancel(lambda: ours.shutdown(socket.SHUT_RDWR)):
            got.append(ours.recv(10))

    with ours, theirs:
        thread = threading.Thread(target=wait)
        thread.start()
        cancel.cancel()
        thread.join(5)
    assert got == [b""]


def test_what_begins_to_wait_after_the_cancel_ends_at_once() -> None:
    cancel, closed = Cancel(), []
    cancel.cancel()
    with cancellable_by(cancel), closed_on_cancel(lambda: closed.append(True)):
        assert closed == [True]


def test_what_has_ended_its_wait_is_left_alone() -> None:
    cancel, closed = Cancel(), []
    with cancellable_by(cancel), closed_on_cancel(lambda: closed.append(True)):
        pass
    cancel.cancel()
    assert not closed


def test_without_anybody_who_may_leave_nothing_changes() -> None:
    with closed_on_cancel(lambda: None):
        pass
