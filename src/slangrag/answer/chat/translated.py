"""A turn that translates a message: its plain English, and what each slang span means, quoted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from slangrag.answer.ask.choosing import Told, part
from slangrag.answer.ask.quoting import quotation
from slangrag.answer.chat.follow_up_types import FollowUp
from slangrag.answer.chat.from_definitions import quotations_told
from slangrag.answer.events import AnswerOptions, Event, Finished, Remark, Sentence
from slangrag.errors import EngineError
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.sources.entry import Entry
from slangrag.text.inert import inert

_NO_SLANG = "There is no slang in that which my data knows."


@dataclass(frozen=True, slots=True)
class Translated:
    """A translation as a turn needs it.

    entries are those of the slang spans; grounded: what `plain` says comes from the message and from them.
    engine and model are "" where none was asked; failure is what the engine failed with, if it did.
    """

    plain: str
    entries: tuple[Entry, ...]
    grounded: bool
    engine: str = ""
    model: str = ""
    notes: tuple[str, ...] = ()
    failure: EngineError | None = None


def translated(follow_up: FollowUp, translate: Callable[[str], Translated]) -> Iterator[Event]:
    """The events of the turn. Raises what the engine failed with, after Finished."""
    message = follow_up.lookup
    made = translate(message)
    once = {entry.entry_id: entry for entry in made.entries}
    hits = tuple(Hit(entry, 0.0, "exact") for entry in once.values())
    told = [
        Sentence(quotation(Told(n, hit, part(hit))), (n,), "quoted") for n, hit in enumerate(hits, start=1)
    ]
    if made.plain.strip() != message.strip():
        told.insert(0, Sentence(inert(made.plain), (), "supported" if made.grounded else "own words"))
    remark = "" if told else _NO_SLANG
    if remark:
        yield Remark(remark)
    yield from told
    found = Retrieval(message, "sentence", "yes" if hits else "no", hits)
    finished = quotations_told(follow_up.standalone, remark, told, found, AnswerOptions())
    yield Finished(
        replace(
            finished,
            engine=made.engine,
            model=made.model,
            notes=tuple(one for one in made.notes if told or not one.startswith("no slang")),
        )
    )
    if made.failure is not None:
        raise made.failure
