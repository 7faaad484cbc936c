"""The ends of the steps of a tuning, as people read them: what was made, what it is worth, what is next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.text import Text

from slangrag.cli.render.curve import curve
from slangrag.cli.render.progress import duration
from slangrag.cli.render.terminal import note, show, show_table

if TYPE_CHECKING:
    from pathlib import Path

    from slangrag.service.tuning import Adopted, Collected, Mined, TrainingNote, TuneFolder, Verdict


def show_collected(found: Collected) -> None:
    """How many queries of what kind, from where, and what a model cost."""
    total = sum(found.kinds.values())
    _say(f"{total:,} queries about {found.headwords:,} headwords in {found.path}: {_counts(found.kinds)}")
    _say(f"from {_counts(found.sources)}; the headword blanked out in {found.masked:,}")
    _say(f"{found.held_out:,} questions about headwords held out in {found.questions}")
    if found.unknown:
        note(f"{found.unknown:,} lines are about words that the store does not have: left out")
    if (one := found.writing) is not None:
        kept = sum(one.kept.values())
        _say(
            f"the model was asked about {one.asked:,} entries in {duration(one.seconds)}"
            f" ({one.prompt_tokens:,} tokens in, {one.answer_tokens:,} out): {kept:,} queries kept"
        )
        if one.refused:
            _say(f"refused: {_counts(one.refused)}")
    _next("slangrag tune mine")


def show_mined(found: Mined, path: Path) -> None:
    """How many queries got their negatives, and what was passed over."""
    _say(
        f"{found.full + found.fewer:,} queries with hard negatives in {path}"
        f" ({found.fewer:,} of them with fewer than wanted), {found.none:,} without"
    )
    _say(
        f"passed over: {found.same_headword:,} of the same headword, {found.too_near:,} too near to be wrong"
        f" for sure, {found.same_words:,} that say the same"
    )
    _next("slangrag tune train")


def show_trained(found: TrainingNote, folder: TuneFolder) -> None:
    """What was trained, and how its loss went."""
    _say(
        f"{folder.model}: {found.base}, {found.steps:,} steps over {found.examples:,} examples"
        f" in {duration(found.seconds)} on {found.device}"
    )
    losses = [one.loss for one in found.losses]
    if losses:
        _say(f"loss {losses[0]:.3f} at first, {losses[-1]:.3f} at the end")
        for line in curve(losses):
            show(Text(line))
    if folder.curve.is_file():
        _say(f"the same as a picture: {folder.curve}")
    _next("slangrag tune export")


def show_verdict(found: Verdict) -> None:
    """Before and after, by task: all of retrieval, then vectors alone; and whether it may be adopted."""
    for mode, said in (("hybrid", "through the whole of retrieval"), ("dense", "by vectors alone")):
        _say(f"{said}, {found.questions:,} questions (difference with its 95 % interval)")
        rows = [
            (
                one.task,
                one.measure.removesuffix("_accuracy"),
                str(one.n),
                f"{one.before:.3f}",
                f"{one.after:.3f}",
                f"{one.difference:+.3f}",
                f"{one.interval[0]:+.3f} to {one.interval[1]:+.3f}",
                "better" if one.rose else "worse" if one.fell else "",
            )
            for one in found.compared
            if one.mode == mode and one.measure != "MRR@10"
        ]
        show_table(("task", "measure", "n", "before", "after", "difference", "interval", ""), rows)
    if found.left_out:
        note(f"{found.left_out:,} questions were left out: the training saw their headwords")
    if found.worse:
        _say(f"not to be adopted, it is worse at: {'; '.join(found.worse)}")
        _next("tune it otherwise, or slangrag tune adopt --force")
    else:
        _next("slangrag tune adopt")


def show_adopted(found: Adopted, store: Path) -> None:
    """Which embedder the store has now."""
    _say(f"{store}: its vectors are {found.identity.model}'s ({found.taken:,} were made when comparing)")
    if found.forced:
        note(f"adopted although it is worse at: {'; '.join(found.forced)} (the store remembers)")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items(), key=lambda one: -one[1]))


def _next(command: str) -> None:
    note(f"next: {command}")


def _say(line: str) -> None:
    show(Text(line))
