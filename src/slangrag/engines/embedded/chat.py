"""EmbeddedChat: messages to streamed text, by a GGUF model in this process.

Message contents are tokenized apart from the chat template, so a definition that spells out the
template's own control tokens cannot end its turn or start another. Knows nothing of what is asked.
"""

from __future__ import annotations

import secrets
import time
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slangrag.config import Settings
from slangrag.engines.embedded.catalogue import find_model
from slangrag.engines.embedded.gguf import GgufHead, read_head
from slangrag.engines.embedded.options import AT_LOAD, IN_REQUEST, KNOWN
from slangrag.engines.embedded.threads import SMALL_MODEL_LIMIT, idle_threads
from slangrag.engines.embedded.weights import obtain_model
from slangrag.engines.embedded.wheels import Progress
from slangrag.engines.options import only, own_options
from slangrag.engines.protocols import ChatIdentity, ChatOptions, ChatUsage, Message
from slangrag.engines.thinking import OPEN, Beginning, ThinkingFilter, leak_note
from slangrag.errors import ContextOverflow, EngineReply

if TYPE_CHECKING:
    from slangrag.engines.embedded.llama import LlamaServer


class EmbeddedChat:
    """A small instruct model, or any GGUF file, answering in this process.

    The model is loaded at the first question (or `warm_up`), with room for the context asked for.
    """

    def __init__(
        self,
        settings: Settings,
        model: str | Path | None = None,
        *,
        fetch: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """`model`: a catalogue name, a GGUF file's Path, or None for the catalogue's default.

        Raises UsageError (an option that llama.cpp does not know), ModelMissing (no such name or file),
        ModelUnfit (not GGUF), WeightsError (not fetched and `fetch` is False, not fetchable, or damaged).
        """
        options = own_options(settings, KNOWN, "llama.cpp")
        self._at_load, self._in_request = only(options, AT_LOAD), only(options, IN_REQUEST)
        if isinstance(model, Path):
            self._path = model.expanduser()
            name = model.name
        else:
            known = find_model(model, "chat")
            name = known.name
            (self._path,) = obtain_model(known, settings.cache, fetch=fetch, progress=progress)
        self._head: GgufHead = read_head(self._path)
        self._identity = ChatIdentity(
            engine="embedded",
            model=name,
            capable=self._head.capable,
            accepts_grammar=True,
            parameters=self._head.parameters or None,
        )
        self._settings = settings
        self._server: LlamaServer | None = None
        self._load_ms = 0.0
        self._beginning: Beginning = "answer"

    @property
    def identity(self) -> ChatIdentity:
        """Engine and model; grammars are obeyed."""
        return self._identity

    def warm_up(self, num_ctx: int | None = None) -> float:
        """Load the model now, for `num_ctx` tokens of context; milliseconds that the loading took."""
        self._loaded(self._settings.num_ctx if num_ctx is None else num_ctx)
        return self._load_ms

    def close(self) -> None:
        """Free the model's memory. The next question loads it again."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def count_tokens(self, text: str) -> int:
        """Tokens in `text`, exactly, control tokens in it counted as the plain text they are."""
        return len(self._loaded(0).tokenize(text))

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        """Yield text as it comes; see ChatModel.stream. Closing the iterator cancels at once.

        Raises ContextOverflow before generating if the prompt leaves no room for an answer.
        """
        started = time.perf_counter()
        usage = ChatUsage() if usage is None else usage
        was_loaded = self._server
        server = self._loaded(options.num_ctx)
        usage.load_ms = 0.0 if server is was_loaded else self._load_ms
        context = min(options.num_ctx, self._head.trained_context or options.num_ctx)
        prompt, opened = self._prompt(server, messages)
        if len(prompt) >= context:
            raise ContextOverflow(
                f"the prompt has {len(prompt)} tokens, the context holds {context}",
                hint="fewer definitions (-k) or a larger --num-ctx",
            )
        if context < options.num_ctx:
            usage.notes.append(f"{self._identity.model} reads {context} tokens at most")
        limit = min(options.max_tokens, context - len(prompt))
        request: dict[str, Any] = {
            **self._in_request,
            "prompt": prompt,
            "n_predict": limit,
            "temperature": options.temperature,
            "seed": -1 if options.seed is None else options.seed,
            "stop": list(options.stop),
            "cache_prompt": True,
        }
        if options.grammar is not None:
            request["grammar"] = options.grammar
        elif options.schema is not None:
            request["json_schema"] = options.schema
        thinking, shown = ThinkingFilter("thought" if opened else self._beginning), 0
        for event in server.complete(request):
            text = thinking.feed(event.get("content", ""))
            if event.get("stop"):
                text += thinking.finish()
            if text and not shown:
                usage.first_token_ms = _milliseconds_since(started)
            shown += len(text)
            if event.get("stop"):
                usage.prompt_tokens = len(prompt)
                usage.answer_tokens = int(event.get("tokens_predicted", 0))
                if event.get("stop_type") == "limit":
                    usage.notes.append(f"the answer was cut off at {limit} tokens")
                if thinking.leaked:
                    self._beginning = "unknown"
                    usage.notes.append(leak_note(self._identity.model))
                if thinking.swallowed and not shown:
                    usage.notes.append(f"{self._identity.model} only thought, and gave no answer")
                usage.total_ms = _milliseconds_since(started)
            if text:
                yield text

    def _loaded(self, num_ctx: int) -> LlamaServer:
        """The server, (re)loaded if it has less room than `num_ctx` tokens."""
        trained = self._head.trained_context
        needed = min(num_ctx, trained) if trained else num_ctx
        if self._server is not None and self._server.context >= needed:
            return self._server
        from slangrag.engines.embedded.llama import LlamaServer

        context = max(needed, min(self._settings.num_ctx, trained or self._settings.num_ctx))
        self.close()
        started = time.perf_counter()
        self._server = LlamaServer(
            self._path,
            context=context,
            threads=idle_threads(
                self._settings.threads, limit=None if self._head.capable else SMALL_MODEL_LIMIT
            ),
            timeout=self._settings.read_timeout,
            fit=self._head.capable and "n_gpu_layers" not in self._at_load,  # llama.cpp fits what nobody set
            options=self._at_load,
        )
        self._load_ms = _milliseconds_since(started)
        weakref.finalize(self, self._server.close)
        return self._server

    def _prompt(self, server: LlamaServer, messages: Sequence[Message]) -> tuple[list[int], bool]:
        """Token ids of the rendered chat, only the template's own words read as control tokens.

        And whether the template ends with the tag that opens the model's thinking.
        """
        marks = [f"x{secrets.token_hex(16)}x" for _ in messages]
        rendered = server.render(
            [{"role": m.role, "content": mark} for m, mark in zip(messages, marks, strict=True)]
        )
        tokens: list[int] = []
        for message, mark in zip(messages, marks, strict=True):
            before, found, rendered = rendered.partition(mark)
            if not found:
                raise EngineReply(
                    f"the chat template of {self._identity.model} drops a {message.role} message",
                    hint="--model with another GGUF file",
                )
            tokens += server.tokenize(before, markup=True, start=message is messages[0])
            tokens += server.tokenize(message.content) if message.content else []
        tokens += server.tokenize(rendered, markup=True) if rendered else []
        return tokens, rendered.rstrip().endswith(OPEN)


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
