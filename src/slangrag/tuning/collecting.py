"""Queries collected: from the data, from files, from a chat model; those of held-out headwords kept apart.

Writes two files of the working folder: what may be trained on, and questions that no training may see.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from slangrag.engines.protocols import ChatModel
from slangrag.errors import InputMissing, InputUnreadable
from slangrag.ingest.plan import Report
from slangrag.ingest.progress import Meter
from slangrag.ingest.stop import StopFlag
from slangrag.retrieval.types import Intent
from slangrag.store.lexicon import Lexicon
from slangrag.store.samples import sampled_entries
from slangrag.tuning.examples import DATA, Example, Kind, held_out, write_examples
from slangrag.tuning.folder import TuneFolder
from slangrag.tuning.queries.checks import is_drawn, masked
from slangrag.tuning.queries.from_data import from_data
from slangrag.tuning.queries.given import given
from slangrag.tuning.queries.written import Journal, Writing, write_queries

_TASKS: Final[dict[Kind, Intent]] = {
    "message": "sentence", "description": "reverse", "pair": "reverse", "question": "define",
}  # fmt: skip
_WORDS_TO_MASK: Final = 6  # from which a message says something without its headword


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What to collect: `pairs` of each kind from the data at most, all of `files`, and what a model writes
    about `written` entries; the shares of headwords that are held out and of messages whose word is masked.
    """

    pairs: int = 2000
    files: tuple[Path, ...] = ()
    written: int = 0
    held_out: float = 0.2
    masked: float = 0.1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Collected:
    """What was collected: examples by kind and by source, questions of held-out headwords, what a model cost.

    unknown: lines of files about words that the store does not have.
    """

    path: Path
    questions: Path
    kinds: dict[str, int]
    sources: dict[str, int]
    headwords: int
    held_out: int
    masked: int
    unknown: int
    writing: Writing | None = None


def collect(
    lexicon: Lexicon,
    folder: TuneFolder,
    plan: QueryPlan,
    chat: ChatModel | None,
    *,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> Collected:
    """Collect queries into `folder`. What a model wrote earlier is taken up, and not asked for again.

    chat None: none is asked. Raises InputMissing where nothing was found, the InputErrors of the files, the
    EngineErrors, StoppedEarly.
    """
    stop = stop or StopFlag()
    found: list[Example] = []
    unknown = 0
    for path in plan.files:
        some, missing = given(path, lexicon)
        found += some
        unknown += missing
    if plan.pairs:
        meter = Meter("from the data", progress)
        found += from_data(lexicon, most=plan.pairs, told=meter.tell)
    writing = None
    if chat is not None and plan.written:
        writing = _write(lexicon, folder, plan, chat, found, progress, stop)
    examples = list(_distinct(found))
    # What the store's own texts say finds itself there: it would measure nothing.
    apart = [
        one
        for one in examples
        if held_out(one.headword, plan.held_out) and (one.source != DATA or one.kind == "question")
    ]
    whole = [one for one in examples if not held_out(one.headword, plan.held_out)]
    train = [_masked(one, plan.masked) for one in whole]
    if not train:
        raise InputMissing("no query was found to train on", hint="--pairs 2000, or --from QUESTIONS.jsonl")
    folder.triples.unlink(missing_ok=True)  # they are of other queries
    write_examples(folder.queries, train)
    _write_questions(folder.questions, apart)
    return Collected(
        path=folder.queries,
        questions=folder.questions,
        kinds=dict(Counter(one.kind for one in train)),
        sources=dict(Counter(one.source for one in train)),
        headwords=len({one.headword.casefold() for one in train}),
        held_out=len(apart),
        masked=sum(one is not other for one, other in zip(train, whole, strict=True)),
        unknown=unknown,
        writing=writing,
    )


def _write(
    lexicon: Lexicon,
    folder: TuneFolder,
    plan: QueryPlan,
    chat: ChatModel,
    found: list[Example],
    progress: Report,
    stop: StopFlag,
) -> Writing:
    journal = Journal(folder.written, chat.identity.model)
    rids = sampled_entries(lexicon, plan.written, seed=plan.seed)
    meter = Meter("written by the model", progress)
    done = 0
    for done in write_queries(lexicon, rids, chat, journal, stop):
        meter.tell(done, len(rids))
    if done < len(rids):
        raise stop.leave(f"queries for {done:,} of {len(rids):,} entries are written and kept")
    found += journal.examples
    return journal.writing


def _distinct(examples: Iterable[Example]) -> Iterator[Example]:
    """Each query once: of two that read alike, the first, which is a person's where there is one."""
    seen: set[str] = set()
    for example in examples:
        key = example.query.casefold()
        if key not in seen:
            seen.add(key)
            yield example


def _masked(example: Example, share: float) -> Example:
    long = example.kind == "message" and len(example.query.split()) >= _WORDS_TO_MASK
    if not long or not is_drawn(example.query, share):
        return example
    return replace(example, query=masked(example.query, example.headword))


def _write_questions(path: Path, examples: Sequence[Example]) -> None:
    """Questions in the shape of `slangrag eval`."""
    lines = []
    for one in examples:
        row = {"task": _TASKS[one.kind], "query": one.query, "headword": one.headword, "kind": one.kind}
        if one.kind == "message" and one.entry_id:
            row["entry_id"] = one.entry_id
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be written: {error.strerror}", hint="--dir DIR") from error
