"""Rejects as a CSV: what was set aside by the last load, where it stood and why."""

from __future__ import annotations

import csv
from pathlib import Path

from slangrag.errors import InputUnreadable
from slangrag.store.lexicon import open_lexicon


def write_rejects(store: Path, path: Path) -> int:
    """Write line, reason and text of the last load's rejects, in file order; how many there were.

    Raises StoreMissing, and InputUnreadable where `path` cannot be written.
    """
    with open_lexicon(store) as lexicon:
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("line", "reason", "text"))
                count = 0
                for row in lexicon.rejects():
                    writer.writerow(row)
                    count += 1
        except OSError as error:
            raise InputUnreadable(
                f"{path} cannot be written: {error.strerror}", hint="name another file with --rejects"
            ) from error
    return count
