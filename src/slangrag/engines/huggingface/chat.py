"""HuggingFaceChat: messages to streamed text, by a Hugging Face model in this process.

Loaded at the first question. Causal models are asked in their chat template's form; those without one, and
text-to-text ones, with a plain text of inputs and outputs. Knows nothing of what is asked.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.config import Settings
from slangrag.engines.embedded.threads import SMALL_MODEL_LIMIT, idle_threads
from slangrag.engines.huggingface.folder import read_head
from slangrag.engines.huggingface.hub import find_folder
from slangrag.engines.huggingface.options import AT_LOAD, IN_GENERATION, KNOWN
from slangrag.engines.options import only, own_options
from slangrag.engines.protocols import ChatIdentity, ChatOptions, ChatUsage, Message
from slangrag.engines.stopping import StopTexts
from slangrag.engines.thinking import OPEN, Beginning, ThinkingFilter, beginning_by_name, leak_note
from slangrag.errors import ContextOverflow, UsageError

if TYPE_CHECKING:
    from slangrag.engines.embedded.wheels import Progress
    from slangrag.engines.huggingface.prompting import Prompting

CAPABLE_FROM: Final = 1.5e9
"""Parameters from which a causal model is trusted with plain instructions, as on Ollama."""

_HAS_SAMPLING: Final = frozenset(
    {"top_k", "top_p", "min_p", "typical_p", "top_h", "epsilon_cutoff", "eta_cutoff"}
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What turns text into tokens and back."""

    tokenizer: Any
    prompting: Prompting


