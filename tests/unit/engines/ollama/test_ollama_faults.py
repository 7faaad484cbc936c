"""Whatever a server or the Python client says when it cannot, the user gets one line and the next command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.standin.essence import FIXTURES, client_exceptions, masked
from tests.standin.essence import errors as recorded_errors

from slangrag import errors
from slangrag.engines.ollama import faults

ADDRESS = "http://127.0.0.1:11434"


def lines(name: str) -> list[dict[str, Any]]:
    return [
        json.loads(line) for line in (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def fault_of(line: dict[str, Any]) -> errors.EngineError:
    return faults.reply_fault(
        line["status"], line["body"], model="some-model", purpose=line["purpose"], address=ADDRESS
    )


@pytest.mark.parametrize(
    "line", lines("errors"), ids=lambda line: f"{line['purpose']} {line['status']} {line['body'][:60]}"
)
def test_every_recorded_error_has_its_place_in_the_tree(line: dict[str, Any]) -> None:
    error = fault_of(line)
    assert type(error).__name__ == line["expected"]
    assert error.exit_code == 3
    assert error.message
    assert "\n" not in error.message
    assert error.hint


def test_a_missing_model_is_answered_with_the_command_that_fetches_it() -> None:
    missing = faults.reply_fault(
        404, '{"error":"model \'llama3.1\' not found"}', model="llama3.1", purpose="chat", address=ADDRESS
    )
    assert isinstance(missing, errors.ModelMissing)
    assert missing.hint == "ollama pull llama3.1"


@pytest.mark.parametrize("body", ["unexpected EOF", "invalid file magic", "tensor data exceeds file size"])
def test_a_damaged_model_is_to_be_fetched_again_and_not_asked_again(body: str) -> None:
    damaged = faults.reply_fault(500, body, model="llama3.1", purpose="chat", address=ADDRESS)
    assert isinstance(damaged, errors.EngineReply)
    assert damaged.hint == "ollama pull llama3.1"


def test_a_page_that_is_not_ollamas_is_not_taken_for_a_missing_model() -> None:
    foreign = faults.reply_fault(404, "404 page not found", model="llama3.1", purpose="chat", address=ADDRESS)
    assert isinstance(foreign, errors.EngineReply)
    assert "not Ollama" in foreign.message


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, "", errors.EngineBusy),
        (502, "<html>bad gateway</html>", errors.EngineUnreachable),
        (504, "", errors.EngineTimeout),
        (301, "https://ollama.example/", errors.EngineReply),
        (401, '{"error":"unauthorized"}', errors.EngineReply),
        (
            500,
            '{"error":"model requires more system memory (9.1 GiB) than is available (7.0 GiB)"}',
            errors.ModelUnfit,
        ),
        (400, '{"error":"embedding contains NaN or Inf values"}', errors.TextRejected),
        (500, '{"error":"failed to encode response: json: unsupported value: NaN"}', errors.TextRejected),
    ],
)
def test_what_no_recording_holds_has_its_place_too(status: int, body: str, expected: type[Exception]) -> None:
    error = faults.reply_fault(status, body, model="m", purpose="embed", address=ADDRESS)
    assert type(error) is expected


def raised_by(line: dict[str, Any]) -> Exception:
    """The exception of the Python client, made again."""
    import httpx
    import ollama

    kind, words = line["type"].rsplit(".", 1)[-1], line["words"]
    if kind == "ResponseError":
        return ollama.ResponseError(words, line["status"])
    if kind == "JSONDecodeError":
        return json.JSONDecodeError("Expecting value", "<html>", 0)
    if kind == "ValidationError":
        with pytest.raises(ValueError, match="validation error") as caught:
            ollama.EmbedResponse(embeddings=None)  # type: ignore[arg-type]
        return caught.value
    if kind == "ConnectionError":
        return ConnectionError(words)
    made: Exception = getattr(httpx, kind)(words)
    return made


CLASSES = {
    "ReadTimeout": "EngineTimeout",
    "ConnectError": "EngineUnreachable",
    "ConnectionError": "EngineUnreachable",
    "RemoteProtocolError": "EngineUnreachable",
    "ReadError": "EngineUnreachable",
    "JSONDecodeError": "EngineReply",
    "ValidationError": "EngineReply",
}


@pytest.mark.parametrize("line", lines("client"), ids=lambda line: line["name"])
def test_nothing_that_the_python_client_raises_gets_through(line: dict[str, Any]) -> None:
    with (
        pytest.raises(errors.EngineError) as caught,
        faults.client_faults(ADDRESS, model="some-model", purpose="chat", read_timeout=3.0),
    ):
        raise raised_by(line)
    expected = CLASSES.get(line["type"].rsplit(".", 1)[-1])
    if expected is not None:
        assert type(caught.value).__name__ == expected
    assert caught.value.hint
    assert "\n" not in caught.value.message


@pytest.mark.shared
def test_the_fixture_misses_no_error_of_the_recordings(shared: Path) -> None:
    known = {(line["status"], line["purpose"], masked(line["body"])) for line in lines("errors")}
    found = recorded_errors(shared / "ollama-recordings")
    assert {(line["status"], line["purpose"], masked(line["body"])) for line in found} == known
    names = {line["name"] for line in lines("client")}
    assert {line["name"] for line in client_exceptions(shared / "ollama-recordings")} == names


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"error":"no"}', "no"),
        ('{"error":{"message":"deep","type":"x"}}', "deep"),
        ('{"error":"{\\"error\\":{\\"code\\":400,\\"message\\":\\"deeper\\"}}"}', "deeper"),
        ("<html><b>bad</b>\n gateway</html>", "bad gateway"),
        ("", ""),
        ('{"error":"two\\nlines"}', "two lines"),
    ],
)
def test_the_sentence_is_taken_out_of_whatever_wraps_it(body: str, text: str) -> None:
    assert faults.error_text(body) == text
