"""The essence of a recorded exchange: what a client can rely on, without times, hosts and long bodies.

Made from recordings of real servers, and from what the stand-in answers to the same request: the
two must be equal. `python -m tests.standin.essence FOLDER` writes tests/data/ollama/*.jsonl anew from
a folder of recordings.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.standin.covered import FILES, MADE, folders, left_out, read_records

FIXTURES: Final = Path(__file__).resolve().parent.parent / "data" / "ollama"

_USUAL_HEADERS: Final = {"Content-Type": "application/json"}
_HEADERS: Final = ("Content-Type", "Location", "Allow", "Access-Control-Allow-Origin", "Vary")


def expand(body: Any) -> Any:
    """`body` with every {"repeat": word, "times": n} written out."""
    if isinstance(body, dict):
        if "repeat" in body:
            return " ".join([body["repeat"]] * body["times"])
        return {key: expand(value) for key, value in body.items()}
    return [expand(value) for value in body] if isinstance(body, list) else body


def shape(value: Any, key: str = "") -> Any:
    """Names, order and types of a JSON value; the words of errors, and how a reply says that it ended."""
    if key == "error" and isinstance(value, str):
        return masked(value)
    if key == "done_reason":
        return value if value in ("load", "unload") else "end"
    if key == "status" and isinstance(value, str):
        return re.sub(r"[0-9a-f]{12,}", "DIGEST", value)
    if key == "model_info":
        return "object"
    if isinstance(value, dict):
        return {name: shape(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, bool):
        return value if key == "done" else "bool"
    return {str: "string", int: "number", float: "number", type(None): "null"}[type(value)]


def masked(error: str) -> str:
    """An error's words, its numbers (of tokens, of ports) replaced by N."""
    return re.sub(r"\b\d+\b", "N", error)


def reply_essence(
    path: str, status: int, headers: dict[str, str], lines: list[str], stream: bool
) -> dict[str, Any]:
    """What a client can rely on in a reply; `lines` holds one item for a document."""
    essence: dict[str, Any] = {"status": status}
    essence |= {name: headers[name] for name in _HEADERS if name in headers}
    if status != 200 or stream:
        essence["framing"] = "chunked" if "Transfer-Encoding" in headers else "length"
    shapes: list[Any] = []
    for line in lines:
        try:
            parsed = shape(json.loads(line))
        except ValueError:
            parsed = line
        if path == "/api/show" and status == 200:
            parsed.pop("parameters", None)
            parsed["details"]["parent_model"] = "string"
        if not shapes or shapes[-1] != parsed:
            shapes.append(parsed)
    return essence | {"reply": shapes}


def recorded_essence(record: dict[str, Any]) -> dict[str, Any]:
    """The essence of a record's reply."""
    response, path = record["response"], record["request"]["path"]
    if "lines" in response:
        lines = [line["line"] for line in response["lines"] if "line" in line]
        return reply_essence(path, response["status"], response["headers"], lines, stream=True)
    body = response["body"]
    lines = [body] if isinstance(body, str) and body else []
    return reply_essence(path, response["status"], response["headers"], lines, stream=False)


def replay(port: int, request: dict[str, Any]) -> dict[str, Any]:
    """Send a recorded request to 127.0.0.1:`port`; the essence of the reply."""
    body = request.get("body")
    headers_sent = request.get("headers", _USUAL_HEADERS if body else {})
    data = None if body is None else body.encode("utf-8", "surrogatepass") if isinstance(body, str) else None
    if isinstance(body, dict):
        data = json.dumps(expand(body)).encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.putrequest(
            request["method"], request["path"], skip_host="Host" in headers_sent, skip_accept_encoding=True
        )
        for name, value in headers_sent.items():
            connection.putheader(name, value)
        if data is not None:
            connection.putheader("Content-Length", str(len(data)))
        connection.endheaders(data)
        response = connection.getresponse()
        headers = dict(response.getheaders())
        stream = headers.get("Content-Type") == "application/x-ndjson"
        text = response.read().decode()
    finally:
        connection.close()
    lines = text.splitlines() if stream else [text] if text else []
    return reply_essence(request["path"], response.status, headers, lines, stream)


