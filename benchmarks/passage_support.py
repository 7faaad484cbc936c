"""How sentences about passages of documents are judged by words, with and without narrowing.

    python -m benchmarks.passage_support [LABELLED.jsonl] [--embedder] [--show]

A line of LABELLED (by default data/passage_support.jsonl): {"document", "quote" (the passage), "question",
"sentence", "label": supported, unsupported or contradicted}. Then the same for mutations: sentences of those
passages as they stand, and with a number or a name of the passage in another's place, or a negation put in or
taken out. The service judges without an embedder; --embedder compares vectors too. --show prints what went
wrong.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from slangrag.answer.support import words as judging
from slangrag.answer.support.reading import parts_of
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.answer.support.words import Words
from slangrag.text.english import is_small
from slangrag.text.inert import inert

LABELLED: Final = Path(__file__).parent / "data" / "passage_support.jsonl"
LABELS: Final = ("supported", "unsupported", "contradicted")
_SHORTEST: Final = 6


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence on one passage. kind says how it was made: "written", or which mutation it is."""

    passage: str
    title: str
    question: str
    sentence: str
    label: str
    kind: str = "written"

    @property
    def claim(self) -> Claim:
        """The sentence as it is judged."""
        return Claim(inert(self.sentence), (1,), self.question)

    @property
    def source(self) -> Source:
        """The passage as it is cited."""
        return Source(1, self.title, self.passage, passage=True)


def cases(path: Path) -> list[Case]:
    """The labelled sentences of a file."""
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        Case(one["quote"], one["document"], one["question"], one["sentence"], one["label"]) for one in lines
    ]


def mutations(found: Sequence[Case]) -> list[Case]:
    """Sentences of the passages themselves, and what becomes of them by one change."""
    made: dict[tuple[str, str], Case] = {}
    for case in {one.passage: one for one in found}.values():
        for part in parts_of(case.passage):
            if len(part.split()) < _SHORTEST:
                continue
            made[case.passage, part] = Case(case.passage, case.title, "", part, "supported", "copy")
            for kind, change in _CHANGES.items():
                for changed in change(part, case.passage):
                    made[case.passage, changed] = Case(
                        case.passage, case.title, "", changed, "contradicted", kind
                    )
    return list(made.values())


def _numbers(part: str, passage: str) -> Iterator[str]:
    """With each number of the sentence replaced by the next other one of the passage."""
    everywhere = list(dict.fromkeys(_NUMBER.findall(passage)))
    for found in _NUMBER.finditer(part):
        others = [one for one in everywhere if one not in _NUMBER.findall(part)] or [
            one for one in everywhere if one != found[0]
        ]
        if others:
            yield part[: found.start()] + others[0] + part[found.end() :]


def _names(part: str, passage: str) -> Iterator[str]:
    """With each name of the sentence replaced by another one of the passage."""
    everywhere = [one for one in dict.fromkeys(_NAME.findall(passage)) if not is_small(one)]
    for found in _NAME.finditer(part):
        others = [one for one in everywhere if one not in part] or [
            one for one in everywhere if one != found[0]
        ]
        if others:
            yield part[: found.start()] + others[0] + part[found.end() :]


def _negations(part: str, passage: str) -> Iterator[str]:  # noqa: ARG001
    """Denied where it affirms, affirmed where it denies."""
    if found := _NOT.search(part):
        yield part[: found.start()] + part[found.end() :]
    elif found := _AUXILIARY.search(part):
        yield f"{part[: found.end()]} not{part[found.end() :]}"


_NUMBER: Final = re.compile(r"(?<![\w.,])\d+(?:[.,:]\d+)*(?![\w,])")
_NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z]\w{2,}")
_NOT: Final = re.compile(r" (?:not|never)\b")
_AUXILIARY: Final = re.compile(r"\b(?:is|are|was|were|can|may|must|will|has|have|does|do)\b")
_CHANGES: Final[dict[str, Callable[[str, str], Iterator[str]]]] = {
    "number": _numbers,
    "name": _names,
    "negation": _negations,
}


def report(name: str, found: Sequence[Case], words: Words, *, narrow: bool, show: bool) -> None:
    """One line of figures, and with show the sentences that are shown as what they are not."""
    with _judged(narrow=narrow):
        judged = [words.judge([case.claim], [case.source], case.question)[0] for case in found]
    counted = Counter((case.label, one.support) for case, one in zip(found, judged, strict=True))
    sizes = Counter(case.label for case in found)
    right = counted["supported", "supported"]
    shown = sum(counted[label, "supported"] for label in LABELS)
    print(
        f"{name:10} {'narrowed' if narrow else 'whole':8} precision {right / max(1, shown):.3f} of {shown}, "
        f"recall {right / max(1, sizes['supported']):.3f} of {sizes['supported']}; "
        + "; ".join(
            f"{label}: {counted[label, 'supported']} shown as supported, "
            f"{counted[label, 'withheld']} withheld of {sizes[label]}"
            for label in LABELS
            if sizes[label]
        )
    )
    if show and narrow:
        _show(found, judged)


def _judged(*, narrow: bool) -> AbstractContextManager[object]:
    return nullcontext() if narrow else patch.object(judging, "narrowed", lambda _claim, source: source)


def _show(found: Sequence[Case], judged: Sequence[Judgement]) -> None:
    for case, one in zip(found, judged, strict=True):
        if (one.support == "supported") != (case.label == "supported"):
            print(f"  {case.label:12} {one.support:9} {one.score:.2f} {one.reason[:60]} | {case.sentence}")


def main() -> None:
    """Judge, count, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labelled", type=Path, nargs="?", default=LABELLED)
    parser.add_argument("--embedder", action="store_true")
    parser.add_argument("--show", action="store_true")
    chosen = parser.parse_args()
    found = cases(chosen.labelled)
    words = _with_embedder(found) if chosen.embedder else Words()
    changed = mutations(found)
    for narrow in (True, False):
        report("written", found, words, narrow=narrow, show=chosen.show)
        for kind in ("copy", *_CHANGES):
            some = [case for case in changed if case.kind == kind]
            report(kind, some, words, narrow=narrow, show=chosen.show)


def _with_embedder(found: Sequence[Case]) -> Words:
    """Words with the embedded engine's vectors; the background is that of the passages."""
    import numpy as np

    from slangrag.answer.support.features import Background
    from slangrag.config import load_settings
    from slangrag.engines.embedded.embedder import EmbeddedEmbedder

    embedder = EmbeddedEmbedder(load_settings())
    passages = {case.passage: case.title for case in found}
    vectors = embedder.embed_documents(
        [embedder.identity.render_document(title, text) for text, title in passages.items()]
    )
    cosines = (vectors @ vectors.T)[~np.eye(len(vectors), dtype=bool)]
    return Words(embedder, Background(float(cosines.mean()), float(cosines.std())))


if __name__ == "__main__":
    main()
