"""`slangrag config`: what is in force, where it came from, and how to change it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from slangrag.cli.groups import Commands
from slangrag.cli.options import JsonOption
from slangrag.config import (
    CONFIG_NAME,
    OPTIONS,
    Option,
    load_settings,
    parse_value,
    user_config_path,
)
from slangrag.errors import ConfigError, UsageError

app = typer.Typer(help="Show and change settings.", no_args_is_help=True, rich_markup_mode=None, cls=Commands)


@app.command()
def show(as_json: JsonOption = False) -> None:
    """Show every setting, its value and the layer it came from."""
    from slangrag.cli.render.terminal import show_table, write_json

    settings = load_settings()
    if as_json:
        from slangrag.service import reports

        write_json(reports.configuration(OPTIONS, settings))
        return
    rows = [(option.name, _text(option.shown(settings)), settings.origin[option.name]) for option in OPTIONS]
    show_table(("setting", "value", "from"), rows)


@app.command()
def path() -> None:
    """Show the files that settings are read from, and which exist."""
    for place in (user_config_path(), Path.cwd() / CONFIG_NAME, Path.cwd() / ".env"):
        typer.echo(f"{place}{'' if place.is_file() else '  (not there)'}")


@app.command(name="set")
def set_value(
    name: Annotated[str, typer.Argument(help="Setting, as `config show` names it.")],
    value: Annotated[str, typer.Argument(help="Its new value; an empty one removes it.")],
    here: Annotated[
        bool, typer.Option("--here", help=f"Write ./{CONFIG_NAME}, not the file of your user.")
    ] = False,
) -> None:
    """Write a setting to slangrag.toml, comments kept."""
    option = next((option for option in OPTIONS if option.name == name.replace("-", "_")), None)
    if option is None:
        raise UsageError(f"there is no setting {name!r}", hint="slangrag config show")
    file = Path.cwd() / CONFIG_NAME if here else user_config_path()
    _write(file, option, value)
    typer.echo(f"{option.name} = {value or '(default)'} in {file}")
    winner = load_settings().origin[option.name]
    if value and winner != str(file):
        from slangrag.cli.render.terminal import note

        note(f"but {winner} has {option.name} too, and wins")


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _write(file: Path, option: Option, value: str) -> None:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(file.read_text(encoding="utf-8")) if file.is_file() else tomlkit.document()
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ConfigError(f"{file} cannot be read: {error}", hint=f"mend or remove {file}") from error
    if value == "":
        document.pop(option.name, None)
    else:
        parsed = parse_value(option, value, "given")
        document[option.name] = str(parsed) if isinstance(parsed, Path) else parsed
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        place = file.resolve()  # a link stays one
        whole = place.with_suffix(".toml.new")  # on a full disk the old file still stands
        whole.write_text(tomlkit.dumps(document), encoding="utf-8")
        whole.replace(place)
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}", hint="slangrag config path"
        ) from error
