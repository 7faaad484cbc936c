"""The JSON API over the sample: the its documents have their shapes, its streams are whole or say why not."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from tests.integration.serve.conftest import Script
from tests.serving import Served, events_of, within
from tests.standin import Fault, StandIn

from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.errors import EngineUnreachable
from slangrag.serve import shapes

pytestmark = pytest.mark.weights

STREAM = {"Accept": "text/event-stream"}


def exactly(shape: type[BaseModel], document: Any) -> None:
    """The document has the shape's fields and no other."""
    read = shape.model_validate(document, strict=True)
    assert read.model_dump(exclude_unset=True) == document


@pytest.mark.parametrize(
    ("method", "path", "body", "shape"),
    [
        ("GET", "/api/status", None, shapes.Status),
        ("GET", "/api/headwords?starting=ri", None, shapes.Headwords),
        ("GET", "/api/random", None, shapes.RandomWord),
        ("GET", "/api/entries/0000001", None, shapes.Entry),
        ("POST", "/api/define", {"word": "rizz"}, shapes.Definition),
        ("POST", "/api/define", {"word": "xqzzyv"}, shapes.Definition),
        ("POST", "/api/search", {"query": "no cap that fit is bussin"}, shapes.Retrieval),
        ("POST", "/api/search", {"query": "rizz", "explain": True, "limit": 2}, shapes.Retrieval),
        ("POST", "/api/ask", {"question": "what does rizz mean"}, shapes.Answer),
        ("POST", "/api/ask", {"question": "what does rizz mean", "quoted": True}, shapes.Answer),
        ("POST", "/api/translate", {"text": "that fit is bussin", "ask_model": False}, shapes.Translation),
    ],
)
def test_documents_have_their_shapes(server: Served, method: str, path: str, body: Any, shape: Any) -> None:
    with server.client() as client:
        response = client.request(method, path, json=body)
    assert response.status_code == 200, response.text
    exactly(shape, response.json())


def test_an_answer_streams_its_sources_first_and_its_end_last(server: Served) -> None:
    question = {"question": "what does rizz mean"}
    with (
        server.client() as client,
        client.stream("POST", "/api/ask", json=question, headers=STREAM) as response,
    ):
        events = list(events_of(response))
    names = [name for name, _ in events]
    assert names[0] == "sources"
    assert names[-1] == "finished"
    assert names.count("sentence") == 1
    sentence = dict(events)["sentence"]
    assert sentence["support"] == "supported"
    (place,) = sentence["evidence"]
    definition = events[0][1]["hits"][place["n"] - 1]["definition"]
    assert definition[place["start"] : place["end"]].startswith("Charm or skill at attracting someone")


def test_a_question_that_points_back_is_read_with_the_turns_before_it(server: Served) -> None:
    asked = {
        "question": "and salty?",
        "turns": [{"question": "what does rizz mean", "answer": "Charm [1]."}],
        "quoted": True,
    }
    with server.client() as client, client.stream("POST", "/api/ask", json=asked, headers=STREAM) as response:
        events = dict(events_of(response))
    assert events["read_as"]["text"] == "what does salty mean"
    assert events["sources"]["hits"][0]["word"] == "salty"


def test_a_client_that_leaves_cancels_the_generation(server: Served, script: Script, ollama: StandIn) -> None:
    script.let_go.clear()
    question = {"question": "what does rizz mean"}
    with (
        server.client() as client,
        client.stream("POST", "/api/ask", json=question, headers=STREAM) as response,
    ):
        for name, _ in events_of(response):
            if name in {"first_token", "draft"}:
                break
    script.let_go.set()  # the next word finds nobody
    assert script.closed.wait(5)
    assert within(5, lambda: any(one.cancelled for one in ollama.requests if one.path == "/api/chat"))
    assert within(5, lambda: server.serving.queue.running == 0)


def test_a_model_that_has_not_begun_is_cancelled_too(server: Served, ollama: StandIn) -> None:
    """While a model reads its prompt there is no token at which a generator could be closed."""
    ollama.fail(Fault("stall", path="/api/chat", after=0, seconds=20))
    question = {"question": "what does rizz mean"}
    with (
        server.client() as client,
        client.stream("POST", "/api/ask", json=question, headers=STREAM) as response,
    ):
        events = events_of(response)
        assert next(events)[0] == "sources"
        assert within(5, lambda: any(one.path == "/api/chat" for one in ollama.requests))
    assert within(3, lambda: server.serving.queue.running == 0)


def test_so_does_one_that_waits_for_the_whole_answer(server: Served, script: Script) -> None:
    script.let_go.clear()
    with server.client() as client, pytest.raises(httpx.ReadTimeout):
        client.post("/api/ask", json={"question": "what does rizz mean"}, timeout=1)
    assert within(5, lambda: server.serving.queue.running == 0)
    script.let_go.set()


