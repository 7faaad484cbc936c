"""Defining: the part of a definition that says what the word means, for quoting and for small models.

People write more than a meaning under a headword: parts of speech, headings, how it is spelled, jokes,
examples, what they think of whoever says it. `defining` takes the first sentence that says a meaning, and
a second where the first does not stand by itself. Each rule has a labelled case in
`tests/data/defining.jsonl`. Pure text work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slangrag.text.forms import fold, joined, stem
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word
from slangrag.text.sentences import sentences

LONGEST: Final = 240
"""Characters of a defining part, from above; a cut is visible and stands at the end of a clause."""

_LOOKED_AT: Final = 12
_CLASSES: Final = (
    r"n(?:oun)?|v(?:erb|b)?|adj(?:ective)?|adv(?:erb)?|interj(?:ection)?|intj|abbr(?:ev(?:iation)?)?|"
    r"acronym|phrase|expression|exclamation|idiom|slang|pl(?:ural)?|proper noun|(?:in)?transitive verb"
)
# What may stand before the meaning on its line; taken off again and again.
_LABELS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\W*\d{1,2}\s*[.):-]+\s*(?=\D)",  # 1. 2) (3)
        r"^\(?[a-z][.):]\s+(?=\S)(?!\w[.)])",  # a) B. C:
        r"^[-*•–—~=>#:;,.)]+\s*",
        rf"^[(\[]?(?:{_CLASSES})[)\]]?(?:\s*[.:;,/)\]–—-]+\s*|\s*$)",  # noun: (adj) v.
        r"^(?:the\s+)?(?:definitions?|def|meanings?|what it means)\s*[:.=–—-]+\s*",
        # hunts-man-esque, in brackets or between strokes
        r"^\((?:pronounced\b[^)]*|[a-z. ]{1,4})\)",  # (pronounced so) (np)
        r"^(?:[(/\\][^()/\\\s]{1,12}(?:[-·][^()/\\\s]{1,12})+[)/\\]|/[^/\s]{2,30}/|\[[^\]\s]*-[^\]\s]*\])\W*",
        r"^(?:ok(?:ay)?|well|so|hm+|um+|uh|hey|yes|haha+|basically|simply put|no really)\s*[,.!:…]+\s*",
    )
)
_EXAMPLE: Final = re.compile(
    r"^\W*(?i:ex(?:ample)?s?\b\s*[\d.:)-]|e\.g|(?:for |an? )?example\b|for instance\b|as in\b|usage\b|"
    r"(?:used )?in a sentence\b)|^[A-Z][\w' ]{0,18}:\s*\S"
)
_QUOTED: Final = re.compile(r"^[\"“'‘][^\"”]*[\"”'’]\W*$")
_SYLLABLES: Final = re.compile(r"^\S+[-·]\S+(?:\s*\(\S+\))?$")
_SPELLING: Final = re.compile(
    r"^\W*(?:(?:it'?s?|is|can be|may be|also|sometimes|often|usually|commonly|alternatively)\s+)*"
    r"(?:spelled|spelt|spelling|written|pronounced|pronunciation|abbreviated|capitali[sz]ed|(?<=also )called|"
    r"(?<=also )known as|see also)\b|^also,? [\"“]",
    re.IGNORECASE,
)
_ORIGIN: Final = re.compile(
    r"^\W*(?:(?:it|this|the|term|word|phrase|slang|was|is|were|has|been|first|originally)\s+)*"
    r"(?:origins?\b|etymology|deriv(?:ed|es|ation)|originat(?:ed|es|ing)|coined|comes? from|came from|"
    r"invented|popularis?z?ed|made up by)\b",
    re.IGNORECASE,
)
_SPEAKS_OF_ITSELF: Final = re.compile(r"^(?:\S+\s+){0,2}(?:i|i'm|i'll|i've|i'd|me|im)\b", re.IGNORECASE)
_TO_THE_READER: Final = re.compile(
    r"^\W*(?:what|who) (?:you|ur|u|i|we|your)\b|\b(?:you|u) (?:just |are |were )*"
    r"(?:look(?:ed|ing)|read(?:ing)?|search(?:ed|ing)|typed|clicked)\b|"
    r"\b(?:your|ur|yo) (?:mom|mum|mama|mother)\b|\bin the mirror\b|\bright now\b|"
    r"\blook\w* (?:this|it) up\b|\burban ?dictionary\b|\bthis (?:site|website|page|definition)\b|"
    r"^\W*(?:other |all )?definitions\b|"
    r"\b(?:other|listed|these|above|below) definitions\b|"
    r"\b(?:everyone|everybody) (?:here|else here|is wrong|knows)\b|\bthumbs (?:up|down)\b",
    re.IGNORECASE,
)
# It speaks of the word ("the dumbest word ever", "British slang") and never of what it stands for.
_ABOUT_THE_WORD: Final = re.compile(
    r"^\W*(?:(?:it|this|that)(?:'s| is)\s+)?(?:(?!of\b|for\b|to\b)[\w'’-]+\s+){0,5}?"
    r"(?:(?<!other )word|term|phrase|(?<!of )saying|expression|slang|adjective|verb|noun|"
    r"acronym|abbreviation)s?\b(?!\s*[\"“']|\s+of\b)"
    r"(?!.*\b(?:for|mean\w*|describ\w+|refer\w*|denot\w+|express\w+|stand\w*|when|"
    r"impl\w+|to|as|if|synonym\w*)\b)",
    re.IGNORECASE,
)
_NO_SUBJECT: Final = re.compile(
    r"^(?:can|could|will|would|may|might|is|isn'?t|are|was|has|have|had|does|doesn'?t|don'?t)\b(?!\s+\w+ing\b)",
    re.IGNORECASE,
)
_OPENS_LIKE_A_MEANING: Final = re.compile(
    r"^\W*(?:an?|any|the|one|some(?:one|body|thing|where)?|anyone|any(?:thing|body)|those|people|person|when|"
    r"whenever|where|to|used|said|being|having|short for|slang for|abbreviation|acronym|another|refer\w*|"
    r"describ\w+|stands? for|means?|meaning|general\w*|typical\w*)\b",
    re.IGNORECASE,
)
_SAYS: Final = (
    r"(?:(?:basically|usually|generally|simply|also|often|just|really|actually|originally|typically)\s+)*"
    r"(?:is|are|means?|meant|refers? to|stands? for|describes?|can be defined as|=)(?!\s+not\b|n't)"
)
_IT_MEANS: Final = re.compile(
    r"^\W*(?:it|this)\s+(?:basically\s+)?(?:means?|stands? for|refers? to)\b", re.IGNORECASE
)
_LEADS_ON: Final = re.compile(
    r"(?:\b(?:means?|is|are|for|as|of|to|either|by|being|include|includes)\W*[:;-]*|[:,])$"
)
_COUNTS: Final = re.compile(
    r"^\W*(?:there (?:are|is)|[\w' ]{1,30}? (?:has|have|had))\b.{0,30}\b(?:many|several|two|three|"
    r"four|different|various|multiple|\d+)\b.*\b(?:definitions?|meanings?|uses?|types?|kinds?|forms?|ways?)\b",
    re.IGNORECASE,
)
_GOES_ON: Final = re.compile(
    r"^(?:or|and|but|without|except|meaning|i\.e|that is|as opposed)\b", re.IGNORECASE
)
_FINITE: Final = re.compile(
    r"\b(?:is|are|was|were|isn'?t|aren'?t|am|has|have|had|do|does|don'?t|doesn'?t|did|can|can'?t|will|would|should|"
    r"could|uses?|says?|thinks?|calls?|it'?s|i'?m|you'?re|they'?re|that'?s)\b",
    re.IGNORECASE,
)
# "The best thing ever", "the most annoying way to", "better than": an opinion and no meaning.
_PRAISES: Final = re.compile(
    r"^(?!.*\bways? (?:to say|of saying)\b)\W*(?:(?:an?|the|just|one of the|some of the|so|only)\s+)*"
    r"(?:(?:best|worst|greatest|coolest|dumbest|stupidest|biggest|hottest|sexiest|prettiest|lamest|most)\b|"
    r"\w+er than\b)",
    re.IGNORECASE,
)
_CLAUSE: Final = 6
_LONGEST_NAME: Final = 3
_CLAUSE_END: Final = re.compile(r"[,;:)]\s|\s[–—-]+\s")
_LETTERS: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST_ACRONYM: Final = 8


@dataclass(frozen=True, slots=True)
class Defining:
    """What of a definition is quoted.

    defines is False where no sentence says a meaning by itself. plainly: it is also put the way meanings
    are put ("a person who", "to throw", "short for", or a few words without a verb); what is not ("everyone
    is a poser") may be a joke.
    """

    text: str
    defines: bool
    plainly: bool = False


def defining(word: str, definition: str, limit: int = LONGEST) -> Defining:
    """The part of `definition` that says what `word` means, on one line, at most `limit` characters.

    Without such a part: its first words, and `defines` False. Nothing readable gives "".
    """
    pieces = _pieces(word, definition)
    sayings = [
        n
        for n, piece in enumerate(pieces)
        if _says_a_meaning(piece, word, first=n == 0, alone=len(pieces) == 1)
    ]
    if not sayings:
        left = next((p for p in pieces if not _is_heading(p)), None) or (pieces or [inert(definition)])[0]
        return Defining(cut(left, limit), defines=False)
    first = _first_of(pieces, sayings, word)
    text, last = pieces[first], first
    while last + 1 < len(pieces) and last - first < 3 and _is_incomplete(text, pieces[last + 1], word):
        last += 1
        text = f"{text} {pieces[last]}"
    spelled = next((n for n, piece in enumerate(pieces) if n > last and expands(word, piece)), None)
    if spelled is not None and not expands(word, text):
        between = " … " if spelled > last + 1 else " "
        text = f"{cut(text, limit * 2 // 3)}{between}{pieces[spelled]}"
    return Defining(cut(text, limit), defines=True, plainly=_is_put_plainly(pieces[first], word))


def is_example(line: str, word: str) -> bool:
    """Whether a later line of a definition only uses the word: "He said that the party was lit."."""
    root = stem(fold(word))
    uses = re.search(rf"(?<!\w){re.escape(root)}", stem(fold(line))) is not None
    return uses and not _named(word).match(line) and not _ABOUT_THE_WORD.match(line)


def expands(word: str, text: str) -> bool:
    """Whether neighbouring words of `text` spell `word` by their initials ("laughing out loud", "lol")."""
    letters = "".join(c for c in word.lower() if c.isalnum())
    if not 2 <= len(letters) <= _LONGEST_ACRONYM or " " in word.strip():
        return False
    return letters in "".join(match[0][0] for match in _LETTERS.finditer(text.lower()))


def cut(text: str, limit: int) -> str:
    """`text` within `limit` characters; what is left out is marked by "…", at the end of a clause."""
    if len(text) <= limit:
        return text
    opening = text[:limit]
    whole = max(opening.rfind(mark) + 1 for mark in (". ", "! ", "? "))
    if whole > limit // 3:
        return f"{opening[:whole]} …"
    clause = max((match.start() for match in _CLAUSE_END.finditer(opening)), default=0)
    stop = clause if clause > limit // 3 else max(opening.rfind(" "), limit // 2)
    return opening[:stop].rstrip(" ,;:(–—-") + " …"


def _pieces(word: str, definition: str) -> list[str]:
    """The sentences of a definition without what only labels them."""
    lines = [line for line in about_the_word(definition).splitlines() if line.strip()]
    found: list[str] = []
    for line in lines[:1] + [line for line in lines[1:] if not is_example(line, word)]:
        for sentence in sentences(_bare(line, word)):
            bare = _bare(sentence, word)
            if _LETTERS.search(bare) and joined(fold(bare)) != joined(fold(word)):
                found.append(bare)
    return found[:_LOOKED_AT]


def _bare(text: str, word: str) -> str:
    named = re.compile(
        rf"^[\"“'‘(]*{re.escape(inert(word))}[\"”'’)]*(?:\s*\([^)]{{0,40}}\))?\s*(?:[:=–—]+|\s-+\s|-\s|$)\s*",
        re.IGNORECASE,
    )
    before = None
    while before != text:
        before = text
        for label in (*_LABELS, named):
            text = label.sub("", text, count=1)
        text = text.strip()
    return text


def _says_a_meaning(piece: str, word: str, *, first: bool, alone: bool) -> bool:
    if expands(word, piece):
        return True
    named = rf"^\W*(?:an?\s+|the\s+|to\s+)?{re.escape(inert(word))}(?:'?s)?\W*\s"
    if re.match(rf"{named}(?:is|are|does)(?:n't| not)\b", piece, re.IGNORECASE):
        return False
    patterns: Sequence[re.Pattern[str]] = (_SPELLING, _ORIGIN, _TO_THE_READER, _ABOUT_THE_WORD)
    if not first:
        patterns = (*patterns, _NO_SUBJECT)
    if not alone:
        patterns = (*patterns, _QUOTED, _SPEAKS_OF_ITSELF, _SYLLABLES)
    return not (
        (piece.endswith("?") and not _OPENS_LIKE_A_MEANING.match(piece))
        or _is_heading(piece)
        or _EXAMPLE.match(piece)
        or any(pattern.search(piece) for pattern in patterns)
    )


def _is_heading(piece: str) -> bool:
    """A line that announces: in capitals, or with a colon after what it promises."""
    if piece.endswith(":"):
        return _LEADS_ON.search(piece[:-1]) is None
    if _COUNTS.search(piece):
        return True
    return piece.isupper() and len(piece.split()) <= 2 and len(piece) > 2


def _first_of(pieces: Sequence[str], sayings: Sequence[int], word: str) -> int:
    """The first that says a meaning; one that names the word and says what it is, before a lead-in."""
    first = sayings[0]
    named = _named(word)
    if _OPENS_LIKE_A_MEANING.match(pieces[first]) or expands(word, pieces[first]):
        return first
    return next((n for n in sayings[:4] if named.match(pieces[n]) or _IT_MEANS.match(pieces[n])), first)


def _is_put_plainly(piece: str, word: str) -> bool:
    if expands(word, piece) or _IT_MEANS.match(piece):
        return True
    named = _named(word).match(piece)
    after = piece[named.end() :] if named else piece
    if _PRAISES.match(after):
        return False
    if named or _OPENS_LIKE_A_MEANING.match(piece):
        return True
    words = _LETTERS.findall(piece)
    is_name = (
        len(words) <= _LONGEST_NAME and all(one[0].isupper() for one in words[1:]) and piece[0].isupper()
    )
    return not _FINITE.search(" ".join(words[:_CLAUSE])) and not (is_name and len(words) > 1)


def _named(word: str) -> re.Pattern[str]:
    """Matches a sentence that names the word and says what it is."""
    return re.compile(
        rf"^\W*(?:(?:an?|the|to)\s+)?(?:(?:word|term|phrase)\s+)?\W*{re.escape(inert(word))}\W*\s*{_SAYS}",
        re.IGNORECASE,
    )


def _is_incomplete(text: str, following: str, word: str) -> bool:
    """Whether the meaning goes on in the next sentence."""
    if text.count('"') % 2:
        return True
    if _LEADS_ON.search(text) or _GOES_ON.match(following):
        return True
    spelled_only = expands(word, text) and len(_LETTERS.findall(text)) <= len(word) + 3
    return (
        spelled_only
        and not expands(word, following)
        and _says_a_meaning(following, word, first=False, alone=False)
        and (re.search(rf"(?<!\w){re.escape(inert(word))}(?!\w)", following, re.IGNORECASE) is None)
    )
