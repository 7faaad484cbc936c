"""A talk that somebody else has kept, read as a conversation of ours: a page, or a client of the OpenAI API.

They send back what was asked and what was answered, as text. What each turn was about is found out again:
the words that its answer cited, else the words that its question names. No model is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from slangrag.answer.chat.conversation import CitedEntry, Conversation, Turn, begin
from slangrag.answer.chat.follow_up import resolve
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.citations import split_citations
from slangrag.text.forms import fold

_REMEMBERED: Final = 6
_LONGEST: Final = 4000


def retold(turns: Sequence[tuple[str, str]], retrieve: Callable[[str], Retrieval]) -> Conversation:
    """The last turns, each (question, answer), as a conversation that a follow-up can point back to.

    `retrieve` finds what a question was about, numbered as it was then. Raises what `retrieve` raises.
    """
    conversation = begin()
    for question, answer in turns[-_REMEMBERED:]:
        conversation = conversation.with_turn(_turn(question[:_LONGEST], answer, conversation, retrieve))
    return conversation


def _turn(
    question: str, answer: str, conversation: Conversation, retrieve: Callable[[str], Retrieval]
) -> Turn:
    follow_up = resolve(question, conversation)
    if follow_up.kind in {"small talk", "summary", "check", "place", "translate"}:
        return Turn(follow_up.asked, follow_up.standalone, answer, kind=follow_up.kind)
    found = retrieve(follow_up.lookup)
    if found.known == "no":
        return Turn(follow_up.asked, follow_up.standalone, answer, kind=found.intent)
    _, numbers, _ = split_citations(answer, range(1, len(found.hits) + 1))
    cited = [(n, found.hits[n - 1]) for n in numbers]
    told = cited or [(1, found.hits[0])]
    words = {fold(hit.entry.word): hit.entry.word for _, hit in told if hit.kind == "entry"}
    return Turn(
        follow_up.asked,
        follow_up.standalone,
        answer,
        tuple(words.values()),
        entries=tuple(hit.entry.entry_id for _, hit in told),
        kind=follow_up.aspect or found.intent,
        sources=tuple(_source(n, hit) for n, hit in told),
    )


def _source(n: int, hit: Hit) -> CitedEntry:
    page = hit.locator.page() if hit.locator else ""
    return CitedEntry(
        n, hit.entry.entry_id, hit.entry.word, hit.entry.definition, hit.kind == "passage", page
    )
