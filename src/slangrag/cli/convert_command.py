"""`slangrag convert`: XML to the CSV that ingest reads, a look into XML, and the way back."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from slangrag.cli.options import JsonOption
from slangrag.errors import InputFormat, UsageError

_STDOUT: Final = Path("-")


def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The XML (or CSV), plain, .gz or .zip.")],
    record: Annotated[
        str | None,
        typer.Option("--record", metavar="PATH", help="What is a record: /dict/entry, or entry anywhere."),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="MAP",
            help="Paths in a record: word=form/orth,definition=sense/def,word_id=@id.",
        ),
    ] = None,
    each: Annotated[
        str | None,
        typer.Option("--each", metavar="PATH", help="A row for each of these in a record: sense."),
    ] = None,
    keep_lines: Annotated[
        bool, typer.Option("--keep-lines", help="Line ends in the XML are those of the text, not its layout.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to; - is standard output. Else FILE.csv, here."),
    ] = None,
    to: Annotated[
        Literal["csv", "xml"],
        typer.Option("--to", help="xml: a CSV back to XML; --record names its element."),
    ] = "csv",
    check: Annotated[
        bool, typer.Option("--check", help="Read the CSV back, and by way of XML, and compare every row.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Convert XML to the CSV that ingest reads; without --record, show what is in it."""
    if as_json and out == _STDOUT:
        raise UsageError("--json and --out - both want standard output", hint="--out FILE.csv --json")
    if check and out == _STDOUT:
        raise UsageError("--check needs a file to read back", hint="--out FILE.csv --check")
    if to == "xml":
        if each or keep_lines or check:
            raise UsageError("--each, --keep-lines and --check are for XML", hint="slangrag convert --help")
        _to_xml(file, record, columns, out, as_json=as_json)
    elif record is None:
        if columns or each or out or check:
            raise UsageError(
                "without --record nothing is converted", hint=f"slangrag convert {shlex.quote(str(file))}"
            )
        _look(file, as_json=as_json)
    elif columns is None:
        raise UsageError(
            "--columns says where in a record the word and its definition are",
            hint=f"slangrag convert {shlex.quote(str(file))}, which proposes some",
        )
    else:
        _to_csv(file, record, columns, each, out, keep_lines=keep_lines, check=check, as_json=as_json)


def _look(file: Path, *, as_json: bool) -> None:
    from slangrag.cli.render.conversion import show_look
    from slangrag.cli.signals import told_until_stopped
    from slangrag.service.converting import look_into

    with told_until_stopped("MB") as told:
        found = look_into(file, told)
    show_look(found, as_json=as_json)


def _to_csv(
    file: Path,
    record: str,
    columns: str,
    each: str | None,
    out: Path | None,
    *,
    keep_lines: bool,
    check: bool,
    as_json: bool,
) -> None:
    from slangrag.cli.render.conversion import show_conversion
    from slangrag.cli.signals import told_until_stopped
    from slangrag.service import converting

    shape = converting.XmlShape(
        converting.read_record_path(record),
        converting.read_column_paths(columns),
        converting.read_inner_path(each) if each else None,
        keep_lines,
    )
    target = _target(file, out, ".csv")
    with told_until_stopped("MB") as told:
        made = converting.csv_from_xml(file, shape, target or sys.stdout.buffer, told)
    checked = None
    if check and made.out is not None:
        from slangrag.service.conversion_check import check as check_conversion

        with told_until_stopped("MB") as told:
            checked = check_conversion(file, shape, made.out, told)
    show_conversion(made, checked, as_json=as_json)
    if checked is not None and not checked.ok:
        raise typer.Exit(InputFormat.exit_code)


def _to_xml(file: Path, record: str | None, columns: str | None, out: Path | None, *, as_json: bool) -> None:
    from slangrag.cli.ingest_command import column_map
    from slangrag.cli.render.conversion import show_conversion
    from slangrag.cli.signals import told_until_stopped
    from slangrag.service import converting

    target = _target(file, out, ".xml")
    with told_until_stopped("rows") as told:
        made = converting.xml_from_csv(
            file,
            target or sys.stdout.buffer,
            told,
            record=record or converting.RECORD,
            columns=column_map(columns),
        )
    show_conversion(made, None, as_json=as_json, record=record or converting.RECORD)


def _target(file: Path, out: Path | None, ending: str) -> Path | None:
    """Where to write: what was named, or the file's name with another ending, here; None for a stream."""
    if out is None:
        stem = Path(file.stem).stem if file.suffix.lower() in {".gz", ".zip"} else file.stem
        return Path(f"{stem}{ending}")
    return None if out == _STDOUT else out.expanduser()
