"""Retrieved hits: a numbered line each, as a JSON list, or with the signals behind their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slangrag.retrieval.types import Hit


def show_hits(hits: Sequence[Hit], *, safe: bool) -> None:
    """One line a hit: number, headword, start of the definition, votes."""
    from rich.text import Text

    from slangrag.cli.render.entries import one_line, spoken, votes
    from slangrag.cli.render.terminal import show, stdout

    console = stdout()
    room = console.width if console.is_terminal else 400
    for number, hit in enumerate(hits, start=1):
        tail = votes(hit.entry)
        line = Text(f"[{number}] ", style="dim")
        line.append(spoken(hit.entry.word, safe=safe), style="bold").append("  ")
        left = max(20, room - line.cell_len - tail.cell_len - 2)
        line.append(one_line(hit.entry.definition, left, safe=safe)).append("  ").append_text(tail)
        show(line)


def show_signals(hits: Sequence[Hit]) -> None:
    """A table of the signals that made each score."""
    from slangrag.cli.render.terminal import show_table

    names = sorted({name for hit in hits for name in hit.signals})
    rows = [
        (
            str(number),
            hit.match,
            f"{hit.score:.3f}",
            *(f"{hit.signals[name]:+.3f}" if name in hit.signals else "" for name in names),
        )
        for number, hit in enumerate(hits, start=1)
    ]
    show_table(("", "match", "score", *names), rows)


def show_suggestions(words: Sequence[str], *, safe: bool) -> None:
    """ "Did you mean", where there is something to offer."""
    if words:
        from slangrag.cli.render.entries import spoken
        from slangrag.cli.render.terminal import note

        note(f"did you mean: {', '.join(spoken(word, safe=safe) for word in words)}")


def hit_documents(hits: Sequence[Hit], *, explain: bool = False) -> list[dict[str, Any]]:
    """Hits as the JSON contracts have them; `signals` only if asked for."""
    documents = []
    for rank, hit in enumerate(hits, start=1):
        document: dict[str, Any] = {
            "rank": rank,
            "entry_id": hit.entry.entry_id,
            "word": hit.entry.word,
            "definition": hit.entry.definition,
            "up_votes": hit.entry.up_votes,
            "down_votes": hit.entry.down_votes,
            "score": round(hit.score, 6),
            "match": hit.match,
            "span": None
            if hit.span is None
            else {"text": hit.span.text, "start": hit.span.start, "end": hit.span.end},
        }
        if explain:
            document["signals"] = {name: round(value, 6) for name, value in hit.signals.items()}
        documents.append(document)
    return documents
