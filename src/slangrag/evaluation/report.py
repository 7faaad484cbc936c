"""The report: one HTML file with its plots inside, made of an `EvalReport`. Measures nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.errors import EngineMissing, InputUnreadable
from slangrag.evaluation.evaluate import EvalReport
from slangrag.evaluation.metrics import RANKED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHOWN_MISSES: Final = 40
_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
body { color: #222 }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .2rem .8rem; text-align: right }
th { border-bottom: 1px solid #999; font-weight: 600 } td:first-child, th:first-child { text-align: left }
td.text { text-align: left } .range { color: #777; font-size: .85em; white-space: nowrap }
svg { max-width: 100%; height: auto }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #ddd } svg { background: #fff } }
"""


def write_report(report: EvalReport, path: Path) -> None:
    """Write the report to `path`.

    Raises EngineMissing without matplotlib, InputUnreadable where the file cannot be written.
    """
    text = render(report)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputUnreadable(
            f"{path} cannot be written: {error.strerror}", hint="--report FILE.html"
        ) from error


def render(report: EvalReport) -> str:
    """The page as HTML; nothing in it is loaded from anywhere else."""
    parts = [
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>slangrag eval</title>"
        f"<style>{_STYLE}</style></head><body><h1>slangrag eval</h1>",
        f"<p>{escape(report.dataset)}: {report.n} questions, mode {escape(str(report.config['mode']))}, "
        f"{report.config['entries']:,} entries, {escape(str(report.config['embedder']))}. "
        "Intervals are 95 %, by bootstrap.</p>",
        "<h2>By task</h2>",
        _figures_table(report.by_task),
        _recall_plot(report),
    ]
    if report.by_kind:
        parts += ["<h2>By kind</h2>", _figures_table(report.by_kind)]
    parts += ["<h2>Knowing</h2>", _knowing_table(report.metrics["knowing"])]
    parts += ["<h2>Latency</h2>", _latency_plot(report)]
    if report.removals:
        parts += ["<h2>What each signal adds</h2>", _removals_table(report), _removals_plot(report)]
    parts += ["<h2>Misses</h2>", _misses_table(report), "</body></html>"]
    return "\n".join(parts)


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Cells are HTML already."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _figures_table(groups: dict[str, dict[str, Any]]) -> str:
    names = (*RANKED, "sense_accuracy")
    rows = []
    for group, found in groups.items():
        cells = [escape(group), str(found["n"])]
        for name in names:
            if name in found:
                low, high = found["intervals"][name]
                cells.append(f"{found[name]:.3f} <span class='range'>{low:.3f}–{high:.3f}</span>")
            else:
                cells.append("")
        rows.append(tuple(cells))
    return _table(("", "n", *RANKED, "sense"), rows)


def _knowing_table(found: dict[str, Any]) -> str:
    rows = [
        (name.replace("_", " "), *(str(counts[known]) for known in ("yes", "maybe", "no")))
        for name, counts in found["confusion"].items()
    ]
    said = ", ".join(
        f"{name.replace('_', ' ')} {found[name]:.3f}"
        for name in ("precision", "recall", "absent_not_claimed", "answerable_denied")
        if found[name] is not None
    )
    return _table(("", "yes", "maybe", "no"), rows) + f"<p>{said}</p>"


def _removals_table(report: EvalReport) -> str:
    rows = [
        (escape(r.decision), escape(r.signal), f"{r.task} {r.measure}", f"{r.without:.3f}", f"{r.adds:+.4f}")
        for r in report.removals
    ]
    return _table(("decision", "signal", "measure", "without it", "it adds"), rows)


def _misses_table(report: EvalReport) -> str:
    frame = report.questions
    missed = frame[frame["R@1"] == 0]
    rows = [
        (
            escape(row["task"]),
            escape(row["query"][:160]),
            escape(row["headword"]),
            escape(row["found"]),
            escape(row["read_as"]),
        )
        for _, row in missed.head(_SHOWN_MISSES).iterrows()
    ]
    note = f"<p>{len(missed)} questions whose headword did not come first; the first {len(rows)}:</p>"
    return note + _table(("task", "question", "headword", "came first", "read as"), rows)


def _figure(width: float, height: float) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise EngineMissing(
            "the report's plots need matplotlib", hint="pip install 'slangrag[eval]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def _svg(figure: Figure) -> str:
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :]


def _recall_plot(report: EvalReport) -> str:
    figure = _figure(7, 3)
    axes = figure.subplots()
    for task, found in report.by_task.items():
        if "R@1" not in found:
            continue
        values = [found[name] for name in ("R@1", "R@5", "R@10")]
        spans = [found["intervals"][name] for name in ("R@1", "R@5", "R@10")]
        below = [value - low for value, (low, _) in zip(values, spans, strict=True)]
        above = [high - value for value, (_, high) in zip(values, spans, strict=True)]
        axes.errorbar((1, 5, 10), values, yerr=(below, above), marker="o", capsize=3, label=task)
    axes.set(xlabel="k", ylabel="recall@k over headwords", ylim=(0, 1.02), xticks=(1, 5, 10))
    axes.legend(loc="lower right")
    return _svg(figure)


def _latency_plot(report: EvalReport) -> str:
    figure = _figure(7, 2.4)
    axes = figure.subplots()
    groups = [
        (str(task), rows["ms"].to_numpy()) for task, rows in report.questions.groupby("task", sort=False)
    ]
    axes.boxplot([ms for _, ms in groups], orientation="horizontal", whis=(5, 95), showfliers=False)
    axes.set_yticks(range(1, len(groups) + 1), [task for task, _ in groups])
    axes.set(xlabel="milliseconds a question, the embedder's time included (whiskers: 5 to 95 %)")
    return _svg(figure)


def _removals_plot(report: EvalReport) -> str:
    shown = sorted(report.removals, key=lambda r: r.adds)
    figure = _figure(7, 0.8 + 0.22 * len(shown))
    axes = figure.subplots()
    axes.barh([f"{r.signal} ({r.decision})" for r in shown], [r.adds for r in shown])
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set(xlabel="lost when the signal is taken away")
    return _svg(figure)
