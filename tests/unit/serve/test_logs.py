"""A line of the log is one line, whoever wrote the address."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from slangrag.serve.logs import request_log
from slangrag.serve.watching import Watching


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None: ...


@pytest.mark.parametrize(
    ("whole", "line"), [(True, "GET /word/a%0Ab?starting=ri%0A left"), (False, "GET - left")]
)
async def test_an_address_is_logged_as_it_was_sent_or_not_at_all(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, whole: bool, line: str
) -> None:
    monkeypatch.setattr(logging.getLogger("slangrag.serve"), "propagate", True)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/word/a\nb",
        "raw_path": b"/word/a%0Ab",
        "query_string": b"starting=ri%0A",
    }
    with caplog.at_level(logging.INFO, "slangrag.serve"):
        await Watching(_nothing, [request_log(whole=whole)])(scope, None, None)  # type: ignore[arg-type]
    assert caplog.messages[0].startswith(line)
