"""Conversations that have begun, for tests of what comes next."""

from __future__ import annotations

from slangrag.answer.chat.conversation import Conversation, Turn

ABOUT_RIZZ = Conversation(
    "20261122-120000-abcd",
    1.0,
    (Turn("what does rizz mean", "what does rizz mean", "Charm [1].", ("rizz",), 2.0),),
)
ABOUT_TWO = ABOUT_RIZZ.with_turn(Turn("drip and tea?", "drip and tea?", "…", ("drip", "tea"), 3.0))
