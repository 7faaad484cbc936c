"""SQL and the lexicon's connection stay in store/: what another room asks has a method with a name."""

from __future__ import annotations

import re
from pathlib import Path

import slangrag

ROOT = Path(slangrag.__file__).parent
SQL = re.compile(r"\.(?:execute(?:many|script)?\(|connection\b)|\bsqlite3\.connect\(")


def test_no_other_room_speaks_sql_or_reaches_for_the_connection() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] != "store"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if SQL.search(line)
    }
    assert found == set()
