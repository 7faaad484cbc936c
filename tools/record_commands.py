"""Record anew what the commands in tests/data/recorded say.

    python -m tools.record_commands [NAME ...]

NAMEs are beginnings of records' names; none means all. To add a command, write a line with its name and
argv into one of the files, and name it here. It needs the embedded engine's weights (`slangrag models pull`).

Records prove that a change of the program's insides changes nothing that users see. So they are recorded
anew only in a commit that means to change what users see, and only those it means to change: the commit's
message says which, and its diff shows how. Never to make a failing test pass that nobody has understood.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from tests.recorded import FOLDER, Player, alike, load, save


def main() -> int:
    """Play, and write what was said where it is not what it was."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("names", nargs="*", metavar="NAME", help="beginnings of records' names")
    wanted = tuple(options.parse_args().names) or ("",)
    with tempfile.TemporaryDirectory() as folder, Player(Path(folder)) as player:
        for path in sorted(FOLDER.glob("*.jsonl")):
            records = load(path)
            for place, record in enumerate(records):
                if not record.name.startswith(wanted):
                    continue
                now = player.play(record)
                if (
                    record.exit_code != now.exit_code
                    or not alike(record.stdout, now.stdout)
                    or not alike(record.stderr, now.stderr)
                    or record.leaves != now.leaves
                ):
                    records[place] = replace(record, **asdict(now))
                    sys.stdout.write(f"{path.name}: {record.name}\n")
            save(path, records)
    return 0


if __name__ == "__main__":
    sys.exit(main())
