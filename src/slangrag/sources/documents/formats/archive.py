"""Zip archives of strangers: members are read up to a bound, and told by how much they really unpack."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree.ElementTree import Element

from slangrag.errors import InputFormat
from slangrag.sources.documents.formats.building import Source

_STEP: Final = 1 << 20
_FLAG_ENCRYPTED: Final = 1


class Archive:
    """A zip archive that is open."""

    def __init__(self, archive: zipfile.ZipFile, source: Source) -> None:
        self._archive = archive
        self._source = source
        self._left = source.limits.unpacked
        self.names = set(archive.namelist())

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises InputFormat if it is absent, encrypted, damaged or too much."""
        said, bound = self._source.name, self._source.limits.unpacked
        if name not in self.names:
            raise InputFormat(f"{said} lacks {name}", hint="save it anew")
        if self._archive.getinfo(name).flag_bits & _FLAG_ENCRYPTED:
            raise InputFormat(f"{said} is encrypted", hint="save it without a password")
        parts = []
        # Not what its directory says of sizes: bytes that come out are counted.
        try:
            with self._archive.open(name) as member:
                while part := member.read(_STEP):
                    self._left -= len(part)
                    if self._left < 0:
                        raise InputFormat(
                            f"{said} unpacks to more than {bound >> 20:,} MiB (a zip bomb?)",
                            hint="if it is sound, split it into smaller documents",
                        )
                    parts.append(part)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise InputFormat(f"{said} is damaged in {name}: {error}", hint="get it once more") from error
        return b"".join(parts)

    def xml(self, name: str) -> Element:
        """A member as an XML tree, without any entity."""
        return parsed(self.read(name), self._source.name)


@contextmanager
def opened(source: Source) -> Iterator[Archive]:
    """The archive that a source is. Raises InputFormat if it is none."""
    try:
        archive = zipfile.ZipFile(source.path)
    except zipfile.BadZipFile as error:
        raise InputFormat(f"{source.name} is no whole archive: {error}", hint="get it once more") from error
    with archive:
        yield Archive(archive, source)


def parsed(raw: bytes, name: str) -> Element:
    """XML as a tree. Raises InputFormat for what is none, and for entities: they can grow without bound."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException, ElementTree

    try:
        root: Element = ElementTree.fromstring(raw, forbid_dtd=False, forbid_entities=True)
    except DefusedXmlException as error:
        raise entities_in(name) from error
    except (ParseError, ValueError, LookupError) as error:
        raise InputFormat(f"{name} is no well-formed XML: {error}", hint="xmllint --noout FILE") from error
    return root


def entities_in(name: str) -> InputFormat:
    """The error for XML that declares entities."""
    return InputFormat(
        f"{name} declares XML entities, which are not read (an entity bomb?)",
        hint="xmllint --noent --dropdtd FILE, if you trust it",
    )
