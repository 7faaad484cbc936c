"""What commands report as JSON: a load, a conversion, an evaluation, a store, models, settings.

Part of the contracts of docs/cli.md (`documents` has the others). Fields are only ever added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from slangrag.config import Option, Settings
    from slangrag.evaluation.evaluate import EvalReport
    from slangrag.ingest.estimate import Estimate
    from slangrag.ingest.plan import IngestReport
    from slangrag.service.conversion_check import Check
    from slangrag.service.converting import Conversion, Look, Skipped
    from slangrag.service.doctor.finding import Finding
    from slangrag.service.exporting import ExportReport
    from slangrag.service.maintenance import Exported, StoreCopy, StoreFacts
    from slangrag.service.models import ModelFacts
    from slangrag.store.verify import Verification

Document = dict[str, Any]


def ingest(report: IngestReport) -> Document:
    """`ingest`: the report's fields in its order, its notes left out."""
    return {f.name: getattr(report, f.name) for f in fields(report) if f.name != "notes"}


def estimate(expected: Estimate) -> Document:
    """`ingest --dry-run`."""
    return {**asdict(expected), "notes": list(expected.notes)}


def look(found: Look) -> Document:
    """`convert FILE.xml` without a record."""
    return {
        "source": str(found.path),
        "bytes": found.read,
        "whole": found.whole,
        "repeated": [asdict(one) for one in found.repeated],
        "record": found.record,
        "each": found.each,
        "columns": dict(found.columns),
        "fields": [asdict(one) for one in found.fields],
    }


def conversion(made: Conversion, checked: Check | None) -> Document:
    """`convert FILE --record PATH` and `convert FILE.csv --to xml`; `check` is null where none was wanted."""
    return {
        "source": str(made.source),
        "out": str(made.out),
        "format": made.form,
        "columns": list(made.columns),
        "records": made.records,
        "rows": made.rows,
        "skipped": [_skipped(one) for one in made.skipped],
        "surplus": dict(made.surplus),
        "replaced": made.replaced,
        "bytes": made.bytes,
        "seconds": round(made.seconds, 3),
        "check": None if checked is None else _comparison(checked),
    }


def _comparison(checked: Check) -> Document:
    return {
        "ok": checked.ok,
        "compared": checked.compared,
        "same": checked.same,
        "different": checked.different.count,
        "lines": list(checked.different.lines),
        "refused": [_skipped(one) for one in checked.refused],
    }


def _skipped(one: Skipped) -> Document:
    return {"reason": one.reason, "count": one.count, "lines": list(one.lines)}


def differences(report: EvalReport, against: EvalReport) -> Document:
    """How much better `report` is than `against` on the same questions, by task and measure."""
    from slangrag.evaluation.metrics import paired

    return paired(report.questions, against.questions)


def evaluation(report: EvalReport, against: EvalReport | None = None) -> Document:
    """`eval FILE...`; `ablation` only where there was one, `against` only where another store was asked."""
    document: Document = {
        "dataset": report.dataset,
        "n": report.n,
        "metrics": report.metrics,
        "by_task": report.by_task,
        "by_kind": report.by_kind,
        "config": report.config,
    }
    if against is not None:
        document["against"] = {
            "config": against.config,
            "by_task": against.by_task,
            "differences": differences,
        }
    if report.removals:
        document["ablation"] = [
            {**asdict(removal), "adds": round(removal.adds, 4)} for removal in report.removals
        ]
    return document


