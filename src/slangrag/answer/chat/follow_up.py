"""Follow-ups: a line of a conversation as one that stands alone, and what to look up for it.

A capable model reads what is not plain, in one call (`condensing`); rules do where there is none. Knows
nothing of how an answer is made.
"""

from __future__ import annotations

from dataclasses import replace

from slangrag.answer.chat.condensing import condensed, is_plain
from slangrag.answer.chat.conversation import Conversation
from slangrag.answer.chat.follow_up_types import FollowUp
from slangrag.answer.chat.requests import requested
from slangrag.answer.chat.rules import read_by_rules
from slangrag.answer.chat.small_talk import small_talk
from slangrag.engines.protocols import ChatModel, ChatOptions
from slangrag.errors import EngineError, EngineTimeout


def resolve(
    line: str,
    conversation: Conversation,
    chat: ChatModel | None = None,
    options: ChatOptions | None = None,
) -> FollowUp:
    """What `line` means in the conversation.

    Requests and small talk are known by their words; a first line has nothing to point to, a plain one does
    not. Only what is left is put to a capable model. Where the engine fails or writes something useless the
    rules read the line, and `note` says so. Raises EngineTimeout: whoever has waited so long is not to wait
    again.
    """
    asked = line.strip()
    if found := requested(asked, conversation):
        return found
    talk = small_talk(asked, begun=bool(conversation.turns))
    if talk is not None:
        return FollowUp(asked, asked, asked, reply=talk, kind="small talk")
    if chat is None or not chat.identity.capable or not conversation.turns or is_plain(asked):
        return read_by_rules(asked, conversation)
    try:
        return condensed(asked, conversation, chat, options or ChatOptions())
    except EngineTimeout:
        raise
    except EngineError as error:
        note = f"read by rules, not by the model: {error.message}"
        return replace(read_by_rules(asked, conversation), note=note)
