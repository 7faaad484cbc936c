"""Who is let in."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from slangrag.serve.guard import LARGEST_BODY, LARGEST_UPLOAD, Access, Guard

TOKEN = "a-token-of-some-length"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"in: {len(body)}")(scope, receive, send)


def client(token: str | None = None) -> TestClient:
    return TestClient(Guard(echo, Access(token=token)), base_url="http://127.0.0.1:8600")


def test_a_page_whose_name_was_made_to_point_here_is_refused() -> None:
    response = client().get("/api/status", headers={"Host": "evil.example"})
    assert response.status_code == 421
    assert response.json()["error"]["code"] == "wrong_host"


@pytest.mark.parametrize("host", ["localhost:8600", "127.0.0.1", "[::1]:8600", "LOCALHOST:1"])
def test_loopback_names_are_ours(host: str) -> None:
    assert client().get("/x", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999"])
def test_other_pages_are_not_answered(origin: str) -> None:
    response = client().post("/api/define", json={}, headers={"Origin": origin})
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_our_own_page_is() -> None:
    headers = {"Origin": "http://127.0.0.1:8600"}
    assert client().post("/api/define", json={}, headers=headers).status_code == 200


def test_with_a_token_only_who_has_it_is_let_in() -> None:
    asked = client(TOKEN)
    assert asked.get("/api/status").status_code == 401
    assert asked.get("/api/status", headers={"Authorization": "Bearer wrong"}).json()["error"]["code"] == (
        "token_wrong"
    )
    assert asked.get("/metrics").status_code == 401
    assert asked.get("/api/status", headers={"Authorization": f"bearer {TOKEN}"}).status_code == 200
    assert asked.get(f"/api/status?token={TOKEN}").status_code == 401  # addresses end in logs


@pytest.mark.parametrize("path", ["/", "/assets/app.js", "/word/rizz", "/healthz", "/readyz"])
def test_the_pages_files_and_health_need_none(path: str) -> None:
    assert client(TOKEN).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/assets", "/wordx", "/mcp", "/v1/models"])
def test_nothing_else_passes_as_a_page(path: str) -> None:
    assert client(TOKEN).get(path).status_code == 401


def test_a_token_that_is_no_ascii_is_wrong_and_no_crash() -> None:
    response = client(TOKEN).get("/api/status", headers=[(b"authorization", "Bearer grüße".encode())])
    assert response.status_code == 401


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_read(kind: str) -> None:
    """A form of another page can be sent without asking the browser; JSON cannot."""
    response = client().post("/api/define", content=b"{}", headers={"Content-Type": kind})
    assert response.status_code == 415


def test_long_bodies_are_refused_whether_they_say_so_or_not() -> None:
    json = {"Content-Type": "application/json"}
    assert client().post("/x", content=b"x" * (LARGEST_BODY + 1), headers=json).status_code == 413
    chunks = iter([b"x" * LARGEST_BODY, b"x"])
    assert client().post("/x", content=chunks, headers=json).status_code == 413
    assert client().post("/x", content=b"x" * LARGEST_BODY, headers=json).text == f"in: {LARGEST_BODY}"


@pytest.mark.parametrize(("kind", "status"), [("application/pdf", 200), ("text/plain", 200), ("", 415)])
def test_a_document_may_be_longer_and_of_its_own_kind(kind: str, status: int) -> None:
    body = b"x" * (LARGEST_BODY + 1)
    headers = {"Content-Type": kind}
    assert client().post("/api/documents", content=body, headers=headers).status_code == status
    assert client().post("/api/documents/1", content=body, headers=headers).status_code in {413, 415}


def test_one_that_says_it_is_too_long_is_refused_before_it_is_read() -> None:
    headers = {"Content-Type": "application/pdf", "Content-Length": str(LARGEST_UPLOAD + 1)}
    assert client().post("/api/documents", content=b"x", headers=headers).status_code == 413


def test_every_answer_forbids_what_the_page_does_not_need() -> None:
    for response in (client().get("/"), client().get("/", headers={"Host": "evil.example"})):
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "require-trusted-types-for 'script'" in policy
        assert response.headers["x-content-type-options"] == "nosniff"


def test_the_unix_socket_is_the_users_own() -> None:
    """uvicorn gives a Unix socket's server as (path, None)."""

    async def over_unix(scope: Scope, receive: Receive, send: Send) -> None:
        await Guard(echo, Access(token=TOKEN))({**scope, "server": ("/x.sock", None)}, receive, send)

    assert TestClient(over_unix, base_url="http://anything").get("/api/status").status_code == 200
