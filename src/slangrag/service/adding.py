"""Documents into a store and out of it, as a door asks for it: files, folders and addresses on the web.

What cannot be read is told and costs only itself; all others are taken.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from slangrag.config import Settings
from slangrag.errors import InputError, InputMissing, InputUnreadable, StoreMissing
from slangrag.ingest import documents as loading
from slangrag.ingest.plan import Progress
from slangrag.ingest.stop import StopFlag
from slangrag.service.indexing import index_choice
from slangrag.store.documents.reading import has_documents, open_documents
from slangrag.store.documents.types import StoredDocument
from slangrag.store.documents.writing import Origin
from slangrag.store.fingerprint import stored_identity

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder
    from slangrag.service.engines import Fetching
    from slangrag.sources.documents.reading import DocumentReader
    from slangrag.sources.documents.types import ParsedDocument

__all__ = ["Added", "Adding", "Progress", "StopFlag", "StoredDocument", "adding", "remove"]

Outcome = Literal["added", "changed", "unchanged", "failed"]
_WEB: Final = ("http://", "https://")
UPLOADED: Final = "upload:"
"""Begins the locator of what came through a door, before the name that it came with."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file or address.

    document is what the store has of it now, None where it has nothing. embedded and kept count passages:
    new ones, and those that stayed as they were; removed those that are gone; refused those that the embedder
    did not take. failure says why a document was not read; then the store has what it had before.
    """

    target: str
    outcome: Outcome
    document: StoredDocument | None = None
    embedded: int = 0
    kept: int = 0
    removed: int = 0
    refused: int = 0
    failure: InputError | None = None


class Adding:
    """Documents on their way into one store, one after the other. Made by `adding`; used by one thread."""

    def __init__(self, load: loading.DocumentLoad, reader: DocumentReader, *, private: bool) -> None:
        self._load = load
        self._reader = reader
        self._private = private

    def add(self, target: str) -> Iterator[Added]:
        """A file, all readable files of a folder, or an address; one Added each.

        Raises the EngineErrors and StoreErrors, and what a stop raises: what came before is kept.
        """
        if _is_web(target):
            yield self._told(target, lambda: self._from_web(target))
            return
        try:
            path = _path(target)
            found = readable_in(path) if path.is_dir() else [path]
            if not found:
                raise InputMissing(f"{target} holds no document that can be read", hint="slangrag add FILE")
        except InputError as error:
            yield Added(target, "failed", failure=error)
            return
        except OSError as error:
            yield Added(target, "failed", failure=_unreadable(Path(target), error))
            return
        for one in found:
            said = target if one is path else str(one)
            yield self._told(said, lambda one=one: self._from_file(one, one.name))  # type: ignore[misc]

    def add_file(self, path: Path, name: str, locator: str, media_type: str = "") -> Added:
        """A file that somebody calls `name` and that is remembered as coming from `locator`."""
        return self._told(name, lambda: self._from_file(path, name, locator, media_type))

    def add_bytes(self, body: bytes, name: str, origin: Origin, media_type: str = "") -> Added:
        """What came from elsewhere, as bytes."""
        return self._told(name, lambda: self._from_bytes(body, name, origin, media_type))

    def has(self, locator: str) -> bool:
        """Whether the store has what came from there."""
        return self._load.known(locator) is not None

    def add_parsed(self, parsed: ParsedDocument, locator: str) -> Added:
        """A document that was read elsewhere, remembered as coming from `locator`."""
        said = "\0".join([parsed.title, *(f"{one.label}:{one.start}" for one in parsed.pages), parsed.text])
        origin = origin_of(said.encode(errors="replace"), locator)

        def load() -> loading.Loaded:
            return self._load.same(origin) or self._load.load(origin, parsed)

        return self._told(parsed.title, load)

    def forget(self, locator: str) -> bool:
        """Take out the document that came from there; whether there was one."""
        return self._load.forget(locator)

    def _from_bytes(self, body: bytes, name: str, origin: Origin, media_type: str) -> loading.Loaded:
        if (same := self._load.same(origin)) is not None:
            return same
        with tempfile.TemporaryDirectory(prefix="slangrag-") as folder:
            path = Path(folder) / "document"
            path.write_bytes(body)
            return self._load.load(origin, self._reader.read(path, name=name, media_type=media_type))

    def _from_file(self, path: Path, name: str, locator: str = "", media_type: str = "") -> loading.Loaded:
        try:
            if path.exists() and not path.is_file():  # a pipe would be waited for
                raise InputUnreadable(f"{path} is not a file", hint="give a file, or a folder of files")
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            origin = Origin(locator or _locator(path), path.stat().st_size, digest)
        except FileNotFoundError as error:
            raise InputMissing(f"{path} is not there", hint="slangrag add FILE") from error
        except OSError as error:
            raise _unreadable(path, error) from error
        if (same := self._load.same(origin)) is not None:
            return same
        return self._load.load(origin, self._reader.read(path, name=name, media_type=media_type))

    def _from_web(self, url: str) -> loading.Loaded:
        from slangrag.sources.web.addresses import Access
        from slangrag.sources.web.fetching import fetch
        from slangrag.sources.web.types import NotModified, Validators
        from slangrag.sources.web.urls import normal

        locator = normal(url) or url  # as a crawl names it
        known = self._load.known(locator)
        validators = None if known is None else Validators(known.etag, known.modified)
        found = fetch(url, access=Access.asked(url, private=self._private), validators=validators)
        if isinstance(found, NotModified):
            assert known is not None
            return loading.Loaded(known, "unchanged", kept=known.passages)
        origin = origin_of(found.body, locator, found.etag, found.last_modified)
        return self._from_bytes(found.body, found.url, origin, found.media_type)

    def _told(self, target: str, load: Callable[[], loading.Loaded]) -> Added:
        try:
            found = load()
        except InputError as error:
            return Added(target, "failed", failure=error)
        return Added(
            target,
            found.outcome,
            found.document,
            found.embedded,
            found.kept,
            found.removed,
            found.refused,
        )


@contextmanager
def adding(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    fetching: Fetching | None = None,
    private: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    stop: StopFlag | None = None,
) -> Iterator[Adding]:
    """Documents into the store that the settings name; at the end of the block its index has them too.

    embedder: the store's own, where it is made already. private lets addresses of private networks be
    fetched. Raises StoreMissing, StoreLocked, StoreMismatch, StoreError, and the EngineErrors of choosing.
    """
    from slangrag.service import engines
    from slangrag.sources.documents.reading import DocumentReader

    root = settings.store
    stored = stored_identity(root)
    if stored is None:
        raise StoreMissing(f"there is no slang store at {root}", hint="slangrag ingest --sample")
    if embedder is None:
        embedder = engines.embedder(settings, stored, fetching).model
    with (
        DocumentReader() as reader,
        loading.loading(root, embedder, index_choice(settings), progress=progress, stop=stop) as load,
    ):
        yield Adding(load, reader, private=private)


def origin_of(body: bytes, locator: str, etag: str = "", modified: str = "") -> Origin:
    """Where bytes came from, and which they are."""
    return Origin(locator, len(body), hashlib.sha256(body).hexdigest(), etag, modified)


def remove(
    settings: Settings, names: Sequence[str], *, progress: Callable[[Progress], None] = lambda _: None
) -> list[StoredDocument]:
    """Take documents out of the store, named by number, path or address; what was taken out.

    Raises InputMissing for a name that is none, before anything is removed; StoreLocked, StoreError.
    """
    if not has_documents(settings.store):
        raise InputMissing("the store has no documents", hint="slangrag add FILE")
    with open_documents(settings.store) as (_, documents):
        chosen = [named(documents.documents(), name) for name in names]
    numbers = list(dict.fromkeys(one.number for one in chosen))
    loading.remove(settings.store, numbers, index_choice(settings), progress=progress)
    return list({one.number: one for one in chosen}.values())


def named(documents: Sequence[StoredDocument], name: str) -> StoredDocument:
    """The document of that number, path, address, file name or title. Raises InputMissing."""
    wanted = {name, _asked_for(name)}
    for of in (
        lambda one: str(one.number),
        lambda one: one.locator,
        lambda one: Path(one.locator).name,
        lambda one: one.title,
    ):
        found = [one for one in documents if of(one) in wanted]
        if len(found) == 1:
            return found[0]
        if found:
            numbers = ", ".join(str(one.number) for one in found)
            raise InputMissing(
                f"several documents are called {name}: {numbers}", hint="name one by its number"
            )
    raise InputMissing(f"there is no document {name}", hint="slangrag documents list")


def readable_in(folder: Path) -> list[Path]:
    """The files below a folder whose names say that they can be read, hidden ones left out, in order.

    Links to other folders are not followed. A folder that cannot be read is among them: reading it says why.
    """
    from slangrag.sources.documents.kinds import SUFFIXES

    found: list[Path] = []

    def closed(error: OSError) -> None:
        found.append(Path(error.filename))

    for place, folders, files in os.walk(folder, onerror=closed):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (Path(place, name) for name in files if not name.startswith("."))
        found += (path for path in paths if path.suffix.lower() in SUFFIXES and _may_be_file(path))
    return sorted(found)


def _may_be_file(path: Path) -> bool:
    """Whether it is a file, or something of which only reading can tell why it is none."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except FileNotFoundError:  # a link to nothing
        return False
    except OSError:
        return True


