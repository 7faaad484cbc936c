"""What Ollama says when it cannot, as the project's own errors.

One table for both ways of asking (the wire and the `ollama` package), and for the wordings of
versions 0.13 to 0.32. Knows nothing of what was asked beyond the model's name and the purpose.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from slangrag.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    ModelMissing,
    ModelUnfit,
    TextRejected,
)

Purpose = Literal["chat", "embed", "pull", "create", "ask"]

MID_STREAM: Final = -1
"""Stands for the status of an `error` line under HTTP 200; the client package uses the same number."""

_TOO_LONG: Final = re.compile(
    r"exceeds? (the available context size|the context length|maximum context length)"
    r"|longer than the context length|exceed_context_size_error",
)
_MISSING: Final = re.compile(r"model .*not found|invalid model name|invalid model path|model is required")
_UNFIT: Final = re.compile(r"does not support|requires more system memory")
_OPTION: Final = re.compile(r'option "(\w+)" must be of type (\w+)')
_NOT_A_NUMBER: Final = re.compile(r"NaN|unsupported value: [+-]?Inf")
_DAMAGED: Final = re.compile(r"exceeds file size|^unexpected EOF$|invalid file magic")
_ELSEWHERE: Final = (301, 302, 303, 307, 308, 401, 403, 408, 502, 504)
_ERRNO: Final = re.compile(r"^\[Errno -?\d+\] ")
_NO_REGISTRY: Final = re.compile(
    r"dial tcp|no such host|connection refused|i/o timeout|network is unreachable"
)


class TextTooLong(TextRejected):
    """The embedder was asked not to cut and would have had to. Stays inside this engine."""


def error_text(body: str) -> str:
    """The sentence in an error body, which is `{"error": ...}`, plain text, HTML or nothing.

    llama.cpp's own errors arrive as JSON inside the string; their message is taken out.
    """
    text = body.strip()
    for _ in range(3):
        try:
            parsed = json.loads(text)
        except ValueError:
            break
        inner = parsed.get("error", parsed.get("message")) if isinstance(parsed, dict) else None
        if isinstance(inner, dict):
            inner = json.dumps(inner) if "message" not in inner else inner["message"]
        if not isinstance(inner, str):
            break
        text = inner.strip()
    return " ".join(re.sub(r"<[^>]{0,200}>", " ", text).split())[:400]


def reply_fault(status: int, body: str, *, model: str, purpose: Purpose, address: str) -> EngineError:
    """The error for a reply of `status` (MID_STREAM for an error line) with `body`."""
    text = error_text(body)
    said = f"Ollama at {address} said {text!r}" if text else f"Ollama at {address} answered {status}"
    if status in (429, 503):
        return EngineBusy(
            f"Ollama at {address} is busy: {text or status}", hint="wait a little and run it again"
        )
    if _TOO_LONG.search(body):
        if purpose == "embed":
            return TextTooLong(f"A text is longer than the context of {model}", hint="shorten the text")
        return ContextOverflow(
            f"The prompt is longer than the context: {text}",
            hint="use a smaller -k, or a larger SLANGRAG_NUM_CTX",
        )
    if purpose == "pull":
        return _pull_fault(text, model, said)
    if purpose == "create" and status not in _ELSEWHERE:
        wrong_name = "invalid model name" in text
        return EngineReply(
            f"{said} when {model!r} was to be created",
            hint="--ollama NAME, of letters, digits, . _ - and at most one :tag"
            if wrong_name
            else "Ollama's log says more",
        )
    if _MISSING.search(text):
        return ModelMissing(
            f"Ollama at {address} does not have the model {model!r}", hint=f"ollama pull {model}"
        )
    if option := _OPTION.search(text):
        return EngineReply(
            f"Ollama does not take this value of {option[1]}: it must be of type {option[2]}",
            hint=f"leave out --option {option[1]}=..., or give it another value",
        )
    if status == 501 or _UNFIT.search(text):
        return _unfit(text, model, purpose)
    if purpose == "embed" and _NOT_A_NUMBER.search(text):
        return TextRejected(
            f"{model} made no numbers of a text: {text}", hint="run it again without that text"
        )
    if status in (401, 403):
        return EngineReply(
            f"Ollama at {address} refused the request ({status} {text})".replace(" )", ")"),
            hint="call it by a name it knows (OLLAMA_HOST=127.0.0.1:11434), or check OLLAMA_API_KEY",
        )
    if status in (301, 302, 303, 307, 308):
        return EngineReply(
            f"{address} sends callers elsewhere ({status} {text})".replace(" )", ")"),
            hint="set OLLAMA_HOST to the address that it points to",
        )
    if status == 502:
        return EngineUnreachable(
            f"A proxy answers at {address}, but no Ollama behind it", hint="ollama serve"
        )
    if status in (408, 504):
        return EngineTimeout(
            f"{said} ({status})", hint="run it again; slangrag doctor shows what Ollama is doing"
        )
    if status == 404:
        return EngineReply(f"What answers at {address} is not Ollama ({text})", hint="check OLLAMA_HOST")
    if "invalid duration" in text or "missing unit in duration" in text:
        return EngineReply(f"{said} about keep_alive", hint="export SLANGRAG_KEEP_ALIVE=10m")
    if status == 500 and _DAMAGED.search(text):
        return EngineReply(f"The file of {model} is damaged ({text})", hint=f"ollama pull {model}")
    if status == MID_STREAM:
        return EngineReply(f"Ollama broke off: {text}", hint="run it again; Ollama's log says why it stopped")
    return EngineReply(f"{said} (status {status})", hint="run it again; Ollama's log says more")


def _unfit(text: str, model: str, purpose: Purpose) -> ModelUnfit:
    if "system memory" in text:
        return ModelUnfit(
            f"{model} does not fit this machine: {text}", hint="take a smaller model with --model"
        )
    if purpose == "embed":
        return ModelUnfit(f"{model} cannot embed: {text}", hint="ollama pull nomic-embed-text")
    return ModelUnfit(f"{model} cannot chat: {text}", hint="ollama pull llama3.1")


def _pull_fault(text: str, model: str, said: str) -> EngineError:
    if _NO_REGISTRY.search(text):
        return EngineUnreachable(
            f"Ollama cannot reach its model registry: {text}",
            hint=f"run `ollama pull {model}` on a machine with internet (on a cluster: a login node)",
        )
    if "file does not exist" in text or "not found" in text or "invalid model" in text:
        return ModelMissing(
            f"Ollama's registry has no model {model!r} ({text})", hint="look it up on ollama.com/library"
        )
    return EngineReply(said, hint=f"ollama pull {model}")


def unreachable(address: str, why: object) -> EngineUnreachable:
    """Nobody listens at `address`."""
    reason = _ERRNO.sub("", str(why))
    return EngineUnreachable(
        f"Ollama does not answer at {address} ({reason[:1].lower()}{reason[1:]})",
        hint="ollama serve, or set OLLAMA_HOST to where it runs, or use --engine embedded",
    )


def broken_off(address: str, why: object) -> EngineUnreachable:
    """The connection broke before the reply was whole."""
    return EngineUnreachable(
        f"Ollama at {address} hung up ({why})", hint="see whether `ollama serve` still runs"
    )


def silent(address: str, seconds: float, setting: str = "SLANGRAG_READ_TIMEOUT") -> EngineTimeout:
    """No word for `seconds`."""
    return EngineTimeout(
        f"Ollama at {address} gave no word for {seconds:g} s",
        hint=f"ollama ps; or raise {setting} and run it again",
    )


def not_ollama(address: str, why: object) -> EngineReply:
    """A reply of status 200 that is not what the protocol says."""
    return EngineReply(f"What {address} answered is not Ollama's protocol ({why})", hint="check OLLAMA_HOST")


@contextmanager
def client_faults(address: str, *, model: str, purpose: Purpose, read_timeout: float) -> Iterator[None]:
    """Turn whatever the `ollama` package raises inside the block into the project's errors.

    The package lets httpx's, json's and pydantic's exceptions through beside its own ResponseError,
    and turns a refused connection into the built-in ConnectionError on plain calls only.
    """
    import httpx
    import ollama
    from pydantic import ValidationError

    try:
        yield
    except ollama.ResponseError as error:
        raise reply_fault(
            error.status_code, str(error.error), model=model, purpose=purpose, address=address
        ) from error
    except httpx.ConnectTimeout as error:
        raise unreachable(address, "no connection within the time limit") from error
    except httpx.TimeoutException as error:
        raise silent(address, read_timeout) from error
    except (httpx.ConnectError, ConnectionError) as error:
        raise unreachable(address, error.__context__ or error) from error
    except httpx.DecodingError as error:
        raise not_ollama(address, error) from error
    except httpx.TransportError as error:
        raise broken_off(address, error) from error
    except (json.JSONDecodeError, UnicodeDecodeError, ValidationError, AttributeError, TypeError) as error:
        why = str(error).splitlines()[0]
        raise not_ollama(address, why) from error
