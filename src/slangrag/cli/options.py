"""The flags that several commands share: those of the settings, made from their declarations, and two more.

None always means "not given": the layers below (environment, .env, slangrag.toml, default) decide then.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from slangrag.cli.completion import chat_models, embed_models
from slangrag.config import BY_NAME, Option, load_settings

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else there.")]
SystemOption = Annotated[
    Path | None, typer.Option("--system", metavar="FILE", help="Your own instructions to the model.")
]
ServerOption = Annotated[
    bool,
    typer.Option("--server/--no-server", help="Let `slangrag serve` answer where it runs over this store."),
]
ANSWERING: Final = (
    "top_k", "chat_model", "engine", "check", "temperature", "num_ctx", "max_tokens", "threads", "options",
)  # fmt: skip
"""The settings of a command whose answers a model writes."""

_METAVARS: Final[dict[type, str]] = {Path: "DIR", str: "NAME"}
_COMPLETIONS: Final = {"chat_model": chat_models, "embed_model": embed_models}


def with_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the flags of these settings, in the place of its parameter `settings`.

    What was given on the command line is laid over the other layers (`load_settings`, with its errors), and
    the command gets the outcome. `settings` is keyword-only there, because the flags around it have defaults.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**given: Any) -> None:
            flags = {name: given.pop(name) for name in names}
            command(settings=load_settings(flags), **given)

        parameters: list[inspect.Parameter] = []
        for one in inspect.signature(command, eval_str=True).parameters.values():
            parameters += [_parameter(BY_NAME[name]) for name in names] if one.name == "settings" else [one]
        keyword_only = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
        run.__signature__ = inspect.Signature(keyword_only)  # type: ignore[attr-defined]  # typer reads it
        return run

    return decorate


def _parameter(option: Option) -> inspect.Parameter:
    number = option.kind in {int, float}
    flag = typer.Option(
        *option.flags,
        help=f"{option.help} [env: {option.env}]",
        metavar="KEY=VALUE" if option.pairs else _METAVARS.get(option.kind),
        min=option.low if number else None,
        max=option.high if number else None,
        autocompletion=_COMPLETIONS.get(option.name),
    )
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[(list[str] if option.pairs else option.kind) | None, flag],
    )