def _is_web(target: str) -> bool:
    return target.lower().startswith(_WEB)


def _path(target: str) -> Path:
    """A path as it was typed. Raises InputMissing for one that leads nowhere."""
    if not target:  # an unset variable is not the current folder
        raise InputMissing("a path is empty", hint="slangrag add FILE")
    try:
        return Path(target).expanduser()
    except RuntimeError as error:
        raise InputMissing(f"{target}: there is no such user", hint="slangrag add FILE") from error


def _locator(path: Path) -> str:
    """A path as the store remembers it: absolute, and text; bytes that are none are written as \\xNN."""
    try:
        return os.fsencode(path.resolve()).decode(errors="backslashreplace")
    except RuntimeError as error:  # Python 3.11 and 3.12, of links in a circle
        raise InputUnreadable(f"{path} is a link to itself", hint=f"ls -l {path}") from error


def _asked_for(name: str) -> str:
    """The locator that a name is, if it is one."""
    if _is_web(name):
        from slangrag.sources.web.urls import normal

        return normal(name)
    try:
        return _locator(_path(name))
    except (InputError, ValueError):  # a zero byte, which only a program can send
        return name


def _unreadable(path: Path, error: OSError) -> InputUnreadable:
    return InputUnreadable(f"{path} cannot be read: {error.strerror}", hint=f"ls -l {shlex.quote(str(path))}")
