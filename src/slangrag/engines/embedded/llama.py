"""llama.cpp in this process: load a GGUF file, tokenize, render its chat template, complete.

xllamacpp's one class always opens an HTTP port. It is bound to loopback and locked with a random key,
and used rather than xllamacpp's callbacks: a closed connection cancels at any moment (also while the
prompt is still being read), and a blocked read lets Ctrl-C through. Knows nothing of messages' meaning.
"""

from __future__ import annotations

import http.client
import json
import re
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from slangrag.errors import (
    EngineMissing,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    ModelUnfit,
    UsageError,
)

_HOST: Final = "127.0.0.1"
BATCH_TOKENS: Final = 128
_FIELD: Final = re.compile(r"^Field '(\w+)'")


class LlamaServer:
    """One loaded model. `close` frees it; until then it holds its memory and one loopback port."""

    def __init__(
        self,
        model: Path,
        *,
        context: int,
        threads: int,
        timeout: float,
        fit: bool,
        embedding: bool = False,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Load `model` with room for `context` tokens. `timeout`: seconds of silence allowed later.

        `options` are fields of CommonParams (see options.py). `embedding`: the model makes vectors (`embed`)
        and no text.

        `fit` lets llama.cpp first try how much of the model goes onto a GPU, which doubles the time
        that loading takes.

        Raises EngineMissing without xllamacpp, ModelUnfit if llama.cpp cannot load the file, UsageError for
        an option of another type.
        """
        try:
            import xllamacpp
        except ImportError as error:
            raise EngineMissing(
                "the embedded engine's chat model needs xllamacpp, which is not installed",
                hint="pip install 'slangrag[embedded]'",
            ) from error

        self._key = secrets.token_urlsafe(32)
        self._timeout = timeout
        self._closing = threading.Lock()
        self._open: set[ExitStack] = set()
        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        params.n_ctx = context
        params.n_parallel = 1
        params.hostnames = [_HOST]
        params.port = 0
        params.api_keys = [self._key]
        params.ui = False
        params.verbosity = -1
        params.warmup = False
        params.cache_ram_mib = 0
        params.fit_params = fit
        # Between batches the server looks whether it was cancelled; its own 2048 would make one wait.
        # A text to embed must fit into one batch whole.
        params.n_batch = params.n_ubatch = context if embedding else BATCH_TOKENS
        params.embedding = embedding
        for cpu in (params.cpuparams, params.cpuparams_batch):
            cpu.n_threads = threads
        for name, value in (options or {}).items():
            try:
                setattr(params, name, value)
            except (TypeError, ValueError, OverflowError) as error:
                raise UsageError(
                    f"llama.cpp does not take {name}={value!r}: {error}",
                    hint=f"--option {name}={getattr(params, name)} is its default",
                ) from error
        try:
            self._server: Any = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ModelUnfit(
                f"llama.cpp cannot load {model}: damaged, of an unknown kind, or too large for the memory",
                hint="--model with another GGUF file",
            ) from error
        address = urlsplit(self._server.listening_address)
        self._port = address.port or 0
        self.context = context

    def close(self) -> None:
        """Cancel what is being generated, free the model and its port. Safe to call twice."""
        with self._closing:
            # The destructor waits for requests to end, so an open one would hold up the exit.
            for exchange in list(self._open):
                exchange.close()
            self._server = None

    def tokenize(self, text: str, *, markup: bool = False, start: bool = False) -> list[int]:
        """Token ids of `text`; only with `markup` are control tokens such as `<|im_end|>` seen as such.

        `start`: this is how a prompt begins, so the model's own first token is put before it if it
        has one (`render` leaves it out).
        """
        reply = self._post("/tokenize", {"content": text, "parse_special": markup, "add_special": start})
        tokens: list[int] = reply["tokens"]
        return tokens

    def embed(self, texts: Sequence[str | list[int]]) -> list[list[float]]:
        """One vector a text (or its token ids, the model's own among them), pooled as the file says; of any
        length but 0."""
        found = self._post("/v1/embeddings", {"input": list(texts)})["data"]
        ordered = sorted(found, key=lambda one: int(one["index"]))
        return [one["embedding"] for one in ordered]

    def render(self, messages: list[dict[str, str]]) -> str:
        """The prompt that the model's own chat template makes of `messages`, thinking aloud off."""
        kwargs = {"enable_thinking": False}
        reply = self._post("/apply-template", {"messages": messages, "chat_template_kwargs": kwargs})
        prompt: str = reply["prompt"]
        return prompt

    def complete(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Stream /completion's events; the last has `stop` true. Closing the iterator cancels.

        Raises EngineReply if the stream ends without that last event, or the server reports an error.
        """
        with self._exchange("/completion", {**request, "stream": True}) as response:
            yield from self._events(response)

    def _events(self, response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
        try:
            for line in response:
                field, _, value = line.partition(b":")
                if field not in {b"data", b"error"}:
                    continue
                event: dict[str, Any] = json.loads(value)
                if "error" in event or field == b"error":
                    raise _reply_error(event)
                yield event
                if event.get("stop"):
                    return
        except TimeoutError as error:
            raise self._silence() from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise EngineReply("the embedded chat model broke off", hint="try again") from error
        raise EngineReply("the embedded chat model stopped without finishing its answer", hint="try again")

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        with self._exchange(path, body) as response:
            try:
                reply: dict[str, Any] = json.loads(response.read())
            except TimeoutError as error:
                raise self._silence() from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise EngineReply(
                    "the embedded chat model gave no readable reply", hint="try again"
                ) from error
        return reply

    @contextmanager
    def _exchange(self, path: str, body: Mapping[str, Any]) -> Iterator[http.client.HTTPResponse]:
        """Send `body`; the response, once its status says that all is well. Leaving the block hangs up."""
        if self._server is None:
            raise EngineUnreachable("the embedded chat model was closed", hint="run the command again")
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=self._timeout)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        with ExitStack() as stack:
            try:
                connection.connect()
                stack.callback(_hang_up, connection.sock)
                self._open.add(stack)
                stack.callback(self._open.discard, stack)
                connection.request("POST", path, json.dumps(body), {**headers, "Connection": "close"})
                response = stack.enter_context(closing(connection.getresponse()))
                if response.status != http.client.OK:
                    raise _reply_error(json.loads(response.read()))
            except TimeoutError as error:
                raise self._silence() from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise EngineReply(
                    "the embedded chat model does not answer", hint="run the command again"
                ) from error
            yield response

    def _silence(self) -> EngineTimeout:
        return EngineTimeout(
            f"the embedded chat model gave no word for {self._timeout:g} seconds",
            hint="SLANGRAG_READ_TIMEOUT=600, or a shorter --num-ctx",
        )


def _hang_up(sock: socket.socket) -> None:
    """End the connection at once, whoever still holds an object over it."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


def _reply_error(reply: Mapping[str, Any]) -> EngineReply | UsageError:
    inner = reply.get("error", reply)
    message = inner.get("message", "no reason given") if isinstance(inner, dict) else str(inner)
    if field := _FIELD.search(str(message)):
        return UsageError(
            f"llama.cpp does not take this value of {field[1]}: {message.rpartition('] ')[2]}",
            hint=f"leave out --option {field[1]}=...",
        )
    return EngineReply(f"the embedded chat model refused: {' '.join(str(message).split())}", hint="try again")
