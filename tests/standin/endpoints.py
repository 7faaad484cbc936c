"""What each endpoint of the stand-in answers, after Ollama's server/routes.go and the recordings."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.standin.faults import Fault
from tests.standin.models import PIECE, PooledVectors, StandInModel
from tests.standin.wording import (
    NEW,
    OLD,
    Reply,
    bind,
    check_options,
    go_json,
    keep_alive_seconds,
    refuse,
    timestamp,
    too_long,
    valid_name,
)

if TYPE_CHECKING:
    from tests.standin.server import StandIn

ROUTES: dict[str, dict[str, str]] = {
    "/": {"HEAD": "root", "GET": "root"},
    "/api/version": {"HEAD": "version", "GET": "version"},
    "/api/tags": {"HEAD": "tags", "GET": "tags"},
    "/api/ps": {"GET": "ps"},
    "/api/show": {"POST": "show"},
    "/api/pull": {"POST": "pull"},
    "/api/embed": {"POST": "embed"},
    "/api/embeddings": {"POST": "embeddings"},
    "/api/chat": {"POST": "chat"},
    "/api/generate": {"POST": "generate"},
}

_MESSAGE_TOKENS, _ANSWER_TOKENS = 5, 3
"""What SmolLM2's template adds to each message, and at the end."""
_DEFAULT_CONTEXT = 4096
_NO_EMBEDDINGS = "This server does not support embeddings. Start it with `--embeddings`"

Stream = Iterator[dict[str, Any]]


@dataclass(slots=True)
class _Loaded:
    model: StandInModel
    context: int
    expires: float


