"""`slangrag doctor`: one screen on what works, and the command that mends what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from slangrag.cli.options import EngineOption, JsonOption, ModelOption, StoreOption
from slangrag.config import load_settings

if TYPE_CHECKING:
    from slangrag.cli.doctor_checks import Check


def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Load no model and open no index.")] = False,
    engine: EngineOption = None,
    model: ModelOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that everything works; each failure ends with the command that mends it."""
    from slangrag.cli.doctor_checks import checks

    settings = load_settings({"store": store, "engine": engine, "chat_model": model})
    found: list[Check] = []
    for check in checks(settings, quick=quick):
        found.append(check)
        if not as_json:
            _show(check)
    bad = [check for check in found if check.ok is False]
    if as_json:
        from slangrag.cli.config_command import setting_document
        from slangrag.cli.render.terminal import write_json
        from slangrag.config import OPTIONS

        write_json(
            {
                "ok": not bad,
                "checks": [check_document(check) for check in found],
                "settings": [setting_document(option, settings) for option in OPTIONS],
            }
        )
    else:
        _conclude(len(bad))
    if bad:
        raise typer.Exit(bad[0].exit_code)


def check_document(check: Check) -> dict[str, Any]:
    """A check as `doctor --json` gives it; `ok` is null for what is absent and not needed."""
    return {"name": check.name, "ok": check.ok, "said": check.said, "next": check.next or None}


_MARKS = {True: ("ok", "green"), False: ("no", "bold red"), None: ("-", "dim")}


def _show(check: Check) -> None:
    from rich.text import Text

    from slangrag.cli.render.terminal import show_labelled

    word, style = _MARKS[check.ok]
    label = Text().append(f"{word:<4}", style=style).append(f"{check.name:<10}", style="bold")
    show_labelled(label, Text(check.said))
    if check.next:
        show_labelled(Text(" " * 8 + "next: ", style="dim"), Text(check.next, style="yellow"))


def _conclude(bad: int) -> None:
    from rich.text import Text

    from slangrag.cli.render.terminal import show

    show(Text())
    show(Text("All is well." if not bad else f"{bad} thing{'s' if bad > 1 else ''} to mend, from the top."))
