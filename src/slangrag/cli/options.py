"""The options that several commands share, each written once.

None always means "not given": the layers below (environment, .env, slangrag.toml, default) decide then.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from slangrag.cli.completion import chat_models, embed_models

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
TopKOption = Annotated[
    int | None,
    typer.Option("-k", "--top-k", min=1, max=50, help="Definitions to lean on. [env: SLANGRAG_TOP_K]"),
]
ThreadsOption = Annotated[
    int | None,
    typer.Option("--threads", min=0, help="Threads of the embedded engine. [env: SLANGRAG_THREADS]"),
]
TemperatureOption = Annotated[float | None, typer.Option("--temperature", min=0, max=2)]
NumCtxOption = Annotated[int | None, typer.Option("--num-ctx", min=256, help="Context, in tokens.")]
MaxTokensOption = Annotated[int | None, typer.Option("--max-tokens", min=16, help="Longest answer.")]
SystemOption = Annotated[
    Path | None, typer.Option("--system", metavar="FILE", help="Your own instructions to the model.")
]
