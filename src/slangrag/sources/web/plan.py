"""The TOML that says how a site is crawled. (Signatures; to come.)"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """How a site is crawled. name is by default the name of the file without .toml."""

    name: str
    start: tuple[str, ...]
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    depth: int = 10
    delay: float = 1.0
    most_pages: int = 1000
    max_bytes: int = 20_000_000
    private: bool = False


def read_plan(path: Path) -> CrawlPlan:
    """The plan in the file at `path`.

    Raises InputMissing or InputUnreadable for the file, InputFormat (with the line) for what is in it.
    """
    raise NotImplementedError
