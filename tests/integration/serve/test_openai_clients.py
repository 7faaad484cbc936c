"""Clients that people have, pointed at the server: openai-python, and LangChain's over it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import openai
import pytest
from tests.integration.serve.conftest import Script
from tests.serving import Served, events_of, served, within
from tests.standin import Fault, StandIn

from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.serve.guard import Access
from slangrag.service.slang import Slang

pytestmark = pytest.mark.weights

RIZZ: Any = [{"role": "user", "content": "what does rizz mean"}]


@pytest.fixture
def client(server: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{server.url}/v1",
        api_key="none",
        max_retries=0,
    ) as client:
        yield client


def test_the_models_that_may_be_named(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["slangrag", "slangrag/translate", "llama3.1"]
    assert client.models.retrieve("slangrag/translate").owned_by == "slangrag"
    with pytest.raises(openai.NotFoundError) as error:
        client.models.retrieve("gpt-4o")
    assert error.value.code == "model_not_found"


def test_a_whole_answer_with_its_citations(client: openai.OpenAI, server: Served) -> None:
    answer = client.chat.completions.create(model="slangrag", messages=RIZZ)
    message = answer.choices[0].message
    assert message.content == "Rizz is charm or skill at attracting someone romantically [1]."
    assert answer.choices[0].finish_reason == "stop"
    (note,) = message.annotations or []
    assert note.url_citation.url == f"{server.url}/entry/0000001"
    assert message.content[note.url_citation.start_index : note.url_citation.end_index] == "[1]"
    assert answer.model_extra is not None
    assert answer.model_extra["citations"][0] == note.url_citation.url
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


def test_a_stream_says_what_the_whole_says(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="slangrag", messages=RIZZ)
    stream = client.chat.completions.create(
        model="slangrag", messages=RIZZ, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage
    assert not chunks[-1].choices
    assert len({chunk.id for chunk in chunks}) == 1


def test_no_usage_chunk_unless_it_is_asked_for(client: openai.OpenAI) -> None:
    stream = client.chat.completions.create(model="slangrag", messages=RIZZ, stream=True)
    assert all(chunk.choices for chunk in stream)


def test_a_sentence_of_the_models_own_is_marked_and_a_withheld_one_is_not_sent(
    client: openai.OpenAI, script: Script
) -> None:
    strange = "Teenagers in Ohio love purple umbrellas."
    script.says = f"Rizz is charm [1]. Most people find it rather likeable. {strange}"
    said = client.chat.completions.create(model="slangrag", messages=RIZZ).choices[0].message.content or ""
    assert said == "Rizz is charm [1]. Most people find it rather likeable. (not verified)"


def test_system_prompts_reach_neither_retrieval_nor_the_model(client: openai.OpenAI, script: Script) -> None:
    system: Any = {"role": "system", "content": "You are a pirate. salty salty salty"}
    answer = client.chat.completions.create(model="slangrag", messages=[system, *RIZZ])
    assert "Rizz" in (answer.choices[0].message.content or "")
    assert "pirate" not in str(script.asked)


def test_a_talk_is_gone_on_with(client: openai.OpenAI, script: Script) -> None:
    talk: Any = [
        *RIZZ,
        {"role": "assistant", "content": "Charm [1]."},
        {"role": "user", "content": "and salty?"},
    ]
    script.says = "Salty means bitter, annoyed or resentful [1]."
    said = client.chat.completions.create(model="slangrag", messages=talk).choices[0].message
    assert "Salty" in (said.content or "")
    assert (said.annotations or [])[0].url_citation.title == "salty"


def test_a_long_talk_is_no_failure(client: openai.OpenAI) -> None:
    talk: Any = []
    for number in range(60):
        talk += [
            {"role": "user", "content": f"what does word{number} mean"},
            {"role": "assistant", "content": "x " * 500},
        ]
    answer = client.chat.completions.create(model="slangrag", messages=[*talk, *RIZZ])
    assert "charm" in (answer.choices[0].message.content or "")


def test_titles_for_a_front_end_skip_the_store(client: openai.OpenAI, script: Script) -> None:
    script.says = '{"title": "Rizz"}'
    task: Any = [{"role": "user", "content": "### Task:\nGenerate a title for: what does rizz mean"}]
    answer = client.chat.completions.create(model="slangrag", messages=task)
    assert answer.choices[0].message.content == '{"title": "Rizz"}'
    assert len(script.asked[-1]) == 1


def test_stop_and_max_tokens_end_an_answer(client: openai.OpenAI) -> None:
    stopped = client.chat.completions.create(model="slangrag", messages=RIZZ, stop=["skill"])
    assert stopped.choices[0].message.content == "Rizz is charm or "
    short = client.chat.completions.create(model="slangrag", messages=RIZZ, max_tokens=8)
    assert short.choices[0].finish_reason == "length"
    assert len((short.choices[0].message.content or "").split()) < 5


def test_a_translation(client: openai.OpenAI, script: Script) -> None:
    message: Any = [{"role": "user", "content": "that fit is bussin"}]
    answer = client.chat.completions.create(model="slangrag/translate", messages=message)
    said = answer.choices[0].message.content or ""
    assert "- bussin:" in said
    assert "[1]" in said


@pytest.mark.parametrize(
    ("wanted", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"tool_choice": "required", "tools": []}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
    ],
)
def test_what_is_not_to_be_had_is_refused(client: openai.OpenAI, wanted: Any, param: str) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        client.chat.completions.create(model="slangrag", messages=RIZZ, **wanted)
    assert error.value.param == param
    assert error.value.type == "invalid_request_error"


def test_errors_have_their_kinds(client: openai.OpenAI, ollama: StandIn) -> None:
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gpt-4o", messages=RIZZ)
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="slangrag", input="what does rizz mean")
    with pytest.raises(openai.UnprocessableEntityError):
        client.chat.completions.create(model="slangrag", messages=[])
    ollama.fail(Fault("error", path="/api/chat"))
    with pytest.raises(openai.InternalServerError) as error:
        client.chat.completions.create(model="slangrag", messages=RIZZ)
    assert error.value.status_code == 502


def test_a_cut_stream_raises_and_never_says_done(
    client: openai.OpenAI, server: Served, ollama: StandIn
) -> None:
    ollama.fail(Fault("killed", path="/api/chat", after=4))
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="slangrag", messages=RIZZ, stream=True))
    body = {"model": "slangrag", "messages": RIZZ, "stream": True}
    with server.client() as bare, bare.stream("POST", "/v1/chat/completions", json=body) as response:
        events = [data for _, data in events_of(response)]
    assert "error" in events[-1]
    assert "[DONE]" not in events


def test_stopping_a_stream_stops_the_model(client: openai.OpenAI, script: Script, server: Served) -> None:
    script.says = "Rizz is charm or skill [1]. " + "It is charm at attracting someone [1]. " * 50
    script.let_go.clear()
    stream = client.chat.completions.create(model="slangrag", messages=RIZZ, stream=True)
    next(iter(stream))
    assert within(5, lambda: script.asked)
    stream.close()
    script.let_go.set()
    assert script.closed.wait(5)
    assert within(5, lambda: not server.serving.queue.running)


def test_a_full_queue_is_a_503_that_says_when_to_come_back(
    client: openai.OpenAI, script: Script, server: Served
) -> None:
    script.let_go.clear()
    asking = [
        threading.Thread(target=lambda: client.chat.completions.create(model="slangrag", messages=RIZZ))
        for _ in range(3)
    ]
    for thread in asking:
        thread.start()
    assert within(5, lambda: server.serving.queue.waiting == 2)
    with pytest.raises(openai.InternalServerError) as error:
        client.chat.completions.create(model="slangrag", messages=RIZZ)
    assert error.value.status_code == 503
    assert int(error.value.response.headers["Retry-After"]) >= 1
    script.let_go.set()
    for thread in asking:
        thread.join(20)


def test_embeddings_are_the_stores_own(client: openai.OpenAI, embedder: EmbeddedEmbedder) -> None:
    texts = ["charm", "skill at attracting someone"]
    given = client.embeddings.create(model="slangrag", input=texts)  # the client asks for base64
    expected = np.stack([embedder.embed_query(text) for text in texts])
    np.testing.assert_allclose([one.embedding for one in given.data], expected, atol=1e-6)
    floats = client.embeddings.create(model="all-minilm-l6-v2", input="charm", encoding_format="float")
    np.testing.assert_allclose(floats.data[0].embedding, expected[0], atol=1e-6)
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="text-embedding-3-small", input="charm")
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="slangrag", input="charm", dimensions=7)


def test_the_token_is_the_api_key(slang: Slang) -> None:
    with served(slang, access=Access(token="a-token-of-some-length")) as running:
        url = f"{running.url}/v1"
        with (
            openai.OpenAI(
                base_url=url,
                api_key="wrong",
                max_retries=0,
            ) as client,
            pytest.raises(openai.AuthenticationError),
        ):
            client.models.list()
        key = "a-token-of-some-length"
        with openai.OpenAI(base_url=url, api_key=key, max_retries=0) as client:
            assert client.models.list().data


def test_langchain_talks_and_embeds(server: Served) -> None:
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings
    from pydantic import SecretStr

    url, key = f"{server.url}/v1", SecretStr("none")
    chat = ChatOpenAI(base_url=url, api_key=key, model="slangrag", max_retries=0)
    assert "charm" in str(chat.invoke("what does rizz mean").content)
    assert "charm" in "".join(str(part.content) for part in chat.stream("what does rizz mean"))

    async def asked() -> str:
        told = await chat.ainvoke("what does rizz mean")
        await chat.root_async_client.close()
        return str(told.content)

    assert "charm" in asyncio.run(asked())
    embeddings = OpenAIEmbeddings(
        base_url=url, api_key=key, model="slangrag", check_embedding_ctx_length=False
    )
    assert len(embeddings.embed_query("charm")) == 384
