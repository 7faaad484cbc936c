"""Short meanings: a definition's first clause, and what part of speech it is. For `--substitute`.

Each rule has a case in tests/unit/answer/test_translate.py. Inflects nothing: a word that stands in
another form than its headword is never replaced.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from slangrag.answer.translate.terms import SlangTerm
from slangrag.text.defining import defining, expands
from slangrag.text.english import is_small, uses
from slangrag.text.forms import fold
from slangrag.text.places import place

Kind = Literal["verb", "noun", "adjective", "adverb", "phrase", "remark"]

_LONGEST: Final = 5
_CLAUSE_END: Final = re.compile(r"[,;:(.!?…]|\s[-–—]\s")
_SAID: Final = re.compile(
    r"^(?:used|said|told|short|slang|an? (?:\w+ )?(?:word|term|phrase|way|expression|exclamation|reply|"
    r"greeting)|what|when|how|if)\b",
    re.IGNORECASE,
)
_UNFIT: Final = re.compile(
    r"\b(?:or|and|that|which|who|you|your|yourself|something|someone|somebody|one's|etc)\b|[\[\]\"“”/]", re.I
)


def clause(word: str, definition: str) -> str:
    """The first clause of what defines; a capital that only opens it is put small."""
    text = _CLAUSE_END.split(defining(word, definition).text, maxsplit=1)[0].strip(" \"'“”")
    first = text.split(" ", 1)[0]
    keeps = first == "I" or first.startswith("I'") or first[1:] != first[1:].lower()
    return text if keeps else text[:1].lower() + text[1:]


def kind(word: str, definition: str) -> Kind:
    """What part of speech the definition's first clause is; "phrase" spells the word's letters out."""
    text = clause(word, definition)
    words = text.lower().split()
    if expands(word, text) and len(words) <= len(word) + 1:
        return "phrase"
    if not words or _SAID.match(text):
        return "remark"
    if words[0] == "to":
        return "verb"
    if words[0] in ("a", "an", "the"):
        return "noun"
    if all(uses(one)[:1] == "r" for one in words):
        return "adverb"
    return "adjective" if uses(words[-1])[:1] in ("a", "d") and not is_small(words[-1]) else "remark"


def substituted(text: str, terms: tuple[SlangTerm, ...]) -> str:
    """`text` with each span replaced whose meaning is one short phrase that fits; the others stay."""
    out, done = "", 0
    for term in terms:
        before, after = text[: term.span.start], text[term.span.end :]
        new = _replacement(term, before, after)
        out += text[done : term.span.start]
        if new:
            out, new = _with_article(out, new)
            opens = not out.strip() or out.rstrip()[-1] in ".!?"
            out += new[:1].upper() + new[1:] if opens and term.span.text[:1].isupper() else new
        else:
            out += term.span.text
        done = term.span.end
    return out + text[done:]


def _replacement(term: SlangTerm, before: str, after: str) -> str:
    """What can stand in the term's place, or ""."""
    sense = term.sense
    new, what = clause(sense.word, sense.definition), kind(sense.word, sense.definition)
    new = new.partition(" or to ")[0]  # "to lie or to boast about ..."
    if fold(term.span.text) != fold(sense.word) or len(term.told) > 1:
        return ""
    if what == "phrase":
        return new
    if len(new.split()) > _LONGEST or _UNFIT.search(new):
        return ""
    where = place(before, after)
    match what:
        case "noun":
            return new if "noun" in where.roles and where.article == where.last else ""
        case "adjective":
            return new if "predicate" in where.roles and "noun" not in where.roles else ""
        case "adverb":
            return new if where.roles == {"adverb"} else ""
        case "verb":
            return new.removeprefix("to ") if where.roles == {"verb"} and not after.strip(" .!?") else ""
    return ""


def _with_article(before: str, new: str) -> tuple[str, str]:
    """A noun phrase's own article takes the place of "a" or "an", and gives way to any other."""
    own = re.match(r"(?:an?|the)\s+", new, re.IGNORECASE)
    standing = re.search(r"\b(an?)\s+$", before, re.IGNORECASE)
    if own is None or not before.strip():
        return before, new
    if standing is None:
        return before, new[own.end() :]
    kept = before[: standing.start()]
    return kept, new[:1].upper() + new[1:] if standing[1][0].isupper() else new
