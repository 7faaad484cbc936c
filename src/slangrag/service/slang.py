"""Slang: everything that can be asked of one store, behind one object.

    with Slang.open("my_store") as slang:
        slang.define("rizz").entries
        slang.answer("what does rizz mean").text

Opened once and used for many questions, from as many threads as there are: the index is loaded once and
the models are made once, each when a question first needs it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from slangrag.config import BY_NAME, Settings, load_settings
from slangrag.errors import UsageError

if TYPE_CHECKING:
    from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs
    from slangrag.answer.chat.translated import Translated
    from slangrag.answer.events import Answer, AnswerOptions, Event
    from slangrag.answer.support.checkers import Checkers
    from slangrag.answer.support.nli import Nli
    from slangrag.answer.translate.terms import Direction, Translation
    from slangrag.engines.choose import Chosen
    from slangrag.engines.protocols import ChatModel, ChatOptions, Embedder
    from slangrag.evaluation.evaluate import EvalReport
    from slangrag.retrieval.types import Definition, Intent, Mode, Retrieval
    from slangrag.service.engines import Fetching
    from slangrag.service.maintenance import StoreFacts

_SPANS = 60  # hits that a message is searched for: a long one has many spans, each with several senses


class Slang:
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
        from slangrag.service.pool import Once, StorePool

        self.settings = settings
        self._fetching = fetching
        self._store = StorePool(settings.store, self._make_embedder if embedder is None else lambda: embedder)
        self._nli = Once(self._make_nli)
        self._choosing = threading.Lock()
        self._chat: Chosen[ChatModel] | None = None

    @classmethod
    def open(cls, store: str | Path | None = None, **settings: Any) -> Slang:
        """The store at `store`, or the one that the settings name.

        `settings` overrule the environment and the configuration files, by the names of
        `slangrag config show` (engine="embedded", top_k=3). Raises UsageError for a name that is none,
        ConfigError for a value that cannot be read, StoreMissing, StoreMismatch, StoreDamaged.
        """
        unknown = ", ".join(sorted(set(settings) - set(BY_NAME)))
        if unknown:
            raise UsageError(f"there is no setting {unknown}", hint="slangrag config show")
        slang = cls(load_settings({**settings, "store": store}))
        with slang._store.borrow():
            return slang

    def close(self) -> None:
        """Close the store. Answers under way in other threads may fail."""
        self._store.close()

    def __enter__(self) -> Slang:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def complete(self) -> bool:
        """Whether the store's last load came to its end: until then, words may be missing."""
        with self._store.borrow() as store:
            return store.lexicon.as_of().complete

    def define(self, word: str) -> Definition:
        """What the data says about one word, by headword alone: no model, no vector, no network."""
        from slangrag.retrieval.naming import define

        with self._store.borrow() as store:
            return define(word, store)

    def random_word(self) -> str:
        """A headword of the store's own choice. Raises StoreMissing where it has none."""
        with self._store.borrow() as store:
            return store.lexicon.random_word()

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        mode: Mode = "hybrid",
        intent: Intent | None = None,
        explain: bool = False,
        meanings: bool = False,
    ) -> Retrieval:
        """The definitions that a word, a message or a description finds, best first; see `retrieve`."""
        from slangrag.retrieval.retrieve import retrieve

        with self._store.borrow() as store:
            return retrieve(
                query, store, limit=limit, mode=mode, intent=intent, explain=explain, meanings=meanings
            )

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
        return ask(question, self._found, self._chosen_chat, options, checkers=self._checkers, quoted=quoted)

    def answer(
        self, question: str, *, quoted: bool = False, generate: bool = False, system: str | None = None
    ) -> Answer:
        """The whole answer at once. Raises what `ask` raises."""
        from slangrag.answer.events import Finished

        *_, last = self.ask(question, quoted=quoted, generate=generate, system=system)
        assert isinstance(last, Finished)
        return last.answer

    def translate(
        self, text: str, *, to: Direction = "plain", ask_model: bool = True, substitute: bool = False
    ) -> Translation:
        """A message in plain English (or, to "slang", with words of the data), and what each span means.

        Only a capable model rewrites. Without one the message comes back as it is, or, with substitute, with
        short meanings in the place of the slang where they fit. An engine that fails costs no translation:
        `failure` says so.
        """
        from slangrag.answer.translate.translation import translate

        intent: Intent = "sentence" if to == "plain" else "reverse"
        found = self.search(text, limit=_SPANS, intent=intent, explain=True)
        choose = self._chosen_chat if ask_model else None
        return translate(text, found, choose, to, self._options(), substitute=substitute)

    def converse(
        self, line: str, conversation: Conversation, *, system: str | None = None, seed: int | None = None
    ) -> Iterator[Event | ReadAs | Continued]:
        """One turn of a conversation: the events of an answer, then Continued with the conversation so far.

        Begin with `slangrag.answer.chat.conversation.begin()`. Another `seed` lets a model say it in another
        way. Raises what `ask` raises.
        """
        from dataclasses import replace

        from slangrag.answer.chat.turns import Talking, converse

        model = self._chosen_chat().model
        options = self._options(system)
        if seed is not None:
            options = replace(options, chat=replace(options.chat, seed=seed))
        talking = Talking(self._found, model, self._translated, options, self._checkers(model))
        return converse(line, conversation, talking)

    def chat_model(self, name: str | None = None) -> Chosen[ChatModel]:
        """The model that answers, known to be there; with a `name`, that one from now on.

        Raises EngineUnreachable, EngineMissing, ModelMissing, ModelUnfit, WeightsError.
        """
        from dataclasses import replace

        from slangrag.service import engines

        settings = replace(self.settings, chat_model=name) if name else self.settings
        chosen = engines.chat_model(settings, self._fetching) if name else self._chosen_chat()
        if chosen.model.identity.engine == "ollama":
            from slangrag.engines.ollama import connect

            connect(settings).digest(chosen.model.identity.model)
        with self._choosing:
            self.settings, self._chat = settings, chosen
        return chosen

    def info(self) -> StoreFacts:
        """What the store holds, which model made its vectors, and how fresh it is."""
        from slangrag.service.maintenance import store_facts

        return store_facts(self.settings.store)

    def evaluate(
        self,
        files: Sequence[Path],
        *,
        mode: Mode = "hybrid",
        ablation: bool = False,
        per_task: int | None = None,
        intent: Intent | None = None,
        html: Path | None = None,
        told: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
    ) -> EvalReport:
        """Retrieval measured with questions whose answers are known; see `slangrag.evaluation.evaluate`.

        html: where a report with plots is written, if anywhere.
        """
        from slangrag.evaluation.evaluate import evaluate

        with self._store.borrow() as store:
            report = evaluate(
                files, store, mode=mode, ablation=ablation, per_task=per_task, intent=intent, told=told
            )
        if html is not None:
            from slangrag.evaluation.report import write_report

            write_report(report, html)
        return report

    def _translated(self, message: str) -> Translated:
        """A message translated within a chat."""
        from slangrag.answer.chat.translated import Translated
        from slangrag.service import documents
        from slangrag.sources.entry import Entry

        told = self.translate(message)
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
        return AnswerOptions(chat=self._generation(), system=system, data_until=until, generate=generate)

    def _checkers(self, chat: ChatModel) -> Checkers:
        """Who judges what `chat` says, as the setting `check` has it."""
        from slangrag.answer.support.checkers import Checkers, RulesOnly, by_words

        match self.settings.check:
            case "off":
                return Checkers(RulesOnly())
            case "words":
                return by_words()
            case "nli":
                return by_words(self._nli.get())
        from slangrag.answer.support.judge import Judge

        return by_words(Judge(chat, self._generation()))

    def _make_nli(self) -> Nli:
        from slangrag.answer.support.nli import Nli

        if self.settings.nli_model is None:
            raise UsageError("--check nli needs a model", hint="slangrag config set nli_model DIRECTORY")
        return Nli(self.settings.nli_model)

    def _generation(self) -> ChatOptions:
        from slangrag.engines.protocols import ChatOptions

        settings = self.settings
        return ChatOptions(
            num_ctx=settings.num_ctx, max_tokens=settings.max_tokens, temperature=settings.temperature
        )

    def _make_embedder(self) -> Embedder:
        from slangrag.service.engines import embedder
        from slangrag.store.fingerprint import stored_identity

        return embedder(self.settings, stored_identity(self.settings.store), self._fetching).model

    def _chosen_chat(self) -> Chosen[ChatModel]:
        from slangrag.service import engines

        with self._choosing:
            if self._chat is None:
                self._chat = engines.chat_model(self.settings, self._fetching)
            return self._chat
