"""What a crawl remembers: a file of JSON lines, each synced to the disk before the crawl goes on.

The first line says what the file is. A `known` line is a page that an earlier crawl took, with what its
server said of the version. A `visit` line is a URL that this crawl is done with. An `end` line says that
the crawl went through. A line that was torn by a kill is dropped: its page comes again.

A page's links are those that were first seen on it: a later crawl to whom the server says "unchanged" has
no other way to go on from there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from slangrag.errors import InputFormat, InputUnreadable
from slangrag.sources.web.types import Outcome, Reason, Validators

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Known:
    """A page that was taken. plan is the digest of the plan that it was taken by."""

    url: str
    plan: str
    etag: str = ""
    last_modified: str = ""
    links: tuple[str, ...] = ()

    @property
    def validators(self) -> Validators | None:
        """What to ask its server with, None where the server gave nothing."""
        return Validators(self.etag, self.last_modified) if self.etag or self.last_modified else None


@dataclass(frozen=True, slots=True)
class Visit:
    """A URL that the crawl is done with.

    depth is the number of links from a start, hops that of redirects and canonical links in a row. asked
    says whether its page was asked for. onward is the URL that it sends on to, at the same depth. page is
    there where it is taken or unchanged, and has the links then.
    """

    url: str
    depth: int
    hops: int
    outcome: Outcome
    reason: Reason = ""
    asked: bool = True
    links: tuple[str, ...] = ()
    onward: str = ""
    page: Known | None = None


class Journal:
    """The memory of one site's crawls: in a file, or (path None) as long as the process lives.

    known: pages that were taken and are not gone, by URL. visits: what the unfinished crawl is done with,
    in order; empty before a crawl and after its end.
    """

    def __init__(self, path: Path | None) -> None:
        """Raises InputUnreadable or InputFormat for a file that cannot be read, or is no journal."""
        self.path = path
        self.known: dict[str, Known] = {}
        self.visits: list[Visit] = []
        self._file: IO[bytes] | None = None
        if path is not None:
            self._read(path)

    def begin(self) -> None:
        """Forget what the last crawl was done with; keep what it knows. The file is swapped by rename."""
        self.visits = []
        if self.path is None:
            return
        self.close()
        fresh = self.path.with_name(f"{self.path.name}.new")
        with self._writing(), fresh.open("wb") as file:
            file.write(_line({"journal": _FORMAT}))
            file.writelines(_line({"known": asdict(page)}) for page in self.known.values())
            file.flush()
            os.fsync(file.fileno())
        with self._writing():
            fresh.replace(self.path)

    def note(self, visit: Visit) -> None:
        """Remember that the crawl is done with one URL."""
        self._apply(visit)
        self._append({"visit": asdict(visit)})

    def end(self) -> None:
        """Remember that the crawl went through: the next one begins anew."""
        self.visits = []
        self._append({"end": True})

    def close(self) -> None:
        """Close the file; `note` opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _read(self, path: Path) -> None:
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise InputUnreadable(
                f"{path} cannot be read: {error.strerror}", hint="check the path"
            ) from error
        whole = raw.rfind(b"\n") + 1
        for number, line in enumerate(raw[:whole].splitlines(), start=1):
            try:
                self._take(json.loads(line), first=number == 1)
            except (ValueError, TypeError, KeyError) as error:
                raise InputFormat(
                    f"{path}:{number} is no line of a crawl's journal",
                    hint=f"rm {path} begins the crawl anew, if that is what the file was",
                ) from error
        if whole < len(raw):
            # Behind a torn line the next one would be torn as well.
            with self._writing(), path.open("r+b") as file:
                file.truncate(whole)

    def _take(self, record: Mapping[str, Any], *, first: bool) -> None:
        if first:
            if record["journal"] != _FORMAT:
                raise ValueError(record["journal"])
        elif "known" in record:
            page = _known(record["known"])
            self.known[page.url] = page
        elif "visit" in record:
            said = dict(record["visit"])
            said["links"] = tuple(said["links"])
            said["page"] = _known(said["page"]) if said["page"] else None
            self._apply(Visit(**said))
        elif record["end"]:
            self.visits = []

    def _apply(self, visit: Visit) -> None:
        self.visits.append(visit)
        if visit.page is not None:
            self.known[visit.url] = visit.page
        elif visit.outcome == "gone":
            self.known.pop(visit.url, None)

    def _append(self, record: Mapping[str, Any]) -> None:
        if self.path is None:
            return
        with self._writing():
            if self._file is None:
                self._file = self.path.open("ab")
                if self._file.tell() == 0:
                    self._file.write(_line({"journal": _FORMAT}))
            self._file.write(_line(record))
            self._file.flush()
            os.fsync(self._file.fileno())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise InputUnreadable(
                f"{self.path} cannot be written: {error.strerror}; the crawl goes on from its last line",
                hint="make room, then run the same command again",
            ) from error


def _known(said: Mapping[str, Any]) -> Known:
    return Known(**{**said, "links": tuple(said["links"])})


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
