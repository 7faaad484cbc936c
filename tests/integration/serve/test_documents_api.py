"""Documents over HTTP: read, added, replaced, removed, and found by the next question."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.documents.making import pdf
from tests.integration.serve.test_json_api import STREAM, exactly
from tests.serving import Served, events_of, served, within
from tests.standin import StandIn

from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.serve import shapes
from slangrag.serve.guard import LARGEST_UPLOAD
from slangrag.service.adding import StopFlag, adding
from slangrag.service.slang import Slang
from slangrag.sources.documents.reading import DocumentReader
from slangrag.store.layout import StoreLayout
from slangrag.store.lock import hold, is_held

pytestmark = pytest.mark.weights

GUIDE = pdf(
    [
        "Style guide\n\nWrite plainly. This guide is for everybody in the team who answers letters.",
        "Emoji\n\nNever put more than one emoji into a letter to a customer. The aubergine is not used.",
    ]
)
NOTES = (
    b"# House rules\n\nThe kitchen closes at nine in the evening, and the last one out locks the pantry.\n"
)
MARKDOWN = {"Content-Type": "text/markdown"}


@pytest.fixture
def own_slang(
    sample_store: Path, embedder: EmbeddedEmbedder, ollama: StandIn, tmp_path: Path
) -> Iterator[Slang]:
    store = shutil.copytree(sample_store, tmp_path / "store")
    flags = {
        "store": store,
        "engine": "ollama",
        "ollama_host": ollama.url,
        "check": "words",
        "index": "none",
    }
    with Slang(load_settings(flags, environ={}, cwd=tmp_path), embedder=embedder) as slang:
        yield slang


@pytest.fixture
def open_server(own_slang: Slang) -> Iterator[Served]:
    with served(own_slang, uploads=True) as running:
        yield running


def uploaded(client: httpx.Client, name: str, body: bytes, kind: str = "application/pdf") -> httpx.Response:
    return client.post("/api/documents", params={"name": name}, content=body, headers={"Content-Type": kind})


def test_an_uploaded_document_is_read_back_page_by_page(open_server: Served) -> None:
    with open_server.client() as client:
        made = uploaded(client, "style.pdf", GUIDE)
        assert made.status_code == 201, made.text
        exactly(shapes.Added, made.json())
        document = made.json()["document"]
        assert document["source"] == "style.pdf"
        number = document["number"]
        listed = client.get("/api/documents")
        exactly(shapes.Documents, listed.json())
        assert [one["number"] for one in listed.json()["documents"]] == [number]
        whole = client.get(f"/api/documents/{number}").json()
        exactly(shapes.DocumentText, whole)
        second = client.get(f"/api/documents/{number}/pages/2").json()
        exactly(shapes.DocumentText, second)
        assert "aubergine" in second["text"]
        assert whole["text"][second["start"] :].startswith(second["text"])
        assert [page["number"] for page in second["page_list"]] == [2]
        some = client.get(f"/api/documents/{number}", params={"start": 3, "length": 5}).json()
        assert (some["start"], some["text"]) == (3, whole["text"][3:8])
        assert client.get("/api/status").json()["documents"] == 1


def test_the_same_name_again_takes_the_place_of_what_was_there(open_server: Served) -> None:
    with open_server.client() as client:
        first = uploaded(client, "rules.md", NOTES, "text/markdown").json()["document"]
        again = uploaded(client, "rules.md", NOTES, "text/markdown")
        assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
        other = uploaded(client, "../up/rules.md", NOTES.replace(b"nine", b"ten"), "text/markdown")
        assert (other.status_code, other.json()["outcome"]) == (200, "changed")
        assert other.json()["document"]["number"] == first["number"]
        assert client.get("/api/status").json()["documents"] == 1


def test_a_question_finds_what_was_uploaded_and_no_more_what_was_removed(open_server: Served) -> None:
    query = {"query": "when does the kitchen close in the evening?", "only": "documents"}
    with open_server.client() as client:
        none = client.post("/api/search", json=query)
        assert (none.status_code, none.json()["error"]["code"]) == (404, "documents_missing")
        number = uploaded(client, "rules.md", NOTES, "text/markdown").json()["document"]["number"]
        found = client.post("/api/search", json=query).json()
        exactly(shapes.Retrieval, found)
        assert [hit["kind"] for hit in found["hits"]] == ["passage"]
        assert found["hits"][0]["locator"]["document"] == number
        uploaded(client, "style.pdf", GUIDE)
        emoji = {"query": "how many emoji may be put into a letter to a customer?", "only": "documents"}
        assert within(
            3, lambda: "emoji" in client.post("/api/search", json=emoji).json()["hits"][0]["definition"]
        )
        words = client.post("/api/search", json={**query, "only": "dictionary"}).json()
        assert {hit["kind"] for hit in words["hits"]} <= {"entry"}
        gone = client.delete(f"/api/documents/{number}")
        exactly(shapes.Removed, gone.json())
        assert within(3, lambda: not _from(number, client.post("/api/search", json=query).json()))
        for path in (f"/api/documents/{number}", f"/api/documents/{number}/pages/1"):
            missing = client.get(path)
            assert (missing.status_code, missing.json()["error"]["code"]) == (404, "no_such_document")
        assert client.delete(f"/api/documents/{number}").status_code == 404


def _from(number: int, found: dict[str, Any]) -> bool:
    return any((hit.get("locator") or {}).get("document") == number for hit in found["hits"])


def test_a_sentence_says_where_in_the_document_it_stands(open_server: Served) -> None:
    asked = {"question": "is the aubergine emoji used in a letter?", "only": "documents", "quoted": True}
    with open_server.client() as client:
        number = uploaded(client, "style.pdf", GUIDE).json()["document"]["number"]
        with client.stream("POST", "/api/ask", json=asked, headers=STREAM) as response:
            events = list(events_of(response))
        places = [place for name, event in events if name == "sentence" for place in event["evidence"]]
        assert places, events
        place = next(one for one in places if one["page_number"] == 2)
        assert (place["document"], place["page"]) == (number, "2")
        text = client.get(f"/api/documents/{number}").json()["text"]
        hits = dict(events)["sources"]["hits"]
        passage = hits[place["n"] - 1]["definition"]
        said = text[place["document_start"] : place["document_end"]]
        assert said == passage[place["start"] : place["end"]]
        exactly(shapes.Answer, client.post("/api/ask", json=asked).json())


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(64), 422, "input_format"),
        ("style.pdf", b"%PDF-1.7\nnothing of the kind", 422, None),
        ("empty.md", b"", 422, None),
        ("..", NOTES, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    open_server: Served, name: str, body: bytes, status: int, code: str | None
) -> None:
    with open_server.client() as client:
        refused = uploaded(client, name, body, "application/octet-stream")
        assert refused.status_code == status
        exactly(shapes.ErrorDocument, refused.json())
        error = refused.json()["error"]
        assert error["message"]
        assert error["hint"]
        assert "/tmp" not in refused.text
        assert code in (None, error["code"])
        assert client.get("/api/status").json()["documents"] == 0


def test_forms_and_bodies_over_the_bound_are_refused(open_server: Served) -> None:
    """A form of another page can be sent without asking the browser."""
    with open_server.client() as client:
        for form in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
            assert uploaded(client, "rules.md", NOTES, form).status_code == 415
        foreign = {**MARKDOWN, "Origin": "http://elsewhere.example"}
        refused = client.post("/api/documents?name=a.md", content=NOTES, headers=foreign)
        assert refused.json()["error"]["code"] == "foreign_origin"
        long = uploaded(client, "long.txt", b"x" * (LARGEST_UPLOAD + 1), "text/plain")
        assert (long.status_code, long.json()["error"]["code"]) == (413, "too_large")
        pieces = (b"x" * (1 << 20) for _ in range(51))
        unsaid = client.post("/api/documents?name=long.txt", content=pieces, headers=MARKDOWN)
        assert unsaid.status_code == 413


def test_a_store_that_another_command_changes_says_so_and_when_to_come_back(
    open_server: Served, own_slang: Slang
) -> None:
    with open_server.client() as client, hold(StoreLayout(own_slang.settings.store).documents):
        busy = uploaded(client, "rules.md", NOTES, "text/markdown")
    assert (busy.status_code, busy.json()["error"]["code"]) == (503, "store_locked")
    assert busy.headers["Retry-After"]
    assert str(own_slang.settings.store) not in busy.text


def test_without_leave_nobody_changes_the_documents(own_slang: Slang) -> None:
    with served(own_slang) as closed, closed.client() as client:
        assert client.get("/api/status").json()["uploads"] is False
        for refused in (uploaded(client, "rules.md", NOTES), client.delete("/api/documents/1")):
            assert (refused.status_code, refused.json()["error"]["code"]) == (403, "uploads_off")
            assert "--uploads" in refused.json()["error"]["hint"]
        assert client.get("/api/documents").json() == {"documents": []}


def test_a_files_place_on_the_machine_is_not_told(own_slang: Slang, tmp_path: Path) -> None:
    secret = tmp_path / "secret-folder"
    secret.mkdir()
    (secret / "rules.md").write_bytes(NOTES)
    with adding(own_slang.settings, embedder=own_slang._store.embedder) as documents:
        (one,) = documents.add(str(secret / "rules.md"))
    assert one.document is not None
    with served(own_slang) as closed, closed.client() as client:
        told = [
            client.get("/api/documents"),
            client.get(f"/api/documents/{one.document.number}"),
            client.post("/api/search", json={"query": "when does the kitchen close?"}),
        ]
    assert told[0].json()["documents"][0]["source"] == "rules.md"
    assert not any("secret-folder" in response.text for response in told)


def test_questions_are_answered_while_a_document_is_being_read(
    open_server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, let_go = threading.Event(), threading.Event()
    read = DocumentReader.read

    def held(*given: Any, **named: Any) -> Any:
        reading.set()
        let_go.wait(30)
        return read(*given, **named)

    monkeypatch.setattr(DocumentReader, "read", held)
    with open_server.client() as client, ThreadPoolExecutor() as pool:
        uploading = pool.submit(uploaded, client, "rules.md", NOTES, "text/markdown")
        assert reading.wait(30)
        try:
            meant = client.post("/api/search", json={"query": "to pull out of plans at the last minute"})
            assert meant.status_code == 200
            assert not uploading.done()
        finally:
            let_go.set()
        assert uploading.result(30).status_code == 201


def test_a_client_that_leaves_has_added_nothing(
    open_server: Served, own_slang: Slang, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed, set_flag = EmbeddedEmbedder.embed_documents, StopFlag.set
    stopped = threading.Event()

    def held(self: EmbeddedEmbedder, texts: Any) -> Any:
        stopped.wait(30)
        return embed(self, texts)

    def noticed(self: StopFlag, signum: int | None = None) -> None:
        set_flag(self, signum)
        stopped.set()

    monkeypatch.setattr(EmbeddedEmbedder, "embed_documents", held)
    monkeypatch.setattr(StopFlag, "set", noticed)
    paragraph = "Rule {n}: the pantry of floor {n} is locked by its keeper when the last cook has left. " * 12
    long = "\n\n".join(paragraph.format(n=n) for n in range(60))  # more than one batch
    with open_server.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/api/documents?name=rules.txt", content=long, headers=MARKDOWN, timeout=2)
    assert stopped.wait(30)
    place = StoreLayout(own_slang.settings.store).documents
    assert within(30, lambda: not is_held(place))
    assert own_slang.documents() == []


def test_openais_clients_are_led_to_the_document(open_server: Served) -> None:
    asked = {"role": "user", "content": "how many emoji may be put into a letter to a customer?"}
    with open_server.client() as client:
        uploaded(client, "style.pdf", GUIDE)
        told = client.post("/v1/chat/completions", json={"model": "slangrag", "messages": [asked]}).json()
        (led, *_) = [url for url in told["citations"] if "/documents/" in url]
        assert re.search(r"/documents/1#page=1&start=\d+&end=\d+$", led)
        assert "<html" in client.get(led).text
