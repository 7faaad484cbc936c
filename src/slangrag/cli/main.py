"""The command line's front door: the app, its commands, and the one place where errors become two lines.

Importing this module must stay cheap: commands import what they need when they run. A test holds the list.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated, Final

import typer

from slangrag import __version__
from slangrag.cli import config_command, documents_command, models_command, store_command, tune_command
from slangrag.cli.add_command import add
from slangrag.cli.ask_command import ask
from slangrag.cli.chat_command import chat
from slangrag.cli.convert_command import convert
from slangrag.cli.crawl_command import crawl
from slangrag.cli.define_command import define
from slangrag.cli.doctor_command import doctor
from slangrag.cli.eval_command import evaluate
from slangrag.cli.groups import Commands
from slangrag.cli.ingest_command import ingest
from slangrag.cli.mcp_command import mcp
from slangrag.cli.search_command import search
from slangrag.cli.serve_command import serve
from slangrag.cli.translate_command import translate
from slangrag.errors import SlangragError, StoreError

ENGINE_PACKAGES: Final = {
    "index": ("chromadb",),
    "ollama": ("ollama",),
    "embedded": ("xllamacpp", "onnxruntime", "tokenizers"),
    "huggingface": ("transformers", "torch", "accelerate"),
    "langchain": ("langchain", "langchain-core"),
    "serve": ("fastapi", "uvicorn"),
    "mcp": ("mcp",),
}
"""What `--version` tells of, read from the packages' metadata: none of them is imported."""

app = typer.Typer(
    name="slangrag",
    cls=Commands,
    help="A slang translator that retrieves before it answers, and cites what it found.",
    no_args_is_help=True,
    rich_markup_mode=None,  # Rich's help pages cost 0.1 s at every start
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (ingest, add, crawl, convert, ask, chat, translate, define, search, serve, mcp, doctor):
    app.command()(command)
app.command("eval")(evaluate)
for group, commands in (
    ("documents", documents_command.app),
    ("store", store_command.app),
    ("models", models_command.app),
    ("tune", tune_command.app),
    ("config", config_command.app),
):
    app.add_typer(commands, name=group)


def _print_version(wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    typer.echo(f"slangrag {__version__}")
    for engine, packages in ENGINE_PACKAGES.items():
        try:
            found = ", ".join(f"{package} {version(package)}" for package in packages)
        except PackageNotFoundError as missing:
            found = f"not installed ({missing.name})"
        typer.echo(f"  {engine}: {found}")
    raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            help="Show the version and those of the engines.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """A slang translator that retrieves before it answers, and cites what it found."""
    del version  # its callback has done it all
    if debug:
        os.environ["SLANGRAG_DEBUG"] = "1"


def _report(error: SlangragError) -> None:
    """Two lines on stderr: what went wrong, and what to type next. Both may hold names of strangers'.

    On a terminal the first is broken between words; the second never, so that it can be copied.
    """
    from slangrag.text.clean import printable

    message = f"slangrag: {' '.join(printable(error.message).split())}"
    if sys.stderr.isatty():
        import textwrap

        width = os.get_terminal_size(sys.stderr.fileno()).columns
        message = textwrap.fill(message, width, break_long_words=False, break_on_hyphens=False)
    typer.echo(message, err=True)
    if error.hint:
        typer.echo(f"    next: {printable(error.hint)}", err=True)


def _report_full_disk(error: OSError) -> None:
    """Say that the output has no room; what is left of it goes nowhere, or Python complains at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    _report(
        SlangragError(
            f"the output cannot be written: {error.strerror}", hint="make room, or send it elsewhere"
        )
    )


def main() -> None:
    """Run the command line; exit codes are those of `slangrag.errors`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a character that a code page lacks is replaced, not a crash
            stream.reconfigure(errors="replace")
    try:
        app(prog_name="slangrag")
    except SlangragError as error:
        if os.environ.get("SLANGRAG_DEBUG"):
            raise
        _report(error)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        _report_full_disk(error)
        sys.exit(StoreError.exit_code)
    except KeyboardInterrupt as interrupt:
        if str(interrupt):
            typer.echo(f"slangrag: {interrupt}", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
