"""The stop flag: a signal's wish to end, looked at between batches.

Installs no signal handler; the command line does, and calls `StopFlag.set` from it.
"""

from __future__ import annotations

import signal
import threading

from slangrag.errors import StoppedEarly


class StopFlag:
    """Set once by a signal handler or another thread, read by the pipeline."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.signum: int | None = None

    def set(self, signum: int | None = None) -> None:
        """Ask to stop after the batch in hand; the first signal's number is kept."""
        if not self._event.is_set():
            self.signum = signum
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether someone asked to stop."""
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep, but not past the wish to stop; True if it came."""
        return self._event.wait(seconds)

    def leave(self, kept: str) -> BaseException:
        """What to raise at the end of a stopped run: KeyboardInterrupt for SIGINT, else StoppedEarly.

        `kept` says what is safe; the exception's message tells how to go on.
        """
        if self.signum == signal.SIGINT:
            return KeyboardInterrupt(f"stopped: {kept}; run the same command again to go on")
        name = signal.Signals(self.signum).name if self.signum is not None else "request"
        return StoppedEarly(f"stopped by {name}: {kept}", hint="run the same command again to go on")
