"""/v1/chat/completions: an answer from the store, in the shape of OpenAI's, whole or as it comes."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from slangrag.errors import SlangragError
from slangrag.serve.answering import answering, in_turn
from slangrag.serve.faults import Fault, fault_of, internal, queue_full
from slangrag.serve.logs import logger
from slangrag.serve.openai.cutting import Cutter
from slangrag.serve.openai.saying import (
    Listed,
    Piece,
    Source,
    Text,
    Working,
    address,
    spoken,
    translated,
    url_citations,
)
from slangrag.serve.openai.shapes import ChatRequest
from slangrag.serve.openai.talk import Talk
from slangrag.serve.queue import QueueFull
from slangrag.service.cancelling import iterated

if TYPE_CHECKING:
    from slangrag.serve.serving import Serving
    from slangrag.service.slang import Slang

ANSWERS: Final = "slangrag"
TRANSLATES: Final = "slangrag/translate"
DONE: Final = b"data: [DONE]\n\n"
WORKING: Final = b": working\n\n"
_LEAST_TOKENS: Final = 16


def unsupported(asked: ChatRequest) -> Fault | None:
    """What the request wants that is not to be had, if anything: refused rather than read over."""

    def refused(param: str, message: str) -> Fault:
        return Fault(400, "unsupported", message, "leave it out", param=param)

    if asked.n not in {None, 1}:
        return refused("n", "there is one answer to a question")
    if asked.logprobs:
        return refused("logprobs", "there are no log-probabilities")
    if asked.tool_choice not in {None, "auto", "none"} if isinstance(asked.tool_choice, str | None) else True:
        return refused("tool_choice", "no tool can be called from here")
    if asked.response_format is not None and asked.response_format.get("type", "text") != "text":
        return refused("response_format", "answers are text")
    return None


def settings_of(asked: ChatRequest) -> dict[str, Any]:
    """The settings that the request differs in from the server's own."""
    given: dict[str, Any] = {}
    if asked.model not in {ANSWERS, TRANSLATES}:
        given["chat_model"] = asked.model
    if asked.temperature is not None:
        given["temperature"] = asked.temperature
    if asked.most_tokens is not None:
        given["max_tokens"] = min(max(asked.most_tokens, _LEAST_TOKENS), 4096)
    return given


async def pieces(asked: ChatRequest, talk: Talk, slang: Slang, serving: Serving) -> AsyncGenerator[Piece]:
    """The answer in pieces. Raises QueueFull and what the facade raises."""
    if asked.model == TRANSLATES and not talk.task:
        told = await in_turn(lambda: slang.translate(talk.question), serving.queue)
        text, sources = translated(told)
        yield Listed(sources)
        yield Text(text)
    elif talk.task:
        async with serving.queue.enter() as ticket:
            async for _ in ticket.places():
                yield Working()
            async with aclosing(iterated(lambda: slang.generate(talk.question))) as parts:
                async for part in parts:
                    yield Text(part)
    else:

        def make() -> Iterator[Any]:
            return slang.converse(talk.question, slang.retold(talk.turns))

        async with aclosing(answering(make, serving.queue)) as events, aclosing(spoken(events)) as said:
            async for piece in said:
                yield piece


@dataclass
class Completion:
    """One answer on its way to a client. base: this server's address, as the client has it."""

    asked: ChatRequest
    slang: Slang
    base: str
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))
    sources: tuple[Source, ...] = ()
    text: str = ""

    def __post_init__(self) -> None:
        self._cutter = Cutter(self.asked.stops, self.asked.most_tokens, self.slang.count_tokens)

    async def whole(self, said: AsyncGenerator[Piece]) -> dict[str, Any]:
        """The chat.completion object."""
        async with aclosing(said) as coming:
            async for piece in coming:
                self._take(piece)
                if self._cutter.finished:
                    break
        self.text += self._cutter.close()
        message = {
            "role": "assistant",
            "content": self.text,
            "refusal": None,
            "annotations": url_citations(self.text, self.sources, self.base),
        }
        choice = {"index": 0, "message": message, "finish_reason": self._reason, "logprobs": None}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": self._usage(),
            "citations": self._citations(),
        }

    async def stream(self, said: AsyncGenerator[Piece]) -> AsyncGenerator[bytes]:
        """Server-sent events. [DONE] comes only after a whole answer; a failure is an error event instead."""
        try:
            yield self._chunk({"role": "assistant", "content": ""})
            async with aclosing(said) as coming:
                async for piece in coming:
                    text = self._take(piece)
                    yield self._chunk({"content": text}) if text else WORKING
                    if self._cutter.finished:
                        break
            rest = self._cutter.close()
            self.text += rest
            if rest:
                yield self._chunk({"content": rest})
        except QueueFull as full:
            yield _data(queue_full(full.retry_after).document())
            return
        except SlangragError as error:
            logger.warning("chat: %s", error.message)
            yield _data(fault_of(error).document())
            return
        except Exception:  # noqa: BLE001  # the answer has begun: what is left is to say that it failed
            logger.exception("chat failed")
            yield _data(internal().document())
            return
        found = url_citations(self.text, self.sources, self.base)
        if found:
            yield self._chunk({"annotations": found})
        yield self._chunk({}, self._reason, citations=self._citations())
        if self.asked.stream_options is not None and self.asked.stream_options.include_usage:
            head = self._head("chat.completion.chunk")
            yield _data({**head, "choices": [], "usage": self._usage()})
        yield DONE

    def _take(self, piece: Piece) -> str:
        """What may be shown of a piece."""
        if isinstance(piece, Listed):
            self.sources = piece.sources
        if not isinstance(piece, Text):
            return ""
        shown = self._cutter.feed(piece.text)
        self.text += shown
        return shown

    @property
    def _reason(self) -> str:
        return self._cutter.finished or "stop"

    def _citations(self) -> list[str]:
        return [address(source, self.base) for source in self.sources]

    def _usage(self) -> dict[str, int]:
        sent = sum(self.slang.count_tokens(text) for text in self._sent())
        said = self.slang.count_tokens(self.text)
        return {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said}

    def _sent(self) -> Iterator[str]:
        for message in self.asked.messages:
            if isinstance(message.content, str):
                yield message.content
            else:
                yield from (part.text or "" for part in message.content or ())

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.asked.model}

    def _chunk(self, delta: dict[str, Any], reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return _data({**self._head("chat.completion.chunk"), "choices": [choice], **more})


def _data(document: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(document) + b"\n\n"
