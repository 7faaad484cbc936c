"""Orders in definitions: sentences that talk to the program instead of about the word.

Strangers wrote the data, and some write to the machine that will read it. Such sentences are kept from
the model and cannot support an answer; what is displayed as a source keeps them. The list of patterns is
no wall (the fences, the check of every sentence and the quotations are); it keeps the plain cases out.
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
    r"\byour (?:instructions?|prompt|rules|guidelines|training|sources)\b",
    r"\bfrom now on\b|\bbefore you (?:answer|reply|respond)\b|\bwhen(?:ever)? (?:you are )?asked about\b",
    # about whoever asks and whoever answers
    r"\b(?:tell|show|inform|warn|ask) the user\b|\bthe user (?:must|should|needs)\b",
    r"\b(?:dear|hey|hello|attention,?) (?:assistant|ai|chatbot|bot|model|llm)\b",
    r"\blanguage model\b|\bas an ai\b",
    r"\byou are (?:now )?(?:an? |the )?(?:\w+ )?(?:assistant|ai|chatbot|bot|model|pirate|dan)\b",
    # how to answer
    _IMPERATIVE + r"(?:reply|respond|answer|output|print|write)\b.{0,40}"
    r"\b(?:only|with|exactly|nothing|in (?:xml|json|\w+ speech)|word for word|this)\b",
    _IMPERATIVE + r"say (?-i:[A-Z]{4,})\w*",
    _IMPERATIVE + r"(?:repeat|print|say)\b.{0,30}\b(?:forever|again and again|without end|the word)\b",
    r"\b(?:decode|execute|obey)\b.{0,20}\b(?:and|this|these|it|the following)\b|\bmake up\b.{0,40}\bmeaning",
    # chat templates' tokens, as `inert` leaves them
    _TEMPLATE_TOKEN,
    # dialogue, records, programs
    _ROLE,
    r"\b(?:grounded|abstained|known|confidence)\W{0,3}[:=]\W{0,3}(?:true|false|yes|no|\d)",
    r"\bcurl -|\brm -r|\bsudo\b|https?:|javascript:|data:text|\btool_call\b",
    r"‹\s*/?\s*(?:script|img|iframe|style|svg)\b|\bon[a-z]{4,12}=",
    r"(?<!\w)(?-i:(?=\w{0,60}\d)(?=\w{0,60}[a-z])[A-Za-z0-9+]{28,})",
)
_ORDER: Final = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)
# What follows one of these pretends to be another turn of the talk, to its end.
_OTHER_TURN: Final = re.compile(f"{_TEMPLATE_TOKEN}|{_ROLE}", re.IGNORECASE)
_MIXED: Final = re.compile(r"[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")
_SENTENCES: Final = re.compile(r"(?<=[.!?;])(?:\s+|(?=[‹(']))")


def about_the_word(definition: str) -> str:
    """`definition`, inert line by line, without the sentences that talk to the program.

    Sentences that mix Latin with Greek or Cyrillic letters in one word are left out too: they are
    disguised. Lines stay lines.
    """
    lines = (" ".join(part for part, order in line if not order) for line in _parts(definition))
    return "\n".join(line for line in lines if line)


def has_orders(definition: str) -> bool:
    """Whether something of `definition` is kept from the model."""
    return bool(orders_of(definition))


def orders_of(definition: str) -> str:
    """What of `definition` is kept from the model, on one line."""
    return " ".join(part for line in _parts(definition) for part, order in line if order)


def is_order(sentence: str) -> bool:
    """Whether `sentence` talks to the program."""
    return bool(_ORDER.search(sentence) or _MIXED.search(sentence))


def _parts(definition: str) -> Iterator[list[tuple[str, bool]]]:
    """The sentences of each line, inert, each with whether it talks to the program."""
    other_turn = False
    for line in definition.splitlines():
        parts: list[tuple[str, bool]] = []
        for part in filter(None, _SENTENCES.split(inert(line))):
            parts.append((part, other_turn or is_order(part)))
            other_turn = other_turn or _OTHER_TURN.search(part) is not None
        yield parts
