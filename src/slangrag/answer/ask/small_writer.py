"""A very small model explains: one definition, one sentence, and the definition where the sentence is not it.

Such a model can restate and no more. Its sentence must say all that the defining part says and nothing
else, in the same order: what is dropped ("in real life, as opposed to online") changes the meaning as much
as what is added.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from slangrag.answer.ask.aspects import aspect_asked
from slangrag.answer.ask.choosing import Told, told
from slangrag.answer.ask.quoting import asked_word, quotation
from slangrag.answer.ask.small_prompts import small_grammar, small_messages, small_opening
from slangrag.answer.ask.writers import Piece, Written, chunks_of, withheld
from slangrag.answer.events import AnswerOptions, Sentence, Withdrawn
from slangrag.engines.protocols import ChatModel
from slangrag.retrieval.types import Retrieval
from slangrag.text.citations import split_citations, with_citations
from slangrag.text.content import Term, read
from slangrag.text.forms import fold, stem_word
from slangrag.text.inert import inert
from slangrag.text.sentences import SentenceStream
from slangrag.text.stubs import stub

_TOKENS: Final = 80
# Words that join what is said; one that is lost turns "X or Y" into "X Y".
_JOINING: Final = re.compile(
    r"\b(?:or|and|but|than|as|if|when|unless|except|without|instead|against|opposed)\b"
)
# A form of the word that is named ("heard as 'capping'") is not any other form.
_QUOTED: Final = re.compile(r"(?<!\w)[\"“‘']([^\"”’']{2,40})[\"”’'](?!\w)")
_DENYING: Final = re.compile(r"\b(?:no|not|never|none|nothing|nobody|more|less|only)\b|n't\b")


class Small:
    """One definition, one sentence; a sentence that fails its check is replaced by the definition, quoted."""

    def __init__(
        self,
        question: str,
        retrieval: Retrieval,
        chat: ChatModel,
        options: AnswerOptions,
    ) -> None:
        self.dropped = 0
        self.timings_ms: dict[str, float] = {}
        self._chat, self._system = chat, options.system
        self._options = replace(
            options.chat, max_tokens=min(_TOKENS, options.chat.max_tokens), temperature=0.0, stop=("\n",)
        )
        self._chosen = told(retrieval)
        self._told = ""
        self.used = len(self._chosen)
        self.notes = withheld((one.n, one.hit) for one in self._chosen)
        if self._chosen and aspect_asked(question, asked_word(retrieval)):
            self.notes.append(
                f"{chat.identity.model} is too small to answer questions about a word: it only explains it"
            )

    def write(self) -> Iterator[Piece]:
        """One call of the model for each chosen definition, best first; what it cannot restate is quoted."""
        begun = False
        for one in self._chosen:
            if not _can_be_restated(one):
                yield _quoted(one)
                continue
            options = self._options
            if self._chat.identity.accepts_grammar:
                options = replace(options, grammar=small_grammar(one))
            elif self._chat.identity.accepts_opening:
                options = replace(options, opening=small_opening(one))
            held = SentenceStream()
            sentence = ""
            for chunk in chunks_of(self._chat, small_messages(one, system=self._system), options):
                if chunk and not begun:
                    begun = True
                    yield Written()
                sentence = sentence or next(held.feed(chunk), "")
                if sentence:
                    break
            yield from self._checked(sentence or next(held.close(), ""), one)

    def _checked(self, sentence: str, one: Told) -> Iterator[Sentence | Withdrawn]:
        bare = inert(split_citations(sentence, ())[0])
        opening = small_opening(one)
        reason = difference(bare, opening, one)
        if reason:
            if bare:
                yield Withdrawn(bare, reason)
            yield _quoted(one)
            return
        if self._told == fold(one.hit.entry.word) and opening.endswith(" means"):
            bare = "It can also mean" + bare[len(opening) :]
        self._told = fold(one.hit.entry.word)
        yield Sentence(with_citations(bare, (one.n,)), (one.n,))


def _can_be_restated(one: Told) -> bool:
    """Whether what is quoted is one whole sentence that says something: no stub, and not cut."""
    return "…" not in one.text and stub(one.hit.entry.definition) is None and bool(read(one.text).terms)


def _quoted(one: Told) -> Sentence:
    return Sentence(quotation(one), (one.n,), support="quoted")


def difference(sentence: str, opening: str, one: Told) -> str:
    """Why `sentence`, which begins with `opening`, is not what the defining part says; "" where it is.

    Compared are content words (not their inflection) in their order, what is denied, numbers and joining
    words.
    """
    if not sentence.lower().startswith(opening.lower()):
        return "it does not say what it is about"
    said, source = read(sentence[len(opening) :]), read(_without_verb(one.text, opening))
    ours, theirs = [_meant(term) for term in said.terms], [_meant(term) for term in source.terms]
    added = Counter(ours) - Counter(theirs)
    dropped = Counter(theirs) - Counter(ours)
    if added:
        return "it adds " + ", ".join(dict.fromkeys(t.word for t in said.terms if _meant(t) in added))
    if dropped:
        return "it drops " + ", ".join(dict.fromkeys(t.word for t in source.terms if _meant(t) in dropped))
    if ours != theirs:
        return "it turns the order round"
    if said.numbers != source.numbers:
        return "its numbers are others"
    quoted = [inert(phrase).lower() for phrase in _QUOTED.findall(one.text)]
    if any(phrase not in sentence.lower() for phrase in quoted):
        return "it changes what is quoted"
    theirs_denied, ours_denied = (_DENYING.findall(text.lower()) for text in (one.text, sentence))
    if theirs_denied != ours_denied:
        return "it does not deny the same"
    joined, kept = (Counter(_JOINING.findall(text.lower())) for text in (one.text, sentence))
    if joined - kept:
        return "it drops " + ", ".join(joined - kept)
    return ""


def _meant(term: Term) -> tuple[str, bool]:
    return stem_word(term.word), term.denied  # term.stem would take synonyms for the word itself


def _without_verb(text: str, opening: str) -> str:
    """A definition that begins "Said to ..." is told as `"Bet" is said to ...`."""
    verb = opening.rpartition(" ")[2]
    return text[len(verb) :] if text.lower().startswith(verb) else text
