"""A file on its way in: the request's body to a file on disk, bounded in bytes and in time."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

import anyio
from starlette.requests import ClientDisconnect, Request

from slangrag.serve.answering import ClientGone
from slangrag.serve.faults import Fault
from slangrag.serve.guard import LARGEST_UPLOAD, too_large

UPLOAD_SECONDS: Final = 600.0
"""How long a body may take to come: 50 MiB over a slow line."""

_LONGEST_NAME: Final = 200


async def received(request: Request, path: Path) -> Fault | None:
    """Write the body to `path`; why it was not taken. Raises ClientGone."""
    written = 0
    with anyio.move_on_after(UPLOAD_SECONDS):
        async with await anyio.open_file(path, "wb") as file:
            try:
                async for piece in request.stream():
                    written += len(piece)
                    if written > LARGEST_UPLOAD:
                        return too_large(LARGEST_UPLOAD)
                    await file.write(piece)
            except ClientDisconnect as gone:
                raise ClientGone from gone
        return None
    return Fault(408, "too_slow", "the document did not come to its end in time")


def file_name(given: str) -> str:
    """The bare name of a file as a client gives it; "" for what is none."""
    name = PurePosixPath(given.replace("\\", "/")).name
    name = "".join(one for one in name if one.isprintable()).strip()
    return name[-_LONGEST_NAME:] if name not in {".", ".."} else ""
