"""Requests: lines that ask for something to be done with the talk itself, whatever it was about.

"Translate that", "say it in plain English", "another one", "are you sure that's right?", "summarise our
chat". They are known by their words, so that no model is asked what they mean.
"""

from __future__ import annotations

import re
from typing import Final

from slangrag.answer.ask.aspects import question_on
from slangrag.answer.chat.conversation import Conversation, Turn
from slangrag.answer.chat.follow_up_types import FollowUp, meaning
from slangrag.text.forms import plain_words

NOTHING_TO_SUMMARISE: Final = "There is nothing to summarise yet: no word has been explained."
_TRANSLATE: Final = re.compile(
    r"^\W*(?:(?:please|pls|can you|could you|now)\s+)*translate\s*"
    r"(?:(?:this|that|it)\s*)?(?:(?:in)?to (?:plain )?english\s*)?(?::\s*)?(?P<message>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_SAY_TRANSLATED: Final = re.compile(
    r"^\W*(?:say|put) (?:this|that) in plain english\s*:\s*(?P<message>.+)$", re.I
)
_POLITE: Final = r"(?:please |pls |ok |okay |can you |could you |now |and |so )*"
_PLAINER: Final = re.compile(
    _POLITE + r"(?:say|put|explain|give me|write)(?: me)? (?:it|that|this)(?: again)? "
    r"(?:in|into) (?:plain|simple|normal|everyday) (?:english|words|language)(?: please| pls)?"
)
_ANOTHER: Final = re.compile(
    _POLITE + r"(?:give me |show me |got |any )?(?:another|one more)(?: one)?(?: please| pls)?"
)
_CHECK: Final = re.compile(
    r"(?:but |and |wait |hm |hmm |so )*(?:(?:are|r) (?:you|u) (?:sure|certain)"
    r"(?: (?:about|of) (?:that|this|it))?(?: that)?(?: (?:(?:that|this|it)(?: is|s)|thats|its) "
    r"(?:right|true|correct))?|is (?:that|this|it) (?:really )?(?:right|true|correct))"
)
_SUMMARY: Final = re.compile(
    _POLITE + r"(?:(?:give me |write )?an? )?(?:summari[sz]e|summary of|recap|sum up)"
    r"(?: (?:our|this|the|my|of our|of this))?(?: (?:chat|talk|conversation|discussion|session))?"
    r"(?: so far)?(?: please| pls)?"
    r"|what (?:have|did) we (?:talk|talked|discuss|discussed|chat)(?: about)?(?: so far)?"
)
_PLACE: Final = re.compile(
    r"(?:and |but |so |ok )*(?:(?:on |in )?(?:which|what) (?:page|document|file|chapter|section)s?"
    r"(?: (?:is|was|are) (?:that|this|it|they))?(?: (?:on|in|from))?"
    r"|where (?:is|was|does it say|did you (?:find|get|read|see)) (?:that|this|it)(?: from)?"
    r"|where (?:is|does) (?:that|this|it) (?:from|stand|written|come from)"
    r"|(?:what is |whats )?(?:the )?page(?: number)?)(?: please| pls)?"
)
_QUOTED: Final = re.compile(r"[\"“](?P<message>[^\"“”]{6,})[\"”]")


def requested(asked: str, conversation: Conversation) -> FollowUp | None:
    """The request that a line is, or None. What points back needs something there to point to."""
    words = " ".join(plain_words(asked))
    last = conversation.latest
    if (explicit := _TRANSLATE.match(asked) or _SAY_TRANSLATED.match(asked)) and explicit["message"].strip(
        " .!?"
    ):
        return _translation(asked, explicit["message"].strip())
    if _SUMMARY.fullmatch(words):
        if last is None:
            return FollowUp(asked, asked, asked, reply=NOTHING_TO_SUMMARISE, kind="small talk")
        return FollowUp(asked, "a summary of this chat", "", kind="summary")
    if last is None:
        return None
    if last.titles and _PLACE.fullmatch(words):
        return FollowUp(asked, f"where is the answer to: {last.standalone}", "", kind="place")
    if explicit or _PLAINER.fullmatch(words):
        if last.kind in ("sentence", "translate"):
            return _translation(asked, message_of(last))
        if last.of_documents:
            return FollowUp(asked, last.standalone, last.standalone)
        word = last.headwords[0]
        return FollowUp(asked, question_on("shorter", word), meaning(word), word, "shorter")
    if _ANOTHER.fullmatch(words):
        return _another(asked, last)
    if _CHECK.fullmatch(words) and last.sources:
        return FollowUp(asked, f"is the answer right to: {last.standalone}", "", kind="check")
    return None


def message_of(turn: Turn) -> str:
    """The message that a turn was about: what it has in quotes, else all of it."""
    if turn.kind == "translate":
        return turn.standalone.removeprefix("translate: ")
    quoted = _QUOTED.search(turn.asked)
    return quoted["message"] if quoted else turn.asked


def _translation(asked: str, message: str) -> FollowUp:
    message = message.strip('"“”') or message
    standalone = f"translate: {message}"
    return FollowUp(
        standalone if asked.lower() == standalone.lower() else asked, standalone, message, kind="translate"
    )


def further(asked: str, last: Turn) -> FollowUp:
    """What else the documents have on the question that they answered last."""
    question = topic_of(last)
    return FollowUp(asked, f"more on: {question}", question, "", "others")


def topic_of(turn: Turn) -> str:
    """The question that a turn of documents began with, without the follow-ups that were added to it."""
    return turn.standalone.removeprefix("more on: ").split("; ")[0].rstrip(" ?")


def _another(asked: str, last: Turn) -> FollowUp:
    """One more of what the last answer gave: an example, a word that fits the description, a sense."""
    if last.of_documents:
        return further(asked, last)
    word = last.headwords[0]
    if last.kind == "example":
        return FollowUp(asked, question_on("example", word), meaning(word), word, "example")
    if last.kind == "reverse":
        return FollowUp(asked, f"another word: {last.standalone}", last.standalone, "", "others")
    return FollowUp(asked, question_on("others", word), meaning(word), word, "others")
