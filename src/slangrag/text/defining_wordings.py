"""Wordings of definitions: how meanings are put, and what stands around them.

Regular expressions and nothing else; `defining` decides what follows from them. Each is needed by a case of
`tests/data/defining.jsonl`.
"""

from __future__ import annotations

import re
from typing import Final

CLASSES: Final = (
    r"n(?:oun)?|v(?:erb|b)?|adj(?:ective)?|adv(?:erb)?|interj(?:ection)?|intj|abbr(?:ev(?:iation)?)?|"
    r"acronym|phrase|expression|exclamation|idiom|slang|pl(?:ural)?|proper noun|(?:in)?transitive verb"
)
# What may stand before the meaning on its line; taken off again and again.
LABELS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\W*\d{1,2}\s*[.):-]+\s*(?=\D)",  # 1. 2) (3)
        r"^\(?[a-z][.):]\s+(?=\S)(?!\w[.)])",  # a) B. C:
        r"^[-*•–—~=>#:;,.)]+\s*",
        rf"^[(\[]?(?:{CLASSES})[)\]]?(?:\s*[.:;,/)\]–—-]+\s*|\s*$)",  # noun: (adj) v.
        r"^(?:the\s+)?(?:definitions?|def|meanings?|what it means)\s*[:.=–—-]+\s*",
        # hunts-man-esque, in brackets or between strokes
        r"^\((?:pronounced\b[^)]*|[a-z. ]{1,4})\)",  # (pronounced so) (np)
        r"^(?:[(/\\][^()/\\\s]{1,12}(?:[-·][^()/\\\s]{1,12})+[)/\\]|/[^/\s]{2,30}/|\[[^\]\s]*-[^\]\s]*\])\W*",
        r"^(?:ok(?:ay)?|well|so|hm+|um+|uh|hey|haha+|basically|simply put|no really)\s*[,.!:…]+\s*",
    )
)
EXAMPLE: Final = re.compile(
    r"^\W*(?i:ex(?:ample)?s?\b\s*[\d.:)-]|e\.g|(?:for |an? )?example\b|for instance\b|as in\b|usage\b|"
    r"(?:used )?in a sentence\b)|^[A-Z][\w' ]{0,18}:\s*\S"
)
QUOTED: Final = re.compile(r"^[\"“'‘][^\"”]*[\"”'’]\W*$")
SYLLABLES: Final = re.compile(r"^\S+[-·]\S+(?:\s*\(\S+\))?$")
SPELLING: Final = re.compile(
    r"^\W*(?:(?:it'?s?|is|can be|may be|also|sometimes|often|usually|commonly|alternatively)\s+)*"
    r"(?:spelled|spelt|spelling|written|pronounced|pronunciation|abbreviated|capitali[sz]ed|(?<=also )called|"
    r"(?<=also )known as|see also)\b|^also,? [\"“]",
    re.IGNORECASE,
)
ORIGIN: Final = re.compile(
    r"^\W*(?:(?:it|this|the|term|word|phrase|slang|was|is|were|has|been|first|originally)\s+)*"
    r"(?:origins?\b|etymology|deriv(?:ed|es|ation)|originat(?:ed|es|ing)|coined|comes? from|came from|"
    r"invented|popularis?z?ed|made up by)\b",
    re.IGNORECASE,
)
SPEAKS_OF_ITSELF: Final = re.compile(r"^(?:\S+\s+){0,2}(?:i|i'm|i'll|i've|i'd|me|im)\b", re.IGNORECASE)
TO_THE_READER: Final = re.compile(
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
ABOUT_THE_WORD: Final = re.compile(
    r"^\W*(?:(?:it|this|that)(?:'s| is)\s+)?(?:(?!of\b|for\b|to\b)[\w'’-]+\s+){0,5}?"
    r"(?:(?<!other )word|term|phrase|(?<!of )saying|expression|slang|adjective|verb|noun|"
    r"acronym|abbreviation)s?\b(?!\s*[\"“']|\s+of\b)"
    r"(?!.*\b(?:for|(?<!its )(?<!it's )(?<!real )(?<!no )mean\w*|describ\w+|refer\w*|denot\w+|express\w+|"
    r"stand\w*|when|impl\w+|(?:used|says?|said|typed|written|way) to|as|if|synonym\w*)\b)",
    re.IGNORECASE,
)
NO_SUBJECT: Final = re.compile(
    r"^(?:can|could|will|would|may|might|is|isn'?t|are|was|has|have|had|does|doesn'?t|don'?t)\b(?!\s+\w+ing\b)",
    re.IGNORECASE,
)
OPENS_LIKE_A_MEANING: Final = re.compile(
    r"^\W*(?:an?|any|the|one|some(?:one|body|thing|where)?|anyone|any(?:thing|body)|when|"
    r"(?:those|people|person) (?:who|that|whose|with|from|in|of)|"
    r"whenever|where|to|used|said|being|having|short for|slang for|abbreviation|acronym|another|refer\w*|"
    r"describ\w+|stands? for|means?|meaning|general\w*|typical\w*)\b",
    re.IGNORECASE,
)
SAYS: Final = (
    r"(?:(?:basically|usually|generally|simply|also|often|just|really|actually|originally|typically)\s+)*"
    r"(?:is|are|means?|meant|refers? to|stands? for|describes?|can be defined as|=)(?!\s+not\b|n't)"
)
IT_MEANS: Final = re.compile(
    r"^\W*(?:it|this)\s+(?:basically\s+)?(?:means?|stands? for|refers? to)\b", re.IGNORECASE
)
LEADS_ON: Final = re.compile(
    r"(?:\b(?:means?|is|are|for|as|of|to|either|by|being|include|includes)\W*[:;-]*|[:,])$"
)
COUNTS: Final = re.compile(
    r"^\W*(?:there (?:are|is)|[\w' ]{1,30}? (?:has|have|had))\b.{0,30}\b(?:many|several|two|three|"
    r"four|different|various|multiple|\d+)\b.*\b(?:definitions?|meanings?|uses?|types?|kinds?|forms?|ways?)\b",
    re.IGNORECASE,
)
GOES_ON: Final = re.compile(
    r"^(?:or|and|but|without|except|meaning|i\.e|that is|as opposed)\b", re.IGNORECASE
)
FINITE: Final = re.compile(
    r"\b(?:is|are|was|were|isn'?t|aren'?t|am|has|have|had|do|does|don'?t|doesn'?t|did|can|can'?t|will|would|should|"
    r"could|uses?|says?|thinks?|calls?|it'?s|i'?m|you'?re|they'?re|that'?s)\b",
    re.IGNORECASE,
)
# "The best thing ever", "the most annoying way to", "better than": an opinion and no meaning.
PRAISES: Final = re.compile(
    r"^(?!.*\bways? (?:to say|of saying)\b)\W*(?:(?:the|just|one of the|some of the|so|only)\s+)*"
    r"(?:(?:best|worst|greatest|coolest|dumbest|stupidest|biggest|hottest|sexiest|prettiest|lamest|most)\b|"
    r"\w+er than\b)",
    re.IGNORECASE,
)
# "The two big parties are one party", but not "the seat of a car which is".
STATES: Final = re.compile(
    r"^\W*(?:the|any)\s+(?:(?!that\b|which\b|who\b|when\b|where\b|of\b|you\b|in\b)\w+\s+){1,6}?(?:is|are|was|were)\b",
    re.IGNORECASE,
)
CLAUSE_END: Final = re.compile(r"[,;:)]\s|\s[–—-]+\s")
LETTERS: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
