"""Queries that the data holds itself: other authors' definitions, and the examples that people add.

Asks no model. What makes a pair is that two people explained one word, or that one gave a sentence for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from slangrag.sources.entry import Entry
from slangrag.store.lexicon import Lexicon
from slangrag.store.samples import sampled_entries
from slangrag.text.defining import is_example
from slangrag.text.defining_wordings import QUOTED
from slangrag.text.forms import fold, joined
from slangrag.text.inert import excerpt, inert
from slangrag.text.stubs import stub
from slangrag.tuning.examples import Example, text_of
from slangrag.tuning.queries.checks import fault, shares_a_thought

_ENTRIES: Final = 6  # of one headword that are looked at
_LONGEST: Final = 300
_CALLED_EXAMPLE: Final = re.compile(
    r"\W*(?:for\s+example|examples?|ex|e\.?\s?g|as\s+in|used\s+in\s+a\s+sentence)\b[\s.:,;)\]-]*",
    re.IGNORECASE,
)


def from_data(
    lexicon: Lexicon, *, most: int, told: Callable[[int, int], None] = lambda _d, _t: None
) -> Iterator[Example]:
    """At most `most` examples of each kind that the data gives ("pair", "message", "question").

    Headwords are drawn by votes; one gives at most two pairs and one of each other kind.
    """
    drawn = sampled_entries(lexicon, 8 * most)
    entries = lexicon.entries(drawn)
    headwords = lexicon.headword_ids(drawn)
    left = {"pair": most, "message": most, "question": most // 4}
    for number, rid in enumerate(drawn, 1):
        told(number, len(drawn))
        one = entries[rid]
        found = list(_pairs(one, list(lexicon.entries_of(headwords[rid], _ENTRIES).values())))
        found += [*_messages(one), *_questions(one)]
        for example in found:
            if left[example.kind] > 0:
                left[example.kind] -= 1
                yield example
        if left["pair"] <= 0 and left["message"] <= 0:
            return


def _pairs(entry: Entry, others: Sequence[Entry]) -> Iterator[Example]:
    """The entry's definition, to find another author's of the same word by; and the other way round."""
    if stub(entry.definition):
        return
    for other in others:
        if (
            other.entry_id == entry.entry_id
            or joined(fold(other.definition)) == joined(fold(entry.definition))
            or stub(other.definition)
            or not shares_a_thought(entry.word, entry.definition, other.definition)
        ):
            continue
        for asked, found in ((entry, other), (other, entry)):
            query = excerpt(inert(asked.definition), _LONGEST).removesuffix(" …")
            if not fault(query, "pair", found):
                yield Example(query, (text_of(found),), found.word, found.entry_id, "pair")
        return


def _messages(entry: Entry) -> Iterator[Example]:
    """A sentence that the author gave as an example, to find the definition by without it.

    Only what is put in quotation marks or called an example: other lines that use the word mostly go on
    about it.
    """
    lines = [line for line in entry.definition.splitlines() if line.strip()]
    for at, line in enumerate(lines):
        called = _CALLED_EXAMPLE.match(line) or (at and _CALLED_EXAMPLE.fullmatch(lines[at - 1]))
        if at == 0 or not is_example(line, entry.word) or not (called or QUOTED.match(line.strip())):
            continue
        said = _CALLED_EXAMPLE.sub("", line, count=1).strip(" \t\"'“”*-")
        rest = "\n".join(lines[:at] + lines[at + 1 :])
        bare = Entry(entry.entry_id, entry.word, rest)
        if not fault(said, "message", bare):
            yield Example(said, (text_of(bare),), entry.word, entry.entry_id, "message")
            return


def _questions(entry: Entry) -> Iterator[Example]:
    word = inert(entry.word)
    wordings = (f"what does {word} mean", f"what is {word}", f"meaning of {word}", f"{word} definition")
    query = wordings[sum(map(ord, word)) % len(wordings)]
    if not fault(query, "question", entry):
        yield Example(query, (text_of(entry),), entry.word, entry.entry_id, "question")
