"""A chat model on Ollama, streamed natively through /api/chat.

Always sent: num_ctx (left out, the server chooses it by its VRAM, and another one than the loaded one
reloads the model), `truncate: false` and `shift: false` (else the server drops the head of the
prompt, or lets it slide away while it answers, in silence) and `think: false` (every version takes it,
also for models that do not think). One request an answer and none before it; after the first, one more
for the model's size.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from slangrag.engines.ollama.capability import CAPABLE_FROM, RememberedSizes, looks_capable, parameters
from slangrag.engines.ollama.faults import not_ollama
from slangrag.engines.ollama.models import canonical_name
from slangrag.engines.ollama.server import DEFAULT_CHAT_MODEL, OllamaServer
from slangrag.engines.protocols import ChatIdentity, ChatOptions, ChatUsage, Message
from slangrag.engines.thinking import ThinkingFilter, beginning_by_name, leak_note
from slangrag.engines.tokens import estimate_tokens
from slangrag.errors import ContextOverflow, EngineError, EngineReply

_CHARACTERS_A_TOKEN: Final = 8.0
"""More than any of 1,400 entries has (7.0 at most): a prompt that is counted as shorter was cut."""


class OllamaChat:
    """Implements ChatModel over an OllamaServer."""

    def __init__(
        self,
        server: OllamaServer,
        model: str = DEFAULT_CHAT_MODEL,
        *,
        sizes: RememberedSizes | None = None,
        capable: bool | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """`sizes` remembers how large models are; `capable`, if given, is taken for granted.

        `options` go out with every request, by Ollama's own names; what ChatOptions says stands above them.
        """
        self._server = server
        self._model = model
        self._options = dict(options or {})
        self._sizes = sizes
        self._size_asked = capable is not None or sizes is None
        size = sizes.get(server.address, model) if sizes is not None and capable is None else ""
        self._identity = self._identified(capable, size)
        self._beginning = beginning_by_name(model)

    @property
    def identity(self) -> ChatIdentity:
        """Engine and model; no request is made for it. GBNF grammars are not obeyed by Ollama.

        capable is by the model's size where the server has told it, else by its name.
        """
        return self._identity

    def _identified(self, capable: bool | None, size: str) -> ChatIdentity:
        count = parameters(size)
        if capable is None and count is not None:
            self._size_asked = True
            capable = count >= CAPABLE_FROM
        if capable is None:
            capable = looks_capable(self._model)
        return ChatIdentity("ollama", canonical_name(self._model), capable=capable, parameters=count)

    def _learn_size(self) -> None:
        """Ask the server once how large the model is, after an answer, and remember it."""
        if self._size_asked:
            return
        self._size_asked = True
        try:
            size = self._server.parameter_size(self._model)
        except EngineError:  # the answer is there; the size can wait for the next one
            return
        if self._sizes is not None and parameters(size) is not None:
            self._sizes.put(self._server.address, self._model, size)
        self._identity = self._identified(None, size)

    def count_tokens(self, text: str) -> int:
        """An estimate from above; no request is made for it."""
        return estimate_tokens(text)

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        """Yield the answer as it comes; see ChatModel.

        Raises EngineUnreachable, ModelMissing, ModelUnfit, EngineBusy, EngineTimeout, ContextOverflow,
        and EngineReply where the stream breaks off, with or without an error line.
        """
        usage = ChatUsage() if usage is None else usage
        thinking, shown, thought = ThinkingFilter(self._beginning), 0, False
        started = time.perf_counter()
        parts = self._server.wire.stream("/api/chat", self._body(messages, options), purpose="chat")
        final: dict[str, Any] | None = None
        try:
            for part in parts:
                message = self._message(part)
                text = thinking.feed(message.get("content", ""))
                thought = thought or bool(message.get("thinking"))
                if text and not shown:
                    usage.first_token_ms = (time.perf_counter() - started) * 1000
                shown += len(text)
                if part.get("done"):
                    final = part
                if text:
                    yield text
                if final is not None:
                    break
            if final is None:
                raise EngineReply(
                    f"{self._model} stopped half-way: the stream ended without its last line",
                    hint="run it again; Ollama's log says why it stopped",
                )
            if rest := thinking.finish():
                usage.first_token_ms = usage.first_token_ms or (time.perf_counter() - started) * 1000
                shown += len(rest)
                yield rest
        finally:
            parts.close()
            usage.total_ms = (time.perf_counter() - started) * 1000
        self._account(final, messages, options, usage)
        self._learn_size()
        if thinking.leaked:
            self._beginning = "unknown"
            usage.notes.append(leak_note(self._model))
        if not shown and (thought or thinking.swallowed):
            usage.notes.append(
                f"{self._model} spent its {usage.answer_tokens} tokens on thinking and gave no answer"
            )

    def _body(self, messages: Sequence[Message], options: ChatOptions) -> dict[str, Any]:
        settings: dict[str, Any] = {
            **self._options,
            "num_ctx": options.num_ctx,
            "num_predict": options.max_tokens,
            "temperature": options.temperature,
            **self._server.threads,
        }
        if options.seed is not None:
            settings["seed"] = options.seed
        if options.stop:
            settings["stop"] = list(options.stop)
        answer = {} if options.schema is None else {"format": options.schema}
        return {
            **answer,
            "model": self._model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            "think": False,
            "truncate": False,
            "shift": False,
            "keep_alive": self._server.keep_alive,
            "options": settings,
        }

    def _message(self, part: dict[str, Any]) -> dict[str, Any]:
        message = part.get("message")
        if not isinstance(message, dict) or not isinstance(message.get("content", ""), str):
            raise not_ollama(self._server.address, "a line without a message")
        return message

    def _account(
        self, final: dict[str, Any], messages: Sequence[Message], options: ChatOptions, usage: ChatUsage
    ) -> None:
        """Fill `usage` from the last line, and compare what the server counted with what was sent."""

        def number(name: str) -> int:
            value = final.get(name)
            return value if isinstance(value, int) else 0

        usage.prompt_tokens, usage.answer_tokens = number("prompt_eval_count"), number("eval_count")
        usage.load_ms = number("load_duration") / 1e6
        if final.get("done_reason") == "length":
            usage.notes.append(f"the answer was cut at {usage.answer_tokens} tokens")
        if usage.prompt_tokens >= options.num_ctx:
            raise ContextOverflow(
                f"The prompt filled the whole context of {options.num_ctx} tokens, and was probably cut",
                hint="use a smaller -k, or a larger SLANGRAG_NUM_CTX",
            )
        least = int(sum(len(message.content) for message in messages) / _CHARACTERS_A_TOKEN)
        if 0 < usage.prompt_tokens < least:
            usage.notes.append(
                f"Ollama read {usage.prompt_tokens} tokens of a prompt of at least {least}: "
                "this version may have cut it in silence; update Ollama"
            )
