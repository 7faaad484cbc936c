"""Tokens as a model makes them: in a thread of their own, read here as text, ended at once when nobody reads.

Whoever closes the iterator, or cancels from another thread (`engines/cancelling`), ends the generation before
its next token, and within a layer where the prompt is still being read.
"""

from __future__ import annotations

import atexit
import queue
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from slangrag.engines.cancelling import closed_on_cancel
from slangrag.engines.huggingface.loading import quietly
from slangrag.errors import EngineError, EngineReply, EngineTimeout, ModelUnfit, UsageError

_LOOK_SECONDS: Final = 0.25
"""Between two looks whether a silent model still moves."""


@dataclass(slots=True)
class Outcome:
    """What a finished generation says of itself: how many tokens, and whether the limit ended it."""

    tokens: int = 0
    cut: bool = False


class _Left(Exception):
    """Nobody reads any more."""


class Generation:
    """One answer of one model. `limit` is in tokens; arguments are those of transformers' `generate`."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        prompt: Sequence[int],
        arguments: Mapping[str, Any],
        *,
        limit: int,
        seed: int | None,
        timeout: float,
        decoded: Sequence[int] = (),
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """decoded: what a text-to-text model's decoder has written already. options: the user's arguments."""
        self.outcome = Outcome()
        self._model, self._tokenizer, self._prompt = model, tokenizer, prompt
        self._arguments, self._limit, self._seed, self._timeout = dict(arguments), limit, seed, timeout
        self._decoded, self._options = decoded, dict(options or {})
        self._left = threading.Event()
        self._pieces: queue.Queue[str | None] = queue.Queue()
        self._failure: BaseException | None = None
        self._moved = 0.0

    def stream(self) -> Iterator[str]:
        """Yield the text as it comes. Beams are not decided before their end: then it comes in one piece.

        Raises EngineTimeout where no token comes within the timeout, UsageError for options that the model
        refuses, ModelUnfit where the memory does not suffice.
        """
        thread = threading.Thread(target=self._run, name="generation", daemon=True)
        self._moved = time.monotonic()

        def end() -> None:
            self._left.set()
            if thread.ident is not None:
                thread.join()

        # torch aborts the process if one of its threads still computes when Python ends.
        atexit.register(end)
        try:
            with closed_on_cancel(self._left.set):
                thread.start()
                while (piece := self._next()) is not None:
                    if piece:
                        yield piece
        finally:
            end()
            atexit.unregister(end)
        if self._failure is not None:
            raise _told(self._failure, self._options) from self._failure

    def _next(self) -> str | None:
        while True:
            try:
                return self._pieces.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if time.monotonic() - self._moved > self._timeout:
                    raise EngineTimeout(
                        f"the model gave no token for {self._timeout:g} seconds",
                        hint="SLANGRAG_READ_TIMEOUT=600, or a smaller model",
                    ) from None

    def _run(self) -> None:
        """The thread: generate, and whatever comes of it, say that it has ended."""
        try:
            with quietly(), _watched(self._model, self._check):
                self._generate()
        except _Left:
            self._failure = EngineReply("the generation was cancelled", hint="run it again")
        except Exception as error:  # noqa: BLE001  # raised again where the answer is read
            self._failure = error
        finally:
            self._pieces.put(None)

    def _generate(self) -> None:
        import torch
        from transformers import StoppingCriteriaList

        if self._seed is None:
            torch.seed()
        else:
            torch.manual_seed(self._seed)
        device = self._model.device
        ids = torch.tensor([list(self._prompt)], device=device)
        decoded = {"decoder_input_ids": torch.tensor([list(self._decoded)], device=device)}
        beams = self._arguments.get("num_beams") not in (None, 1)
        made = self._model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=self._limit,
            streamer=None if beams else self._streamer(),
            stopping_criteria=StoppingCriteriaList([self._counted]),
            **(decoded if self._decoded else {}),
            **self._arguments,
        )[0]
        # A decoder begins with a token of its own, a causal model with the prompt.
        begun = 1 + len(self._decoded) if self._model.config.is_encoder_decoder else len(self._prompt)
        said = made[begun:].tolist()
        if beams:
            self._pieces.put(self._tokenizer.decode(said, skip_special_tokens=True))
        ends = self._model.generation_config.eos_token_id
        given = self._arguments.get("eos_token_id", ends)
        ended = bool(said) and said[-1] in (given if isinstance(given, list) else [given])
        self.outcome = Outcome(len(said), len(said) >= self._limit and not ended)

    def _check(self, *_: object) -> None:
        """Called at each layer and each token."""
        self._moved = time.monotonic()
        if self._left.is_set():
            raise _Left

    def _counted(self, ids: Any, *_: object, **__: object) -> Any:
        """A stopping criterion of transformers: one truth value for each sequence."""
        import torch

        self._check()
        self.outcome.tokens += 1
        return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)

    def _streamer(self) -> Any:
        from transformers import TextIteratorStreamer

        streamer: Any = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        streamer.text_queue = self._pieces
        streamer.stop_signal = ""  # the thread itself says when it has ended, also after an error
        return streamer


@contextmanager
def _watched(model: Any, check: Any) -> Iterator[None]:
    """`check` before each layer, for as long as the block runs: a long prompt is read in one step."""
    from torch.nn import ModuleList

    lists = [module for module in model.modules() if isinstance(module, ModuleList)]
    hooks = [layer.register_forward_pre_hook(check) for layers in lists for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _told(error: BaseException, options: Mapping[str, Any]) -> BaseException:
    """What generating raised, as the project's error; a bug stays what it is.

    transformers checks few values before it computes with them, and seldom names what it does not like.
    """
    said = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[
        :300
    ]
    if isinstance(error, EngineError):
        return error
    if isinstance(error, MemoryError) or "out of memory" in str(error):
        return ModelUnfit(
            f"the memory does not suffice for this prompt: {said}",
            hint="fewer definitions (-k), or a smaller model",
        )
    blamed = [key for key in options if key in str(error)] or list(options)
    if blamed and isinstance(
        error, ValueError | TypeError | AttributeError | NotImplementedError | RuntimeError
    ):
        shown = ", ".join(f"{key}={options[key]}" for key in blamed)
        return UsageError(
            f"the model does not take {shown}: {said}", hint=f"leave out --option {blamed[0]}=..."
        )
    return error
