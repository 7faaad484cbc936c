"""A trained embedder in the forms that engines run, each compared with it before it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slangrag.config import Settings
from slangrag.engines.ollama import connect
from slangrag.errors import SlangragError
from slangrag.tuning.examples import read_examples
from slangrag.tuning.exporting.exports import ExportedModel, Exporter, ExportReport, Form, Told
from slangrag.tuning.exporting.gguf import check_writable
from slangrag.tuning.exporting.texts import probe_texts
from slangrag.tuning.exporting.trained import read_trained
from slangrag.tuning.folder import TuneFolder

__all__ = ["ExportReport", "ExportRequest", "ExportedModel", "Form", "export_model"]


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export. root: the working folder; model and to: where not its own. ollama: the name there."""

    root: Path
    forms: tuple[Form, ...]
    model: Path | None = None
    to: Path | None = None
    ollama: str = ""


def export_model(request: ExportRequest, settings: Settings, told: Told) -> ExportReport:
    """Write and compare every form that is asked for; `told` hears of each step.

    An error after the first form is the report's `fault`, so that what is there can be shown. Raises
    ModelMissing, ModelUnfit (a model that cannot be exported, or in this form), EngineMissing without the
    packages.
    """
    folder = TuneFolder(request.root)
    model = read_trained(request.model or folder.model)
    wants_gguf = "gguf" in request.forms or bool(request.ollama)
    if wants_gguf:
        check_writable(model)
    exporter = Exporter(model, request.to or folder.exported, probe_texts(_examples(folder)), settings, told)
    own = request.model is None and request.to is None
    exports: list[ExportedModel] = []
    try:
        if {"onnx", "int8"} & set(request.forms):
            for export in exporter.onnx(request.forms):
                exports.append(export)  # noqa: PERF402  # those before an error are there
        if wants_gguf:
            exports.append(exporter.gguf())
        if request.ollama:
            exports.append(exporter.ollama(exports[-1], request.ollama, connect(settings)))
    except SlangragError as error:
        if not exports:
            raise
        return _kept(ExportReport(model, tuple(exports), error, of_folder=own), folder)
    return _kept(ExportReport(model, tuple(exports), of_folder=own), folder)


def _kept(report: ExportReport, folder: TuneFolder) -> ExportReport:
    """The report, with its best form noted for `tune eval` where the model is the folder's own."""
    if report.of_folder and report.best is not None:
        folder.best.write_text(report.best.embed_model, encoding="utf-8")
    return report


def _examples(folder: TuneFolder) -> list[str]:
    """The texts of the training: each query with its first answer. None where there is no such file."""
    path = next((path for path in (folder.triples, folder.queries) if path.is_file()), None)
    if path is None:
        return []
    examples = read_examples(path, hint="slangrag tune queries")
    return [text for one in examples for text in (one.query, *one.pos[:1])]
