"""Orders in definitions: sentences that talk to the program instead of about the word.

Strangers wrote the data, and some write to the machine that will read it. Such sentences are kept from
the model and cannot support an answer; what is displayed as a source keeps them. The list of patterns is
no wall (the fences, the check of every sentence and the quotations are); it keeps the plain cases out.

A document tells its readers what to do, has links, and speaks of users and instructions: of its passages
less is held to be an order than of a definition, which has no reason to say any of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slangrag.text.inert import inert

_IMPERATIVE: Final = r"(?:^|[.,;:!?]\s*|\b(?:and|then|now|please|must|just|only|kindly|always|never)\s+)"
_TEMPLATE_TOKEN: Final = r"[‹¦]/?¦?\s*(?:im_|eot|eos|endof|begin|start_|end_)|‹/?s›|‹/?sys›|(?-i:\bINST\b)"
_ROLE: Final = r"^\W*(?:system|user|assistant|human|instructions?|response|sources?)\s*:"
_PATTERNS: Final = (
    # about the prompt and its rules
    r"\b(?:ignore|disregard|forget|override|revoke)\b.{0,60}\b(?:instruct|prompt|rules?\b|above\b|previous)",
    r"\b(?:system|developer) (?:prompt|message|instruction)",
    # about whoever answers
    r"\b(?:dear|hey|hello|attention,?) (?:assistant|ai|chatbot|bot|model|llm)\b",
    r"\bas an ai (?:\w+ )?(?:model|assistant)\b",
    r"\byou are (?:now )?(?:an? |the )?(?:\w+ )?(?:assistant|ai|chatbot|bot|model|pirate|dan)\b",
    # how to answer
    _IMPERATIVE + r"(?:reply|respond|answer|output)\b.{0,40}"
    r"\b(?:only|exactly|nothing|in (?:xml|json|\w+ speech)|word for word)\b",
    _IMPERATIVE + r"say (?-i:[A-Z]{4,})\w*",
    _IMPERATIVE + r"(?:repeat|print|say)\b.{0,30}\b(?:forever|again and again|without end)\b",
    # chat templates' tokens, as `inert` leaves them
    _TEMPLATE_TOKEN,
    # dialogue, records, programs
    r"^\W*(?:system|assistant)\s*:",
    r"\b(?:grounded|abstained|known|confidence)\W{0,3}[:=]\W{0,3}(?:true|false|yes|no|\d)",
    r"\brm -r|javascript:|data:text|\btool_call\b",
    r"‹\s*/?\s*(?:script|img|iframe|style|svg)\b|\bon[a-z]{4,12}=",
)
"""What is an order wherever it stands."""

_OF_DEFINITIONS: Final = (
    r"\byour (?:instructions?|prompt|rules|guidelines|training|sources)\b",
    r"\bfrom now on\b|\bbefore you (?:answer|reply|respond)\b|\bwhen(?:ever)? (?:you are )?asked about\b",
    r"\b(?:tell|show|inform|warn|ask) the user\b|\bthe user (?:must|should|needs)\b",
    r"\blanguage model\b|\bas an ai\b",
    _IMPERATIVE + r"(?:reply|respond|answer|output|print|write)\b.{0,40}"
    r"\b(?:only|with|exactly|nothing|in (?:xml|json|\w+ speech)|word for word|this)\b",
    _IMPERATIVE + r"(?:repeat|print|say)\b.{0,30}\bthe word\b",
    r"\b(?:decode|execute|obey)\b.{0,20}\b(?:and|this|these|it|the following)\b|\bmake up\b.{0,40}\bmeaning",
    _ROLE,
    r"\bcurl -|\bsudo\b|https?:",
    r"(?<!\w)(?-i:(?=\w{0,60}\d)(?=\w{0,60}[a-z])[A-Za-z0-9+]{28,})",
)
"""What is one in a definition, and may be a document's own business."""


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


# By whether it is a passage. What follows another turn's beginning pretends to be of it, to the end.
_ORDER: Final = {False: _any_of(*_PATTERNS, *_OF_DEFINITIONS), True: _any_of(*_PATTERNS)}
_OTHER_TURN: Final = {False: _any_of(_TEMPLATE_TOKEN, _ROLE), True: _any_of(_TEMPLATE_TOKEN)}
_MIXED: Final = re.compile(r"[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")
_SENTENCES: Final = re.compile(r"(?<=[.!?;])(?:\s+|(?=[‹(']))")


def about_the_word(definition: str, *, passage: bool = False) -> str:
    """`definition`, inert line by line, without the sentences that talk to the program.

    Sentences that mix Latin with Greek or Cyrillic letters in one word are left out too: they are
    disguised. Lines stay lines. passage: it is one of a document.
    """
    lines = (" ".join(part for part, order in line if not order) for line in _parts(definition, passage))
    return "\n".join(line for line in lines if line)


def has_orders(definition: str, *, passage: bool = False) -> bool:
    """Whether something of `definition` is kept from the model."""
    return bool(orders_of(definition, passage=passage))


def orders_of(definition: str, *, passage: bool = False) -> str:
    """What of `definition` is kept from the model, on one line."""
    return " ".join(part for line in _parts(definition, passage) for part, order in line if order)


def is_order(sentence: str, *, passage: bool = False) -> bool:
    """Whether `sentence` talks to the program."""
    return bool(_ORDER[passage].search(sentence) or _MIXED.search(sentence))


def _parts(definition: str, passage: bool) -> Iterator[list[tuple[str, bool]]]:
    """The sentences of each line, inert, each with whether it talks to the program."""
    other_turn = False
    for line in definition.splitlines():
        parts: list[tuple[str, bool]] = []
        for part in filter(None, _SENTENCES.split(inert(line))):
            parts.append((part, other_turn or is_order(part, passage=passage)))
            other_turn = other_turn or _OTHER_TURN[passage].search(part) is not None
        yield parts
