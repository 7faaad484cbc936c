"""/api/chat and /api/generate: prompts to streams, cut in silence or refused as Ollama does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.standin.faults import Fault
from tests.standin.library import Library
from tests.standin.models import PIECE, StandInModel
from tests.standin.traffic import Queue, Shape
from tests.standin.wording import (
    Stream,
    bind,
    check_options,
    go_json,
    keep_alive_seconds,
    refuse,
    timestamp,
    too_long,
    valid_name,
)

Turn = dict[str, str]
Line = Callable[[str], dict[str, Any]]
"""Some text to the field of a reply that carries it."""

_MESSAGE_TOKENS, _ANSWER_TOKENS = 5, 3
"""What SmolLM2's template adds to each message, and at the end."""
_DEFAULT_CONTEXT = 4096


def _message(text: str) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": text}}


def _response(text: str) -> dict[str, Any]:
    return {"response": text}


class Chatting:
    """The endpoints that write. `heeds_truncate`: servers of before 2025's end do not know that field."""

    def __init__(self, library: Library, queue: Queue, shape: Shape, *, heeds_truncate: bool) -> None:
        self._library, self._queue, self._shape = library, queue, shape
        self._heeds_truncate = heeds_truncate

    def chat(self, raw: bytes, fault: Fault | None) -> str | Stream:
        request = bind(raw, "ChatRequest")
        given = request.get("messages") or []
        turns = [{"role": turn.get("role") or "", "content": turn.get("content") or ""} for turn in given]
        return self._reply(request, turns, "chat", _message)

    def generate(self, raw: bytes, fault: Fault | None) -> str | Stream:
        request = bind(raw, "GenerateRequest")
        prompt, system = request.get("prompt") or "", request.get("system")
        turns = [{"role": "system", "content": system}] if system else []
        turns = [*turns, {"role": "user", "content": prompt}] if prompt else []
        return self._reply(request, turns, "generate", _response)

    def _reply(self, request: dict[str, Any], turns: list[Turn], verb: str, line: Line) -> str | Stream:
        """The answer to `turns`; without any, the model is only loaded, or unloaded by keep_alive 0."""
        keep = keep_alive_seconds(request.get("keep_alive"))
        model = self._named(request.get("model") or "")
        nothing = {"model": request["model"], "created_at": timestamp()} | line("") | {"done": True}
        if not turns and keep == 0:
            self._library.unload(model)
            return go_json(nothing | {"done_reason": "unload"})
        if model.chat is None:
            raise refuse(400, f'"{request["model"]}" does not support {verb}')
        if request.get("think") and "thinking" not in model.capabilities:
            raise refuse(400, f'"{request["model"]}" does not support thinking')
        check_options(request.get("options"))
        options = request.get("options") or {}
        context = int(min(options.get("num_ctx") or _DEFAULT_CONTEXT, model.context_length))
        if not turns:
            self._library.load(model, context, request)
            return go_json(nothing | {"done_reason": "load"})
        lines = self._lines(model, request, turns, context, line)
        return lines if request.get("stream") is not False else _whole(lines, line)

    def _named(self, name: str) -> StandInModel:
        if not name or (not valid_name(name) and self._library.is_old):
            raise refuse(400, "model is required")
        if not valid_name(name):
            raise refuse(400, "invalid model name")
        model = self._library.find(name)
        if model is None:
            raise refuse(404, f"model '{name}' not found")
        return model

    def _lines(
        self, model: StandInModel, request: dict[str, Any], turns: list[Turn], context: int, line: Line
    ) -> Stream:
        """The lines of an answer, the last of them with its account."""
        with self._queue.place():
            started = time.perf_counter()
            load = self._library.load(model, context, request)
            truncate = request.get("truncate") is not False or not self._heeds_truncate
            turns, tokens = self._fit(turns, context, truncate)
            prompt_done = time.perf_counter()
            said, reason = 0, "stop"
            limit = _limit(request, context, tokens)
            for thought in _thoughts(model, request):
                said += 1
                message = {"role": "assistant", "content": "", "thinking": thought}
                yield _head(request) | {"message": message, "done": False}
            for piece in _pieces(model, request, turns):
                self._shape.token()
                said += 1
                yield _head(request) | line(piece) | {"done": False}
                if said >= limit:
                    reason = "length"
                    break
            now = time.perf_counter()
            last = _head(request) | line("") | {"done": True, "done_reason": reason}
            if "response" in last and not request.get("raw"):
                last |= {"context": list(range(1, tokens + said + 1))}
            last |= {
                "total_duration": int((now - started) * 1e9) + load,
                "load_duration": load,
                "prompt_eval_count": tokens,
                "prompt_eval_duration": int((prompt_done - started) * 1e9) + 1000,
                "eval_count": said,
            }
            if said > 1 or not self._library.is_old:
                last["eval_duration"] = int((now - prompt_done) * 1e9) + 1000
            yield last

    def _fit(self, turns: list[Turn], context: int, truncate: bool) -> tuple[list[Turn], int]:
        """The turns that the model gets to see, and their tokens.

        As Ollama: without `truncate: false` the oldest go (the system's stay), and what is still too
        long loses its middle, in silence: half of it (0.32) or down to the context (0.13).
        """
        tokens = _prompt_tokens(turns)
        if tokens < context:
            return turns, tokens
        if not truncate:
            raise too_long(tokens, context, self._library.version)
        kept = list(turns)
        while _prompt_tokens(kept) >= context:
            oldest = next((turn for turn in kept[:-1] if turn["role"] != "system"), None)
            if oldest is None:
                break
            kept.remove(oldest)
        if _prompt_tokens(kept) < context:
            return kept, _prompt_tokens(kept)
        left = context if self._library.is_old else context // 2 + 2
        words = PIECE.findall(" ".join(turn["content"] for turn in kept))
        return [{"role": "user", "content": " ".join(words[-(left // 2) :])}], left


def _head(request: dict[str, Any]) -> dict[str, Any]:
    return {"model": request["model"], "created_at": timestamp()}


def _limit(request: dict[str, Any], context: int, tokens: int) -> int:
    """How many pieces may be said: num_predict, and what the prompt leaves of the context."""
    wanted = (request.get("options") or {}).get("num_predict") or -1
    return min(wanted if wanted > 0 else 10**9, max(1, context - tokens))


def _thoughts(model: StandInModel, request: dict[str, Any]) -> Sequence[str]:
    """What a thinking model thinks before it answers; gpt-oss cannot be told not to."""
    thinks = request.get("think") is not False or model.name.startswith("gpt-oss")
    return model.thoughts if thinks and "messages" in request else ()


def _pieces(model: StandInModel, request: dict[str, Any], turns: Sequence[Turn]) -> Iterator[str]:
    """What the model says, up to the first of the request's `stop` texts."""
    assert model.chat is not None
    options = request.get("options") or {}
    stops = tuple(options.get("stop") or ())
    for piece in model.chat(turns, options):
        if any(stop in piece for stop in stops):
            return
        yield piece


def _whole(lines: Stream, line: Line) -> str:
    """The stream as one document, for `stream: false`."""
    text, last = "", {}
    for last in lines:
        text += last["message"]["content"] if "message" in last else last["response"]
    return go_json(last | line(text))


def _prompt_tokens(turns: Sequence[Turn]) -> int:
    return sum(len(PIECE.findall(turn["content"])) + _MESSAGE_TOKENS for turn in turns) + _ANSWER_TOKENS
