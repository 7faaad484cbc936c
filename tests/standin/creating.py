"""/api/blobs, /api/create and /api/delete: models made from a GGUF file that was sent over.

What a created model embeds with is the file itself, run by the embedded engine: so a test sees what is in it.
"""

from __future__ import annotations

import hashlib
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from tests.standin.faults import Fault
from tests.standin.library import Library
from tests.standin.models import StandInModel
from tests.standin.wording import Reply, Stream, bind, refuse, valid_name

BLOBS: Final = "/api/blobs/"
_ENDLESS: Final = 1_000_000
"""The context of a created model: its engine cuts by tokens, as Ollama does; the stand-in counts words."""


class Creating:
    """The endpoints over the blobs that were sent; they lie in a folder that goes with this object."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = tempfile.TemporaryDirectory(prefix="standin-blobs-")
        self._engines: list[object] = []

    def blob(self, digest: str, raw: bytes, fault: Fault | None) -> str:
        """POST: keep it, if it is what its digest says."""
        found = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        if digest != found:
            raise refuse(400, f'digest mismatch, expected "{digest}", got "{found}"')
        self._path(digest).write_bytes(raw)
        raise Reply(201, None, "")

    def has_blob(self, digest: str, raw: bytes, fault: Fault | None) -> str:
        """HEAD: whether it is there."""
        if not self._path(digest).is_file():
            raise refuse(404, f'blob "{digest}" not found')
        raise Reply(200, None, "")

    def methods(self, path: str) -> dict[str, partial[str]]:
        """What can be done with the blob that a path names."""
        digest = path.removeprefix(BLOBS)
        return {"HEAD": partial(self.has_blob, digest), "POST": partial(self.blob, digest)}

    def create(self, raw: bytes, fault: Fault | None) -> Stream:
        request = bind(raw, "CreateRequest")
        name, files = request.get("model") or "", request.get("files") or {}
        if not valid_name(name):
            raise refuse(400, "invalid model name")
        return self._steps(name, list(files.values()))

    def delete(self, raw: bytes, fault: Fault | None) -> str:
        request = bind(raw, "DeleteRequest")
        name = request.get("model") or ""
        model = self._library.find(name)
        if model is None:
            raise refuse(404, f"model '{name}' not found")
        self._library.unload(model)
        del self._library.pulled[model.full_name]
        raise Reply(200, None, "")

    def _steps(self, name: str, digests: list[str]) -> Stream:
        if not digests:
            raise refuse(400, "neither 'from' or 'files' was specified")
        digest = digests[0]
        yield {"status": "parsing GGUF"}
        path = self._path(digest)
        if not path.is_file():
            missing = f"open <models>/blobs/{digest.replace(':', '-')}: no such file or directory"
            raise refuse(500, missing)
        model = self._from_gguf(name, path)
        if not self._library.is_old:
            yield {"status": "verifying conversion"}
        layer = "using existing layer" if self._library.is_old else "creating new layer"
        yield {"status": f"{layer} {digest}"}
        yield {"status": "writing manifest"}
        self._library.pulled[model.full_name] = model
        yield {"status": "success"}

    def _from_gguf(self, name: str, path: Path) -> StandInModel:
        from slangrag.config import load_settings
        from slangrag.engines.embedded.gguf import read_head
        from slangrag.engines.embedded.gguf_embedder import GgufEmbedder
        from slangrag.engines.ollama.prefixes import DOCUMENT_FIELD, QUERY_FIELD

        head = read_head(path)
        engine = GgufEmbedder(load_settings(), path)
        self._engines.append(engine)
        said = head.templates
        return StandInModel(
            name,
            head.architecture,
            "22.57M",
            int(head.parameters),
            "F16",
            _ENDLESS,
            engine.identity.dimension,
            ("embedding",),
            size=path.stat().st_size,
            embed=lambda texts: engine.embed_documents(texts).tolist(),
            facts={QUERY_FIELD: said.query, DOCUMENT_FIELD: said.document} if said else {},
        )

    def _path(self, digest: str) -> Path:
        return Path(self._folder.name) / digest.replace(":", "-")

    def close(self) -> None:
        """Free what the created models hold."""
        for engine in self._engines:
            engine.close()  # type: ignore[attr-defined]
        self._folder.cleanup()
