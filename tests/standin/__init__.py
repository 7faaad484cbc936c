"""A stand-in for Ollama: a real local HTTP server that speaks its protocol, for tests and benchmarks.

It holds no model of its own. Its answers come from callables: small real models where a test brings
some (`from_engines`), else the deterministic fallbacks of `models.py`, which are labelled as such. Two
versions are spoken, 0.32.15 and 0.13.5; what it says word for word is held to recordings of both by
tests/integration/test_ollama_contract.py. It can fail in every way of `faults.py`.

    with StandIn([embedding_model("nomic-embed-text"), chat_model("llama3.1")]) as server:
        ...OLLAMA_HOST=server.url...
        server.fail(Fault("hang", path="/api/chat"))
        assert server.requests[-1].path == "/api/chat"

    python -m tests.standin --port 0 --model nomic-embed-text --model llama3.1
"""

from __future__ import annotations

from tests.standin.faults import Fault
from tests.standin.models import (
    CATALOGUE,
    PooledVectors,
    StandInModel,
    chat_model,
    embedding_model,
    from_engines,
)
from tests.standin.server import StandIn
from tests.standin.traffic import Recorded, Shape

__all__ = [
    "CATALOGUE",
    "Fault",
    "PooledVectors",
    "Recorded",
    "Shape",
    "StandIn",
    "StandInModel",
    "chat_model",
    "embedding_model",
    "from_engines",
]