def replayable(folder: Path, file: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Name, request and essence of each record of `file` that the stand-in covers."""
    for record in read_records(folder, file):
        if not left_out(record):
            request = record["request"]
            if record["name"] in MADE:
                request = request | {"body": MADE[record["name"]]}
            yield record["name"], request, recorded_essence(record)


def exchanges(recordings: Path) -> list[dict[str, Any]]:
    """One exchange of each kind: request, essence, and the versions that answered so."""
    kept: dict[str, dict[str, Any]] = {}
    for version, folder in folders(recordings).items():
        for file in FILES:
            seen = set()
            for name, request, essence in replayable(folder, file):
                kind = json.dumps([request["method"], request["path"], essence])
                if kind in seen:
                    continue
                seen.add(kind)
                sent = {key: value for key, value in request.items() if value}
                if sent.get("headers") == _USUAL_HEADERS:
                    del sent["headers"]
                line = {"file": file, "name": name, "request": sent, "essence": essence}
                kept.setdefault(json.dumps(line), line | {"versions": []})["versions"].append(version)
    return sorted(kept.values(), key=lambda line: line["file"])


def errors(recordings: Path) -> list[dict[str, Any]]:
    """Every error of the endpoints that the engine calls: status (-1: in mid-stream), purpose, body."""
    purposes = {
        "/api/chat": "chat",
        "/api/embed": "embed",
        "/api/pull": "pull",
        "/api/show": "ask",
        "/api/tags": "ask",
    }
    found: dict[str, dict[str, Any]] = {}
    for folder in folders(recordings).values():
        for path in sorted(folder.glob("*.jsonl")):
            for record in read_records(folder, path.stem):
                request, response = record.get("request"), record.get("response") or {}
                purpose = purposes.get(request["path"]) if isinstance(request, dict) else None
                if purpose is None or isinstance(response.get("body"), dict):
                    continue
                lines = [line.get("line", "") for line in response.get("lines", [])[-1:]]
                body = (response.get("body") or "") if "lines" not in response else "".join(lines)
                status = -1 if "lines" in response else response.get("status", 200)
                if status in (200, 204) or (status == -1 and '"error"' not in body):
                    continue
                body = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:1", body.strip())
                line = {"status": status, "purpose": purpose, "body": body}
                found.setdefault(json.dumps([status, purpose, masked(body)]), line)
    return list(found.values())


def client_exceptions(recordings: Path) -> list[dict[str, Any]]:
    """Every exception that the Python client let through (but for wrong calls): type, words, status."""
    found: dict[str, dict[str, Any]] = {}
    for record in read_records(recordings, "14_python_client"):
        raised = record.get("exception")
        if raised and raised["type"] not in ("builtins.TypeError", "builtins.ValueError"):
            words = raised.get("error", raised["str"]).strip().splitlines()
            line = {
                "type": raised["type"],
                "status": raised.get("status_code"),
                "words": words[0] if words else "",
            }
            found.setdefault(json.dumps(line), line | {"name": record["name"]})
    return list(found.values())


def main(recordings: Path) -> int:
    """Write the fixtures anew; `expected` of an error that is known already is kept."""
    for name, lines in (
        ("exchanges", exchanges(recordings)),
        ("errors", errors(recordings)),
        ("client", client_exceptions(recordings)),
    ):
        path = FIXTURES / f"{name}.jsonl"
        known = {}
        if path.is_file():
            for line in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
                known[json.dumps({key: value for key, value in line.items() if key != "expected"})] = line
        with path.open("w", encoding="utf-8") as file:
            for line in lines:
                kept = known.get(json.dumps(line), line)
                file.write(json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
