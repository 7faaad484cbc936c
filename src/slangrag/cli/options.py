"""The options that several commands share, each written once.

None always means "not given": the layers below (environment, .env, slangrag.toml, default) decide then.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slangrag.cli.completion import chat_models, embed_models
from slangrag.config import BY_NAME

StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="The slang store. [env: SLANGRAG_STORE]")
]
EngineOption = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="auto, ollama or embedded. [env: SLANGRAG_ENGINE]"),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        metavar="NAME",
        help="Model that answers: a name, a GGUF file, or provider:name. [env: SLANGRAG_CHAT_MODEL]",
        autocompletion=chat_models,
    ),
]
EmbedModelOption = Annotated[
    str | None,
    typer.Option(
        "--embed-model",
        metavar="NAME",
        help="Model of the vectors. [env: SLANGRAG_EMBED_MODEL]",
        autocompletion=embed_models,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, nothing else there.")]
SafeOption = Annotated[
    bool | None, typer.Option("--safe/--no-safe", help="Mask strong words. [env: SLANGRAG_SAFE]")
]
_TOP_K, _THREADS, _TEMPERATURE = BY_NAME["top_k"], BY_NAME["threads"], BY_NAME["temperature"]
_NUM_CTX, _MAX_TOKENS = BY_NAME["num_ctx"], BY_NAME["max_tokens"]
TopKOption = Annotated[
    int | None,
    typer.Option(
        "-k", "--top-k", min=_TOP_K.low, max=_TOP_K.high, help="Definitions to lean on. [env: SLANGRAG_TOP_K]"
    ),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option(
        "--threads",
        min=_THREADS.low,
        max=_THREADS.high,
        help="Threads of the embedded engine. [env: SLANGRAG_THREADS]",
    ),
]
TemperatureOption = Annotated[
    float | None, typer.Option("--temperature", min=_TEMPERATURE.low, max=_TEMPERATURE.high)
]
NumCtxOption = Annotated[
    int | None,
    typer.Option("--num-ctx", min=_NUM_CTX.low, max=_NUM_CTX.high, help="Context, in tokens."),
]
MaxTokensOption = Annotated[
    int | None,
    typer.Option("--max-tokens", min=_MAX_TOKENS.low, max=_MAX_TOKENS.high, help="Longest answer."),
]
SystemOption = Annotated[
    Path | None, typer.Option("--system", metavar="FILE", help="Your own instructions to the model.")
]
