"""/healthz: the process is there; /readyz: it can answer; /metrics, where prometheus-client is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Response

from slangrag.errors import SlangragError
from slangrag.serve.bridge import in_lookup_thread
from slangrag.serve.faults import fault_of

if TYPE_CHECKING:
    from slangrag.serve.metrics import Metrics
    from slangrag.serve.serving import Serving


def health(serving: Serving, metrics: Metrics | None) -> APIRouter:
    """The routes; /metrics only where there are any."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        """The process answers."""
        return Response("ok\n", media_type="text/plain")

    @router.get("/readyz")
    async def readyz() -> Response:
        """The store can be asked."""
        try:
            complete = await in_lookup_thread(lambda: serving.slang.complete)
        except SlangragError as error:
            return fault_of(error).response()
        return Response("ok\n" if complete else "ok: loading\n", media_type="text/plain")

    if metrics is not None:

        @router.get("/metrics")
        async def exposed() -> Response:
            """Counters in Prometheus' text format."""
            return Response(metrics.exposition(), media_type=metrics.content_type)

    return router
