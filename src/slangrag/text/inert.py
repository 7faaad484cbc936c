"""Strangers' words made inert: text that can stand in a prompt, or in an answer, and do nothing there.

Used on definitions, on questions and on what a model writes (it may copy either). Pure text work. What
is displayed as a source is not touched by this; rendering has its own guard.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Every chat template's tokens (<|im_end|>, [/INST], <<SYS>>, </s>, <start_of_turn>, <｜User｜>) need one
# of these characters, so none can be spelled once they are gone. Look-alikes keep "<3" readable.
_LOOK_ALIKES: Final = str.maketrans(
    {"<": "‹", ">": "›", "＜": "‹", "＞": "›", "|": "¦", "｜": "¦", "`": "'", "{": "(", "}": ")"}
)
_BRACKETS: Final = str.maketrans("", "", "[]【】［］")
_ANSI: Final = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS, APC, PM, SOS
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor
    r"|\x1b[()*+].|\x1b."
)
_FAKE_CITATION: Final = re.compile(r"[\[【［]\s*[+−–-]?\d+(?:\s*[,;–-]\s*\d+)*\s*[\]】］]")
_RULES: Final = re.compile(r"([#=*_~-])\1{2,}")
_SPACES: Final = re.compile(r"\s+")


def _visible(character: str) -> bool:
    """False for control, format (zero-width, bidi, tags), surrogate, private and unassigned characters."""
    return character.isspace() or unicodedata.category(character)[0] != "C"


def inert(text: str) -> str:
    """One line of `text` without template tokens, brackets, escapes or invisible characters.

    Cross-references lose their brackets ("[cap]" becomes "cap"); numbers in brackets, which would pass
    for citations, go altogether.
    """
    if not (text.isascii() and text.isprintable()):  # else there is no escape in it, and nothing invisible
        text = _ANSI.sub(" ", text)
        text = "".join(c for c in text if _visible(c))
    text = _FAKE_CITATION.sub(" ", text).translate(_BRACKETS).translate(_LOOK_ALIKES)
    text = _RULES.sub(r"\1", text)
    return _SPACES.sub(" ", text).strip()


def excerpt(text: str, limit: int) -> str:
    """The opening of `text`, at most `limit` characters, ended at a sentence where there is one.

    A cut is visible: the result then ends in "…".
    """
    if len(text) <= limit:
        return text
    opening = text[:limit]
    stop = max(opening.rfind(mark) for mark in (". ", "! ", "? ", "; "))
    if stop < limit // 3:
        stop = max(opening.rfind(" "), limit // 2)
        return opening[:stop].rstrip(" ,;:") + " …"
    return opening[: stop + 1] + " …"
