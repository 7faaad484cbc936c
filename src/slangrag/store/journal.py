"""How the lexicon keeps its promises on this disk: the journal mode by file system, and its complaints.

A write-ahead log lets readers go on undisturbed while an ingest writes, but shares memory between
processes, which a network file system cannot do between machines (sqlite.org/wal.html). There the
rollback journal is used: readers wait for the moments in which a batch is committed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from slangrag.errors import StoreDamaged, StoreError

JournalMode = Literal["wal", "delete"]

_MOUNTS: Final = Path("/proc/self/mounts")
_NETWORK: Final = (
    "nfs",
    "cifs",
    "smb",
    "lustre",
    "gpfs",
    "beegfs",
    "ceph",
    "afs",
    "orangefs",
    "pvfs2",
    "wekafs",
    "9p",
    "glusterfs",
    "fuse.",
)


def file_system(path: Path, mounts: Path = _MOUNTS) -> str:
    """Type of the file system that holds `path` ("ext4", "nfs4"), "" where the platform does not say."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = -1, ""
    place = path.resolve()
    for line in lines:
        fields = line.split()
        mount = fields[1].replace("\\040", " ")
        if place.is_relative_to(mount) and len(mount) >= best:
            best, kind = len(mount), fields[2]
    return kind


def choose(root: Path, mounts: Path = _MOUNTS) -> JournalMode:
    """The journal mode for a store at `root`."""
    return "delete" if file_system(root, mounts).startswith(_NETWORK) else "wal"


def begin(connection: sqlite3.Connection, mode: JournalMode) -> None:
    """Set up a writing connection. Every commit survives the death of the process."""
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -262144")  # KiB: random headword pages stay in memory
    connection.execute("PRAGMA wal_autocheckpoint = 16384")  # pages: one page is written many times a minute
    connection.execute("PRAGMA journal_size_limit = 0")


def lets_others_read(connection: sqlite3.Connection) -> bool:
    """Whether others read undisturbed, and disturb nobody, while this connection writes."""
    mode: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return mode == "wal"


def end(connection: sqlite3.Connection) -> bool:
    """Fold the log back in, so that the lexicon is one file that opens from a read-only place.

    False where a reader has the file open just now: then the log stays for the next writer to fold.
    """
    connection.execute("PRAGMA busy_timeout = 1000")
    try:
        mode: str = connection.execute("PRAGMA journal_mode = delete").fetchone()[0]
    except sqlite3.OperationalError:
        return False
    return mode == "delete"


@contextmanager
def guard(path: Path) -> Iterator[None]:
    """SQLite's complaints as store errors; whatever was committed before stays."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "full" in text or "disk I/O error" in text:
            raise StoreError(
                f"the disk of {path} is full or failing ({text}); everything committed before is kept",
                hint="make room, then run the same command again",
            ) from error
        raise StoreError(f"{path} cannot be written: {text}", hint="slangrag store verify") from error
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(f"{path} is damaged: {error}", hint="slangrag store verify") from error
