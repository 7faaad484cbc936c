"""How a text is put: whether it asks something, whether it asks a word's meaning, where the word is said.

Patterns only; knows nothing of the store. (`retrieval/wordings.py` has those of questions about slang.)
"""

from __future__ import annotations

import re
from typing import Final

_AUXILIARY: Final = (
    r"(?:(?:can|could|do|does|did|is|are|am|was|were|should|must|may|might|will|would|has|have|had)(?:n['’]?t)?|"
    r"can['’]?t|won['’]?t|shall)"
)
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+")
_ASKS: Final = re.compile(
    rf"(?:^|[,;:]\s)\W*(?:(?:and|so|but|ok|hey|hi|please)\b\W*)*(?:(?:what|how|why)\b|"
    rf"(?:when|where)\W+{_AUXILIARY}\b|where['’]?s\b|{_AUXILIARY}\W+(?:i|you|we|it|he|she|they|the|a|an|there|"
    r"my|our|this|that|any|\w+s)\b|(?:in|at|on|for|from|to|by|with) (?:which|what|whom)\b|"
    rf"(?:tell me|show me|give me|list|explain|describe|summari[sz]e)\b)|^\W*(?:which|whose|for how)\b|"
    rf"^\W*(?:who|what)['’]?s\b|^\W*who(?:\W+\w+){{2}}|\?\s*$",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"^\s*[\"“«].*[\"”»]\s*$", re.DOTALL)
_MEANING: Final = re.compile(r"\b(?:means?|meaning|definition|define)\b|\bstands? for\b", re.IGNORECASE)
_ASKED: Final = (
    r"(?P<question>(?:what\W+(?:does|do|is)\W+(?!(?:it|that|this|they|he|she|you|i|we)\b).{1,60}?\b"
    r"(?:mean|stand for)\b|(?:the )?(?:meaning|definition) of\W.{1,40}?|define\W.{1,40}?))"
)
_WHERE: Final = re.compile(rf"\W*{_ASKED}\W+(?:in|on|at|for|to|when|as|among|with)\b.+", re.IGNORECASE)
_WHERE_FIRST: Final = re.compile(
    rf"\W*(?:in|on|at|for|among|with)\W+(?!what\b|which\b).{{1,40}}?\W+{_ASKED}\W*$", re.IGNORECASE
)
_TELLS: Final = (
    r"[\W_]{0,3}?\s*(?:[:=–—|]|\s-\s|means?\b|stands?\s+for\b|refers?\s+to\b|is\b|are\b|"
    r",\s[^,.;]{1,40},\s(?:is|are|means?)\b)"
)


def asks(text: str) -> bool:
    """Whether a text is put like a question, and not like a message or a description of a word.

    Its last sentence decides. What stands in quotation marks is somebody's message.
    """
    if _QUOTED.match(text):
        return False
    return _ASKS.search(_SENTENCE_END.split(text.strip())[-1]) is not None


def asks_meaning(text: str) -> bool:
    """Whether a question is after what a word means."""
    return _MEANING.search(text) is not None


def without_place(text: str) -> str:
    """A question for a word's meaning without the place where it is said, at its end or its beginning.

    "what does ghost mean in Hollowdeep": "what does ghost mean"; "" for any other text.
    """
    found = _WHERE.match(text) or _WHERE_FIRST.match(text)
    return found["question"] if found else ""


def tells(word: str, line: str) -> bool:
    """Whether a line opens by saying what `word` means: "Ghost: a lamp that ...", "ghosts are ..."."""
    opening = rf"[\W_]*(?:(?:a|an|the|to)\s+)?{re.escape(word)}(?:e?s)?(?<!\s){_TELLS}"
    return re.match(opening, line, re.IGNORECASE) is not None
