"""Inflection: a verb phrase put into another form, a noun phrase into the plural. English only."""

from __future__ import annotations

import re
from typing import Final

from slangrag.text.english import is_small, uses

IRREGULAR: Final = {
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
"""Verb to its past and its participle."""

PAST_ONLY: Final = frozenset(past for past, participle in IRREGULAR.values() if past != participle)
"""Forms that are no participles: "ate", "broke"."""

_THIRD: Final = {"have": "has", "do": "does", "go": "goes", "be": "is"}


def inflected(text: str, like: str) -> str:
    """The bare verb phrase `text` in the form that `like` is in: "yeeted" gives past, "-ing", "-s"."""
    verb, _, rest = text.partition(" ")
    ending = like.lower().rstrip("'’")
    if ending.endswith(("ing", "in")):
        form = _with_ending(verb, "ing")
    elif ending.endswith("ed"):
        form = IRREGULAR[verb][0] if verb in IRREGULAR else _with_ending(verb, "ed")
    elif ending.endswith("s") and not ending.endswith("ss"):
        form = _THIRD.get(verb, verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"))
    else:
        form = verb
    return f"{form} {rest}".strip()


def forms(text: str) -> tuple[str, str, str, str]:
    """A bare verb phrase in its four forms: lie, lies, lied, lying."""
    return text, inflected(text, "s"), inflected(text, "ed"), inflected(text, "ing")


def pluralised(phrase: str) -> str:
    """A noun phrase without its article in the plural: "private message on a site" has "messages"."""
    words = phrase.split()
    head = _head(words)
    noun = words[head].rstrip(",")
    if is_plural(phrase):
        return phrase
    if re.search(r"[^aeiou]y$", noun):
        plural = noun[:-1] + "ies"
    else:
        plural = noun + ("es" if noun.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return " ".join([*words[:head], plural + words[head][len(noun) :], *words[head + 1 :]])


def is_plural(phrase: str) -> bool:
    """Whether the noun that a phrase is about stands in the plural."""
    words = phrase.split()
    noun = words[_head(words)].rstrip(",").lower()
    return "N" in uses(noun) or (noun.endswith("s") and not noun.endswith("ss"))


def _head(words: list[str]) -> int:
    """Where the noun stands: before the first small word that is not the article."""
    opens = int(is_small(words[0]))
    return next((at for at, word in enumerate(words) if at > opens and is_small(word)), len(words)) - 1


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
