"""/api/documents: the documents beside the dictionary, read and, where the server allows it, changed."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import fastapi
from fastapi import APIRouter, Query, Request, Response

from slangrag.errors import InputMissing
from slangrag.serve import shapes
from slangrag.serve.answering import unless_gone
from slangrag.serve.bridge import in_lookup_thread, in_thread
from slangrag.serve.faults import Fault, code_of
from slangrag.serve.json_api import ERRORS
from slangrag.serve.replies import json_reply
from slangrag.serve.uploads import file_name, received
from slangrag.service import stored_documents
from slangrag.service.placeless import document_afar, told_afar
from slangrag.text.rating import strong_words

if TYPE_CHECKING:
    from slangrag.serve.serving import Serving
    from slangrag.service.adding import Added
    from slangrag.service.dictionary import DocumentText

Number = Annotated[int, fastapi.Path(ge=1, le=2**31 - 1)]
_OFFSET: Final = 2**31 - 1
_COMING: Final = 4
"""Bodies that are taken in at once: so many files of the largest size are on the disk."""

_FILE: Final = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file itself, at most 50 MiB, with its own Content-Type.",
        "content": {"application/octet-stream": _FILE, "application/pdf": _FILE, "text/markdown": _FILE},
    }
}
_NONE: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": shapes.ErrorDocument, "description": "There is no such document, or no such page of it."}
}


def documents_api(serving: Serving) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api/documents", responses=ERRORS, tags=["documents"])
    slang = serving.slang
    coming = asyncio.Semaphore(_COMING)  # a slow line must not hold up the others; more wait, unread
    changing = asyncio.Lock()  # one upload or removal at a time

    @router.get("", response_model=shapes.Documents)
    async def listed() -> Response:
        """The documents beside the dictionary, in the order in which they were added."""
        found = stored_documents.listed(await in_lookup_thread(slang.documents))
        return json_reply({"documents": [document_afar(one) for one in found["documents"]]})

    @router.get("/{number}", response_model=shapes.DocumentText, responses=_NONE)
    async def document(
        number: Number,
        start: Annotated[int, Query(ge=0, le=_OFFSET)] = 0,
        length: Annotated[int | None, Query(ge=0, le=_OFFSET)] = None,
    ) -> Response:
        """A document: the whole of it, or `length` characters from `start`."""
        return await in_lookup_thread(lambda: _shown(slang.document(number, start=start, length=length)))

    @router.get("/{number}/pages/{page}", response_model=shapes.DocumentText, responses=_NONE)
    async def page(number: Number, page: Number) -> Response:
        """One page of a document, counted from 1."""
        try:
            return await in_lookup_thread(lambda: _shown(slang.document(number, page=page)))
        except InputMissing as error:
            return Fault(404, "no_such_page", error.message, f"GET /api/documents/{number}").response()

    @router.post(
        "",
        status_code=201,
        response_model=shapes.Added,
        responses={200: {"model": shapes.Added, "description": "It took the place of one before."}},
        openapi_extra=_UPLOAD,
    )
    async def upload(
        request: Request, name: Annotated[str, Query(min_length=1, max_length=1000)]
    ) -> Response:
        """Add a file, or put it in the place of the upload of that name."""
        if not serving.uploads:
            return _refused()
        if not (called := file_name(name)):
            return Fault(
                422, "invalid_request", "name: names no file", "?name=style.pdf", param="name"
            ).response()
        with tempfile.TemporaryDirectory(prefix="slangrag-") as folder:
            path = Path(folder) / "document"
            async with coming:
                if (fault := await received(request, path)) is not None:
                    return fault.response()
            media_type = request.headers.get("content-type", "")

            async def added() -> Added:
                async with changing:
                    return await in_thread(slang.add_upload, path, called, media_type)

            return _became(await unless_gone(request, added()))

    @router.delete("/{number}", response_model=shapes.Removed, responses=_NONE)
    async def remove(number: Number) -> Response:
        """Take a document out with all that is its."""
        if not serving.uploads:
            return _refused()
        async with changing:
            gone = await in_thread(slang.remove_document, number)
        if gone is None:
            return _no_such_document()
        return json_reply({"removed": [document_afar(stored_documents.stored(gone))]})

    return router


def _shown(found: DocumentText | None) -> Response:
    """In a thread: a book's strong words take seconds to find."""
    if found is None:
        return _no_such_document()
    document = document_afar(stored_documents.shown(found))
    return json_reply({**document, "strong": strong_words([found.document.title, found.text])})


def _became(one: Added) -> Response:
    if (failure := one.failure) is not None:
        message, hint = told_afar(failure)
        return Fault(422, code_of(type(failure)), message, hint).response()
    told = stored_documents.became(one)
    told["document"] = document_afar(told["document"])
    return json_reply(told, 201 if one.outcome == "added" else 200)


def _no_such_document() -> Response:
    return Fault(
        404, "no_such_document", "there is no document of that number", "GET /api/documents"
    ).response()


def _refused() -> Response:
    return Fault(
        403, "uploads_off", "this server lets nobody change its documents", "slangrag serve --uploads"
    ).response()
