"""What a check finds: the one shape that every check of `slangrag doctor` gives. Prints nothing."""

from __future__ import annotations

from dataclasses import dataclass

from slangrag.errors import SlangragError


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ok is None for what is neither well nor ill: not there, and not needed.

    said is one line; next is the command that mends a failure, exit_code what the shell then sees.
    """

    name: str
    ok: bool | None
    said: str
    next: str = ""
    exit_code: int = 0


def failed(name: str, error: SlangragError) -> Finding:
    """An error as a failed check."""
    return Finding(name, False, error.message, error.hint, error.exit_code)
