"""Errors as somebody far away sees them."""

from __future__ import annotations

import pytest

from slangrag import errors
from slangrag.errors import SlangragError
from slangrag.serve.faults import fault_of
from slangrag.service.placeless import placeless


def every_error(kind: type[SlangragError] = SlangragError) -> list[type[SlangragError]]:
    return [kind, *(deeper for below in kind.__subclasses__() for deeper in every_error(below))]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_no_error_names_a_place_on_the_machine(kind: type[SlangragError]) -> None:
    error = kind(
        "it failed at /home/ann/my store/x.sqlite3, see http://10.0.0.7:11434/api", hint="ls /srv/data"
    )
    fault = fault_of(error)
    assert 400 <= fault.status <= 504
    assert not any(place in str(fault.document()) for place in ("/home", "10.0.0.7", "/srv"))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.EngineBusy("x"), 503, "engine_busy"),
        (errors.EngineTimeout("x"), 504, "engine_timeout"),
        (errors.ModelMissing("x"), 502, "model_missing"),
        (errors.StoreLocked("x"), 503, "store_locked"),
        (errors.UsageError("x"), 400, "usage_error"),
    ],
)
def test_statuses_and_codes(error: SlangragError, status: int, code: str) -> None:
    fault = fault_of(error)
    assert (fault.status, fault.code) == (status, code)


def test_a_flag_of_the_command_line_is_no_advice_for_a_page() -> None:
    note = "answered with the definitions: smollm2 is too small to explain (--generate lets it try)"
    assert placeless(note).endswith("too small to explain")


def test_text_about_words_is_left_alone() -> None:
    text = "either/or, and/or, w/e, 24/7, b/c"
    assert placeless(text) == text


def test_a_client_is_not_told_to_set_the_server_otherwise() -> None:
    error = errors.ContextOverflow("too long", hint="fewer definitions (-k) or a larger --num-ctx")
    assert fault_of(error).hint == "ask about less at once"
