"""Turns about the talk itself: whether the last answer is right, and what the chat was about.

Made from what the turns kept: sentences as they were judged then, and the definitions they cite. No model
is asked, so nothing is claimed that was not claimed before, and the marks stay what they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from slangrag.answer.chat.conversation import CitedEntry, Conversation
from slangrag.answer.chat.follow_up_types import FollowUp
from slangrag.answer.chat.from_definitions import quotations_told, remarked
from slangrag.answer.events import AnswerOptions, Event, Finished, Remark, Sentence
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.sources.entry import Entry
from slangrag.text.citations import split_citations, with_citations
from slangrag.text.inert import excerpt, inert

_MOST: Final = 12
_LONGEST: Final = 400
_UNPAGED: Final = "which has no pages"
_NOTHING: Final = "There is no answer yet that rests on a definition."


def checked(follow_up: FollowUp, conversation: Conversation) -> Iterator[Event]:
    """How each sentence of the last answer stands to its sources, and what those say, whole."""
    last = conversation.latest
    if last is None or not last.sources:
        yield from remarked(follow_up, _NOTHING, AnswerOptions())
        return
    own = [f"“{split_citations(one.text, ())[0]}”" for one in last.sentences if one.support == "own words"]
    if own:
        remark = f"Not all of it is in the definitions: {' '.join(own)} is the model's own. They say:"
    elif any(one.support == "supported" for one in last.sentences):
        remark = "All that I said was found in these definitions; whether people are right I cannot know:"
    else:
        remark = "I quoted the data; whether the people who wrote it are right I cannot know. In full:"
    found = _kept(last.sources)
    told = [
        Sentence(f"“{inert(one.word)}”: “{excerpt(_even(one.definition), _LONGEST)}” [{n}].", (n,), "quoted")
        for n, one in enumerate(last.sources, start=1)
    ]
    yield Remark(remark)
    yield from told
    yield Finished(quotations_told(follow_up.standalone, remark, told, found, AnswerOptions()))


def placed(follow_up: FollowUp, conversation: Conversation) -> Iterator[Event]:
    """Where what the last answer cites stands: documents, and pages where they have them."""
    last = conversation.latest
    cited = [one for one in last.sources if one.passage] if last else []
    if not cited:
        text = "That is from the dictionary, which has no pages." if last else _NOTHING
        yield from remarked(follow_up, text, AnswerOptions())
        return
    places = [f"[{one.n}] “{inert(one.word)}”, {f'p. {one.page}' if one.page else _UNPAGED}" for one in cited]
    yield from remarked(follow_up, f"That is in {'; '.join(dict.fromkeys(places))}.", AnswerOptions())


def summary(follow_up: FollowUp, conversation: Conversation) -> Iterator[Event]:
    """The first sentence that was said of each definition the talk has come to, at most twelve."""
    told: list[Sentence] = []
    sources: list[CitedEntry] = []
    words: list[str] = []
    for turn in conversation.turns:
        known = {one.entry_id for one in sources}
        cited = {one.n: one for one in turn.sources}
        for sentence in turn.sentences:
            new = [cited[n] for n in sentence.citations if n in cited]
            if new and not any(one.entry_id in known for one in new) and len(told) < _MOST:
                numbers = tuple(range(len(sources) + 1, len(sources) + len(new) + 1))
                bare = split_citations(sentence.text, ())[0]
                told.append(Sentence(with_citations(bare, numbers), numbers, sentence.support))
                sources += new
                known.update(one.entry_id for one in new)
                words += [one.word for one in new]
    if not told:
        yield from remarked(follow_up, _NOTHING, AnswerOptions())
        return
    names = ", ".join(f"“{inert(word)}”" for word in dict.fromkeys(words))
    remark = f"We talked about {names}."
    yield Remark(remark)
    yield from told
    yield Finished(quotations_told(follow_up.standalone, remark, told, _kept(sources), AnswerOptions()))


def _kept(sources: Sequence[CitedEntry]) -> Retrieval:
    """The definitions that turns cited, as if they had just been found."""
    hits = tuple(Hit(Entry(one.entry_id, one.word, one.definition), 0.0, "exact") for one in sources)
    return Retrieval("", "define", "yes", hits)


def _even(text: str) -> str:
    """On one line and without quotation marks that would end the quotation."""
    return inert(" ".join(text.split())).replace("“", "'").replace("”", "'").replace('"', "'")
