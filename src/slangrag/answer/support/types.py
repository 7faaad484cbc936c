"""How a sentence stands to its sources: what is judged, what comes out, and who judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from slangrag.answer.events import Support

DecidedBy = Literal["rules", "words", "judge", "nli"]


@dataclass(frozen=True, slots=True)
class Source:
    """A definition, or a passage of a document, that may be cited as `[n]`.

    definition is what the model saw of it; orders is what was kept from the model, because it talks to the
    program and not about the word ("" where there is nothing). passage: it is one of a document, word its
    title: longer than a definition, and about more than one thing. heading: what stands above a passage.
    """

    n: int
    word: str
    definition: str
    orders: str = ""
    passage: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, its citation marks removed.

    numbers are those it cites, whether they exist or not. before is what the answer said up to here: a
    sentence about "it" may mean a word that was named there.
    """

    text: str
    numbers: tuple[int, ...]
    question: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one sentence stands.

    reason is in plain words, "" where none is needed. score in [0, 1]: how sure the judge is that the
    sources say it. numbers are the citations to show: those of the claim that exist, or the one definition
    that says it where the claim cites none or a wrong one.
    """

    support: Support
    reason: str
    score: float
    decided_by: DecidedBy
    numbers: tuple[int, ...] = ()


class SupportChecker(Protocol):
    """Judges sentences. notes say what it had to do without, in plain words."""

    notes: list[str]

    def judge(self, claims: Sequence[Claim], sources: Sequence[Source], question: str) -> list[Judgement]:
        """One judgement for each claim, in order. `sources` are all definitions that the model saw."""
        ...
