"""How Ollama words things: Go's JSON, its complaints about requests, its error sentences by version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

NEW, OLD = "0.32.15", "0.13.5"

Stream = Iterator[dict[str, Any]]
"""The lines of an NDJSON reply."""

_GO_NAMES = {dict: "object", list: "array", str: "string", bool: "bool", int: "number", float: "number"}
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
FOREVER = 292 * 365.25 * 86_400.0


class Reply(Exception):
    """Leaves a handler early with a status and a JSON body, or none."""

    def __init__(
        self, status: int, body: dict[str, Any] | None, kind: str = "application/json; charset=utf-8"
    ) -> None:
        super().__init__(status, body)
        self.status, self.body, self.kind = status, body, kind


def refuse(status: int, message: str) -> Reply:
    """An error reply in Ollama's form."""
    return Reply(status, {"error": message})


def go_json(value: Any) -> str:
    """`value` as Go's encoding/json writes it: no blanks, and <, > and & escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda sign: _ESCAPES[sign.group()], text)


def timestamp(after: float = 0.0) -> str:
    """Now (plus `after` seconds) as Go writes a time: nanoseconds, UTC."""
    return (datetime.now(UTC) + timedelta(seconds=after)).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


FIELDS: dict[str, dict[str, tuple[type, str]]] = {
    "ChatRequest": {
        "model": (str, "string"),
        "messages": (list, "[]api.Message"),
        "stream": (bool, "bool"),
        "truncate": (bool, "bool"),
        "shift": (bool, "bool"),
        "options": (dict, "map[string]interface {}"),
    },
    "EmbedRequest": {
        "model": (str, "string"),
        "truncate": (bool, "bool"),
        "dimensions": (int, "int"),
        "options": (dict, "map[string]interface {}"),
    },
    "EmbeddingRequest": {"model": (str, "string"), "prompt": (str, "string")},
    "GenerateRequest": {"model": (str, "string"), "prompt": (str, "string"), "stream": (bool, "bool")},
    "ShowRequest": {"model": (str, "string"), "name": (str, "string")},
    "CreateRequest": {"model": (str, "string"), "files": (dict, "map[string]string")},
    "DeleteRequest": {"model": (str, "string"), "name": (str, "string")},
    "PullRequest": {"model": (str, "string"), "name": (str, "string"), "stream": (bool, "bool")},
}


def bind(raw: bytes, kind: str) -> dict[str, Any]:
    """The request of Go type api.`kind` in `raw`, or the Reply that Ollama gives to what is none."""
    text = raw.decode("utf-8", "replace").lstrip()
    if not text:
        raise refuse(400, "missing request body")
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except json.JSONDecodeError as error:
        raise refuse(400, _complaint(text, error)) from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refuse(400, f"json: cannot unmarshal {_GO_NAMES[type(value)]} into Go value of type api.{kind}")
    for name, (wanted, go_type) in FIELDS[kind].items():
        _expect(value.get(name), wanted, f"{kind}.{name}", go_type)
    for message in value.get("messages") or []:
        for name in ("role", "content"):
            _expect(message.get(name), str, f"{kind}.messages.{name}", "string")
    return value


def _expect(value: Any, wanted: type, field: str, go_type: str) -> None:
    if value is not None and _GO_NAMES[type(value)] != _GO_NAMES[wanted]:
        got = _GO_NAMES[type(value)]
        raise refuse(400, f"json: cannot unmarshal {got} into Go struct field {field} of type {go_type}")


def _complaint(text: str, error: json.JSONDecodeError) -> str:
    position = error.pos
    while position < len(text) and text[position].isspace():
        position += 1
    if position >= len(text) or error.msg.startswith("Unterminated"):
        return "unexpected EOF"
    sign = text[position]
    shown = f"'{sign}'" if sign.isprintable() else f"'\\x{ord(sign):02x}'"
    where = (
        "object key string" if error.msg.startswith(("Expecting property", "Illegal trailing")) else "value"
    )
    if where == "object key string" and sign == ",":
        shown = f"'{text[position + 1]}'"
    return f"invalid character {shown} looking for beginning of {where}"


def keep_alive_seconds(value: Any, default: float = 300.0) -> float:
    """keep_alive as api.Duration reads it; below zero is for ever. Raises the 400 for anything else."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise refuse(
            400, f"Unsupported type: '{'bool' if isinstance(value, bool) else type(value).__name__}'"
        )
    seconds = _duration(value) if isinstance(value, str) else float(value)
    return FOREVER if seconds < 0 else seconds


def _duration(text: str) -> float:
    if text == "0":
        return 0.0
    body = text.lstrip("+-")
    parts = re.findall(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)", body)
    if not parts or "".join(number + unit for number, unit in parts) != body:
        why = "missing unit in" if re.fullmatch(r"\d+(\.\d*)?", body) else "invalid"
        raise refuse(400, f'time: {why} duration "{text}"')
    total = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return -total if text.startswith("-") else total


def check_options(options: dict[str, Any] | None) -> None:
    """Raise the 500 for an option of another type; unknown options pass, as with Ollama."""
    whole, real = ("num_ctx", "num_predict", "seed", "top_k", "num_thread"), ("temperature", "top_p")
    for name, value in (options or {}).items():
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if name in whole and not number:
            raise refuse(500, f'option "{name}" must be of type integer')
        if name in real and not number:
            raise refuse(500, f'option "{name}" must be of type float32')


def valid_name(name: str) -> bool:
    """Whether `name` is a model's name to Ollama: [host/][owner/]model[:tag]."""
    return re.fullmatch(r"([\w.-]+(:\d+)?/)?([\w.-]+/)*[\w.-]+(:[\w.-]+)?", name) is not None


def too_long(tokens: int, context: int, version: str) -> Reply:
    """The 400 for a prompt that does not fit and may not be cut."""
    if version == OLD:
        return refuse(400, "the input length exceeds the context length")
    inner = {
        "error": {
            "code": 400,
            "message": f"request ({tokens} tokens) exceeds the available context size ({context} tokens), "
            "try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": tokens,
            "n_ctx": context,
        }
    }
    return refuse(400, json.dumps(inner, separators=(",", ":")))
