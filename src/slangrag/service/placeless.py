"""What a client far away is told, without the places on the machine that messages and notes name."""

from __future__ import annotations

import re
from typing import Final

_PLACE: Final = re.compile(r"(?:https?://\S+)|(?:(?<![\w/])~?/[\w.@~+-]+(?:/[\w.@~+-]*)+)")

_FLAG: Final = re.compile(r" \(--[a-z][^()]*\)")


def placeless(text: str) -> str:
    """`text` without paths and addresses of the machine, and without the command line's flags."""
    return _FLAG.sub("", _PLACE.sub("…", text))
