"""Intent: what kind of question this is, and what exactly it asks about.

define ("what does X mean", a bare word), reverse (a description looking for its word), sentence (a
message that contains slang). Wordings that give themselves away are settled by patterns; the rest
gets odds from a small linear model over its words. Knows nothing of the store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from slangrag.retrieval.types import Intent, Span

_FLAGS: Final = re.IGNORECASE | re.DOTALL
_LEAD: Final = re.compile(
    r"^\s*(?:(?:hey|hi|hello|ok|okay|so|um|pls|please|yo|quick question|help)\b[\s,!.:-]*)*"
    r"(?:(?:can|could|would|will) (?:you|u|someone|anyone|somebody|anybody) (?:please |pls )?"
    r"(?:(?:tell|explain to) me|explain|define|say)\s+"
    r"|(?:do|does) (?:you|u|anyone|anybody|someone) (?:happen to )?know\s+"
    r"|(?:please |pls )?(?:tell me|let me know)\s+"
    r"|i (?:want|need|would like|'d like) to know\s+|i wonder\s+"
    r"|(?:i'm |im )?(?:just )?(?:wondering|curious)[,:]?\s+"
    r"|idk\s+|i (?:do not|don't|dont) know\s+)?",
    _FLAGS,
)
_WHAT: Final = r"(?:what|wat|wut|whut|wht|wot|what in the world|what the (?:hell|heck|fuck))"
_WHAT_IS: Final = (
    rf"(?:{_WHAT}\s*(?:'s|’s|s|\s+is|\s+are|\s+was|\s+were|\s+r)|wuts|wats|wots|wtf is|wth is)\b"
)
_MEANS: Final = r"(?:mean(?:s|t|ing)?|stands?\s+for|stood\s+for|refers?\s+to|signif(?:y|ies)|imply|implies)"
_DOES: Final = r"(?:does|do|did|dose|doesn't|would|could|can|might)"
_SORT: Final = (
    r"(?:(?:the\s+)?(?:(?:slang|internet|text(?:ing)?|gen\s*z|urban)\s+)*"
    r"(?:word|term|phrase|expression|acronym|abbreviation|slang|hashtag|emoji|emoticon|saying)\s+)"
)
_ADVERBS: Final = r"(?P<adverbs>(?:\s+(?:even|actually|really|usually|exactly|truly|literally))*)"
_ANY_DETERMINER: Final = r"(?:the\s+|a\s+|an\s+)?"
# These wordings ask for a definition whatever they are asked of.
_ASKS: Final = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        rf"^{_WHAT}\s+{_DOES}\s+it\s+mean\s+(?:when|if)\s+(?:\w+\s+){{1,2}}"
        r"(?:say|says|said|calls?\s+\w+|types?|writes?|texts?|posts?|comments?)\s+(?:that\s+)?(?P<x>.+)$",
        rf"^{_WHAT}\s+{_DOES}\s+(?:it\s+mean\s+to\s+(?:be\s+)?|it\s+mean\s+)(?P<x>.+)$",
        rf"^{_WHAT}\s+{_DOES}\s+{_SORT}?(?P<x>.+?){_ADVERBS}\s+{_MEANS}\b(?P<tail>.*)$",
        rf"^(?:{_WHAT_IS}|give me|know)\s+{_ANY_DETERMINER}(?:\w+\s+)?(?:meaning|definition|def|sense)s?\s+"
        rf"(?:of|for|behind)\s+{_SORT}?(?P<x>.+)$",
        rf"^{_WHAT_IS}\s+(?:meant|understood)\s+by\s+{_SORT}?(?P<x>.+)$",
        rf"^{_WHAT}\s+{_DOES}\s+(?:\w+\s+){{1,2}}mean\s+(?:by|with|when)\s+(?:(?:\w+\s+)say(?:s|ing)?\s+)?"
        rf"{_SORT}?(?P<x>.+)$",
    )
)
# These might also be the beginning of a message or of a description: the subject decides.
_MAY_ASK: Final = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        rf"^(?:the\s+|slang\s+|urban\s+)*(?:meaning|definition|def|explanation)s?\s*(?:of|for|behind|:|\s)\s*"
        rf"{_SORT}?(?P<x>.+)$",
        r"^(?:define|explain|describe|look\s*up|lookup|search(?:\s+for)?|urban\s+dictionary)\b\s*:?\s*(?:to\s+me\s+)?"
        rf"(?:{_WHAT}\s+)?{_SORT}?(?P<x>.+?)(?:\s+{_MEANS})?(?:\s+to\s+me)?$",
        rf"^{_WHAT}\s+{_SORT}?(?P<x>.+?){_ADVERBS}\s+{_MEANS}\b(?P<tail>.*)$",
        rf"^{_WHAT_IS}\s+(?:even\s+)?{_SORT}?(?P<x>.+?)(?:\s+{_MEANS}|\s+short\s+for)?$",
        r"^who(?:'s|’s|s|\s+is|\s+are)\s+(?P<x>.+)$",
        r"^(?P<x>.+?)[\s,:-]+(?:slang\s+|urban\s+dictionary\s+|text\s+|real\s+|full\s+)*(?:meanings?|definition|def|mean|"
        r"means|stands\s+for|stand\s+for|urban\s+dictionary|slang\s+term)\b(?P<tail>.*)$",
        r"^(?P<x>.+?)\s+(?:is|means)\s+(?:what|wat)$",
    )
)
_CONTEXT: Final = re.compile(
    r"(?:^|[\s,]+)(?:(?:in|on|from|for|as|over|via|used in|used on)\s+(?:a\s+|an\s+|the\s+)?"
    r"(?:[\w'’]+\s+){0,2}?(?:text(?:s|ing|ing language)?|text messages?|messages?|messaging|sms|chats?|"
    r"slang|social media|internet|web|online|dms?|tik\s*tok|instagram|insta|ig|snapchat|snap|twitter|x|"
    r"facebook|fb|discord|reddit|twitch|youtube|tumblr|tinder|gaming|games?|gen\s*z|english|"
    r"urban dictionary|dating|hip hop|rap|aave|these days|context)(?:\s+(?:slang|speak|terms?|talk))?"
    r"|(?:when|if)\s+(?:\w+\s+){1,3}(?:say|says|uses?|texts?|types?|said|writes?)(?:\s+(?:it|that|this))?"
    r"|nowadays|these days|online|slang|anyways?|exactly|please|pls|to me|bro|dude|in general)$",
    _FLAGS,
)
_NAMES: Final = r"(?:word|term|name|phrase|expression|slang|saying|acronym|abbreviation|way)"
_REVERSE: Final = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        rf"^(?:{_WHAT_IS}|{_WHAT}|which|is\s+there|there(?:'s|\s+is)|give me|i need|(?:i'm )?looking for|find"
        rf")\s+(?:me\s+)?(?:the\s+|a\s+|an\s+|another\s+|some\s+|any\s+|that\s+)?(?:[\w-]+\s+){{0,2}}?{_NAMES}s?\s+"
        rf"(?:(?:is\s+|are\s+|do\s+(?:you|we|people)\s+)?(?:used?|called|given|said)\s+)?"
        rf"(?:for|to\s+(?:describe|say|mean|call|express)|that\s+means|which\s+means|meaning|that\s+describes|describes|"
        rf"means|of\s+saying|when|if|where|of)\b\s*(?P<x>.+)$",
        rf"^{_WHAT}\s+(?:do|does|would|did|can|should)\s+(?:you|u|we|people|they|kids|teens|one|someone)\s+"
        r"(?:call|say|name)\b\s*(?:it\s+)?(?:for\s+)?(?P<x>.+)$",
        rf"^{_WHAT_IS}\s+(?:it|that|this)\s+(?:called\s+|named\s+)?(?:when|if|where)\s+(?P<x>.+)$",
        rf"^{_WHAT_IS}\s+(?P<x>(?:a|an|the|someone|somebody|people|something)\b.+?)\s+called(?P<tail>.*)$",
        r"^how\s+(?:do|does|would|can|could|should)\s+(?:you|i|we|people|one|they|teens|kids)\s+"
        r"(?:say|call|describe|express)\s+(?P<x>.+)$",
        rf"^(?:the\s+|a\s+|an\s+|another\s+|one\s+)?(?:[\w-]+\s+)?{_NAMES}s?\s+(?:used\s+)?"
        r"(?:for|to\s+(?:describe|say|mean|call|express)|that\s+means|which\s+means|meaning|when|of)\b\s*(?P<x>.+)$",
    )
)
_PRONOUN: Final = re.compile(
    r"\b(?:i|i'm|im|me|my|you|your|you're|ur|u|he|he's|his|him|she|she's|her|we|us|our|they|them|their|it|it's|its|"
    r"this|that|that's|thats|these|those|up with|going on)\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"(?:(?<=\s)|^)[\"“”«‘'’`](?P<x>.+?)[\"“”»’'‘`][?!.,]*(?=\s|$)", re.DOTALL)
_ARTICLE: Final = re.compile(r"(?:a|an|the|being|to be|to)\s+(?=\S)", re.IGNORECASE)
_WORDS: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[!?\"“”():;]")
_SPEAKER: Final = re.compile(r"\w+:\s")
_CLAUSE_BREAK: Final = re.compile(r"[.!?;]\s|[\"”]\s+[\"“]|\n")
_EDGE: Final = " \t\r\n,:"
_BARE_WORDS: Final = 2
_LONG_SUBJECT: Final = 4
_FIRST_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is understood.

    subjects are the stretches that may be the word asked for, as it stands first and stripped to
    the core last (empty unless it may be a define question). firm says that the wording settles
    the intent by itself; where it does not, message has the log-odds that the text is somebody's
    message rather than a description. description is the text to look for by meaning.
    """

    intent: Intent
    subjects: tuple[Span, ...]
    description: str
    firm: bool
    message: float = 0.0


