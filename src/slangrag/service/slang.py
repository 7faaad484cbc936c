"""Slang: everything that can be asked of one store, behind one object.

    with Slang.open("my_store") as slang:
        slang.define("rizz").entries
        slang.answer("what does rizz mean").text

Opened once and used for many questions, from as many threads as there are: the index is loaded once and
the models are made once, each when a question first needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from slangrag.config import BY_NAME, Settings, load_settings, parse_value
from slangrag.errors import UsageError
from slangrag.service.dictionary import Dictionary

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs
    from slangrag.answer.chat.translated import Translated
    from slangrag.answer.events import Answer, AnswerOptions, Event, Sources
    from slangrag.answer.translate.terms import Direction, Translation
    from slangrag.engines.choose import Chosen
    from slangrag.engines.protocols import ChatModel, Embedder
    from slangrag.retrieval.types import Retrieval
    from slangrag.service.comparing import Compared
    from slangrag.service.engines import Fetching
    from slangrag.service.status import Status

_SPANS = 60  # hits that a message is searched for: a long one has many spans, each with several senses


class Slang(Dictionary):
    """One store and one set of engines. Close it, or use it in a `with` block.

    Every method may be called from any thread. What a method raises is always a SlangragError: a message,
    a hint (what to do next) and the exit code of the command line.
    """

    def __init__(
        self, settings: Settings, *, fetching: Fetching | None = None, embedder: Embedder | None = None
    ) -> None:
        """`fetching` shows the download of weights that are not here; without it none is begun.

        embedder is one made elsewhere, which must be the one that made the store. Nothing is opened yet.
        """
        from slangrag.service.equipment import Equipment

        super().__init__(settings, fetching=fetching, embedder=embedder)
        self._equipment = Equipment(settings, fetching)

    @classmethod
    def open(cls, store: str | Path | None = None, **settings: Any) -> Slang:
        """The store at `store`, or the one that the settings name.

        `settings` overrule the environment and the configuration files, by the names of
        `slangrag config show` (engine="embedded", top_k=3). Raises UsageError for a name that is none,
        ConfigError for a value that cannot be read, StoreMissing, StoreMismatch, StoreDamaged.
        """
        slang = cls(load_settings({**_known(settings), "store": store}))
        with slang._store.borrow():
            return slang

    def varied(self, **settings: Any) -> Slang:
        """The same open store, asked with some other settings (top_k=3, chat_model="qwen3").

        It shares the store with this one and lives as long; only this one is to be closed. The models are
        shared too where the settings leave them the same. Raises UsageError, ConfigError.
        """
        values = {name: parse_value(BY_NAME[name], value, name) for name, value in _known(settings).items()}
        other = copy(self)
        other.settings = replace(self.settings, **values)
        other._equipment = self._equipment.varied(other.settings)
        return other

    def __enter__(self) -> Slang:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(
        self, question: str, *, quoted: bool = False, generate: bool = False, system: str | None = None
    ) -> Iterator[Event]:
        """Stream a cited answer: Sources first, Finished last (see `slangrag.answer.events`).

        quoted asks no model: the definitions answer. generate lets a model speak that is too small to
        explain, where the definitions would be quoted. system replaces the model's standing instructions.
        Closing the iterator cancels the generation. Raises EngineErrors, after Finished if anything was
        said.
        """
        from slangrag.answer.ask.asking import ask

        options = self._options(system, generate=generate)
        equipment = self._equipment
        return ask(
            question,
            self._found,
            equipment.chosen_chat,
            options,
            checkers=equipment.checkers,
            quoted=quoted,
        )

    def answer(
        self, question: str, *, quoted: bool = False, generate: bool = False, system: str | None = None
    ) -> Answer:
        """The whole answer at once. Raises what `ask` raises."""
        from slangrag.answer.events import Finished

        *_, last = self.ask(question, quoted=quoted, generate=generate, system=system)
        assert isinstance(last, Finished)
        return last.answer

    def translate(
        self,
        text: str,
        *,
        to: Direction = "plain",
        ask_model: bool = True,
        substitute: bool = False,
        heard: Callable[[str], None] | None = None,
    ) -> Translation:
        """A message in plain English (or, to "slang", with words of the data), and what each span means.

        Only a capable model rewrites. Without one the message comes back as it is, or, with substitute, with
        short meanings in the place of the slang where they fit. An engine that fails costs no translation:
        `failure` says so. heard is called with each piece that a model writes; what it raises cancels the
        generation.
        """
        from slangrag.answer.translate.translation import translate

        if to == "plain":
            from slangrag.retrieval.slang_spans import retrieve_slang

            with self._store.borrow() as store:
                found = retrieve_slang(text, store)
        else:
            found = self.search(text, limit=_SPANS, intent="reverse")
        choose = self._equipment.chosen_chat if ask_model else None
        if choose is not None and heard is not None:
            choose = partial(_heard_by, heard, choose)
        return translate(text, found, choose, to, self._options(), substitute=substitute)

    def converse(
        self,
        line: str,
        conversation: Conversation,
        *,
        quoted: bool = False,
        system: str | None = None,
        seed: int | None = None,
    ) -> Iterator[Event | ReadAs | Continued]:
        """One turn of a conversation: the events of an answer, then Continued with the conversation so far.

        Begin with `slangrag.answer.chat.conversation.begin()`, or with `retold`. quoted asks no model.
        Another `seed` lets a model say it in another way. Raises what `ask` raises.
        """
        from slangrag.answer.chat.turns import Talking, converse
        from slangrag.service.equipment import Unasked

        model = Unasked() if quoted else self._equipment.chosen_chat().model
        options = self._options(system)
        if seed is not None:
            options = replace(options, chat=replace(options.chat, seed=seed))
        checkers = self._equipment.checkers(model)
        translated = partial(self._translated, ask_model=not quoted)
        talking = Talking(self._found, model, translated, options, checkers)
        return converse(line, conversation, talking)

    def retold(self, turns: Sequence[tuple[str, str]]) -> Conversation:
        """A talk kept elsewhere as text, (question, answer) by turn, for `converse` to go on with."""
        from slangrag.service.retelling import retold

        return retold(turns, self._found)

    def chat_model(self, name: str | None = None) -> Chosen[ChatModel]:
        """The model that answers, known to be there; with a `name`, that one from now on.

        Raises EngineUnreachable, EngineMissing, ModelMissing, ModelUnfit, WeightsError.
        """
        from slangrag.service.equipment import Equipment

        settings = replace(self.settings, chat_model=name) if name else self.settings
        equipment = Equipment(settings, self._fetching) if name else self._equipment
        chosen = equipment.chosen_chat()
        if chosen.model.identity.engine == "ollama":
            from slangrag.engines.ollama import connect

            connect(settings).digest(chosen.model.identity.model)
        self.settings, self._equipment = settings, equipment
        return chosen

    def chat_models(self) -> list[str]:
        """Names of the models that the engine has for answering; none where it cannot be asked."""
        from slangrag.service.models import chat_models

        return chat_models(self.settings)

    def compare(
        self, question: str, models: Sequence[str], *, system: str | None = None
    ) -> Iterator[Sources | Compared]:
        """What several models make of the same definitions: Sources first, then one Compared for each model.

        They are asked one after the other. A model's failure is told in its Compared. Raises what `search`
        raises.
        """
        from slangrag.answer.events import Sources
        from slangrag.service.comparing import compare

        found = self._found(question)
        yield Sources(found)
        yield from compare(
            question,
            found,
            models,
            lambda name: self._equipment.apart(self.varied(chat_model=name).settings),
            self._options(system),
        )

    def generate(self, prompt: str) -> Iterator[str]:
        """What the model itself says to `prompt`: unchecked, without the store. Closing it cancels.

        For what a front end asks for itself, such as a title for a talk. Raises the EngineErrors.
        """
        from slangrag.engines.protocols import Message

        model = self._equipment.chosen_chat().model
        return model.stream([Message("user", prompt)], self._equipment.generation())

    def count_tokens(self, text: str) -> int:
        """Tokens in `text`, an estimate from above; asks no model."""
        from slangrag.engines.tokens import estimate_tokens

        return estimate_tokens(text)

    def asking(self, model: BaseChatModel) -> Slang:
        """The same open store, with a LangChain chat model that answers, made elsewhere.

        It shares the store with this one and lives as long; only this one is to be closed.
        """
        from slangrag.engines.choose import Chosen
        from slangrag.engines.langchain import GivenChat

        other = copy(self)
        other._equipment = self._equipment.with_chat(Chosen(GivenChat(self.settings, model)))
        return other

    def status(self) -> Status:
        """The store and the model that answers, at a glance. Raises the StoreErrors."""
        from slangrag.service.status import status

        with self._store.borrow() as store:
            return status(store.lexicon, self)

    def _translated(self, message: str, *, ask_model: bool) -> Translated:
        """A message translated within a chat."""
        from slangrag.answer.chat.translated import Translated
        from slangrag.service import documents
        from slangrag.sources.entry import Entry

        told = self.translate(message, ask_model=ask_model)
        document = documents.translation(told)
        entries = (Entry(one["entry_id"], one["word"], one["definition"]) for one in document["terms"])
        return Translated(
            document["plain"],
            tuple(entries),
            document["grounded"],
            document["engine"],
            document["model"],
            tuple(document["notes"]),
            told.failure,
        )

    def _found(self, query: str) -> Retrieval:
        return self.search(query, limit=self.settings.top_k)

    def _options(self, system: str | None = None, *, generate: bool = False) -> AnswerOptions:
        from slangrag.answer.events import AnswerOptions
        from slangrag.service.data_end import data_until

        with self._store.borrow() as store:
            until = data_until(store.lexicon)
        return AnswerOptions(
            chat=self._equipment.generation(),
            system=system,
            data_until=until,
            generate=generate,
            likeness=self._likeness,
        )


def _known(settings: dict[str, Any]) -> dict[str, Any]:
    unknown = ", ".join(sorted(set(settings) - set(BY_NAME)))
    if unknown:
        raise UsageError(f"there is no setting {unknown}", hint="slangrag config show")
    return settings


def _heard_by(heard: Callable[[str], None], choose: Callable[[], Chosen[ChatModel]]) -> Chosen[ChatModel]:
    """The chosen model, with somebody who listens to it."""
    from slangrag.engines.watched import WatchedChat

    chosen = choose()
    return replace(chosen, model=WatchedChat(chosen.model, heard))
