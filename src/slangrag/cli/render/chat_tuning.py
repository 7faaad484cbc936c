"""What came of `tune chat`, for people: pairs counted, a loss curve, what was written, what to type next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from slangrag.cli.render.curve import curve
from slangrag.cli.render.progress import duration
from slangrag.cli.render.terminal import note, show

if TYPE_CHECKING:
    from slangrag.service.chat_tuning import ExportReport, PairsReport, TrainReport


def show_pairs(report: PairsReport, wanted: int, folder: Path) -> None:
    """The pairs that there are, and why other questions gave none."""
    for remark in report.notes:
        note(remark)
    _say(f"{report.kept:,} pairs in {report.path}, {report.held_out:,} held out ({duration(report.seconds)})")
    _say(f"  answers by {report.writer}: {_counted(report.kinds)}")
    _say(
        f"  {report.asked:,} questions asked = {report.kept + report.held_out:,} kept"
        f" + {sum(report.refused.values()):,} refused"
    )
    for why, number in report.refused.items():
        _say(f"    {number:,}: {why}")
    if report.prompt_tokens or report.answer_tokens:
        _say(f"  {report.prompt_tokens:,} tokens read and {report.answer_tokens:,} written by the model")
    if report.writer == "definitions":
        _say(
            "  quoted from the definitions: they teach form and citations, not prose (--model NAME for that)"
        )
    if report.kept < wanted:
        _say(f"  the store gave no more: {wanted:,} were wanted")
    _say(f"next: slangrag tune chat train --dir {folder} --base FOLDER")


def show_training(report: TrainReport, folder: Path) -> None:
    """How the losses went."""
    if report.nothing_to_do:
        _say(f"this training is done already: {report.adapter} (--fresh trains again)")
    else:
        _say(f"{report.adapter}: {report.steps:,} steps ({duration(report.seconds)})")
    share = 100 * report.trained / report.parameters
    _say(
        f"  {report.pairs:,} pairs, {report.epochs:g} epochs, {report.device}, {report.precision};"
        f" {report.trained:,} of {report.parameters:,} parameters trained ({share:.2f} %)"
    )
    _say("  loss a token of the training pairs, by step:")
    for line in curve([loss for _, loss in report.losses]):
        _say(line)
    if report.before is not None and report.after is not None:
        _say(
            f"  loss a token of {report.held_out:,} held-out pairs: {report.before:.3f} before,"
            f" {report.after:.3f} after"
        )
    else:
        _say("  there are no held-out pairs, so nothing says whether it learned more than these pairs")
    _say(f"next: slangrag tune chat export --dir {folder}")


def show_export(report: ExportReport) -> None:
    """What was written, how it compares, and the next commands."""
    _say(f"{report.form}: {report.path} ({report.size / 1e6:,.1f} MB)")
    if report.probe is not None:
        probe = report.probe
        _say(
            f"  loaded again and compared with base and adapter at {probe.tokens:,} tokens of {probe.texts}"
            f" answers: logits differ by {probe.max_difference:.2g} at most, the likeliest token is the same"
            f" at {probe.same_token:.1%}"
        )
    for line in report.following:
        _say(f"next: {line}")


def _counted(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {kind}" for kind, number in kinds.items()) or "none"


def _say(line: str) -> None:
    bare = line.lstrip()
    show(Text(bare), indent=len(line) - len(bare))
