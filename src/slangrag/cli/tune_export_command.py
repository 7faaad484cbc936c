"""`slangrag tune export`: the trained embedder in the forms that engines run, each compared with it first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli.options import JsonOption, with_settings
from slangrag.cli.tune_options import DIR, DirOption
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.service.exporting import ExportedModel, ExportReport, Form


@with_settings("threads")
def export(
    folder: DirOption = DIR,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model", metavar="FOLDER", help="Any sentence-transformers folder, not the trained one."
        ),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Where to write; without it, export in --dir.")
    ] = None,
    onnx: Annotated[
        bool, typer.Option("--onnx", help="ONNX in full precision, for the embedded engine.")
    ] = False,
    int8: Annotated[
        bool, typer.Option("--int8", help="ONNX with weights of 8 bits, a quarter of the size.")
    ] = False,
    gguf: Annotated[
        bool, typer.Option("--gguf", help="A GGUF file, for llama.cpp (BERT-type models).")
    ] = False,
    ollama: Annotated[
        str | None, typer.Option("--ollama", metavar="NAME", help="A model on Ollama, from that GGUF file.")
    ] = None,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Write the trained embedder for the engines: ONNX and its 8 bits, or what is asked for.

    Each is run by its engine and compared with the trained model on 200 texts before it is put in place.
    """
    from slangrag.cli.render.terminal import note, write_json
    from slangrag.cli.signals import ctrl_c_is_told
    from slangrag.service import reports
    from slangrag.service.exporting import ExportRequest, export_model

    asked: list[tuple[Form, bool]] = [("onnx", onnx), ("int8", int8), ("gguf", gguf)]
    forms: tuple[Form, ...] = tuple(form for form, wanted in asked if wanted)
    if not forms and not ollama:
        forms = ("onnx", "int8")
    request = ExportRequest(folder, forms, model, to, ollama or "")
    with ctrl_c_is_told():
        report = export_model(request, settings, note)
    if as_json:
        write_json(reports.tune_export(report))
    else:
        _show(report)
    if report.fault is not None:
        raise report.fault


def _show(report: ExportReport) -> None:
    from slangrag.cli.render.terminal import note, show_table

    rows = [_row(one) for one in report.exports]
    show_table(("form", "file", "size", "mean cosine", "least", "same neighbour"), rows)
    for one in report.exports:
        if one.form == "int8":
            note(f"int8: {_loss(one, report)}")
        if one.probe.strays:
            note(
                f"{one.form}: {one.probe.strays} of {one.probe.texts} texts get another vector: accents, "
                "symbols, other scripts or endless words, which this engine cuts otherwise"
            )
    best = report.best
    if best is not None:
        note(f"next: {_command(best, own=report.of_folder)}")


def _command(best: ExportedModel, *, own: bool) -> str:
    """What to type with the form to use: a folder's own model is compared, another's is loaded with."""
    if own:
        return "slangrag tune eval"
    engine = "--engine ollama " if best.form == "ollama" else ""
    return f"slangrag ingest CSV --reembed {engine}--embed-model {best.embed_model}"


def _row(one: ExportedModel) -> tuple[str, ...]:
    from slangrag.text.sizes import size

    found = one.probe
    place = one.embed_model if one.form == "ollama" else str(one.path)
    return (
        one.form,
        place,
        size(one.bytes),
        f"{found.mean:.5f}",
        f"{found.least:.5f}",
        f"{found.neighbours:.1%}",
    )


def _loss(one: ExportedModel, report: ExportReport) -> str:
    """What 8 bits cost in words, and which form that leaves to use."""
    found = one.probe
    changed = round((1 - found.neighbours) * found.texts)
    said = (
        f"its vectors are {1 - found.mean:.1e} off in the mean; "
        f"{changed} of {found.texts} texts have another nearest one"
    )
    best = report.best
    if best is not None and best.form in {"onnx", "gguf"}:
        return f"{said}. That is more than we would use: take {best.form}"
    return said
