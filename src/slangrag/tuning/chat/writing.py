"""The run that makes pairs: questions in turn, retrieval, an answer, its check, a line in the journal.

Stopped, it leaves both files of pairs as far as they are, and the same call goes on. Chooses no model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.answer.ask.prompts import NOT_THERE
from slangrag.engines.protocols import ChatModel, ChatOptions
from slangrag.errors import ContextOverflow, InputFormat, InputMissing
from slangrag.ingest.stop import StopFlag
from slangrag.retrieval.retrieve import retrieve
from slangrag.text.forms import fold
from slangrag.tuning.chat import answering, questions
from slangrag.tuning.chat.answering import COMPOSED, Checked, Metered, Recited, checked
from slangrag.tuning.chat.journal import KEPT, Asked, Journal
from slangrag.tuning.chat.pairs import DECLINES, Pair, PairKind, read_rows, write_rows
from slangrag.tuning.chat.places import ChatPlaces
from slangrag.tuning.chat.questions import Turn
from slangrag.tuning.examples import held_out

if TYPE_CHECKING:
    from slangrag.answer.support.checkers import Checkers
    from slangrag.retrieval.slang_store import SlangStore
    from slangrag.retrieval.types import Mode, Retrieval

_SPARE: Final = 4
"""Headwords drawn for each pair that is wanted: many give none."""
_MESSAGES: Final = 0.15
_ASPECTS: Final = 0.15
"""Shares of the questions that are messages, and that ask for more than the meaning."""


@dataclass(frozen=True, slots=True)
class PairsPlan:
    """What is to be made. count pairs to train on, a share `refusals` of them declines; the headwords of a
    share `held_out` of all go to a file of their own. given is a file of questions and answers: then only
    these. top_k definitions a question, as the answerer takes them.
    """

    folder: Path
    count: int = 2000
    refusals: float = 0.15
    held_out: float = 0.1
    seed: int = 0
    top_k: int = 6
    given: Path | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class PairsReport:
    """What there is after a run. Counts are over all runs of the journal, seconds over this one.

    kinds counts the kept pairs of both files; refused counts questions by why no pair came of them. tokens
    are the model's own, 0 where none was asked. complete: as many pairs as were wanted are there, or no
    question is left.
    """

    asked: int
    kept: int
    held_out: int
    kinds: Mapping[str, int]
    refused: Mapping[str, int]
    prompt_tokens: int
    answer_tokens: int
    seconds: float
    writer: str
    path: Path
    notes: tuple[str, ...] = ()


Told = Callable[[int, int, float], None]
"""Hears how many pairs there are, how many are wanted, and how many come in a second."""


@dataclass(slots=True)
class Writing:
    """One run over one open store. chat is the model that writes; without one, quotations are composed."""

    store: SlangStore
    plan: PairsPlan
    chat: Metered | None
    options: ChatOptions
    checkers: Checkers
    journal: Journal
    notes: list[str] = field(default_factory=list)

    @property
    def writer(self) -> str:
        """Who writes the answers."""
        if self.plan.given is not None:
            return self.plan.given.name
        return COMPOSED if self.chat is None else self.chat.identity.model

    def run(self, told: Told, stop: StopFlag) -> None:
        """Ask until there are enough. Raises StopFlag.leave's exceptions, and the model's EngineErrors."""
        began, tally, first = time.monotonic(), self.journal.tally, self.journal.tally.kept[False]
        wanted = self.plan.count
        for key, make in self._work():
            if tally.kept[False] >= wanted:
                return
            if stop.requested:
                raise stop.leave(f"{tally.kept[False]:,} pairs are done and kept")
            if key in self.journal.done:
                continue
            self.journal.add(self._asked(key, make))
            seconds = time.monotonic() - began
            told(tally.kept[False], wanted, (tally.kept[False] - first) / seconds if seconds else 0.0)

    def _work(self) -> Iterator[tuple[str, Callable[[], Asked]]]:
        """Each question's key, and what asks it."""
        if self.plan.given is not None:
            yield from self._given(self.plan.given)
            return
        words = questions.drawn(self.store.headwords, _SPARE * self.plan.count, self.plan.seed)
        if not words:
            raise InputMissing("the store has no headword", hint="slangrag ingest --sample")
        for turn in questions.turns(words):
            yield turn.key, lambda turn=turn: self._turn(turn, words)  # type: ignore[misc]

    def _asked(self, key: str, make: Callable[[], Asked]) -> Asked:
        spent = (0, 0) if self.chat is None else (self.chat.spent.prompt, self.chat.spent.answer)
        try:
            made = make()
        except ContextOverflow as error:
            return Asked(key, "", "", "", "it does not fit the context", detail=error.message)
        if self.chat is None:
            return made
        row = {name: getattr(made, name) for name in Asked.__slots__}
        row["prompt_tokens"] = self.chat.spent.prompt - spent[0]
        row["answer_tokens"] = self.chat.spent.answer - spent[1]
        return Asked(**row)

    def _turn(self, turn: Turn, words: Sequence[str]) -> Asked:
        """A headword's turn: a question of a kind that is wanted, and what comes of it."""
        chance = turn.chance(self.plan.seed)
        side = held_out(turn.headword, self.plan.held_out)
        tally = self.journal.tally
        if tally.wants_decline(self.plan.refusals, held_out=side):
            if tally.kinds["absent"] <= tally.kinds["unsaid"]:
                return self._absent(turn, words)
            kind: PairKind = "unsaid"
        else:
            draw = chance.random()
            kind = "message" if draw < _MESSAGES else "aspect" if draw < _MESSAGES + _ASPECTS else "meaning"
        word = turn.headword
        if kind == "meaning":
            return self._meaning(turn)
        about = self._found(word)
        if not answering.is_about(word, about):
            return self._refused(turn.key, word, word, kind, "retrieval finds another word")
        if kind == "message":
            query = questions.message_query(word, about.hits)
            return self._meaning(turn) if query is None else self._message(turn, query)
        picked = questions.aspect_query(word, about.hits, chance, answered=kind == "aspect")
        if picked is None:
            return self._meaning(turn)
        query, aspect = picked
        found = self._found(query)
        if not answering.is_about(word, found):
            return self._refused(turn.key, query, word, kind, "retrieval finds another word")
        text = NOT_THERE if kind == "unsaid" else answering.quoted_aspect(aspect, word, found)
        return self._judged(turn.key, query, word, kind, found, text)

    def _meaning(self, turn: Turn) -> Asked:
        query, word = questions.meaning_query(turn), turn.headword
        found = self._found(query)
        if not answering.is_about(word, found):
            return self._refused(turn.key, query, word, "meaning", "retrieval finds another word")
        return self._judged(turn.key, query, word, "meaning", found, answering.quoted_meaning(found))

    def _message(self, turn: Turn, query: str) -> Asked:
        found, word = self._found(query), turn.headword
        if fold(word) not in {fold(hit.entry.word) for hit in found.hits}:
            return self._refused(turn.key, query, word, "message", "retrieval finds another word")
        return self._judged(turn.key, query, word, "message", found, answering.quoted_meaning(found))

    def _absent(self, turn: Turn, words: Sequence[str]) -> Asked:
        """A made-up word, and the definitions of the words that lie nearest to the question."""
        chance = turn.chance(self.plan.seed)
        word = questions.made_up(words, self.store.headwords, chance)
        if word is None:
            return self._refused(turn.key, "", turn.headword, "absent", "no word could be made up")
        query = chance.choice(questions.ABSENT).format(word)
        if self._found(query).known == "yes":
            return self._refused(turn.key, query, word, "absent", "the made-up word is found")
        found = self._found(query, "dense")
        if not found.hits:
            found = self._found(query, "lexical")
        if not found.hits:
            return self._refused(turn.key, query, word, "absent", "nothing is found")
        return self._judged(turn.key, query, word, "absent", found, NOT_THERE)

    def _given(self, path: Path) -> Iterator[tuple[str, Callable[[], Asked]]]:
        for row, where in read_rows(path, hint="--from FILE: query and answer on each line"):
            query, answer = row.get("query"), row.get("answer")
            if not (isinstance(query, str) and query.strip() and isinstance(answer, str)):
                raise InputFormat(
                    f"{where} lacks query or answer", hint='{"query": "what does rizz mean", "answer": "..."}'
                )
            word = row.get("headword")

            def ask(
                query: str = query, answer: str = answer, word: Any = word, key: str = f"given:{fold(query)}"
            ) -> Asked:
                found = self._found(query)
                if not found.hits:
                    return self._refused(key, query, str(word or ""), "given", "nothing is found")
                named = str(word or found.hits[0].entry.word)
                return self._judged(key, query, named, "given", found, answer)

            yield f"given:{fold(query)}", ask

    def _judged(self, key: str, query: str, word: str, kind: PairKind, found: Retrieval, text: str) -> Asked:
        """Have it answered (a model's words, or `text`) and checked."""
        side = held_out(word, self.plan.held_out)
        asks_model = self.chat is not None and kind not in {"absent", "given"}
        if not asks_model and not text:
            return self._refused(key, query, word, kind, "no definition says it plainly")
        chat: ChatModel = Recited(text)
        if asks_model and self.chat is not None:
            chat = self.chat
        if not side and (seen := self._held_out_among(found)):
            why = "a held-out word is among its definitions"
            return self._refused(key, query, word, kind, why, ", ".join(seen))
        judged = checked(query, found, chat, self.options, self.checkers)
        kind, reason = _settled(kind, judged)
        if reason:
            return self._refused(key, query, word, kind, reason, judged.detail)
        source = COMPOSED if kind == "absent" else self.writer
        pair = Pair(judged.messages, judged.text, query, word, kind, source, judged.entry_ids)
        return Asked(key, query, word, kind, KEPT, side, pair=pair)

    def _refused(self, key: str, query: str, word: str, kind: PairKind, why: str, detail: str = "") -> Asked:
        return Asked(key, query, word, kind, why, held_out(word, self.plan.held_out), detail)

    def _held_out_among(self, found: Retrieval) -> list[str]:
        words = dict.fromkeys(hit.entry.word for hit in found.hits)
        return [word for word in words if held_out(word, self.plan.held_out)]

    def _found(self, query: str, mode: Mode = "hybrid") -> Retrieval:
        self.store.forget_lacks()
        found = retrieve(query, self.store, limit=self.plan.top_k, mode=mode)
        self.notes += [note for note in found.notes if note not in self.notes]
        return found


