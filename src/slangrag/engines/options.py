"""Options of a model's own (`--option KEY=VALUE`): which of them an engine takes, and what is said of others.

What has a flag of its own (context, longest answer, temperature, threads) is refused as an option, so one
thing is never said twice. `seed` and `stop` every engine takes: they become part of `ChatOptions`. All else
is the engine's, by its own names. Knows no engine.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any, Final

from slangrag.config import BY_NAME, Settings
from slangrag.engines.protocols import ChatOptions
from slangrag.errors import UsageError

SHARED: Final = frozenset({"seed", "stop"})
"""What each engine is told by `ChatOptions`."""

_HAVE_FLAGS: Final = {
    "temperature": "temperature",
    **dict.fromkeys(("num_ctx", "n_ctx"), "num_ctx"),
    **dict.fromkeys(
        ("max_tokens", "num_predict", "n_predict", "max_new_tokens", "max_completion_tokens"), "max_tokens"
    ),
    **dict.fromkeys(("num_thread", "n_threads", "threads"), "threads"),
    "keep_alive": "keep_alive",
    **dict.fromkeys(("timeout", "request_timeout"), "read_timeout"),
}
_SAME_ELSEWHERE: Final = (
    {"num_gpu", "n_gpu_layers", "ngl"},
    {"num_batch", "n_batch"},
    {"num_keep", "n_keep"},
    {"repeat_penalty", "repetition_penalty"},
    {"dtype", "torch_dtype"},
)
"""One thing by the names of several engines."""


def own_options(settings: Settings, known: Collection[str], engine: str) -> dict[str, Any]:
    """The options that are for the engine itself, by its own names, all of them among `known`.

    Raises UsageError for one that has a flag, and for one that the engine does not know.
    """
    given = unflagged(settings)
    for key, value in given.items():
        if key not in known:
            near = _near(key, known)
            # Ollama passes over what it does not know, and the user would look for the effect in vain.
            raise UsageError(
                f"{engine} knows no option {key!r}",
                hint=f"--option {near}={_typed(value)}"
                if near
                else f"leave out {key}; docs/models.md has the list",
            )
    return given


def unflagged(settings: Settings) -> dict[str, Any]:
    """The options but the shared ones. Raises UsageError for one that has a flag of its own."""
    given = settings.model_options()
    for key, value in given.items():
        if key in _HAVE_FLAGS:
            option = BY_NAME[_HAVE_FLAGS[key]]
            flag = f"{option.flag} {_typed(value)}, or " if option.flags else ""
            raise UsageError(
                f"{key} is no option: it has a setting of its own",
                hint=f"{flag}{option.env}={_typed(value)}",
            )
    return {key: value for key, value in given.items() if key not in SHARED}


def chat_options(settings: Settings) -> ChatOptions:
    """How a model is to generate, as the settings and the shared options have it.

    Raises UsageError for a seed that is no whole number or null, and a stop that is no text or list of texts.
    """
    given = settings.model_options()
    seed, stop = given.get("seed", 0), given.get("stop", [])
    stops = [stop] if isinstance(stop, str) else stop
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
        raise UsageError(f"seed={_typed(seed)}: expected a whole number, or null", hint="--option seed=1")
    if not isinstance(stops, list) or not all(isinstance(one, str) and one for one in stops):
        raise UsageError(
            f"stop={_typed(stop)}: expected a text, or a list of texts", hint="""--option 'stop=["###"]'"""
        )
    return ChatOptions(
        num_ctx=settings.num_ctx,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        seed=seed,
        stop=tuple(stops),
    )


def only(given: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Those of `given` that are among `names`."""
    return {key: value for key, value in given.items() if key in names}


def _near(key: str, known: Collection[str]) -> str:
    for names in _SAME_ELSEWHERE:
        if key in names and (here := sorted(names & set(known))):
            return here[0]
    return next(iter(difflib.get_close_matches(key.lower(), sorted(known), n=1, cutoff=0.7)), "")


def _typed(value: Any) -> str:
    import json

    return value if isinstance(value, str) else json.dumps(value)
