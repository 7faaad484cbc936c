"""`slangrag doctor`: one screen on what works, and the command that mends what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.service.doctor.finding import Finding


@with_settings("engine", "chat_model", "store")
def doctor(
    quick: Annotated[bool, typer.Option("--quick", help="Load no model and open no index.")] = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Check that everything works; each failure ends with the command that mends it."""
    from slangrag.service.doctor.checks import checks

    found: list[Finding] = []
    for check in checks(settings, quick=quick):
        found.append(check)
        if not as_json:
            from slangrag.cli.render.checks import show_check

            show_check(check.name, check.ok, check.said, check.next, width=8)
    bad = [check for check in found if check.ok is False]
    if as_json:
        from slangrag.cli.render.terminal import write_json
        from slangrag.config import OPTIONS
        from slangrag.service import reports

        write_json(reports.diagnosis(found, OPTIONS, settings))
    else:
        from slangrag.cli.render.checks import show_verdict

        show_verdict(len(bad))
    if bad:
        raise typer.Exit(bad[0].exit_code)
