"""The index as a collection on a Chroma server: built under another name, put in its place by renaming.

For a store that several machines ask, or that outgrew one. The collection is named after the store's own
number, so that several stores share a server; its metadata says which store it is of. There is no copying
on a server: where the collection in use is only brought up to date, it bears the other name meanwhile,
and the store's own codes answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from slangrag.errors import StoreDamaged, StoreError
from slangrag.store.index import collection
from slangrag.store.index.choice import IndexChoice
from slangrag.store.index.collection import OpenCollection

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

_STORE: Final = "slangrag_store"
_REBUILD: Final = "slangrag store rebuild"
IS_IT_RUNNING: Final = "is it running there (chroma run)? SLANGRAG_INDEX=chroma does without it"
_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 120.0


class ChromaServer:
    """`slang-NUMBER` on the server at the address, and `slang-NUMBER-building` aside."""

    kept_as = "index_server"
    batch = 1000  # the server takes no request above 40 MB: 1,000 vectors of 1,024 dimensions are 12

    def __init__(self, choice: IndexChoice, store: str) -> None:
        self._choice = choice
        self._store = store
        self._name = f"slang-{store}"
        self._building = f"{self._name}-building"
        self._retired = f"{self._name}-retired"

    def preload(self) -> None:
        """Import Chroma: a second's work."""
        import chromadb  # noqa: F401

    def exists(self, *, aside: bool = False) -> bool:
        """Whether the server has the collection. Raises StoreError where it does not answer."""
        with self._client() as client:
            return self._found(client, self._building if aside else self._name)

    def bytes_on_disk(self) -> int:
        """Nothing of this machine's."""
        return 0

    def opens(self, *, aside: bool = False, lock: int | None = None) -> bool:  # noqa: ARG002
        """A server's damage does no harm here: it is just asked."""
        with self._client() as client:
            name = self._building if aside else self._name
            if not self._found(client, name):
                return False
            try:
                opened = self._opened(client, name)
                first = opened.collection.get(limit=1, include=["embeddings"])["embeddings"]
                if opened.rows and first is not None:
                    opened.nearest(first[0], 1)  # type: ignore[arg-type]
            except StoreDamaged:
                return False
        return True

    @contextmanager
    def open(self) -> Iterator[OpenCollection]:
        """The collection in use. Raises StoreDamaged where it is of another store."""
        with self._client() as client:
            yield self._opened(client, self._name)

    def create_aside(self, *, copy: bool, rows: int) -> None:
        """An empty collection; or the one in use, which then bears the other name."""
        self.drop_aside()
        with self._client() as client:
            if self._found(client, self._name):
                in_use = self._opened(client, self._name)
                if copy:
                    in_use.collection.modify(name=self._building)
                    return
            client.create_collection(
                self._building,
                configuration=collection.configuration(),
                metadata={**collection.metadata(self._choice, rows), _STORE: self._store},
                embedding_function=None,
            )

    @contextmanager
    def open_aside(self) -> Iterator[OpenCollection]:
        """The collection that is being made."""
        with self._client() as client:
            yield self._opened(client, self._building)

    def settle(self) -> int:
        """How many rows it has; how its log is written into its index is the server's own affair."""
        with self.open_aside() as opened:
            return opened.rows

    @contextmanager
    def swap(self) -> Iterator[None]:
        """Renames. For a moment there is none of the name; the codes answer then."""
        with self._client() as client:
            if self._found(client, self._building):
                self._drop(client, self._retired)
                if self._found(client, self._name):
                    self._opened(client, self._name).collection.modify(name=self._retired)
                self._opened(client, self._building).collection.modify(name=self._name)
            yield
            self._drop(client, self._retired)

    def drop_aside(self) -> None:
        """Remove the collection that is being made."""
        with self._client() as client:
            self._drop(client, self._building)

    @contextmanager
    def _client(self) -> Iterator[ClientAPI]:
        import chromadb
        import httpx
        from chromadb.config import Settings

        address = urlsplit(self._choice.place)
        tls = address.scheme == "https"
        host, port = address.hostname or "", address.port or (443 if tls else 8000)
        with self._errors(), ExitStack() as stack:
            # Asked first: Chroma leaves the connection of a client that was refused open.
            limits = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
            headers = _headers(self._choice.token)
            httpx.get(
                f"{self._choice.place}/api/v2/heartbeat", headers=headers, timeout=limits
            ).raise_for_status()
            client: Any = chromadb.HttpClient(
                host=host,
                port=port,
                ssl=tls,
                headers=headers,
                settings=Settings(anonymized_telemetry=False),
            )
            stack.callback(client.close)
            # Chroma gives its connections no time limit and never closes them.
            for part in (client, client._admin_client):
                session: httpx.Client = part._server._session
                session.timeout = limits
                stack.callback(session.close)
            yield client

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """What goes wrong between here and the server, as StoreError."""
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        try:
            yield
        except NotFoundError as error:
            raise StoreDamaged(f"{self._choice.place}: {error}", hint=_REBUILD) from error
        except (ChromaError, httpx.HTTPError, OSError, ValueError) as error:
            said = (str(error).splitlines() or [type(error).__name__])[0]
            raise StoreError(
                f"the Chroma server at {self._choice.place} cannot be used: {said}",
                hint=IS_IT_RUNNING,
            ) from error

    def _found(self, client: ClientAPI, name: str) -> bool:
        from chromadb.errors import NotFoundError

        try:
            client.get_collection(name, embedding_function=None)
        except NotFoundError:
            return False
        return True

    def _opened(self, client: ClientAPI, name: str) -> OpenCollection:
        found: Any = client.get_collection(name, embedding_function=None)
        if (found.metadata or {}).get(_STORE) != self._store:
            raise StoreDamaged(
                f"{name} at {self._choice.place} is not this store's",
                hint=f"rename it there, then: {_REBUILD}",
            )
        return OpenCollection(found, partial(self._errors))

    def _drop(self, client: ClientAPI, name: str) -> None:
        if self._found(client, name):
            client.delete_collection(name)


def _headers(token: str) -> dict[str, str]:
    """ "Name: value" as it is; anything else is a bearer token."""
    if not token:
        return {}
    name, colon, value = token.partition(": ")
    return {name: value} if colon else {"Authorization": f"Bearer {token}"}
