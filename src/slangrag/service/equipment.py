"""What a question is answered with, for one set of settings: the chat model, and who judges it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from slangrag.config import Settings
from slangrag.engines.protocols import ChatIdentity, ChatOptions, ChatUsage, Message
from slangrag.errors import UsageError

if TYPE_CHECKING:
    from slangrag.answer.support.checkers import Checkers
    from slangrag.answer.support.nli import Nli
    from slangrag.engines.choose import Chosen
    from slangrag.engines.protocols import ChatModel
    from slangrag.service.engines import Fetching

PER_QUESTION: Final = frozenset({"top_k", "temperature", "max_tokens", "check", "safe", "only"})
"""Settings that one question may differ in without another model being made for it."""


class Unasked:
    """Stands where a chat model is expected and none is to be asked: the definitions speak."""

    identity: Final = ChatIdentity("", "", capable=False)

    def stream(
        self,
        messages: Sequence[Message],  # noqa: ARG002
        options: ChatOptions,  # noqa: ARG002
        usage: ChatUsage | None = None,  # noqa: ARG002
    ) -> Iterator[str]:
        """Never called: a model that is not capable is not asked where definitions can be quoted."""
        raise AssertionError("nobody was to be asked")

    def count_tokens(self, text: str) -> int:
        """One a character, an estimate from above."""
        return len(text)


class Equipment:
    """Models and judges, each made at its first use. Safe to use from several threads."""

    def __init__(self, settings: Settings, fetching: Fetching | None = None) -> None:
        """Nothing is made yet. `fetching` shows the download of weights that are not here."""
        self.settings = settings
        self._fetching = fetching
        self._making = threading.RLock()
        self._chat: Chosen[ChatModel] | None = None
        self._nli: Nli | None = None
        self._chat_of: Equipment | None = None
        self._nli_of: Equipment | None = None

    def varied(self, settings: Settings) -> Equipment:
        """Equipment for other settings, which has this one's models where they stay the same ones.

        It asks for them: one that nobody has needed yet would else be made for each question anew.
        """
        other = Equipment(settings, self._fetching)
        same = {name: getattr(self.settings, name) for name in PER_QUESTION} | {"origin": {}}
        if replace(settings, **same) == replace(self.settings, origin={}):
            other._chat_of = self
        if settings.nli_model == self.settings.nli_model:
            other._nli_of = self
        return other

    def apart(self, settings: Settings) -> Equipment:
        """As `varied`, with a chat model of its own, for whoever closes it."""
        other = self.varied(settings)
        other._chat_of = None
        return other

    def with_chat(self, chosen: Chosen[ChatModel]) -> Equipment:
        """The same, with another chat model, made elsewhere."""
        other = Equipment(self.settings, self._fetching)
        with self._making:
            other._chat, other._nli, other._nli_of = chosen, self._nli, self._nli_of
        return other

    def chosen_chat(self) -> Chosen[ChatModel]:
        """The chat model. Raises EngineUnreachable, EngineMissing, ModelMissing, ModelUnfit, WeightsError."""
        from slangrag.service import engines

        if self._chat_of is not None:
            return self._chat_of.chosen_chat()
        with self._making:
            if self._chat is None:
                self._chat = engines.chat_model(self.settings, self._fetching)
            return self._chat

    def checkers(self, chat: ChatModel) -> Checkers:
        """Who judges what `chat` says, as the setting `check` has it."""
        from slangrag.answer.support.checkers import Checkers, RulesOnly, by_words

        match self.settings.check:
            case "off":
                return Checkers(RulesOnly())
            case "words":
                return by_words()
            case "nli":
                return by_words(self._chosen_nli())
        from slangrag.answer.support.judge import Judge

        return by_words(Judge(chat, self.generation()))

    def generation(self) -> ChatOptions:
        """How the model is to generate. Raises UsageError for a seed or a stop that cannot be read."""
        from slangrag.engines.options import chat_options

        return chat_options(self.settings)

    def _chosen_nli(self) -> Nli:
        from slangrag.answer.support.nli import Nli

        if self._nli_of is not None:
            return self._nli_of._chosen_nli()
        with self._making:
            if self._nli is None:
                if self.settings.nli_model is None:
                    raise UsageError(
                        "--check nli needs a model", hint="slangrag config set nli_model DIRECTORY"
                    )
                self._nli = Nli(self.settings.nli_model)
            return self._nli
