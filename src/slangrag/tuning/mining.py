"""Hard negatives: texts that the store's embedder takes for answers, and that are not.

The margin keeps out what may be an answer after all: a negative's cosine is at most (1 - margin) times the
positive's, as `mine_hard_negatives` of sentence-transformers has it (relative_margin); and no entry of the
same headword, and nothing that says nearly the same as a positive, is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from slangrag.errors import EngineMissing, InputMissing
from slangrag.ingest.plan import Report
from slangrag.ingest.progress import Meter
from slangrag.ingest.stop import StopFlag
from slangrag.text.agreement import gist
from slangrag.text.forms import fold
from slangrag.tuning.examples import Example, document, read_examples, text_of, write_examples
from slangrag.tuning.folder import TuneFolder

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, Vectors
    from slangrag.retrieval.slang_store import SlangStore

_AT_ONCE: Final = 256
_SAME: Final = 0.8  # the share of words that say something, from which two texts say the same


@dataclass(frozen=True, slots=True)
class MinePlan:
    """negatives: how many a query gets. margin: relative, in [0, 1). depth: how many nearest to look at."""

    negatives: int = 2
    margin: float = 0.05
    depth: int = 60


@dataclass(frozen=True, slots=True)
class Mined:
    """Queries with as many negatives as wanted, fewer, none; and what was passed over, by why."""

    full: int
    fewer: int
    none: int
    same_headword: int
    too_near: int
    same_words: int


class _Counts:
    """What was passed over."""

    def __init__(self) -> None:
        self.same_headword = self.too_near = self.same_words = 0


def mine(
    store: SlangStore,
    folder: TuneFolder,
    plan: MinePlan,
    *,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> Mined:
    """Give every query of the folder its negatives. Written whole at the end: a stop leaves nothing.

    Raises InputMissing without queries, EngineMissing without the store's embedder, its EngineErrors.
    """
    stop = stop or StopFlag()
    examples = read_examples(folder.queries, hint="slangrag tune queries")
    if store.embedder is None or store.search is None:
        raise EngineMissing("; ".join(store.lacks), hint="slangrag doctor")
    meter = Meter("mine", progress)
    counts = _Counts()
    found: list[Example] = []
    for at in range(0, len(examples), _AT_ONCE):
        if stop.requested:
            raise stop.leave("nothing is written yet")
        found += _mined(examples[at : at + _AT_ONCE], store, store.embedder, plan, counts)
        meter.tell(len(found), len(examples))
    if not any(one.neg for one in found):
        raise InputMissing("no query got a negative", hint="--margin 0.02, or more --depth")
    write_examples(folder.triples, found)
    numbers = [len(one.neg) for one in found]
    return Mined(
        full=sum(n >= plan.negatives for n in numbers),
        fewer=sum(0 < n < plan.negatives for n in numbers),
        none=numbers.count(0),
        same_headword=counts.same_headword,
        too_near=counts.too_near,
        same_words=counts.same_words,
    )


def _mined(
    examples: Sequence[Example], store: SlangStore, embedder: Embedder, plan: MinePlan, counts: _Counts
) -> Iterator[Example]:
    identity = embedder.identity
    queries = embedder.embed_documents([identity.render_query(one.query) for one in examples])
    positives = embedder.embed_documents(
        [document(one.pos[0], identity.document_template) for one in examples]
    )
    for one, query, positive in zip(examples, queries, positives, strict=True):
        yield replace(one, neg=tuple(_negatives(one, query, float(query @ positive), store, plan, counts)))


def _negatives(
    example: Example, query: Vectors, right: float, store: SlangStore, plan: MinePlan, counts: _Counts
) -> Iterator[str]:
    """Texts of the nearest entries that are wrong beyond doubt, nearest first."""
    near = store.nearest(query, plan.depth)
    entries = store.lexicon.entries(rid for rid, _ in near)
    said = [gist(example.headword, text) for text in example.pos]
    bound = right - plan.margin * abs(right)
    left = plan.negatives
    for rid, cosine in near:
        entry = entries[rid]
        if fold(entry.word) == fold(example.headword):
            counts.same_headword += 1
        elif cosine > bound:
            counts.too_near += 1
        elif any(_alike(gist(entry.word, entry.definition), one) for one in said):
            counts.same_words += 1
        else:
            yield text_of(entry)
            left -= 1
            if left == 0:
                return


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) >= _SAME * min(len(one), len(other))
