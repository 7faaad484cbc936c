"""Glosses: the few words of a definition that can stand in a sentence in the headword's place.

Rules over the definition's first sentence, English only. The shape says where a gloss may stand
(`places` decides); a "remark" only explains and stands nowhere. Knows nothing of models.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from slangrag.text.english import is_small, uses, word_set
from slangrag.text.injection import about_the_word
from slangrag.text.sentences import sentences

Shape = Literal[
    "verb", "noun", "mass", "adjective", "adverb", "finite", "gerund", "phrase", "interjection", "remark"
]

_LONGEST: Final = 9
_LONGEST_EVER: Final = 12
_REMARK: Final = re.compile(
    r"^(?:used|said|told|added|placed|typed|written|shouted|when|if|what|how|that feeling|(?:an? |"
    r"the )?(?:\w+ ){0,3}"
    r"(?:reply|expression|exclamation|greeting|question|word|phrase|term|slang|sign-off|spelling|misspelling|"
    r"way|piece|nod|name|abbreviation|acronym|suffix|prefix|letter|introduction|cheer)\b)",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(
    r"^\s*(?:\(?\d+[.):]\)?\s*)?"
    r"(?:\(?(?:n|v|vb|adj|adv|noun|verb|adjective|adverb|interjection|exclamation)\.?(?:\)[.:]?|[:.\-|"
    r"¦])\s*)*",
    re.IGNORECASE,
)
_ANOTHER_NAME: Final = re.compile(
    r"^(?:just |simply )?(?:an? |the )?(?:another |other |slang |short |shortened |informal |common )*"
    r"(?:word|term|name|slang|version|form|way of saying|synonym)s?(?: used)? (?:for|of)\s+(?=\S)",
    re.IGNORECASE,
)
_QUOTED_MEANING: Final = re.compile(r"\bmeaning (?:that )?[\"“']([^\"”]{2,60}?)[,.]?[\"”']")
_TAIL: Final = re.compile(
    r"\s*(?:[;:(]|\s[-–]\s|,\s+(?:said|used|especially|mostly|mainly|particularly|in|from|as|often|"
    r"usually|typically|"
    r"a|an|the|which|who|with|but|such|including|chiefly|above|at|for|since|so|given|typed|placed|also|"
    r"popular|"
    r"short|strictly|common|added|based|now|despite|like|taken|when|where|if|because|even|whatever|cut|"
    r"asked)\b|"
    r",\s+(?=\w+ing\b)|\b(?:because|although|such as|so that|that were|in order|rather than)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
_STUB: Final = re.compile(r"^see\s+\S.{0,40}$", re.IGNORECASE)
_OWNER: Final = re.compile(r"^(?:an?|the) (?:person|man|woman)'s (?=\w)|^(?:one|someone|somebody)'s (?=\w)")
_SHORT_FOR: Final = re.compile(r"^(?:short|an? (?:abbreviation|acronym)) (?:for|of)\s+", re.IGNORECASE)
_SOMEBODY: Final = re.compile(r"^(?:some|any)(?:one|body) (?=who|with|from|that)")
_SOMETHING: Final = re.compile(r"^(?:some|any)thing (?=that|which|to|you|with)")
_ALTERNATIVE: Final = re.compile(r"\s*(?:,\s*(?:or\s+)?|\s+or\s+).*$", re.DOTALL)
_SPLIT: Final = re.compile(r",\s*(?:or\s+|and\s+)?|\s+or\s+|\s+and\s+")
_RELATIVE: Final = re.compile(r"\s+(?:that|which|who|where|when|without|and without)\s+.*$")
_GENERIC: Final = re.compile(
    r"(?:an?|the) (?:\w+ )?(?:person|player|man|woman|someone|thing|place|way|fan|reply)\b"
)
_EDGES: Final = " ,\"'“”"
_PLACEHOLDER: Final = re.compile(r"\b(?:something|someone|somebody|it|them)\b(?!['’]s)")
_TO_THE_READER: Final = re.compile(
    r"\b(?:you|your|yours|yourself|one's|oneself|ones)\b|^(?:i|it|that)\b", re.I
)
_COMPLEMENT: Final = re.compile(r"\s+(?:from|to|into|of|as|out|off|at|on|for|about|in|up|down|over)\b")
_SHARED_OBJECT: Final = re.compile(r"^(\w+) or \w+ (some(?:one|body|thing))\b(?!['’]s)")
_DANGLING: Final = re.compile(r"\b(?:an?|the|any|some|of|in|on|at|to|for|from|with|by|and|or|that|is)$")
_UNTIDY: Final = re.compile(r"[()\[\]{}|=/:;\"“”<>#@*]|\.\w|\d{3,}|\b(?:see|etc)\b|[!?]")
_INTERJECTIONS: Final = word_set(
    """
    yes no hello hi goodbye bye okay thanks sorry certainly absolutely definitely goodness wow
    """
)
_PREPOSITIONS: Final = word_set(
    """
    about above across after against along among around as at before behind below beside between beyond
    by down during except for from in inside into like near of off on onto out outside over past since
    than through to toward towards under until up upon with within without that which who whom when
    where while if
    """
)
_FINITE: Final = word_set("is was has feels looks seems sounds does did")


@dataclass(frozen=True, slots=True)
class Gloss:
    """text fits in the word's place, unless shape is "remark": then it only explains.

    A verb's text is its bare infinitive; a noun's keeps its article, a mass noun has none.
    """

    text: str
    shape: Shape

    @property
    def object_place(self) -> str | None:
        """What stands before a verb's place for an object ("stop answering" of "stop answering somebody")."""
        place = _PLACEHOLDER.search(self.text) if self.shape == "verb" else None
        if place is None or _COMPLEMENT.match(self.text[place.end() :]):
            return None
        return self.text[: place.start()].strip()