def test_one_generates_two_wait_and_a_fourth_is_sent_away(server: Served, script: Script) -> None:
    script.let_go.clear()
    names: list[list[Any]] = [[], [], []]

    def ask(number: int) -> None:
        question = {"question": "what does rizz mean"}
        with (
            server.client() as client,
            client.stream("POST", "/api/ask", json=question, headers=STREAM) as response,
        ):
            for name, data in events_of(response):
                names[number].append((name, data.get("ahead")))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for number, thread in enumerate(threads):
        thread.start()
        assert within(5, partial(_busy_with, server, number + 1))
    with server.client() as client:
        refused = client.post("/api/ask", json={"question": "what does rizz mean"})
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["error"]["code"] == "queue_full"
        quoted = client.post("/api/ask", json={"question": "what does rizz mean", "quoted": True})
        assert quoted.json()["quoted"]  # needs no model, and waits for nobody
        assert client.post("/api/define", json={"word": "rizz"}).status_code == 200
    script.let_go.set()
    for thread in threads:
        thread.join(20)
    assert all(told[-1][0] == "finished" for told in names)
    assert ("queued", 2) in names[2]


def test_an_engine_that_dies_in_mid_answer_is_the_last_event(server: Served, ollama: StandIn) -> None:
    ollama.fail(Fault("killed", path="/api/chat", after=4))
    question = {"question": "what does rizz mean"}
    with (
        server.client() as client,
        client.stream("POST", "/api/ask", json=question, headers=STREAM) as response,
    ):
        events = list(events_of(response))
    assert [name for name, _ in events if name in {"finished", "error"}] == ["error"]
    assert events[-1][1]["error"]["code"] in {"engine_reply", "engine_unreachable"}


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/api/define", {"word": ""}, 422, "word"),
        ("/api/define", {}, 422, "word"),
        ("/api/define", {"word": "x", "wrod": "y"}, 422, "wrod"),
        ("/api/ask", {"question": "x" * 4001}, 422, "4000"),
        ("/api/search", {"query": "x", "limit": 0}, 422, "limit"),
        ("/api/search", {"query": "x", "limit": "many"}, 422, "limit"),
        ("/api/nothing", {}, 404, "nothing"),
    ],
)
def test_what_is_off_is_named(server: Served, path: str, body: Any, status: int, said: str) -> None:
    with server.client() as client:
        response = client.post(path, json=body)
    assert response.status_code == status
    error = response.json()["error"]
    exactly(shapes.ErrorDocument, response.json())
    assert said in error["message"]
    assert error["hint"]


def test_what_is_no_json_is_named(server: Served) -> None:
    with server.client() as client:
        response = client.post("/api/define", content=b"{", headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["error"]["message"]


def test_an_entry_that_is_not_there(server: Served) -> None:
    with server.client() as client:
        for entry_id in ("nobody", "no/body", "%22%3E%3C%2Fscript%3E"):
            refused = client.get(f"/api/entries/{entry_id}")
            assert refused.json()["error"]["code"] == "no_such_entry"


def test_health_and_metrics(server: Served) -> None:
    with server.client() as client:
        client.post("/api/define", json={"word": "rizz"})
        assert client.get("/healthz").text == "ok\n"
        assert client.get("/readyz").text == "ok\n"
        client.get("/mcp")
        counted = client.get("/metrics").text
    assert 'slangrag_requests_total{route="/api/define",status="200"} 1.0' in counted
    assert 'slangrag_requests_total{route="/mcp",status="4' in counted
    assert "slangrag_waiting 0.0" in counted


def test_strong_words_are_named_for_who_masks_them(server: Served) -> None:
    with server.client() as client:
        document = client.post("/api/define", json={"word": "bullshit"}).json()
    assert "bullshit" in [word.lower() for word in document["strong"]]


def _busy_with(server: Served, questions: int) -> bool:
    queue = server.serving.queue
    return queue.running + queue.waiting >= questions


def test_a_note_of_a_search_names_no_place_on_the_machine(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: Any) -> Any:
        raise EngineUnreachable("Ollama does not answer at http://10.0.0.7:11434")

    monkeypatch.setattr(EmbeddedEmbedder, "embed_query", gone)
    with server.client() as client:
        found = client.post("/api/search", json={"query": "to pull out of plans at the last minute"})
    assert "Ollama does not answer" in found.json()["notes"][0]
    assert "10.0.0.7" not in found.text


def test_a_word_is_looked_up_while_many_wait_for_an_engine_that_is_silent(
    server: Served, ollama: StandIn
) -> None:
    ollama.fail(Fault("hang", path="/api/tags", seconds=5), Fault("hang", path="/api/show", seconds=5))
    with server.client() as client, ThreadPoolExecutor(60) as pool:
        asking = [pool.submit(httpx.get, f"{server.url}/api/status", timeout=60) for _ in range(60)]
        assert within(10, lambda: len(ollama.requests) >= 20)
        began = time.monotonic()
        assert client.post("/api/define", json={"word": "rizz"}).json()["known"] == "yes"
        assert time.monotonic() - began < 2
        assert not any(one.done() for one in asking)