def read(query: str, weights: Mapping[str, float]) -> Reading:
    """The reading of `query`; `weights` are those of the words of messages and descriptions."""
    text = query.strip()
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    core = text[start:].rstrip(" \t\r\n?!.…")
    if not core:
        core, start = text, 0
    offset = query.find(text) + start
    odds = message_odds(text, weights)
    for pattern in _ASKS:
        if (match := pattern.match(core)) and _is_context(match):
            return Reading("define", _subjects(query, match, offset), core, firm=True)
    for pattern in _REVERSE:
        if match := pattern.match(core):
            return Reading("reverse", (), match.group("x"), firm=True, message=odds)
    if not _CLAUSE_BREAK.search(core):
        for pattern in _MAY_ASK:
            if (match := pattern.match(core)) and _is_context(match):
                subjects = _subjects(query, match, offset)
                return Reading("define", subjects, core, firm=_is_short(subjects[-1].text), message=odds)
    if len(core.split()) <= _BARE_WORDS:
        begin = query.find(text)
        whole = (Span(text, begin, begin + len(text)), *_variants(query, core, offset))
        return Reading("define", tuple(dict.fromkeys(whole)), core, firm=True, message=odds)
    begin = query.find(text)
    whole = (Span(text, begin, begin + len(text)),)
    return Reading("sentence" if odds >= 0 else "reverse", whole, text, firm=False, message=odds)