def gloss(definition: str, word: str = "") -> Gloss:
    """The gloss of `word`'s definition; its text is "" where nothing is left that could be shown."""
    lines = about_the_word(definition).splitlines()
    first = next((sentence for line in lines for sentence in sentences(line)), "").rstrip(".!?… ")
    first = _LABEL.sub("", first)
    if _STUB.match(first) or not first:
        return Gloss("", "remark")
    if word:
        first = re.sub(
            rf"^[\"“']?(?:an? )?{re.escape(word)}[\"”']? (?:is|are|means)\s+", "", first, flags=re.I
        )
    made = _gloss(first, word)
    if made.shape in ("remark", "phrase", "interjection"):
        return made
    if made.shape in ("noun", "mass") and _DANGLING.search(made.text):
        return Gloss(made.text or _lowered(first), "remark")
    unfit = _TO_THE_READER.search(made.text) or _UNTIDY.search(made.text) or not made.text
    return Gloss(made.text or _lowered(first), "remark") if unfit else made


def glosses(definition: str, word: str = "") -> list[Gloss]:
    """The gloss and those alternatives of it that have its shape: "bitter", "annoyed" and "resentful"."""
    made = gloss(definition, word)
    found = [made]
    if made.shape in ("adjective", "adverb", "verb"):
        lines = about_the_word(definition).splitlines()
        first = next((sentence for line in lines for sentence in sentences(line)), "").rstrip(".!?… ")
        text = _TAIL.sub("", _lowered(_LABEL.sub("", first)).removeprefix("to ")).strip(_EDGES)
        for piece in _SPLIT.split(text)[1:]:
            piece = piece.strip(_EDGES).removeprefix("to ")
            shape: Shape = (
                "verb" if made.shape == "verb" and uses(piece.split(" ")[0])[:1] == "v" else _kind(piece)
            )
            other = Gloss(piece, shape)
            if shape == made.shape and other not in found and not _TO_THE_READER.search(piece):
                found.append(other)
    return found


def _gloss(first: str, word: str) -> Gloss:
    spelt_out = _SHORT_FOR.sub("", first).strip('"“”')
    initials = re.sub(r"\W", "", word).lower()
    opening = re.split(r"[,;:(]", spelt_out)[0].strip(_EDGES).split()
    if _spells(opening, initials):
        return Gloss(_untitled(" ".join(opening).strip("!?. ")), "phrase")
    meant = _QUOTED_MEANING.search(first)
    if meant:
        return Gloss(_lowered(meant[1].strip()), "phrase")
    named = _ANOTHER_NAME.match(first)
    first = first[named.end() :] if named else first
    if _REMARK.match(first):
        return Gloss(_lowered(re.sub(r",.*$", "", first)), "remark")
    text = _lowered(_TAIL.sub("", _SHORT_FOR.sub("", first)).strip(_EDGES))
    text = _SOMEBODY.sub("a person ", _SOMETHING.sub("a thing ", text))
    if not text:
        return Gloss(_lowered(first), "remark")
    if text.startswith("to "):
        text = _SHARED_OBJECT.sub(r"\1 \2", text.removeprefix("to "))
        return Gloss(_ALTERNATIVE.sub("", text).strip(_EDGES), "verb")
    if re.match(r"(?:an?|the|one|one's|someone's|somebody's)\s", text):
        made = Gloss(_noun(text), "noun")
    else:
        made = _bare(text, word)
    return made if len(made.text.split()) <= _LONGEST_EVER else Gloss(made.text, "remark")


def _spells(words: list[str], initials: str) -> bool:
    """Whether the words' first letters are the initials; a small word inside may be left out ("wyd")."""
    letters = "".join(word[0] for word in words).lower()
    if len(initials) < 2 or len(letters) > len(initials) + 1 or letters[:1] != initials[0]:
        return False
    return letters == initials or any(
        letters[:at] + letters[at + 1 :] == initials and is_small(words[at])
        for at in range(1, len(words) - 1)
    )


