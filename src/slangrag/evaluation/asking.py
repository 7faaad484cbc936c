"""Asking: each question put to retrieval, and what came of it.

Knows nothing of metrics.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.evaluation.questions import Question, plain_id
from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import AnsweredAs, Intent, Known, Mode
from slangrag.retrieval.weights import Weights
from slangrag.text.forms import fold

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, EmbedderIdentity, Vectors

HITS: Final = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What retrieval made of one question.

    headwords are the distinct ones among the hits, folded, best first; rank is the place of the right
    one among them from 0, None where it is not there. sense says whether the right headword's first
    hit is a right entry, None where no sense is gold or the headword has only one entry.
    milliseconds are of the whole retrieval, the embedder's own time (embedding) included.
    """

    question: Question
    intent: AnsweredAs
    known: Known
    headwords: tuple[str, ...]
    rank: int | None
    sense: bool | None
    milliseconds: float
    embedding: float
    notes: tuple[str, ...]


class Timed:
    """An embedder that remembers the vectors of questions, and how long they took when first made."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}
        self.milliseconds = 0.0

    @property
    def identity(self) -> EmbedderIdentity:
        """That of the embedder inside."""
        return self._embedder.identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """As the embedder inside does."""
        return self._embedder.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        """As the embedder inside does, at most once for each text."""
        if text not in self._vectors:
            begin = time.perf_counter()
            self._vectors[text] = self._embedder.embed_query(text)
            self.milliseconds += (time.perf_counter() - begin) * 1000
        return self._vectors[text]


def ask(
    questions: Sequence[Question],
    store: SlangStore,
    *,
    mode: Mode = "hybrid",
    weights: Weights | None = None,
    intent: Intent | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[Outcome]:
    """The outcome of each question in turn; intent overrules how it is read. told hears (done, total)."""
    for number, question in enumerate(questions, 1):
        before = _embedding_time(store)
        begin = time.perf_counter()
        found = retrieve(question.query, store, limit=HITS, mode=mode, weights=weights, intent=intent)
        took = (time.perf_counter() - begin) * 1000
        right = fold(question.headword)
        alike = dict.fromkeys(map(fold, question.also), right)
        folds = (fold(hit.entry.word) for hit in found.hits)
        headwords = tuple(dict.fromkeys(alike.get(folded, folded) for folded in folds))
        sense = None
        if question.entry_ids and (entry := store.headwords.exact([right]).get(right)) and entry.entries > 1:
            own = [hit for hit in found.hits if fold(hit.entry.word) == right]
            sense = bool(own) and plain_id(own[0].entry.entry_id) in question.entry_ids
        yield Outcome(
            question=question,
            intent=found.intent,
            known=found.known,
            headwords=headwords,
            rank=headwords.index(right) if right in headwords else None,
            sense=sense,
            milliseconds=took,
            embedding=_embedding_time(store) - before,
            notes=found.notes,
        )
        told(number, len(questions))


def _embedding_time(store: SlangStore) -> float:
    """Milliseconds that a Timed embedder has taken so far; it is not made for the sake of asking."""
    embedder = store.embedder_if_made
    return embedder.milliseconds if isinstance(embedder, Timed) else 0.0


def sample(questions: Sequence[Question], per_task: int, seed: int = 0) -> list[Question]:
    """At most `per_task` questions of each task, drawn by `seed`, in their first order."""
    chosen: set[int] = set()
    for task in {question.task for question in questions}:
        numbers = [n for n, question in enumerate(questions) if question.task == task]
        chosen.update(random.Random(seed).sample(numbers, min(per_task, len(numbers))))
    return [questions[n] for n in sorted(chosen)]
