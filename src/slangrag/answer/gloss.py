"""Glosses: the few words of a definition that can stand in a sentence in the headword's place.

Rules over the definition's first sentence, English only. Where no rule makes it fit, the gloss is
marked as one to be put in brackets after the word. Knows nothing of models.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from slangrag.answer.orders import about_the_word
from slangrag.answer.sentences import sentences

Shape = Literal["verb", "noun", "other", "remark"]

_LONGEST: Final = 9
_REMARK: Final = re.compile(
    r"^(?:used|said|told|added|placed|typed|written|shouted|when|that feeling|an? (?:\w+ ){0,3}"
    r"(?:reply|expression|exclamation|greeting|question|word|phrase|term|sign-off|spelling|way|piece|nod)\b)",
    re.IGNORECASE,
)
_QUOTED_MEANING: Final = re.compile(r"\bmeaning (?:that )?[\"“']([^\"”]{2,60}?)[,.]?[\"”']")
_TAIL: Final = re.compile(
    r"\s*(?:[;:(]|,\s+(?:said|used|especially|mostly|mainly|particularly|in|from|as|often|usually|typically|"
    r"a|an|the|which|who|with|but|such|including|chiefly|above|at|for|since|so|given|typed|placed|also|with)\b|"
    r",\s+(?=\w+ing\b)|\b(?:because|although|such as|so that|that were|in order)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_STUB: Final = re.compile(r"^see\s+\S.{0,40}$", re.IGNORECASE)
_OWNER: Final = re.compile(r"^(?:an?|the) (?:person|man|woman)'s (?=\w)|^(?:one|someone|somebody)'s (?=\w)")
_SHORT_FOR: Final = re.compile(r"^(?:short|an? (?:abbreviation|acronym)) (?:for|of)\s+", re.IGNORECASE)
_ALTERNATIVE: Final = re.compile(r"\s*(?:,\s*(?:or\s+)?|\s+or\s+).*$", re.DOTALL)
_RELATIVE: Final = re.compile(r"\s+(?:that|which|who|where|when|without|and without)\s+.*$")
_GENERIC: Final = re.compile(
    r"(?:an?|the) (?:\w+ )?(?:person|player|man|woman|someone|thing|place|way|fan|reply)\b"
)
_EDGES: Final = " ,\"'“”"
_PLACEHOLDER: Final = re.compile(r"\b(?:something|someone|somebody|one's|oneself|it|them)\b")
_IRREGULAR: Final = {
    verb: (past, participle)
    for verb, past, participle in (
        line.split()
        for line in """be was been
become became become
begin began begun
break broke broken
bring brought brought
buy bought bought
catch caught caught
come came come
cut cut cut
do did done
draw drew drawn
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feel felt felt
fight fought fought
find found found
get got got
give gave given
go went gone
have had had
hide hid hidden
hit hit hit
keep kept kept
leave left left
let let let
lie lied lied
lose lost lost
make made made
pay paid paid
put put put
run ran run
say said said
see saw seen
sell sold sold
send sent sent
show showed shown
sleep slept slept
speak spoke spoken
spend spent spent
steal stole stolen
take took taken
talk talked talked
tell told told
think thought thought
throw threw thrown
understand understood understood
wear wore worn
win won won""".splitlines()
    )
}


@dataclass(frozen=True, slots=True)
class Gloss:
    """text fits in the word's place, unless shape is "remark": then it only explains.

    A verb's text is its bare infinitive; a noun's keeps its article.
    """

    text: str
    shape: Shape

    @property
    def wants_object(self) -> bool:
        """Whether a verb's text holds a place for an object ("throw something hard")."""
        return self.shape == "verb" and _PLACEHOLDER.search(self.text) is not None


def gloss(definition: str, word: str = "") -> Gloss:
    """The gloss of `word`'s definition; its text is "" where nothing is left that could be shown."""
    lines = about_the_word(definition).splitlines()
    first = next((sentence for line in lines for sentence in sentences(line)), "").rstrip(".!?… ")
    if _STUB.match(first):
        return Gloss("", "remark")
    spelt_out = _SHORT_FOR.sub("", first)
    initials = re.sub(r"\W", "", word).lower()
    opening = re.split(r"[,;:(]", spelt_out)[0].split()
    if len(initials) > 1 and "".join(part[0] for part in opening).lower() == initials:
        return Gloss(_lowered(" ".join(opening)), "other")
    meant = _QUOTED_MEANING.search(first)
    if meant:
        return Gloss(_lowered(meant[1].strip()), "other")
    if _REMARK.match(first):
        return Gloss(_lowered(re.sub(r",.*$", "", first)), "remark")
    text = _lowered(_TAIL.sub("", spelt_out).strip(_EDGES))
    if not text:
        return Gloss(_lowered(first), "remark")
    if text.startswith("to "):
        return Gloss(_ALTERNATIVE.sub("", text.removeprefix("to ")).strip(_EDGES), "verb")
    if re.match(r"(?:an?|the|one's)\s", text):
        text = re.sub(r",?\s+or\s+.*$", "", text)
        if len(text.split()) > _LONGEST:
            text = re.sub(r",?\s+and\s+.*$", "", text)
        if len(text.split()) > _LONGEST and not _GENERIC.match(text):
            text = _RELATIVE.sub("", text)
        text = _OWNER.sub("a ", text)
        shape: Shape = "noun"
    else:
        text, shape = _ALTERNATIVE.sub("", text), "other"
    return Gloss(text.strip(_EDGES), "remark" if len(text.split()) > _LONGEST + 3 else shape)


def inflected(text: str, like: str) -> str:
    """The bare verb phrase `text` in the form that `like` is in: "yeeted" gives past, "-ing", "-s"."""
    verb, _, rest = text.partition(" ")
    ending = like.lower().rstrip("'’")
    if ending.endswith(("ing", "in")):
        form = _with_ending(verb, "ing")
    elif ending.endswith("ed"):
        form = _IRREGULAR[verb][0] if verb in _IRREGULAR else _with_ending(verb, "ed")
    elif ending.endswith("s") and not ending.endswith("ss"):
        irregular = {"have": "has", "do": "does", "go": "goes", "be": "is"}
        form = irregular.get(verb, verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"))
    else:
        form = verb
    return f"{form} {rest}".strip()


def _with_ending(verb: str, ending: str) -> str:
    if ending == "ing" and verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not (ending == "ing" and verb.endswith(("ee", "oe", "ye"))):
        return verb[:-1] + ending
    if ending == "ed" and re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    if re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", verb) and not verb.endswith(("k", "l")):
        return verb + verb[-1] + ending
    return verb + ending


def _lowered(text: str) -> str:
    """First letter in lower case, unless the first word looks like a name, an initialism or "I"."""
    first = text.split(" ", 1)[0]
    if first == "I" or first.startswith("I'") or first[1:] != first[1:].lower():
        return text
    return text[:1].lower() + text[1:]