class Endpoints:
    """The endpoints over the models that are pulled. Replies are JSON text, or the lines of a stream."""

    def __init__(
        self,
        standin: StandIn,
        models: Iterable[StandInModel],
        registry: dict[str, StandInModel],
        offline: bool,
        vram: bool,
    ) -> None:
        self.pulled = {model.full_name: model for model in models}
        self._standin, self._registry, self._offline, self._vram = standin, registry, offline, vram
        self._loaded: dict[str, _Loaded] = {}
        self._lock = threading.Lock()
        self._since = timestamp()
        self.knows_truncate = True
        """Whether `truncate` of a chat is heeded; servers of before 2025's end do not know it."""

    # facts

    def root(self, raw: bytes, fault: Fault | None) -> str:
        return "Ollama is running"

    def version(self, raw: bytes, fault: Fault | None) -> str:
        return go_json({"version": self._standin.version})

    def tags(self, raw: bytes, fault: Fault | None) -> str:
        return go_json({"models": [self._tag(model) for model in self.pulled.values()]})

    def _details(self, model: StandInModel) -> dict[str, Any]:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": model.family,
            "families": [model.family],
            "parameter_size": model.parameter_size,
            "quantization_level": model.quantization,
        }

    def _tag(self, model: StandInModel) -> dict[str, Any]:
        details, more = self._details(model), {}
        if self._standin.version != OLD:
            lengths = {"context_length": model.context_length, "embedding_length": model.embedding_length}
            details, more = details | lengths, {"capabilities": list(model.capabilities)}
        facts = {"name": model.full_name, "model": model.full_name, "modified_at": self._since}
        return facts | {"size": model.size, "digest": model.digest, "details": details} | more

    def ps(self, raw: bytes, fault: Fault | None) -> str:
        now = time.time()
        with self._lock:
            self._loaded = {name: held for name, held in self._loaded.items() if held.expires > now}
            held = sorted(self._loaded.values(), key=lambda one: -one.expires)
        return go_json(
            {
                "models": [
                    {
                        "name": one.model.full_name,
                        "model": one.model.full_name,
                        "size": one.model.size,
                        "digest": one.model.digest,
                        "details": self._details(one.model),
                        "expires_at": timestamp(one.expires - now),
                        "size_vram": one.model.size if self._vram else 0,
                        "context_length": one.context,
                    }
                    for one in held
                ]
            }
        )

    def show(self, raw: bytes, fault: Fault | None) -> str:
        request = bind(raw, "ShowRequest")
        name = request.get("model") or request.get("name") or ""
        if not name:
            raise refuse(400, "model is required")
        if not valid_name(name):
            new = self._standin.version != OLD
            raise refuse(400 if new else 500, "invalid model name" if new else "invalid model path")
        model = self._find(name)
        if model is None:
            shown = name if self._standin.version == OLD or ":" in name else f"{name}:latest"
            raise refuse(404, f"model '{shown}' not found")
        parameters = {"parameters": 'stop                           "<|im_end|>"'} if model.chat else {}
        facts = {
            "general.architecture": model.family,
            "general.parameter_count": model.parameter_count,
            f"{model.family}.context_length": model.context_length,
            f"{model.family}.embedding_length": model.embedding_length,
            "tokenizer.ggml.tokens": None,
        }
        shown_model: dict[str, Any] = {"modelfile": '# Modelfile generated by "ollama show"\n'} | parameters
        shown_model |= {"template": "{{ .Prompt }}", "details": self._details(model), "model_info": facts}
        shown_model |= {"tensors": [{"name": "token_embd.weight", "type": "F16", "shape": [384, 30522]}]}
        return go_json(shown_model | {"capabilities": list(model.capabilities), "modified_at": self._since})

    # models

    def _find(self, name: str) -> StandInModel | None:
        short = name.removeprefix("registry.ollama.ai/").removeprefix("library/")
        wanted = (short if ":" in short.rsplit("/", 1)[-1] else f"{short}:latest").lower()
        return next((model for full, model in self.pulled.items() if full.lower() == wanted), None)

    def pull(self, raw: bytes, fault: Fault | None) -> str | Stream:
        request = bind(raw, "PullRequest")
        name = request.get("model") or request.get("name") or ""
        if not name or not valid_name(name):
            raise refuse(400, "invalid model name")
        steps = self._pull(name)
        if request.get("stream") is False:
            try:
                return go_json(list(steps)[-1])
            except Reply as late:
                raise Reply(500, late.body, "application/json") from None
        return steps

    def _pull(self, name: str) -> Stream:
        yield {"status": "pulling manifest"}
        short, _, tag = name.partition(":")
        full = f"{short}:{tag or 'latest'}"
        if self._offline:
            place = f"https://models.example/v2/library/{short}/manifests/{tag or 'latest'}"
            why = "dial tcp: lookup models.example on 127.0.0.1:53: no such host"
            raise refuse(500, f'pull model manifest: Get "{place}": {why}')
        model = self._registry.get(full)
        if model is None:
            raise refuse(500, "pull model manifest: file does not exist")
        layer = {
            "status": f"pulling {model.digest[:12]}",
            "digest": f"sha256:{model.digest}",
            "total": model.size,
        }
        yield layer
        for part in (0.25, 0.5, 1.0):
            yield layer | {"completed": int(model.size * part)}
        yield {"status": "verifying sha256 digest"}
        yield {"status": "writing manifest"}
        self.pulled[full] = replace(model, name=full)
        yield {"status": "success"}

    def _load(self, model: StandInModel, context: int, request: dict[str, Any]) -> int:
        """Load `model` unless it is, as long as keep_alive says; the nanoseconds that it took."""
        keep = keep_alive_seconds(request.get("keep_alive"))
        with self._lock:
            held = self._loaded.get(model.full_name)
            fresh = held is None or held.context != context
            self._loaded[model.full_name] = _Loaded(model, context, time.time() + keep)
        if fresh and self._standin.shape.load_ms:
            time.sleep(self._standin.shape.load_ms / 1000)
        return int((self._standin.shape.load_ms if fresh else 0) * 1e6) + 450_000

    def _unload(self, model: StandInModel) -> None:
        with self._lock:
            self._loaded.pop(model.full_name, None)

    # embedding

    def embed(self, raw: bytes, fault: Fault | None) -> str:
        started = time.perf_counter()
        request = bind(raw, "EmbedRequest")
        keep_alive_seconds(request.get("keep_alive"))
        given = request.get("input")
        texts = [given] if isinstance(given, str) and given else []
        if isinstance(given, list):
            texts = given
        if not isinstance(given, (str, list, type(None))) or not all(isinstance(text, str) for text in texts):
            raise refuse(400, "invalid input type")
        model = self._embedder(request.get("model") or "")
        check_options(request.get("options"))
        self._standin.enter_queue()
        try:
            context = min((request.get("options") or {}).get("num_ctx") or math.inf, model.context_length)
            load = self._load(model, int(context), request)
            if not texts:
                return go_json({"model": request["model"], "embeddings": []})
            texts, tokens = self._fit(texts, int(context), request.get("truncate") is not False)
            self._standin.shape.embedding(len(texts))
            vectors = self._vectors(model, texts, request.get("dimensions") or 0, fault)
        finally:
            self._standin.leave_queue()
        total = int((time.perf_counter() - started) * 1e9)
        head = f'{{"model":{go_json(request["model"])},"embeddings":{vectors}'
        return f'{head},"total_duration":{total},"load_duration":{load},"prompt_eval_count":{tokens}}}'

    def _embedder(self, name: str, *, old_endpoint: bool = False) -> StandInModel:
        new = self._standin.version != OLD
        if new and not name:
            raise refuse(404, "model '' not found")
        if new and not valid_name(name):
            raise refuse(400, "invalid model name")
        model = self._find(name)
        if model is None:
            raise refuse(404, f'model "{name}" not found, try pulling it first')
        if model.embed is None and new:
            raise refuse(500 if old_endpoint else 501, _NO_EMBEDDINGS)
        return model

    def _fit(self, texts: Sequence[str], context: int, truncate: bool) -> tuple[list[str], int]:
        """The texts as the model reads them (two tokens go to the marks at the ends), and their tokens."""
        fitted, total = [], 0
        for text in texts:
            pieces = list(PIECE.finditer(text))
            if len(pieces) + 2 > context:
                if not truncate:
                    raise refuse(400, "the input length exceeds the context length")
                text, pieces = text[: pieces[context - 2].start()], pieces[: context - 2]
            fitted.append(text)
            total += len(pieces) + 2
        return fitted, total

    def _vectors(
        self, model: StandInModel, texts: Sequence[str], dimensions: int, fault: Fault | None
    ) -> str:
        embed = model.embed or PooledVectors(model.embedding_length)
        if isinstance(embed, PooledVectors) and not dimensions and fault is None:
            return embed.rows_json(texts)
        rows = [list(row) for row in embed(texts)]
        if 0 < dimensions < len(rows[0]):
            rows = [row[:dimensions] for row in rows]
            rows = [[value / (math.hypot(*row) or 1.0) for value in row] for row in rows]
        match fault.kind if fault else "":
            case "wrong_count":
                rows.pop()
            case "wrong_dimension":
                rows = [row[:-1] for row in rows]
            case "zero":
                rows[-1] = [0.0] * len(rows[-1])
            case "nan":
                rows[-1][0] = math.nan
        shown = (",".join("NaN" if value != value else f"{value:.8g}" for value in row) for row in rows)
        return "[" + ",".join(f"[{row}]" for row in shown) + "]"

    def embeddings(self, raw: bytes, fault: Fault | None) -> str:
        request = bind(raw, "EmbeddingRequest")
        model = self._embedder(request.get("model") or "", old_endpoint=True)
        text = request.get("prompt") or ""
        self._load(model, model.context_length, request)
        if not text:
            return go_json({"embedding": []})
        try:
            self._fit([text], model.context_length, truncate=False)
        except Reply as reply:
            raise Reply(500, reply.body) from None
        self._standin.shape.embedding(1)
        return f'{{"embedding":{self._vectors(model, [text], 0, fault)[1:-1]}}}'

    # chat

    def _chatter(self, request: dict[str, Any], verb: str) -> StandInModel:
        name = request.get("model") or ""
        if not name or (not valid_name(name) and self._standin.version == OLD):
            raise refuse(400, "model is required")
        if not valid_name(name):
            raise refuse(400, "invalid model name")
        model = self._find(name)
        if model is None:
            raise refuse(404, f"model '{name}' not found")
        return model

    def _chat_ready(self, model: StandInModel, request: dict[str, Any], verb: str) -> None:
        if model.chat is None:
            raise refuse(400, f'"{request["model"]}" does not support {verb}')
        if request.get("think") and "thinking" not in model.capabilities:
            raise refuse(400, f'"{request["model"]}" does not support thinking')
        check_options(request.get("options"))

    def chat(self, raw: bytes, fault: Fault | None) -> str | Stream:
        request = bind(raw, "ChatRequest")
        keep = keep_alive_seconds(request.get("keep_alive"))
        model = self._chatter(request, "chat")
        messages = request.get("messages") or []
        head = {"model": request["model"], "created_at": timestamp()}
        empty = {"message": {"role": "assistant", "content": ""}, "done": True}
        if not messages and request.get("keep_alive") is not None and keep == 0:
            self._unload(model)
            return go_json(head | empty | {"done_reason": "unload"})
        self._chat_ready(model, request, "chat")
        options = request.get("options") or {}
        context = int(min(options.get("num_ctx") or _DEFAULT_CONTEXT, model.context_length))
        if not messages:
            self._load(model, context, request)
            return go_json(head | empty | {"done_reason": "load"})
        messages = [
            {"role": turn.get("role") or "", "content": turn.get("content") or ""} for turn in messages
        ]

        def line(text: str) -> dict[str, Any]:
            return {"message": {"role": "assistant", "content": text}}

        lines = self._generate(model, request, messages, context, line)
        return lines if request.get("stream") is not False else self._whole(lines, "message")

    def generate(self, raw: bytes, fault: Fault | None) -> str | Stream:
        request = bind(raw, "GenerateRequest")
        keep = keep_alive_seconds(request.get("keep_alive"))
        model = self._chatter(request, "generate")
        prompt = request.get("prompt") or ""
        head = {"model": request["model"], "created_at": timestamp(), "response": "", "done": True}
        if not prompt and request.get("keep_alive") is not None and keep == 0:
            self._unload(model)
            return go_json(head | {"done_reason": "unload"})
        self._chat_ready(model, request, "generate")
        options = request.get("options") or {}
        context = int(min(options.get("num_ctx") or _DEFAULT_CONTEXT, model.context_length))
        if not prompt:
            self._load(model, context, request)
            return go_json(head | {"done_reason": "load"})
        system = [{"role": "system", "content": request["system"]}] if request.get("system") else []
        messages = [*system, {"role": "user", "content": prompt}]
        lines = self._generate(model, request, messages, context, lambda text: {"response": text})
        return lines if request.get("stream") is not False else self._whole(lines, "response")

    def _fit_prompt(
        self, messages: list[dict[str, str]], context: int, truncate: bool
    ) -> tuple[list[dict[str, str]], int]:
        """The messages that the model gets to see, and their tokens.

        As Ollama: without `truncate: false` the oldest messages go (the system's stay), and what is
        still too long loses its middle, in silence: half of it (0.32) or down to the context (0.13).
        """
        tokens = _prompt_tokens(messages)
        if tokens < context:
            return messages, tokens
        if not truncate:
            raise too_long(tokens, context, self._standin.version)
        kept = list(messages)
        while _prompt_tokens(kept) >= context:
            oldest = next((turn for turn in kept[:-1] if turn["role"] != "system"), None)
            if oldest is None:
                break
            kept.remove(oldest)
        if _prompt_tokens(kept) < context:
            return kept, _prompt_tokens(kept)
        left = context // 2 + 2 if self._standin.version == NEW else context
        words = PIECE.findall(" ".join(turn["content"] for turn in kept))
        return [{"role": "user", "content": " ".join(words[-(left // 2) :])}], left

    def _generate(
        self,
        model: StandInModel,
        request: dict[str, Any],
        messages: list[dict[str, str]],
        context: int,
        line: Any,
    ) -> Stream:
        self._standin.enter_queue()
        try:
            started = time.perf_counter()
            options = request.get("options") or {}
            load = self._load(model, context, request)
            truncate = request.get("truncate") is not False or not self.knows_truncate
            messages, tokens = self._fit_prompt(messages, context, truncate)
            limit = options.get("num_predict") or -1
            limit = limit if limit > 0 else 10**9
            room = max(1, context - tokens)
            said, stops = 0, tuple(options.get("stop") or ())
            reason = "stop"
            prompt_done = time.perf_counter()
            assert model.chat is not None
            thinks = request.get("think") is not False or model.name.startswith("gpt-oss")
            for thought in model.thoughts if thinks and "messages" in request else ():
                said += 1
                message = {"role": "assistant", "content": "", "thinking": thought}
                yield {
                    "model": request["model"],
                    "created_at": timestamp(),
                    "message": message,
                    "done": False,
                }
            for piece in model.chat(messages, options):
                if any(stop in piece for stop in stops):
                    break
                if self._standin.shape.token_ms:
                    time.sleep(self._standin.shape.token_ms / 1000)
                said += 1
                yield {"model": request["model"], "created_at": timestamp()} | line(piece) | {"done": False}
                if said >= min(limit, room):
                    reason = "length"
                    break
            now = time.perf_counter()
            done = {"model": request["model"], "created_at": timestamp()} | line("")
            done |= {"done": True, "done_reason": reason}
            if "response" in done and not request.get("raw"):
                done |= {"context": list(range(1, tokens + said + 1))}
            done |= {
                "total_duration": int((now - started) * 1e9) + load,
                "load_duration": load,
                "prompt_eval_count": tokens,
                "prompt_eval_duration": int((prompt_done - started) * 1e9) + 1000,
                "eval_count": said,
            }
            if said > 1 or self._standin.version != OLD:
                done["eval_duration"] = int((now - prompt_done) * 1e9) + 1000
            yield done
        finally:
            self._standin.leave_queue()

    def _whole(self, lines: Stream, key: str) -> str:
        """The stream as one document, for `stream: false`."""
        text, last = "", {}
        for part in lines:
            text += part[key]["content"] if key == "message" else part[key]
            last = part
        if key == "message":
            last["message"] = {"role": "assistant", "content": text}
        else:
            last["response"] = text
        return go_json(last)


def _prompt_tokens(messages: Sequence[dict[str, str]]) -> int:
    return sum(len(PIECE.findall(turn["content"])) + _MESSAGE_TOKENS for turn in messages) + _ANSWER_TOKENS