def _is_short(text: str) -> bool:
    """A few words without a pronoun could be a headword that the data lacks; a clause could not."""
    return len(text.split()) <= _LONG_SUBJECT and not _PRONOUN.search(text)


def _is_context(match: re.Match[str]) -> bool:
    """Whether what follows the question is nothing, or only says where the word was met."""
    tail = match.groupdict().get("tail") or ""
    return not tail.strip(_EDGE) or _CONTEXT.fullmatch(tail.strip(_EDGE)) is not None


def _subjects(query: str, match: re.Match[str], offset: int) -> tuple[Span, ...]:
    raw, at = match.group("x"), offset + match.start("x")
    adverbs = match.groupdict().get("adverbs") or ""
    spans = _variants(query, raw + adverbs, at) if adverbs else []
    return tuple(dict.fromkeys([*spans, *_variants(query, raw, at)]))


def _variants(query: str, raw: str, start: int) -> list[Span]:
    """The stretch as it stands, then without context ("in texting"), quotation marks and article."""
    spans: list[Span] = []

    def add(at: int, text: str) -> tuple[int, str]:
        stripped = text.strip(_EDGE)
        at += text.find(stripped)
        if stripped:
            spans.append(Span(query[at : at + len(stripped)], at, at + len(stripped)))
        return at, stripped

    at, text = add(start, raw)
    if quoted := _QUOTED.search(text):
        at, text = add(at + quoted.start("x"), quoted.group("x"))
    elif (context := _CONTEXT.search(text)) and context.start() > 0:
        at, text = add(at, text[: context.start()])
    if article := _ARTICLE.match(text):
        add(at + article.end(), text[article.end() :])
    return spans


def message_odds(text: str, weights: Mapping[str, float]) -> float:
    """Log-odds that `text` is a message that somebody sent rather than a description of a word."""
    return math.fsum(weights.get(name, 0.0) for name in features(text)) + weights.get("bias", 0.0)


def features(text: str) -> set[str]:
    """What the linear model sees: words anywhere, the first three in place, length, punctuation."""
    pieces = _WORDS.findall(text.lower().replace("’", "'"))[:_FIRST_WORDS]
    words = [piece for piece in pieces if piece[0].isalpha()]
    seen = {f"has {piece}" for piece in pieces}
    seen.update(f"{place} {word}" for place, word in zip(("first", "second", "third"), words, strict=False))
    seen.add(f"opens {' '.join(words[:2])}")
    seen.add(f"length {min(len(words) // 4, 6)}")
    ending = text.rstrip()[-1:]
    if text[:1].islower():
        seen.add("starts small")
    if _SPEAKER.search(text):
        seen.add("names a speaker")
    if ending in ("?", "!"):
        seen.add(f"ends {ending}")
    return seen
