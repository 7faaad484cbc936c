"""The bytes of an input file: plain, gzip or zip, and what identifies them.

Knows nothing of what is in it. Compression is told by the first bytes, since names lie.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.sources.source import SourceFingerprint

_BUFFER: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_ENCRYPTED: Final = 0x1

Kind = Literal["csv", "xml"]
_COMMAND: Final[dict[Kind, str]] = {"csv": "slangrag ingest", "xml": "slangrag convert"}


def fingerprint(path: Path) -> SourceFingerprint:
    """Name, size and content hash of a file. Raises InputMissing or InputUnreadable."""
    with _named_faults(path), path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return SourceFingerprint(path.name, file.tell(), digest.hexdigest())


def is_plain(path: Path, *, kind: Kind = "csv") -> bool:
    """Whether the bytes of the file are the text itself. Raises InputMissing or InputUnreadable."""
    with _named_faults(path, kind), path.open("rb") as file:
        return not file.read(4).startswith((_GZIP, _ZIP))


@contextmanager
def open_stream(path: Path, *, kind: Kind = "csv") -> Iterator[BinaryIO]:
    """The uncompressed bytes of `path`, buffered and seekable (in compressed files by reading on).

    kind: what the file should be, for a zip's member and for what is said. Raises InputMissing,
    InputUnreadable (also for damage met while reading inside the block) and InputFormat (a zip with no such
    file in it, or several).
    """
    with _named_faults(path, kind), ExitStack() as stack:
        file = stack.enter_context(path.open("rb", buffering=_BUFFER))
        magic = file.read(4)
        file.seek(0)
        if magic.startswith(_GZIP):
            unzipped: io.BufferedIOBase = stack.enter_context(gzip.GzipFile(fileobj=file))
        elif magic == _ZIP:
            archive = stack.enter_context(zipfile.ZipFile(file))
            unzipped = stack.enter_context(archive.open(_only_member(archive, path, kind)))  # type: ignore[assignment]
        else:
            yield file
            return
        # GzipFile and ZipExtFile read lines in Python; a BufferedReader over them does it in C.
        buffered = stack.enter_context(io.BufferedReader(cast("io.RawIOBase", unzipped), _BUFFER))
        yield cast("BinaryIO", buffered)


def _only_member(archive: zipfile.ZipFile, path: Path, kind: Kind) -> zipfile.ZipInfo:
    """The one file of a zip that can be the data."""
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    tables = [m for m in members if m.filename.lower().endswith(f".{kind}")]
    chosen = tables or members
    if len(chosen) != 1:
        names = ", ".join(m.filename for m in chosen[:5]) or "nothing"
        raise InputFormat(
            f"{path} holds {names}; one {kind.upper()} file is needed",
            hint=f"unzip {path}, then {_COMMAND[kind]} with the file meant",
        )
    if chosen[0].flag_bits & _ENCRYPTED:
        raise InputUnreadable(f"{path} is locked with a password", hint=f"unzip {path}")
    return chosen[0]


@contextmanager
def _named_faults(path: Path, kind: Kind = "csv") -> Iterator[None]:
    """What the file system and the decompressors raise, as errors of the one tree."""
    try:
        yield
    except FileNotFoundError as error:
        hint = "slangrag ingest --sample" if kind == "csv" else "slangrag convert FILE.xml"
        raise InputMissing(f"there is no file {path}", hint=hint) from error
    except IsADirectoryError as error:
        raise InputUnreadable(f"{path} is a directory", hint=f"{_COMMAND[kind]} FILE.{kind}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise InputUnreadable(
            f"{path} is a damaged or incomplete archive: {error}", hint="fetch the file again, then repeat"
        ) from error
    except OSError as error:
        reason = error.strerror or error
        raise InputUnreadable(f"{path} cannot be read: {reason}", hint=f"ls -l {path}") from error
