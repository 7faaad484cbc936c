"""Conversations that have begun, for tests of what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from slangrag.answer.chat.conversation import Conversation, Turn
from slangrag.answer.chat.follow_up_types import FollowUp
from slangrag.answer.chat.from_definitions import remarked
from slangrag.answer.chat.turns import Asked, reply
from slangrag.answer.events import AnswerOptions, Event
from slangrag.engines.protocols import ChatModel
from slangrag.retrieval.types import Retrieval

ABOUT_RIZZ = Conversation(
    "20261122-120000-abcd",
    1.0,
    (Turn("what does rizz mean", "what does rizz mean", "Charm [1].", ("rizz",), 2.0),),
)
ABOUT_TWO = ABOUT_RIZZ.with_turn(Turn("drip and tea?", "drip and tea?", "…", ("drip", "tea"), 3.0))


def replied(
    follow_up: FollowUp,
    conversation: Conversation,
    retrieval: Retrieval | None,
    chat: ChatModel,
    options: AnswerOptions | None = None,
) -> Iterator[Event]:
    """The events of a turn, small talk too."""
    options = options or AnswerOptions()
    if retrieval is None:
        return remarked(follow_up, follow_up.reply or "", options)
    return reply(Asked(follow_up, conversation, retrieval, chat, options))
