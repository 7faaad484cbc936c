"""The dictionary, the documents, or both: who answers, by what each has on the question.

What the documents find is given with its score; the dictionary is a real one of a few words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import pytest
from tests.unit.answer.scripted import passage

from slangrag.retrieval.passages import deciding
from slangrag.retrieval.passages.deciding import retrieve_both
from slangrag.retrieval.passages.finding import WEIGHTS, find
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Hit, Only, Retrieval

Rows = tuple[str, ...]
MakeStore = Callable[..., SlangStore]

DICTIONARY = (
    ("ghost", "To stop answering somebody without a word."),
    ("salty", "Bitter or annoyed, particularly after losing."),
    ("bet", "Yes; agreed."),
    ("mid", "Of poor quality; mediocre."),
)
GLOSSARY = (
    "Hollowdeep",
    "People",
    "ghost: A player without a body.\ntwin: A player like another.",
)
MENTION = ("House rules", "Tone", "Nobody is to ghost a customer, whatever they wrote.")
APOLOGY = ("House rules", "Apologies", "An apology goes out within two hours. An apology is short.")
ROPE = ("Hollowdeep", "Knots", "The twin holds a rope of forty metres.")
YES, MAYBE, LEADS, UNASKED = WEIGHTS.yes, WEIGHTS.maybe, WEIGHTS.leads, WEIGHTS.unasked


@dataclass(frozen=True)
class Case:
    """A question, what the documents find for it with which scores, and what is made of that.

    kinds: "e" for an entry and "p" for a passage, in order.
    """

    name: str
    query: str
    found: tuple[tuple[Rows, float], ...]
    intent: str
    known: str
    kinds: str
    only: Only = "both"
    first: str = ""


DOCS: Final = "documents"
WORD: Final = "define"
TEXT: Final = "reverse"
CASES = (
    Case("a word of the dictionary alone", "what does salty mean", ((APOLOGY, 6),), WORD, "yes", "e"),
    Case("a word that passages only use", "what does ghost mean", ((MENTION, 6),), WORD, "yes", "e"),
    Case("a word that passages explain", "what does ghost mean", ((GLOSSARY, 1),), WORD, "yes", "ep"),
    Case(
        "and where the question names their subject", "what does ghost mean in Hollowdeep",
        ((MENTION, 6), (GLOSSARY, 3)), DOCS, "yes", "pe", first="Hollowdeep",
    ),
    Case(
        "in front of it too", "in Hollowdeep, what does ghost mean",
        ((GLOSSARY, 3),), DOCS, "yes", "pe", first="Hollowdeep",
    ),
    Case(
        "a place that no document is about", "what does ghost mean in the office",
        ((GLOSSARY, 3),), WORD, "yes", "ep",
    ),
    Case("a word that only a passage explains", "what does twin mean", ((GLOSSARY, 1),), DOCS, "yes", "p"),
    Case("the same, bare", "twin", ((GLOSSARY, 1),), DOCS, "yes", "p"),
    Case("the same, put otherwise", "what is a twin", ((ROPE, 6), (GLOSSARY, 1)), DOCS, "yes", "p"),
    Case("a word that passages surely speak of", "what does rope mean", ((ROPE, YES),), DOCS, "maybe", "p"),
    Case("or hardly", "what does rope mean", ((ROPE, YES - 0.1),), WORD, "no", ""),
    Case("a word that nobody has", "what does flimberwock mean", ((ROPE, 9),), WORD, "no", ""),
    Case("a bare one", "flimberwock", ((ROPE, 9),), WORD, "no", ""),
    Case("but for a short question", "forty metres?", ((ROPE, YES),), DOCS, "yes", "p"),
    Case("a question that passages answer", "when is an apology due", ((APOLOGY, YES),), DOCS, "yes", "p"),
    Case("or may answer", "when is an apology due", ((APOLOGY, MAYBE),), DOCS, "maybe", "p"),
    Case("or do not", "when is an apology due", ((APOLOGY, MAYBE - 0.1),), TEXT, "no", ""),
    Case(
        "a name that no passage has", "when is an apology due to Wimblegrub",
        ((APOLOGY, 9),), DOCS, "maybe", "p",
    ),
    Case("a number that they lack", "is an apology due in 7 days", ((APOLOGY, 9),), DOCS, "maybe", "p"),
    Case("a number that they have", "is it 2 hours for an apology", ((APOLOGY, 9),), DOCS, "yes", "p"),
    Case("a statement needs more", "an apology that is short", ((APOLOGY, UNASKED),), DOCS, "yes", "p"),
    Case("than a question", "an apology that is short", ((APOLOGY, UNASKED - 0.1),), TEXT, "no", ""),
    Case("documents alone", "when is an apology due", ((APOLOGY, YES),), DOCS, "yes", "p", DOCS),
    Case(
        "which have the word too", "what does ghost mean",
        ((GLOSSARY, YES),), DOCS, "yes", "p", DOCS,
    ),
    Case("and nothing else", "what does salty mean", (), DOCS, "no", "", DOCS),
    Case("the dictionary alone", "what does ghost mean", ((GLOSSARY, 9),), WORD, "yes", "e", "dictionary"),
)  # fmt: skip


@dataclass
class Both:
    """A dictionary, and documents that find what they are told to find."""

    dictionary: SlangStore
    passages: SlangStore

    def ask(self, query: str, **how: object) -> Retrieval:
        return retrieve_both(query, self.dictionary, self.passages, **how)  # type: ignore[arg-type]


@pytest.fixture
def both(make_store: MakeStore) -> Both:
    rows = (GLOSSARY, MENTION, APOLOGY, ROPE)
    passages = make_store(*((f"{title} › {heading}", text) for title, heading, text in rows))
    return Both(make_store(*DICTIONARY), passages)


def hits(found: tuple[tuple[Rows, float], ...]) -> list[Hit]:
    return [
        passage(title, text, heading=heading, score=score, n=n)
        for n, ((title, heading, text), score) in enumerate(found, start=1)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name}: {case.query}")
def test_who_answers(both: Both, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    monkeypatch.setattr(deciding, "find", lambda _query, _store, limit, **_: hits(case.found)[:limit])
    found = both.ask(case.query, only=case.only)
    assert (found.query, found.intent, found.known) == (case.query, case.intent, case.known)
    assert "".join(hit.kind[0] for hit in found.hits) == case.kinds
    if case.first:
        assert found.hits[0].entry.word == case.first
    for hit in found.hits:
        if hit.span is not None:
            assert found.query[hit.span.start : hit.span.end] == hit.span.text


@pytest.mark.parametrize(
    ("score", "kinds"), [(YES - 0.1, "ee"), (YES, "eep"), (LEADS - 0.1, "eep"), (LEADS, "pee")]
)
def test_slang_in_a_question_stands_until_passages_surely_answer_it(
    both: Both, monkeypatch: pytest.MonkeyPatch, score: float, kinds: str
) -> None:
    """ "is it salty to say bet" asks about two words; only what is as good as certain goes before them."""
    monkeypatch.setattr(deciding, "find", lambda *_, **__: hits(((ROPE, score),)))
    slangy = [
        Hit(entry, 0.0, "exact", hit_span, slang=0.9)
        for entry, hit_span in ((one.entry, one.span) for one in _named(both, "salty", "bet"))
    ]
    read = Retrieval("is it salty to say bet", "sentence", "yes", tuple(slangy))
    monkeypatch.setattr(deciding, "retrieve", lambda *_, **__: read)
    assert "".join(hit.kind[0] for hit in both.ask(read.query).hits) == kinds


def _named(both: Both, *words: str) -> list[Hit]:
    return [both.ask(f"what does {word} mean", only="dictionary").hits[0] for word in words]


@pytest.mark.parametrize("limit", [1, 2, 3, 6])
@pytest.mark.parametrize(
    "query", ["what does ghost mean", "what does ghost mean in Hollowdeep", "when is an apology due", "twin"]
)
def test_never_more_than_asked_for_and_the_leader_is_among_them(
    both: Both, monkeypatch: pytest.MonkeyPatch, query: str, limit: int
) -> None:
    monkeypatch.setattr(
        deciding, "find", lambda *_, **__: hits(((GLOSSARY, 6), (GLOSSARY, 5), (APOLOGY, 5), (APOLOGY, 4)))
    )
    found = both.ask(query, limit=limit)
    whole = both.ask(query, limit=6)
    assert 1 <= len(found.hits) <= limit
    assert found.hits[0].kind == whole.hits[0].kind
    assert found.intent == whole.intent


def test_without_documents_the_dictionary_answers_as_ever(both: Both) -> None:
    alone = retrieve_both("what does ghost mean in Hollowdeep", both.dictionary, None)
    assert alone == both.ask("what does ghost mean in Hollowdeep", only="dictionary")
    assert retrieve_both("what does ghost mean", both.dictionary, None).intent == "define"


@pytest.mark.parametrize("how", [{"mode": "lexical"}, {"intent": "define"}])
def test_who_asks_for_one_way_of_the_dictionarys_gets_that(both: Both, how: dict[str, str]) -> None:
    assert all(hit.kind == "entry" for hit in both.ask("twin", **how).hits)


def test_documents_that_hold_nothing_change_nothing(make_store: MakeStore) -> None:
    empty = make_store()
    dictionary = make_store(*DICTIONARY)
    assert retrieve_both("what does ghost mean", dictionary, empty).known == "yes"
    assert retrieve_both("when is an apology due", dictionary, empty).known == "no"
    assert retrieve_both("when is it", dictionary, empty, only="documents").hits == ()


def test_without_an_embedder_meaning_is_not_compared_and_that_is_said(both: Both) -> None:
    found = both.ask("when is an apology due", only="documents")
    assert [note for note in found.notes if "meaning was not compared" in note] == list(found.notes)


def test_signals_are_shown_only_to_whoever_wants_them_explained(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [replace(hit, signals={"words": 1.0}) for hit in hits(((APOLOGY, 6),))]
    monkeypatch.setattr(deciding, "find", lambda *_, **__: told)
    assert both.ask("when is an apology due").hits[0].signals == {}
    assert both.ask("when is an apology due", explain=True).hits[0].signals == {"words": 1.0}


def test_find_asks_no_vectors_where_there_are_none(both: Both) -> None:
    assert find("nothing of that kind", both.passages, 3) == []
