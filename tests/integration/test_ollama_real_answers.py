"""Both ends real: the Ollama engine over a stand-in whose answers come from the small embedded models."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.standin import StandIn, from_engines

from slangrag.engines.embedded.chat import EmbeddedChat
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.engines.ollama import OllamaChat, OllamaEmbedder, OllamaServer
from slangrag.engines.ollama.host import parse_host
from slangrag.engines.protocols import ChatOptions, ChatUsage, Message
from slangrag.errors import ContextOverflow

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def server(embedder: EmbeddedEmbedder, chat: EmbeddedChat) -> Iterator[OllamaServer]:
    with StandIn(from_engines(embedder, chat, embed_name="all-minilm", chat_name="smollm2:135m")) as standin:
        one = OllamaServer(parse_host(standin.url))
        yield one
        one.close()


def test_vectors_survive_the_wire(server: OllamaServer, embedder: EmbeddedEmbedder) -> None:
    texts = ["rizz: charm that wins people over", "salty: bitter about a small loss"]
    over_the_wire = OllamaEmbedder(server, "all-minilm").embed_documents(texts)
    assert np.allclose(over_the_wire, embedder.embed_documents(texts), atol=1e-5)


def test_meaning_survives_the_wire(server: OllamaServer) -> None:
    embedder = OllamaEmbedder(server, "all-minilm")
    vectors = embedder.embed_documents(["charm that wins people over", "bitter about a loss", "a fast car"])
    query = embedder.embed_query("someone who is annoyed that they lost a game")
    assert int(np.argmax(vectors @ query)) == 1


def test_a_real_models_answer_streams_through(server: OllamaServer, chat: EmbeddedChat) -> None:
    usage = ChatUsage()
    question = [Message("system", "Answer in one word."), Message("user", "What is the capital of France?")]
    served = OllamaChat(server, "smollm2:135m")
    assert not served.identity.capable
    options = ChatOptions(num_ctx=1024, max_tokens=40, temperature=0.0)
    pieces = list(served.stream(question, options, usage))
    assert "".join(pieces) == "".join(chat.stream(question, options))
    assert len(pieces) > 3
    assert usage.answer_tokens >= len(pieces)


def test_a_real_models_context_is_kept_to(server: OllamaServer) -> None:
    """The stand-in counts words and the model tokens: whichever says no, it is the same error."""
    with pytest.raises(ContextOverflow):
        list(
            OllamaChat(server, "smollm2:135m").stream(
                [Message("user", "supercalifragilistic " * 300)], ChatOptions(num_ctx=1024)
            )
        )
