"""`slangrag eval`: questions with known answers put to the store, and what the answers are worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.evaluation.evaluate import EvalReport


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
    from slangrag.service import documents

    with open_slang(settings) as slang, meter("questions") as bar:
        found = slang.evaluate(
            files, mode=named_mode(mode), ablation=ablation, per_task=per_task, html=report, told=bar.update
        )
    if report is not None:
        note(f"report: {report}")
    if as_json:
        write_json(documents.evaluation(found))
    else:
        _as_text(found)


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