def store(facts: StoreFacts) -> Document:
    """`store info`."""
    embedder = facts.embedder
    return {
        "store": str(facts.root),
        "rows": facts.entries,
        "headwords": facts.headwords,
        "vectors": facts.vectors,
        "embedder": None
        if embedder is None
        else {
            "engine": embedder.engine,
            "model": embedder.model,
            "digest": embedder.digest,
            "dimension": embedder.dimension,
        },
        "adopted": None if facts.adopted is None else dict(facts.adopted),
        "complete": facts.complete,
        "index": {"rows": facts.index_rows, "current": facts.index_current, "place": facts.index_place},
        "codes": {"current": facts.codes_current},
        "sealed": facts.sealed,
        "locked_by": facts.locked_by or None,
        "bytes": {
            "lexicon": facts.lexicon_bytes,
            "codes": facts.codes_bytes,
            "index": facts.index_bytes,
            "free": facts.free_bytes,
        },
        "file_system": facts.file_system,
        "saved_at": facts.saved_at,
        "loads": [
            {
                "name": load.name,
                "source": load.source,
                "state": load.state,
                "rows_read": load.record,
                "accepted": load.counts.accepted,
                "rejected": load.counts.rejected,
                "duplicates": load.counts.duplicates,
                "filtered": load.counts.filtered,
            }
            for load in facts.loads
        ],
        "sources": [
            {"name": source.name, "entries": source.entries, "shared": source.shared}
            for source in facts.sources
        ],
        "documents": {"documents": facts.documents, "passages": facts.passages},
    }


def verification(found: Verification) -> Document:
    """`store verify`."""
    checks = [_check(check.name, check.ok, check.found, check.hint) for check in found.checks]
    return {"store": str(found.store), "ok": found.ok, "checks": checks}


def rebuilt(root: Path, rows: int, seconds: float) -> Document:
    """`store rebuild`."""
    return {"store": str(root), "rows": rows, "seconds": round(seconds, 3)}


def calibrated(root: Path, rows: int, spread: float) -> Document:
    """`store calibrate`."""
    return {"store": str(root), "rows": rows, "spread": spread}


def copied(root: Path, copy: StoreCopy, seconds: float) -> Document:
    """`store copy DIR`."""
    return {
        "store": str(root),
        "copy": str(copy.path),
        "bytes": copy.bytes,
        "index": copy.index,
        "seconds": round(seconds, 3),
        "notes": list(copy.notes),
    }


def exported(root: Path, written: Exported, seconds: float) -> Document:
    """`store export`."""
    return {
        "store": str(root),
        "path": str(written.path),
        "format": written.format,
        "rows": written.rows,
        "bytes": written.bytes,
        "seconds": round(seconds, 3),
    }


def tune_export(report: ExportReport) -> Document:
    """`tune export`; `fault` is null where all that was asked for is there."""
    best = report.best
    return {
        "model": str(report.model.folder),
        "digest": report.model.digest,
        "exports": [
            {
                "form": one.form,
                "path": str(one.path),
                "bytes": one.bytes,
                "embed_model": one.embed_model,
                "texts": one.probe.texts,
                "mean_cosine": round(one.probe.mean, 6),
                "least_cosine": round(one.probe.least, 6),
                "same_neighbour": round(one.probe.neighbours, 4),
                "strays": one.probe.strays,
            }
            for one in report.exports
        ],
        "best": best and best.form,
        "fault": report.fault and report.fault.message,
    }


def diagnosis(found: Sequence[Finding], options: Sequence[Option], settings: Settings) -> Document:
    """`doctor`; a check's `ok` is null for what is absent and not needed."""
    return {
        "ok": all(check.ok is not False for check in found),
        "checks": [_check(check.name, check.ok, check.said, check.next) for check in found],
        **configuration(options, settings),
    }


def configuration(options: Sequence[Option], settings: Settings) -> Document:
    """`config show`."""
    return {"settings": [_setting(option, settings) for option in options]}


def models(found: Iterable[ModelFacts]) -> Document:
    """`models list`."""
    return {
        "models": [
            {
                "engine": model.engine,
                "name": model.name,
                "role": model.role,
                "bytes": model.size,
                "present": model.present,
            }
            for model in found
        ]
    }


def _check(name: str, ok: bool | None, said: str, hint: str) -> Document:
    return {"name": name, "ok": ok, "said": said, "next": hint or None}


def _setting(option: Option, settings: Settings) -> Document:
    value = option.shown(settings)
    return {
        "name": option.name,
        "value": value if value is None or isinstance(value, bool | int | float) else str(value),
        "from": settings.origin[option.name],
        "env": option.env,
        "help": option.help,
    }
