"""Labelled answers as the support checkers see them: for fit_support.py and support.py.

A line of a file is one reply: query, hits (n, word, definition), sentences (text, label), kind "good" or
"bad" (one or two planted mistakes). Labels: supported, framing, unsupported, contradicted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from slangrag.answer.support.types import Claim, Source
from slangrag.text.citations import split_citations
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled sentence. group is the headword of the reply's first hit: what splits go by.

    reply numbers the reply in its file.
    """

    claim: Claim
    sources: tuple[Source, ...]
    label: str
    kind: str
    group: str
    reply: int

    @property
    def faithful(self) -> bool:
        """Whether it may stand unmarked."""
        return self.label in ("supported", "framing")


def cases(path: Path) -> list[Case]:
    """All sentences of a file of labelled replies, in order."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        reply = json.loads(line)
        sources = tuple(
            Source(hit["n"], inert(hit["word"]), about_the_word(hit["definition"])) for hit in reply["hits"]
        )
        before = ""
        for sentence in reply["sentences"]:
            bare, numbers, unknown = split_citations(sentence["text"], {source.n for source in sources})
            claim = Claim(inert(bare), numbers + unknown, reply["query"], before)
            group = sources[0].word.lower()
            found.append(Case(claim, sources, sentence["label"], reply["kind"], group, number))
            before = f"{before} {claim.text}".strip()
    return found
