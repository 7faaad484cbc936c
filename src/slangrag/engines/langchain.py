"""Any other LLM: `provider:name` through LangChain's init_chat_model. Chat only.

Knows nothing of any provider: their packages are imported by LangChain, and their errors are read by
what they have in common (an HTTP status, or a name that says timeout or connection).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from slangrag.config import Settings
from slangrag.engines.options import unflagged
from slangrag.engines.protocols import ChatIdentity, ChatOptions, ChatUsage, Message
from slangrag.engines.thinking import ThinkingFilter, beginning_by_name, leak_note
from slangrag.engines.tokens import estimate_tokens
from slangrag.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineMissing,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    ModelMissing,
    UsageError,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_REASONS: Final = ("finish_reason", "stop_reason", "done_reason")
_CUT: Final = {"length", "max_tokens", "MAX_TOKENS"}
_OVERFLOW: Final = re.compile(r"context.{0,20}(length|window|size)|too many tokens|too long", re.IGNORECASE)
_PIP_LINE: Final = re.compile(r"pip install (?:-U )?[\w\-\[\]]+")


class LangChainChat:
    """Implements ChatModel over one of LangChain's providers, such as ("openai", "gpt-4o-mini").

    The provider is set up at the first question, with the options that the user gave it (top_p=0.9), which
    are its own by its own names. num_ctx and grammars are the provider's own affair: they are not sent.
    """

    def __init__(self, settings: Settings, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model
        self._timeout = settings.read_timeout
        seed = {key: value for key, value in settings.model_options().items() if key == "seed"}
        self._options = {**unflagged(settings), **seed}
        self._identity = ChatIdentity(engine="langchain", model=f"{provider}:{model}")
        self._beginning = beginning_by_name(model)

    @property
    def identity(self) -> ChatIdentity:
        """Engine "langchain", model "provider:name"."""
        return self._identity

    def count_tokens(self, text: str) -> int:
        """An estimate from above; nothing is asked of the provider."""
        return estimate_tokens(text)

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        """Yield the answer as it comes; see ChatModel.stream.

        Raises EngineMissing where a package lacks, EngineError where the key is refused, and
        EngineUnreachable, EngineTimeout, EngineBusy, ModelMissing, ContextOverflow, EngineReply.
        """
        usage = ChatUsage() if usage is None else usage
        started = time.perf_counter()
        with _Faults(self._provider, self._model):
            model = self._set_up(options)
            turns = [(message.role, message.content) for message in messages]
            reason, shown, thinking = "", 0, ThinkingFilter(self._beginning)
            for chunk in model.stream(turns, stop=list(options.stop) or None):
                if text := thinking.feed(chunk.text):
                    usage.first_token_ms = usage.first_token_ms or _milliseconds_since(started)
                    shown += len(text)
                    yield text
                reason = _finish_reason(chunk.response_metadata) or reason
                if counts := getattr(chunk, "usage_metadata", None):
                    usage.prompt_tokens += counts.get("input_tokens", 0)
                    usage.answer_tokens += counts.get("output_tokens", 0)
            if rest := thinking.finish():
                shown += len(rest)
                usage.first_token_ms = usage.first_token_ms or _milliseconds_since(started)
                yield rest
        usage.total_ms = _milliseconds_since(started)
        if thinking.leaked:
            self._beginning = "unknown"
            usage.notes.append(leak_note(self._identity.model))
        if thinking.swallowed and not shown:
            usage.notes.append(f"{self._identity.model} only thought, and gave no answer")
        if reason in _CUT:
            usage.notes.append(f"the answer was cut at {options.max_tokens} tokens")
        elif not reason:
            usage.notes.append(f"{self._identity.model} did not say whether its answer is complete")

    def _set_up(self, options: ChatOptions) -> BaseChatModel:
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise EngineMissing(
                f"{self._identity.model} is asked through LangChain, which is not installed",
                hint="pip install 'slangrag[langchain]'",
            ) from error
        try:
            model: BaseChatModel = init_chat_model(
                self._model,
                model_provider=self._provider,
                temperature=options.temperature,
                max_tokens=options.max_tokens,
                timeout=self._timeout,
                **self._options,
            )
            return model
        except ImportError as error:
            found = _PIP_LINE.search(str(error))
            package = self._provider.replace("_", "-")
            raise EngineMissing(
                f"LangChain's package for {self._provider} is not installed",
                hint=found[0] if found else f"pip install langchain-{package}",
            ) from error
        except (ValueError, TypeError) as error:
            if blamed := [key for key in self._options if key in str(error)]:
                raise UsageError(
                    f"{self._provider} does not take the option {blamed[0]!r}: {_one_line(error)}",
                    hint=f"leave out --option {blamed[0]}=...",
                ) from error
            raise _not_set_up(self._provider, error) from error


class GivenChat(LangChainChat):
    """Implements ChatModel over a LangChain chat model that somebody else made, with its own settings."""

    def __init__(self, settings: Settings, model: BaseChatModel) -> None:
        told = model._get_ls_params()
        provider, name = told.get("ls_provider") or "given", told.get("ls_model_name") or model.get_name()
        super().__init__(settings, provider, name)
        self._given = model

    def _set_up(self, options: ChatOptions) -> BaseChatModel:  # noqa: ARG002  # it is set up
        return self._given


class _Faults(AbstractContextManager["_Faults"]):
    """Turns what a provider's package raises into the project's errors; what it cannot read, it lets by."""

    def __init__(self, provider: str, model: str) -> None:
        self._provider = provider
        self._model = model

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, EngineError):
            translated = self._translate(error)
            if translated is not None:
                raise translated from error

    def _translate(self, error: Exception) -> EngineError | None:
        name = f"{self._provider}:{self._model}"
        said = _one_line(error)
        status = _status(error)
        names = " ".join(kind.__name__ for cause in _causes(error) for kind in type(cause).__mro__)
        if status in {401, 403}:
            return _refused(self._provider, f"{self._provider} refuses the key ({status})")
        if status == 404:
            return ModelMissing(f"{name} is not there: {said}", hint=f"--model {self._provider}:OTHER")
        if status in {429, 503, 529}:
            return EngineBusy(f"{name} takes no more requests now: {said}", hint="try again later")
        if status in {408, 504} or "Timeout" in names:
            return EngineTimeout(f"{name} gave no answer in time", hint="SLANGRAG_READ_TIMEOUT=600")
        if status is not None:
            if status in {400, 413, 422} and _OVERFLOW.search(str(error)):
                return ContextOverflow(f"The prompt is too long for {name}", hint="use a smaller -k")
            return EngineReply(f"{name} answered {status}: {said}", hint="check the model's name and options")
        if "Protocol" in names or "JSONDecode" in names:
            return EngineReply(f"{name} broke off half-way: {said}", hint="run it again")
        if "Connect" in names:
            return EngineUnreachable(f"{name} cannot be reached: {said}", hint="check the network")
        if "api_key" in str(error):
            return _not_set_up(self._provider, error)
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it; packages wrap the connection's own error in one of theirs."""
    while error is not None:
        yield error
        error = error.__cause__


def _status(error: Exception) -> int | None:
    """The HTTP status that an error carries, on itself or on its response."""
    response: Any = getattr(error, "response", None)
    for value in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(value, int):
            return value
    code = getattr(error, "code", None)
    return code if isinstance(code, int) else None


def _finish_reason(metadata: dict[str, Any]) -> str:
    return next((str(metadata[key]) for key in _REASONS if metadata.get(key)), "")


def _not_set_up(provider: str, error: Exception) -> EngineError:
    return _refused(provider, f"{provider} cannot be set up: {_one_line(error)}")


def _refused(provider: str, message: str) -> EngineError:
    return EngineError(message, hint=f"export {provider.upper()}_API_KEY=...")


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else f"{text[:200]}..."


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