class HuggingFaceChat:
    """Implements ChatModel over transformers. Safe to use from several threads.

    A text-to-text model counts as small whatever its size: none is trained to cite. The setting `capable`
    decides otherwise.
    """

    def __init__(
        self, settings: Settings, name: str, *, fetch: bool = False, progress: Progress | None = None
    ) -> None:
        """`name`: a folder, or a model's name on a hub. Only files' heads are read here.

        Raises UsageError (an option that is none), ModelMissing, ModelUnfit, EngineMissing.
        """
        options = own_options(settings, KNOWN, "Hugging Face's generate")
        self._at_load, self._arguments = only(options, AT_LOAD), only(options, IN_GENERATION)
        folder = find_folder(
            name,
            revision=self._at_load.get("revision"),
            fetch=fetch,
            progress=progress,
            code=self._at_load.get("trust_remote_code") is True,
        )
        self._head = read_head(folder)
        known = {"yes": True, "no": False}.get(settings.capable)
        large = self._head.parameters is None or self._head.parameters >= CAPABLE_FROM
        self._identity = ChatIdentity(
            engine="huggingface",
            model=folder.resolve().name if Path(name).expanduser().is_dir() else name,
            capable=large and not self._head.text_to_text if known is None else known,
            accepts_opening=True,
            parameters=self._head.parameters,
        )
        self._settings = settings
        self._loading = threading.RLock()
        self._read: _Reading | None = None
        self._model: Any = None
        self._beginning: Beginning = beginning_by_name(self._identity.model)

    @property
    def identity(self) -> ChatIdentity:
        """Engine "huggingface", model the folder's name or that on the hub. Grammars are not obeyed."""
        return self._identity

    def warm_up(self) -> float:
        """Load tokenizer and model now; milliseconds that it took."""
        started = time.perf_counter()
        self._reading()
        self._loaded()
        return _milliseconds_since(started)

    def close(self) -> None:
        """Free the model's memory. The next question loads it again."""
        with self._loading:
            if self._model is None:
                return
            self._model = None
            gc.collect()
            import torch

            if torch.accelerator.is_available():
                torch.accelerator.empty_cache()

    def count_tokens(self, text: str) -> int:
        """Tokens in `text`, exactly. Loads the tokenizer, not the model."""
        return self._reading().prompting.count(text)

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        """Yield text as it comes; see ChatModel.stream. Closing the iterator ends the generation.

        Raises ContextOverflow before generating if the prompt leaves no room for an answer, and what loading
        and generating raise: EngineMissing, ModelUnfit, UsageError, EngineTimeout.
        """
        from slangrag.engines.huggingface.generating import Generation
        from slangrag.engines.huggingface.prompting import PLAIN_STOP

        started = time.perf_counter()
        usage = ChatUsage() if usage is None else usage
        reading = self._reading()
        encoded = self._head.text_to_text
        prompt, text = reading.prompting.prompt(messages, "" if encoded else options.opening)
        limit = self._limit(len(prompt), options, usage)
        was_loaded = self._model is not None
        model = self._loaded()
        usage.load_ms = 0.0 if was_loaded else _milliseconds_since(started)
        stops = StopTexts((*options.stop, *(() if reading.prompting.templated or encoded else (PLAIN_STOP,))))
        thinking = ThinkingFilter("thought" if text.rstrip().endswith(OPEN) else self._beginning)
        if options.opening:
            thinking = ThinkingFilter("answer")
        generation = Generation(
            model,
            reading.tokenizer,
            prompt,
            self._generation(options),
            limit=limit,
            seed=options.seed,
            timeout=self._settings.read_timeout,
            options=self._arguments,
            decoded=reading.prompting.beginning(options.opening) if encoded else (),
        )
        shown, begun = 0, False
        pieces = generation.stream()
        try:
            for piece in pieces:
                if not begun:
                    piece = _joined(options.opening, piece.lstrip())
                    begun = bool(piece)
                kept = stops.feed(piece)
                if said := thinking.feed(kept):
                    usage.first_token_ms = usage.first_token_ms or _milliseconds_since(started)
                    shown += len(said)
                    yield said
                if stops.stopped:
                    break
            if rest := thinking.feed(stops.finish()) + thinking.finish():
                usage.first_token_ms = usage.first_token_ms or _milliseconds_since(started)
                shown += len(rest)
                yield rest
        finally:
            pieces.close()  # type: ignore[attr-defined]  # it is a generator
        outcome = generation.outcome
        usage.prompt_tokens, usage.answer_tokens = len(prompt), outcome.tokens
        usage.total_ms = _milliseconds_since(started)
        if outcome.cut:
            usage.notes.append(f"the answer was cut off at {limit} tokens")
        if thinking.leaked:
            self._beginning = "unknown"
            usage.notes.append(leak_note(self._identity.model))
        if thinking.swallowed and not shown:
            usage.notes.append(f"{self._identity.model} only thought, and gave no answer")

    def _limit(self, prompt: int, options: ChatOptions, usage: ChatUsage) -> int:
        """How many tokens the answer may have, of a prompt of so many."""
        context = min(options.num_ctx, self._head.context or options.num_ctx)
        answer_beside = self._head.text_to_text  # its decoder has a context of its own
        if prompt > context or (prompt == context and not answer_beside):
            raise ContextOverflow(
                f"the prompt has {prompt} tokens, the context holds {context}",
                hint="fewer definitions (-k) or a larger --num-ctx",
            )
        if context < options.num_ctx:
            usage.notes.append(f"{self._identity.model} reads {context} tokens at most")
        limit = min(options.max_tokens, context if answer_beside else context - prompt)
        longest = self._arguments.get("max_length")
        if longest is None:
            return limit
        # As transformers counts: a causal model's prompt is part of the length, a decoder's first token, too.
        room = longest - (1 if answer_beside else prompt) if isinstance(longest, int) else 0
        if room < 1:
            raise UsageError(
                f"max_length={longest} leaves no room for an answer: the prompt has {prompt} tokens",
                hint=f"leave it out: --max-tokens {options.max_tokens} bounds the answer alone",
            )
        return min(limit, room)

    def _generation(self, options: ChatOptions) -> Mapping[str, Any]:
        """Arguments of `generate`: the user's options, and sampling as the temperature has it.

        Beams and `do_sample=false` decide without sampling, a temperature of 0 does too.
        """
        given = {key: value for key, value in self._arguments.items() if key != "max_length"}
        beams = given.get("num_beams") not in (None, 1)
        sampled = given.pop("do_sample", not beams and options.temperature > 0)
        if sampled and options.temperature > 0:
            return {**given, "do_sample": True, "temperature": options.temperature}
        greedy = {key: value for key, value in given.items() if key not in _HAS_SAMPLING}
        return {**greedy, "do_sample": False}

    def _reading(self) -> _Reading:
        with self._loading:
            if self._read is None:
                from slangrag.engines.huggingface.loading import load_tokenizer
                from slangrag.engines.huggingface.prompting import Prompting

                tokenizer = load_tokenizer(self._head, self._at_load)
                self._read = _Reading(tokenizer, Prompting(tokenizer, self._identity.model))
            return self._read

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                from slangrag.engines.huggingface.loading import load_model

                self._model = load_model(self._head, self._at_load)
                if self._model.device.type == "cpu":
                    import torch

                    limit = None if self._identity.capable else SMALL_MODEL_LIMIT
                    torch.set_num_threads(idle_threads(self._settings.threads, limit=limit))
            return self._model


def _joined(opening: str, piece: str) -> str:
    """The first of what a model wrote after the opening; tokenizers drop the blank between."""
    if not (opening and piece):
        return piece
    return f"{opening} {piece}" if piece[0].isalnum() or piece[0] in "\"'(" else opening + piece


def _milliseconds_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
