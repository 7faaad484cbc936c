"""Counters for Prometheus: requests by route and status, seconds, who waits for the model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slangrag.serve.logs import pattern

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


class Counting:
    """ASGI middleware that counts requests. Status 0: the client left before an answer began."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            route = pattern(scope)
            self._metrics.requests.labels(route, status).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - began)
