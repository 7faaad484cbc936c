"""How the stand-in fails, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "error",  # `status` with {"error": message}; 500 unless told otherwise
    "busy",  # 503, the queue is full
    "html",  # `status` with a page that is no JSON, as a proxy sends it
    "forbidden",  # 403 with an empty body
    "close",  # hang up before a word
    "reset",  # send half a status line and reset the connection
    "hang",  # accept the request and say nothing for `seconds`
    "slow",  # wait `seconds`, then answer as usual
    "truncated",  # stop in the middle of the body that was announced
    "wrong_count",  # embed: one vector too few
    "nan",  # embed: a vector holds NaN
    "zero",  # embed: a vector of zeros
    "wrong_dimension",  # embed: vectors one number short
    "mid_stream_error",  # stream: an error line after `after` lines, under status 200
    "no_done",  # stream: a clean end after `after` lines, without the line that says done
    "killed",  # stream: the connection breaks after `after` lines, as when the server is killed
    "stall",  # stream: silence for `seconds` after `after` lines
]

PREVIOUS = "an error was encountered while running the model: unexpected EOF"
BUSY = "server busy, please try again.  maximum pending requests exceeded"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail. It strikes where all of its conditions hold.

    path: the endpoint. nth: only the nth request to that endpoint, counted from 1. text: only where
    the request's body holds it. times: how often at most (0: without end).
    """

    kind: Kind
    path: str = ""
    nth: int = 0
    text: str = ""
    times: int = 0
    status: int = 500
    message: str = PREVIOUS
    seconds: float = 30.0
    after: int = 2

    def strikes(self, path: str, count: int, body: str) -> bool:
        """Whether this fault is for the `count`th request to `path` with `body`."""
        return (
            (not self.path or self.path == path)
            and (not self.nth or self.nth == count)
            and (not self.text or self.text in body)
        )
