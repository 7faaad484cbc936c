"""Counters for Prometheus: requests by route and status, seconds, who waits for the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import Scope

from slangrag.serve.watching import pattern

if TYPE_CHECKING:
    from slangrag.serve.queue import GenerationQueue

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """One server's counters, in a registry of their own."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, queue: GenerationQueue) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "slangrag_requests", "Requests.", ("route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "slangrag_request_seconds",
            "From the request to the end of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        Gauge("slangrag_generating", "Answers under way.", registry=self._registry).set_function(
            lambda: queue.running
        )
        Gauge("slangrag_waiting", "Questions in the line.", registry=self._registry).set_function(
            lambda: queue.waiting
        )

    def exposition(self) -> bytes:
        """All of them as text."""
        return generate_latest(self._registry)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request."""
        route = pattern(scope)
        self.requests.labels(route, status).inc()
        self.seconds.labels(route).observe(seconds)
