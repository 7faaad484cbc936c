"""`slangrag eval`: questions with known answers put to the store, and what the answers are worth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.evaluation.evaluate import EvalReport
    from slangrag.retrieval.types import Intent


@with_settings("engine", "store")
def evaluate(
    files: Annotated[list[Path], typer.Argument(help="Questions, one JSON object a line.")],
    mode: Annotated[
        str, typer.Option("--mode", help="hybrid; for comparison also dense or lexical.")
    ] = "hybrid",
    per_task: Annotated[
        int | None, typer.Option("--per-task", min=1, help="Ask only so many of each task, the same always.")
    ] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also without each group of signals: what does it add?")
    ] = False,
    read_as: Annotated[
        str | None, typer.Option("--as", metavar="INTENT", help="Read all as define, sentence or reverse.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="DIR", help="Compare with another store, paired.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write an HTML report with plots there.")
    ] = None,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Measure retrieval with questions whose answers are known. No LLM."""
    from slangrag.cli.opening import open_slang
    from slangrag.cli.render.progress import meter
    from slangrag.cli.render.terminal import note, write_json
    from slangrag.cli.search_command import named_mode
    from slangrag.service import reports

    found = other = None
    for one in (settings, *([replace(settings, store=against)] if against else [])):
        with open_slang(one) as slang, meter("questions") as bar:
            measured = slang.evaluate(
                files,
                mode=named_mode(mode),
                ablation=ablation and found is None,
                per_task=per_task,
                intent=named_intent(read_as),
                html=report if found is None else None,
                told=bar.update,
            )
        found, other = (measured, None) if found is None else (found, measured)
    assert found is not None
    if report is not None:
        note(f"report: {report}")
    if as_json:
        write_json(reports.evaluation(found, other))
    else:
        _as_text(found)
        if other is not None:
            _compared(reports.differences(found, other), str(against))


def named_intent(name: str | None) -> Intent | None:
    """The intent of that name. Raises UsageError for another."""
    from slangrag.errors import UsageError
    from slangrag.retrieval.types import Intent

    if name is None or name in get_args(Intent):
        return cast("Intent | None", name)
    raise UsageError(f"nothing is read as {name!r}", hint="--as define, sentence or reverse")


def _compared(differences: dict[str, dict[str, Any]], other: str) -> None:
    from slangrag.cli.render.terminal import note, show_table

    note(f"difference to {other}, with 95 % intervals over the same questions")
    rows = [
        (
            task,
            name,
            str(one["n"]),
            f"{one['difference']:+.3f}",
            "{:+.3f} to {:+.3f}".format(*one["interval"]),
        )
        for task, measures in differences.items()
        for name, one in measures.items()
    ]
    show_table(("task", "measure", "n", "difference", "interval"), rows)


def _as_text(found: EvalReport) -> None:
    from slangrag.cli.render.terminal import note, show_table

    names = ("R@1", "R@5", "R@10", "MRR@10", "sense_accuracy")
    groups = {**found.by_task, "all": found.metrics}
    rows = [
        (
            group,
            str(figures["n"]),
            *(_share(figures.get(name)) for name in names),
            f"{figures['ms']['p50']:.1f}",
        )
        for group, figures in groups.items()
    ]
    show_table(("task", "n", "R@1", "R@5", "R@10", "MRR@10", "sense", "ms"), rows)
    knowing = found.metrics["knowing"]
    for name in ("precision", "recall", "absent_not_claimed", "answerable_denied"):
        note(f"known: {name.replace('_', ' ')} {_share(knowing[name])}")
    if found.removals:
        removed = [
            (r.decision, r.signal, r.task, r.measure, f"{r.without:.3f}", f"{r.adds:+.4f}")
            for r in found.removals
        ]
        show_table(("decision", "signal", "task", "measure", "without it", "it adds"), removed)
    for remark in found.config["notes"]:
        note(remark)


def _share(value: Any) -> str:
    return "" if value is None else f"{value:.3f}"
