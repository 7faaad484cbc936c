"""The page's own files. Every address of the page gets the same document; the page reads the address."""

from __future__ import annotations

from importlib import resources
from typing import Final

from fastapi import APIRouter, Response

from slangrag.serve.faults import Fault

_TYPES: Final = {
    "app.js": "text/javascript; charset=utf-8",
    "app.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_ADDRESSES: Final = (
    "/",
    "/translate",
    "/lookup",
    "/word/{rest:path}",
    "/entry/{rest:path}",
    "/documents",
    "/documents/{rest:path}",
)


def pages() -> APIRouter:
    """The routes. The files are read once."""
    router = APIRouter(include_in_schema=False)
    built = resources.files("slangrag.serve").joinpath("page")
    index = built.joinpath("index.html").read_bytes()
    assets = {name: built.joinpath(name).read_bytes() for name in _TYPES}

    async def page() -> Response:
        return Response(index, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})

    for address in _ADDRESSES:
        router.add_api_route(address, page, methods=["GET", "HEAD"])

    @router.get("/assets/{name}")
    async def asset(name: str) -> Response:
        """A file of the page."""
        if name not in assets:
            return Fault(404, "not_found", "there is nothing at that address").response()
        return Response(assets[name], media_type=_TYPES[name], headers={"Cache-Control": "no-cache"})

    @router.get("/favicon.ico")
    async def icon() -> Response:
        """What browsers ask for by themselves."""
        return Response(assets["icon.svg"], media_type=_TYPES["icon.svg"])

    return router
