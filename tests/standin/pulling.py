"""/api/pull: fetching a model from a registry that is played, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.standin.faults import Fault
from tests.standin.library import Library
from tests.standin.models import StandInModel
from tests.standin.wording import Reply, Stream, bind, go_json, refuse, valid_name


class Pulling:
    """The endpoint over a registry. `offline`: the registry cannot be reached."""

    def __init__(self, library: Library, registry: Mapping[str, StandInModel], *, offline: bool) -> None:
        self._library, self._registry, self._offline = library, registry, offline

    def pull(self, raw: bytes, fault: Fault | None) -> str | Stream:
        request = bind(raw, "PullRequest")
        name = request.get("model") or request.get("name") or ""
        if not name or not valid_name(name):
            raise refuse(400, "invalid model name")
        steps = self._steps(name)
        if request.get("stream") is False:
            try:
                return go_json(list(steps)[-1])
            except Reply as late:
                raise Reply(500, late.body, "application/json") from None
        return steps

    def _steps(self, name: str) -> Stream:
        yield {"status": "pulling manifest"}
        short, _, tag = name.partition(":")
        full = f"{short}:{tag or 'latest'}"
        if self._offline:
            place = f"https://models.example/v2/library/{short}/manifests/{tag or 'latest'}"
            why = "dial tcp: lookup models.example on 127.0.0.1:53: no such host"
            raise refuse(500, f'pull model manifest: Get "{place}": {why}')
        model = self._registry.get(full)
        if model is None:
            raise refuse(500, "pull model manifest: file does not exist")
        layer = {
            "status": f"pulling {model.digest[:12]}",
            "digest": f"sha256:{model.digest}",
            "total": model.size,
        }
        yield layer
        for part in (0.25, 0.5, 1.0):
            yield layer | {"completed": int(model.size * part)}
        yield {"status": "verifying sha256 digest"}
        yield {"status": "writing manifest"}
        self._library.pulled[full] = replace(model, name=full)
        yield {"status": "success"}
