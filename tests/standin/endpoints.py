"""The stand-in's endpoints by path and method, after Ollama's server/routes.go.

An endpoint takes the body of a request and the fault that strikes it, and gives JSON text, or the
lines of a stream; a `Reply` that it raises is sent instead.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.standin.chatting import Chatting
from tests.standin.creating import Creating
from tests.standin.embedding import Embedding
from tests.standin.facts import Facts
from tests.standin.faults import Fault
from tests.standin.pulling import Pulling
from tests.standin.wording import Stream

Endpoint = Callable[[bytes, Fault | None], str | Stream]
Routes = dict[str, dict[str, Endpoint]]


def routes(
    facts: Facts, pulling: Pulling, creating: Creating, embedding: Embedding, chatting: Chatting
) -> Routes:
    """Path to method to endpoint; whatever is not here is a 404 or a 405."""
    return {
        "/": {"HEAD": facts.root, "GET": facts.root},
        "/api/version": {"HEAD": facts.version, "GET": facts.version},
        "/api/tags": {"HEAD": facts.tags, "GET": facts.tags},
        "/api/ps": {"GET": facts.ps},
        "/api/show": {"POST": facts.show},
        "/api/pull": {"POST": pulling.pull},
        "/api/create": {"POST": creating.create},
        "/api/delete": {"DELETE": creating.delete},
        "/api/embed": {"POST": embedding.embed},
        "/api/embeddings": {"POST": embedding.embeddings},
        "/api/chat": {"POST": chatting.chat},
        "/api/generate": {"POST": chatting.generate},
    }