def _settled(kind: PairKind, judged: Checked) -> tuple[PairKind, str]:
    """What kind of pair came out, and why it is none ("" where it is one).

    A model may find an answer where we saw none, and say that there is none where we saw one.
    """
    if judged.reason:
        return kind, judged.reason
    if judged.declined and kind not in DECLINES:
        return kind, "it declines"
    if kind == "absent" and not judged.declined:
        return kind, "it answers for a word that is not there"
    if kind == "unsaid" and not judged.declined:
        return "aspect", ""
    return kind, ""


def write_pairs(
    store: SlangStore,
    plan: PairsPlan,
    chat: ChatModel | None,
    options: ChatOptions,
    checkers: Checkers,
    *,
    told: Told,
    stop: StopFlag,
) -> PairsReport:
    """Make pairs, or go on making them, and write both files. `chat` writes the answers, if there is one.

    Raises StoppedEarly or KeyboardInterrupt after a wish to stop, UsageError where the journal was begun
    otherwise, the InputErrors of `plan.given`, the EngineErrors of `chat`; what was made by then is kept.
    """
    began = time.monotonic()
    places = ChatPlaces.of(plan.folder)
    metered = None if chat is None else Metered(chat)
    writer = COMPOSED if metered is None else metered.identity.model
    asked_with = {
        "writer": writer if plan.given is None else plan.given.name,
        "entries": store.lexicon.count("entries"),
        "refusals": plan.refusals,
        "held_out": plan.held_out,
        "seed": plan.seed,
        "top_k": plan.top_k,
    }
    with Journal(places.asked, asked_with, fresh=plan.fresh) as journal:
        run = Writing(store, plan, metered, options, checkers, journal)
        try:
            run.run(told, stop)
        finally:
            write_rows(places.pairs, journal.kept(held_out=False))
            write_rows(places.held_out, journal.kept(held_out=True))
        tally = journal.tally
    return PairsReport(
        asked=tally.asked,
        kept=tally.kept[False],
        held_out=tally.kept[True],
        kinds=dict(sorted(tally.kinds.items())),
        refused=dict(tally.refused.most_common()),
        prompt_tokens=tally.prompt_tokens,
        answer_tokens=tally.answer_tokens,
        seconds=round(time.monotonic() - began, 3),
        writer=run.writer,
        path=places.pairs,
        notes=tuple(run.notes),
    )
