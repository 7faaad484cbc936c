"""A look into an XML file and a conversion, as people read them; both end with what to type next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from rich.text import Text

from slangrag.cli.render.terminal import note, show, show_table, write_json
from slangrag.service import reports
from slangrag.text.clean import printable
from slangrag.text.sizes import size

if TYPE_CHECKING:
    from slangrag.service.conversion_check import Check
    from slangrag.service.converting import Conversion, Found, Look, Skipped

_ROWS: Final = 12
_EXAMPLE: Final = 40
_SAID: Final = {
    "nothing-at-each": "records without anything at --each",
    "empty-word": "without a word",
    "empty-definition": "without a definition",
    "overlong-word": "with a word too long for ingest",
    "overlong-definition": "with a definition too long for a CSV",
}


def show_look(found: Look, *, as_json: bool) -> None:
    """What repeats, what is in a record, and the command that converts it."""
    if as_json:
        write_json(reports.look(found))
        return
    file = found.path
    read = size(found.read) if found.whole else f"its first {size(found.read)}"
    show(Text(printable(f"{file} ({read}): <{found.root}>")))
    if not found.repeated:
        show(Text("  no element repeats in it, so there are no records"))
        return
    show(Text("\nelements that repeat", style="bold"))
    _table(found.repeated)
    if not found.record:
        show(Text("\nnone of them has texts in it"))
        return
    show(Text(printable(f"\nin a {found.record}"), style="bold"))
    _table(found.fields)
    command = f"slangrag convert {shlex.quote(str(file))} --record {shlex.quote(found.record)}"
    if found.each:
        command += f" --each {shlex.quote(found.each)}"
    columns = ",".join(f"{name}={path}" for name, path in found.columns.items())
    show(Text())
    if found.columns.get("word") == "PATH":
        show(Text("No name tells which is the word: put its path for PATH."))
    show(Text.assemble(("next: ", "dim"), (printable(f"{command} --columns {shlex.quote(columns)}"), "cyan")))


def show_conversion(made: Conversion, checked: Check | None, *, as_json: bool, record: str = "entry") -> None:
    """What became of the records. Beside a stream on standard output it is said on the other."""
    if as_json:
        write_json(reports.conversion(made, checked))
        return
    say = note if made.out is None else _show
    where = "standard output" if made.out is None else f"{made.out} ({size(made.bytes)})"
    say(f"{made.rows:,} rows of {made.records:,} records of {made.source} are in {where}")
    for one in made.skipped:
        say(f"  {one.count:,} {_SAID.get(one.reason, one.reason)}: {_at(one, 'line')}")
    for column, count in made.surplus.items():
        say(f"  {count:,} rows had more than one {column}: the first was taken")
    if made.replaced:
        say(f"  {made.replaced:,} characters that XML cannot hold were replaced")
    if checked is not None:
        say(f"checked: {checked.same:,} of {checked.compared:,} rows are the same after the way back")
        if checked.different.count:
            say(f"  {checked.different.count:,} differ: {_at(checked.different, 'line')} of {made.source}")
        for one in checked.refused:
            say(f"  {one.count:,} that ingest would reject ({one.reason}): {_at(one, 'line')} of {made.out}")
    if made.out is None:
        return
    out = shlex.quote(str(made.out))
    if made.form == "csv":
        say(f"next: slangrag ingest {out}")
    else:
        columns = ",".join(f"{name}={name}" for name in made.columns)
        say(f"and back: slangrag convert {out} --record /entries/{record} --columns {columns}")


def _show(line: str) -> None:
    bare = line.lstrip()
    show(Text(printable(bare)), indent=len(line) - len(bare))


def _at(one: Skipped, what: str) -> str:
    more = ", …" if one.count > len(one.lines) else ""
    return f"{what}{'s' if len(one.lines) > 1 else ''} {', '.join(map(str, one.lines))}{more}"


def _table(found: tuple[Found, ...]) -> None:
    rows = [(one.path, f"{one.times:,}", _cut(one.example)) for one in found[:_ROWS]]
    show_table(("path", "times", "such as"), rows)
    if len(found) > _ROWS:
        show(Text(f"and {len(found) - _ROWS} more (--json has them all)", style="dim"))


def _cut(example: str) -> str:
    line = " ".join(example.split())
    return line if len(line) <= _EXAMPLE else f"{line[: _EXAMPLE - 1].rstrip()}…"
