"""The stand-in itself: what a test starts, asks about its requests, and tells to fail.

How it speaks HTTP is in connection.py; what each endpoint answers, behind endpoints.py.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from tests.standin.chatting import Chatting
from tests.standin.connection import Listener
from tests.standin.creating import Creating
from tests.standin.embedding import Embedding
from tests.standin.endpoints import routes
from tests.standin.facts import Facts
from tests.standin.faults import Fault
from tests.standin.library import Library
from tests.standin.models import CATALOGUE, StandInModel
from tests.standin.pulling import Pulling
from tests.standin.traffic import Queue, Recorded, Shape
from tests.standin.wording import NEW


class StandIn:
    """An Ollama stand-in on a free loopback port, running from `__enter__` to `__exit__`.

    models: what is pulled. version: "0.32.15" or "0.13.5". registry: what can be pulled (None: the
    registry cannot be reached). max_queue: requests to models at the same time beyond which it is
    busy. vram: whether /api/ps says that models are on the GPU. heeds_truncate: whether a chat's
    `truncate: false` counts. log: a file that gets one JSON line a request, with its body.
    """

    def __init__(
        self,
        models: Iterable[StandInModel] = (),
        *,
        version: str = NEW,
        faults: Iterable[Fault] = (),
        shape: Shape | None = None,
        registry: Mapping[str, StandInModel] | None = None,
        offline: bool = False,
        max_queue: int = 0,
        vram: bool = True,
        heeds_truncate: bool = True,
        log: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.shape = shape = shape or Shape()
        library, queue = Library(models, version, shape), Queue(max_queue)
        self.creating = Creating(library)
        self.routes = routes(
            Facts(library, vram=vram),
            Pulling(library, CATALOGUE if registry is None else registry, offline=offline),
            self.creating,
            Embedding(library, queue, shape),
            Chatting(library, queue, shape, heeds_truncate=heeds_truncate),
        )
        self.requests: list[Recorded] = []
        self._log = log
        self._faults: list[tuple[Fault, int]] = [(fault, 0) for fault in faults]
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self._server = Listener((host, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What OLLAMA_HOST should be."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening, let hanging faults go, and wait for every connection to end."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.creating.close()

    def fail(self, *faults: Fault) -> None:
        """From now on, fail in these ways too."""
        with self._lock:
            self._faults += [(fault, 0) for fault in faults]

    def heal(self) -> None:
        """No more faults; the counting of requests starts anew."""
        with self._lock:
            self._faults.clear()
            self._counts.clear()

    def calls(self, path: str) -> list[Recorded]:
        """The requests to `path` so far."""
        return [request for request in self.requests if request.path == path]

    def next_fault(self, path: str, body: str) -> Fault | None:
        """Count this request, and give the fault that strikes it."""
        with self._lock:
            self._counts[path] += 1
            for place, (fault, used) in enumerate(self._faults):
                spent = fault.times and used >= fault.times
                if not spent and fault.strikes(path, self._counts[path], body):
                    self._faults[place] = (fault, used + 1)
                    return fault
        return None

    def record(self, request: Recorded) -> None:
        """Keep a request that is done, and write it to the log file."""
        with self._lock:
            if self._log is not None:
                with self._log.open("a", encoding="utf-8") as file:
                    file.write(request.log_line())
