"""Passages of documents: are they found, and do they leave the dictionary alone?

    python -m benchmarks.passages STORE QUESTIONS.jsonl [--dictionary QUESTIONS.jsonl]... [--most 300]

STORE has the documents that QUESTIONS are about (`slangrag add`). A question: {"query", "document" (the end
of where the document came from), "quote" (a stretch of it), "kind": documents, both, neither or dictionary},
and "page" where it has pages. Found means that a hit has the quote's beginning. --dictionary are questions
with a "query" whose hits must be what they are without documents. Signals of each question with --show.
"quoted": in how many of the right passages, wherever they rank, the excerpt of `ask --quote` has the quote.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slangrag.answer.ask.excerpts import excerpt_of
from slangrag.answer.events import Sentence
from slangrag.answer.evidence import page_of
from slangrag.service.slang import Slang

if TYPE_CHECKING:
    from slangrag.retrieval.types import Hit, Likeness, Retrieval

_BEGINNING = 40


def flat(text: str) -> str:
    """`text` with single spaces, and without the marks of Markdown."""
    return " ".join(text.replace("`", "").replace("*", "").split())


def rank_of(question: dict[str, Any], hits: tuple[Hit, ...]) -> int:
    """The rank of the passage that has the quote, from 1, among passages; 0 where it is not there."""
    passages = [hit for hit in hits if hit.locator is not None]
    for rank, hit in enumerate(passages, start=1):
        assert hit.locator is not None
        there = flat(hit.entry.definition)
        if flat(question["quote"])[:_BEGINNING] in there and _is_of(question["document"], hit.locator.source):
            return rank
    return 0


def _is_of(name: str, source: str) -> bool:
    return "." not in name or source.endswith(name)  # a key of the tests' own documents is no path


def cited_page(question: dict[str, Any], hits: tuple[Hit, ...]) -> str:
    """The page that an answer made of the quote would cite, from the passage that has it."""
    passages = [n for n, hit in enumerate(hits, start=1) if hit.locator is not None]
    n = passages[rank_of(question, hits) - 1]
    return page_of(n, hits, [Sentence(question["quote"], (n,))])


def quoted(question: dict[str, Any], hits: tuple[Hit, ...], likeness: Likeness | None = None) -> bool | None:
    """Whether what is quoted of the right passage has the quote's beginning; None where it was not found."""
    passages = [hit for hit in hits if hit.locator is not None]
    if not (rank := rank_of(question, hits)):
        return None
    told, _, _ = excerpt_of(question["query"], passages[rank - 1], likeness)
    return flat(question["quote"])[:_BEGINNING] in flat(told)


def main() -> None:
    """Ask, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--dictionary", type=Path, action="append", default=[])
    parser.add_argument("--most", type=int, default=300)
    parser.add_argument("--show", action="store_true")
    chosen = parser.parse_args()
    with Slang.open(chosen.store) as slang:
        questions = [json.loads(line) for line in chosen.questions.read_text().splitlines()]
        print(json.dumps(measured(slang, questions, show=chosen.show), indent=1))
        for path in chosen.dictionary:
            print(path.name, json.dumps(undisturbed(slang, path, chosen.most, show=chosen.show)))


def measured(slang: Slang, questions: list[dict[str, Any]], *, show: bool) -> dict[str, Any]:
    """How often the right passage is first and among five, page numbers, and how each kind was decided."""
    alone, both, pages, quotes = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    decided: dict[str, Counter[str]] = {}
    for question in questions:
        kind = question["kind"]
        found = slang.search(question["query"], limit=6, explain=True)
        documents = slang.varied(only="documents").search(question["query"], limit=6, explain=True)
        read_as = f"{found.intent}, {found.known}, first {found.hits[0].kind if found.hits else '-'}"
        decided.setdefault(kind, Counter())[read_as] += 1
        rank = 0
        if question.get("quote"):
            alone["asked"] += 1
            rank = rank_of(question, documents.hits)
            for name, likeness in (("with likeness", slang._likeness), ("by words", None)):
                told = quoted(question, documents.hits, likeness)
                quotes["asked"] += told is not None and name == "by words"
                quotes[name] += bool(told)
            whole = rank_of(question, found.hits)
            alone["first"] += rank == 1
            alone["in five"] += 0 < rank <= 5
            both["first"] += whole == 1
            both["in five"] += 0 < whole <= 5
            if question.get("page") and whole:
                pages["asked"] += 1
                pages["right"] += question["page"] in cited_page(question, found.hits).split("–")
        if show:
            signals = {name: round(value, 2) for name, value in documents.hits[0].signals.items()}
            print(
                f"{kind:10} {rank} {documents.hits[0].score:5.2f} {signals} {read_as} | {question['query']}"
            )
    return {
        "documents alone": alone,
        "with the dictionary": both,
        "pages": pages,
        "quoted": quotes,
        "decided": decided,
    }


def undisturbed(slang: Slang, path: Path, most: int, *, show: bool) -> dict[str, int]:
    """Dictionary questions whose hits are the same with documents as without."""
    questions = [json.loads(line) for line in path.read_text().splitlines()]
    questions = random.Random(0).sample(questions, min(most, len(questions)))
    counted = Counter[str]()
    alone = slang.varied(only="dictionary")
    for question in questions:
        without = alone.search(question["query"], limit=6)
        found = slang.search(question["query"], limit=6)
        changed = _told(found) != _told(without)
        counted["asked"] += 1
        counted["changed"] += changed
        if changed and show:
            first = found.hits[0]
            print(f"changed: {first.kind} {first.score:.2f} {without.known} | {question['query']}")
    return dict(counted)


def _told(found: Retrieval) -> tuple[Any, ...]:
    return found.intent, found.known, tuple(replace(hit, signals={}) for hit in found.hits)


if __name__ == "__main__":
    main()