def _noun(text: str) -> str:
    """A noun phrase with its article, without alternatives, at a length that can be read in a sentence."""
    lone = re.match(r"(\w+ ([\w-]+)),? or (?!an? )[\w-]+ (?=([\w-]+))", text)
    if lone and (lone[3].lower() in _PREPOSITIONS or uses(lone[2])[:1] in ("a", "d", "g")):
        # "a person or thing that ...", "a flattering or revealing photo": drop the second
        text = f"{lone[1]} {text[lone.end() :]}"
    else:
        before, found, after = text.partition(" or ")
        rest = after.split()
        if found and len(rest) > 1 and rest[1].lower() in _PREPOSITIONS:
            text = f"{before.rstrip(',')} {' '.join(rest[1:])}"
        else:
            text = re.sub(r",?\s+or\s+.*$", "", text)
    clause = _RELATIVE.search(text)
    if clause and " or " in clause[0]:
        text = text[: clause.start()]
    for comma in re.finditer(r"(\w+),", text):
        if uses(comma[1])[:1] not in ("a", "d", "g"):  # not between two adjectives
            text = text[: comma.end(1)]
            break
    text = re.sub(r",?\s+or\s+.*$", "", text)
    if len(text.split()) > _LONGEST:
        text = re.sub(r",?\s+and\s+.*$", "", text)
    if len(text.split()) > _LONGEST and not _GENERIC.match(text):
        text = _RELATIVE.sub("", text)
    return _OWNER.sub("a ", text).strip(_EDGES)


def _bare(text: str, word: str) -> Gloss:
    """The gloss of a text that begins with neither "to" nor an article."""
    pieces = [piece.strip(_EDGES) for piece in _SPLIT.split(text)]
    lead = pieces[0]
    words = lead.lower().split()
    if words and words[0] in _INTERJECTIONS and len(words) == 1 and "r" not in uses(words[0]):
        return Gloss(lead, "interjection")
    if words and (words[0] in _FINITE or (uses(word.split(" ")[0]) == "d" and uses(words[0])[:1] == "d")):
        return Gloss(lead, "finite")
    kinds = [_kind(piece) for piece in pieces]
    if kinds[0] == "mass":
        whole = text if len(text.split()) <= _LONGEST else lead
        return Gloss(whole, "mass")
    if kinds[0] == "adjective" and len(words) == 1:
        # "Stylish, expensive-looking clothes": adjectives of a noun that comes later.
        noun = next((at for at, kind in enumerate(kinds) if kind != "adjective"), len(kinds))
        if noun < len(kinds) and kinds[noun] == "mass" and _adjectival(pieces[noun].split()[0]):
            return Gloss(pieces[noun], "mass")
    return Gloss(_whole(lead) if kinds[0] == "adjective" else lead, kinds[0])


def _kind(piece: str) -> Shape:
    """What a stretch without commas is, by its first words."""
    words = piece.lower().split()
    if not words:
        return "remark"
    if words[0] in _PREPOSITIONS:
        return "adjective"
    at = 0
    while at < len(words) and (
        uses(words[at])[:1] == "r" or words[at] in ("very", "much", "too", "so", "well")
    ):
        at += 1
    if at == len(words):
        return "adverb"
    while at + 1 < len(words) and _adjectival(words[at]) and _adjectival(words[at + 1]):
        at += 1
    after = words[at + 1] if at + 1 < len(words) else ""
    closed = not after or after in _PREPOSITIONS or uses(after)[:1] == "r"
    if uses(words[at])[:1] == "g" and "a" not in uses(words[at]):
        return "gerund"
    if _adjectival(words[at]):
        if closed:
            return "adjective"
        return "mass" if set("nN") & set(uses(words[-1] if len(words) < 4 else after)) else "remark"
    if set("nN") & set(uses(words[at])[:2]) and at == 0:
        return "mass" if closed or set("nN") & set(uses(after)) else "remark"
    return "remark"


def _adjectival(word: str) -> bool:
    found = uses(word)
    return bool(found) and not is_small(word) and ("a" in found or found[0] in "d")


def _whole(adjective: str) -> str:
    """An adjective phrase without a complement that was cut in its middle ("cute in a sweet")."""
    words = adjective.split()
    at = next((at for at, word in enumerate(words) if at and word.lower() in _PREPOSITIONS), len(words))
    broken = at < len(words) - 1 and uses(words[-1])[:1] == "a"
    return " ".join(words[:at]) if broken or len(words) > _LONGEST else adjective


def _untitled(text: str) -> str:
    """`text` without the capitals of a heading ("In My Opinion")."""
    first, *rest = text.split()
    if (
        rest
        and all(word[0].isupper() for word in rest if len(word) > 3)
        and any(len(word) > 3 for word in rest)
    ):
        rest = [word if word.startswith("I'") or word == "I" else word.lower() for word in rest]
    return _lowered(" ".join([first, *rest]))


def _lowered(text: str) -> str:
    """First letter in lower case, unless the first word looks like a name, an initialism or "I"."""
    first = text.split(" ", 1)[0]
    if first == "I" or first.startswith("I'") or first[1:] != first[1:].lower():
        return text
    return text[:1].lower() + text[1:]
