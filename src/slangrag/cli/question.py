"""Where a question comes from: the arguments, or standard input when there are none (or just "-")."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from slangrag.errors import UsageError

LONGEST: Final = 4000


def read_question(words: Sequence[str] | None, *, example: str) -> str:
    """The question as one string, in at most LONGEST characters.

    Raises UsageError (hint: `example`) where there is none, or where it is longer.
    """
    text = " ".join(words or ()).strip()
    if text in {"", "-"}:
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("nothing was asked", hint=example)
        text = sys.stdin.read(LONGEST + 1).strip()
    if not text:
        raise UsageError("nothing was asked", hint=example)
    if len(text) > LONGEST:
        raise UsageError(
            f"the text is longer than {LONGEST} characters", hint="ask about one passage at a time"
        )
    return text
