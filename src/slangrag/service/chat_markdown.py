"""A conversation as a Markdown text: questions, answers with their marks, and the definitions they cite.

All of it is strangers' text or a model's: every character that Markdown or HTML would act on is escaped.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from slangrag.answer.chat.conversation import CitedEntry, Conversation, Turn

_ACTIVE: Final = re.compile(r"([\\`*_{}\[\]<>()#+\-!|~&])")
_LINK: Final = re.compile(r"(?<=\w)(://|\.(?=\w)|@)")
_MARKS: Final = {
    "supported": "supported",
    "own words": "own words, not verified",
    "quoted": "quoted",
    "remark": "remark",
}


def markdown(conversation: Conversation, *, safe: bool = False) -> str:
    """The whole conversation. With `safe`, rude words are masked."""
    day = time.strftime("%Y-%m-%d %H:%M", time.localtime(conversation.began))
    parts = [f"# {_shown(conversation.title, safe)}", f"slangrag chat {conversation.id}, {day}"]
    for turn in conversation.turns:
        parts += _turn(turn, safe)
    return "\n\n".join(parts) + "\n"


def _turn(turn: Turn, safe: bool) -> list[str]:
    parts = [f"## {_shown(turn.asked, safe)}"]
    if turn.standalone != turn.asked:
        parts.append(f"*read as: {_shown(turn.standalone, safe)}*")
    remark = turn.answered.removesuffix(" ".join(one.text for one in turn.sentences)).strip()
    if remark:
        parts.append(_shown(remark, safe))
    if turn.sentences:
        lines = (f"- {_shown(one.text, safe)} *({_MARKS[one.support]})*" for one in turn.sentences)
        parts.append("\n".join(lines))
    if turn.sources:
        sources = (
            f"> \\[{one.n}\\] **{_shown(one.word, safe)}** ({_shown(_place(one), safe)}): "
            f"{_shown(one.definition, safe)}"
            for one in turn.sources
        )
        parts.append("\n>\n".join(sources))
    return parts


def _place(one: CitedEntry) -> str:
    if one.passage:
        return f"p. {one.page}" if one.page else "document"
    return f"entry {one.entry_id}"


def _shown(text: str, safe: bool) -> str:
    """Text on one line, in which nothing is markup and no address becomes a link by itself."""
    from slangrag.text.clean import printable

    text = printable(text)
    if safe:
        from slangrag.text.rating import mask

        text = mask(text)
    escaped = _ACTIVE.sub(r"\\\1", " ".join(text.split()))
    return _LINK.sub("\u200b\\1", escaped) if "://" in escaped or "www." in escaped.lower() else escaped
