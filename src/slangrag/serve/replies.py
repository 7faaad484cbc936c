"""Documents as answers."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response


def json_reply(document: dict[str, Any], status: int = 200) -> Response:
    """A document, which nobody on the way keeps."""
    return Response(
        orjson.dumps(document), status, media_type="application/json", headers={"Cache-Control": "no-store"}
    )
