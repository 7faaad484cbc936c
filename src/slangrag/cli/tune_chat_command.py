"""`slangrag tune chat`: pairs from the store, a LoRA adapter trained on them, its export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from slangrag.cli.groups import Commands
from slangrag.cli.options import JsonOption, with_settings
from slangrag.cli.tune_options import DIR, DirOption
from slangrag.config import Settings
from slangrag.errors import UsageError

app = typer.Typer(
    help="Train a LoRA adapter for a chat model on answers that the store supports.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
)
FreshOption = Annotated[bool, typer.Option("--fresh", help="Begin anew; what this step made before goes.")]


@app.command()
@with_settings("store", "engine", "top_k", "check", "temperature", "num_ctx", "max_tokens", "threads")
def pairs(
    folder: DirOption = DIR,
    count: Annotated[int, typer.Option("--count", min=1, help="Pairs to train on.")] = 2000,
    refusals: Annotated[
        float, typer.Option("--refusals", min=0, max=0.9, help="Share of them whose answer is to decline.")
    ] = 0.15,
    held_out: Annotated[
        float, typer.Option("--held-out", min=0, max=0.9, help="Share of headwords that no training sees.")
    ] = 0.1,
    model: Annotated[
        str | None,
        typer.Option("--model", "-m", metavar="NAME", help="Who writes the answers; else they are quoted."),
    ] = None,
    given: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Answers of yours: JSON lines with query and answer."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Draws the headwords and the wordings.")] = 0,
    fresh: FreshOption = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Make pairs of the prompt that `ask` sends and a cited answer that passes its check."""
    from slangrag.cli.opening import fetching
    from slangrag.cli.render.chat_tuning import show_pairs
    from slangrag.cli.render.progress import meter
    from slangrag.cli.signals import ctrl_c_is_told, stop_on_signals
    from slangrag.service import chat_tuning

    if model is not None and given is not None:
        raise UsageError("--model does not go with --from", hint="leave out one of them")
    plan = chat_tuning.PairsPlan(
        folder, count, refusals, held_out, seed, settings.top_k, None if given is None else given, fresh
    )
    settings = replace(settings, chat_model=model)
    with stop_on_signals() as stop, meter("pairs") as bar, ctrl_c_is_told():
        report = chat_tuning.make_pairs(
            settings,
            plan,
            ask_model=model is not None,
            fetching=fetching(),
            told=lambda done, wanted, rate: bar.update("pairs", done, wanted, rate),
            stop=stop,
        )
    if as_json:
        from slangrag.cli.render.terminal import write_json

        write_json(chat_tuning.pairs_document(report))
    else:
        show_pairs(report, count, folder)


@app.command()
@with_settings("threads")
def train(
    base: Annotated[
        str, typer.Option("--base", metavar="FOLDER|NAME", help="The model: a folder, or a name on the hub.")
    ],
    folder: DirOption = DIR,
    rank: Annotated[int, typer.Option("--rank", min=1, max=1024, help="LoRA's rank.")] = 16,
    alpha: Annotated[int, typer.Option("--alpha", min=1, help="LoRA's alpha; it counts alpha/rank.")] = 32,
    dropout: Annotated[float, typer.Option("--dropout", min=0, max=0.9, help="LoRA's dropout.")] = 0.05,
    learning_rate: Annotated[float, typer.Option("--lr", min=0, help="The highest learning rate.")] = 2e-4,
    epochs: Annotated[float, typer.Option("--epochs", min=0.01, help="How often each pair is seen.")] = 2.0,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Pairs at once.")] = 2,
    accumulate: Annotated[int, typer.Option("--accumulate", min=1, help="Batches to a step.")] = 8,
    max_length: Annotated[
        int, typer.Option("--max-length", min=64, help="Tokens; a longer pair is left out.")
    ] = 2048,
    precision: Annotated[str, typer.Option("--precision", help="auto, bf16, fp16 or fp32.")] = "auto",
    four_bit: Annotated[
        bool, typer.Option("--four-bit", help="Hold the base in 4 bits (QLoRA; needs bitsandbytes, a GPU).")
    ] = False,
    steps: Annotated[
        int | None, typer.Option("--steps", min=1, help="So many steps, in the place of --epochs.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of weights and order.")] = 0,
    fresh: FreshOption = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Train a LoRA adapter on the pairs; stopped, the same command goes on (75 after a signal)."""
    from slangrag.cli.render.chat_tuning import show_training
    from slangrag.cli.render.progress import meter
    from slangrag.cli.render.terminal import note, write_json
    from slangrag.cli.signals import ctrl_c_is_told, stop_on_signals
    from slangrag.service import chat_tuning

    plan = chat_tuning.TrainPlan(
        folder=folder, base=base, rank=rank, alpha=alpha, dropout=dropout, learning_rate=learning_rate,
        epochs=epochs, batch=batch, accumulate=accumulate, max_length=max_length,
        precision=precision,  # type: ignore[arg-type]  # the plan checks it
        four_bit=four_bit, steps=steps, seed=seed, fresh=fresh,
        threads=settings.threads,
    )  # fmt: skip
    with stop_on_signals() as stop, meter("steps") as bar, ctrl_c_is_told():
        report = chat_tuning.train(plan, told=bar.update, stop=stop)
    for remark in report.notes:
        note(remark)
    if as_json:
        write_json(chat_tuning.training_document(report))
    else:
        show_training(report, folder)


@app.command(name="export")
@with_settings("threads")
def export_tuned(
    folder: DirOption = DIR,
    adapter: Annotated[
        bool, typer.Option("--adapter", help="The adapter alone, for Ollama's ADAPTER.")
    ] = False,
    merged: Annotated[
        bool, typer.Option("--merged", help="Base and adapter as one model, in safetensors (the default).")
    ] = False,
    gguf: Annotated[
        Path | None,
        typer.Option("--gguf", metavar="BASE.gguf", help="As GGUF, with the help of one of the base."),
    ] = None,
    ollama: Annotated[
        str, typer.Option("--ollama", metavar="NAME", help="What it is to be called there.")
    ] = "slang-tuned",
    base_in_ollama: Annotated[
        str | None,
        typer.Option("--base-in-ollama", metavar="NAME", help="What Ollama calls the base (for --adapter)."),
    ] = None,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Write the trained adapter for Ollama and others, and compare what is merged with it."""
    from slangrag.cli.render.chat_tuning import show_export
    from slangrag.cli.render.progress import meter
    from slangrag.cli.render.terminal import note, write_json
    from slangrag.cli.signals import ctrl_c_is_told
    from slangrag.service import chat_tuning

    if adapter and merged:
        raise UsageError("--adapter does not go with --merged", hint="one at a time")
    if not ollama or any(c.isspace() or c in "/\\" for c in ollama):
        raise UsageError(f"--ollama {ollama!r} is no name", hint="--ollama slang-tuned")
    plan = chat_tuning.ExportPlan(
        folder,
        "adapter" if adapter else "gguf" if gguf is not None else "merged",
        ollama,
        base_in_ollama,
        gguf,
        settings.threads,
    )
    with meter("steps") as bar, ctrl_c_is_told():
        report = chat_tuning.export(plan, told=bar.update)
    for remark in report.notes:
        note(remark)
    if as_json:
        write_json(chat_tuning.export_document(report))
    else:
        show_export(report)
