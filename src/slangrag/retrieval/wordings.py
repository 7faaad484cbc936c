"""Wordings: how people ask for a definition, or for the word that a description describes.

Regular expressions and nothing else; `intent` decides what follows from them.
"""

from __future__ import annotations

import re
from typing import Final

FLAGS: Final = re.IGNORECASE | re.DOTALL
LEAD: Final = re.compile(
    r"^\s*(?:(?:hey|hi|hello|ok|okay|so|um|pls|please|yo|quick question|help)\b[\s,!.:-]*)*"
    r"(?:(?:can|could|would|will) (?:you|u|someone|anyone|somebody|anybody) (?:please |pls )?"
    r"(?:tell me\s+|say\s+)?"
    r"|(?:do|does) (?:you|u|anyone|anybody|someone) (?:happen to )?know\s+"
    r"|(?:please |pls )?(?:tell me|let me know)\s+"
    r"|i (?:want|need|would like|'d like) to know\s+|i wonder\s+"
    r"|(?:i'm |im )?(?:just )?(?:wondering|curious)[,:]?\s+"
    r"|idk\s+|i (?:do not|don't|dont|didn't) (?:know|get|understand)\s+)?",
    FLAGS,
)
# "define lol" asks about lol; "what does it mean lol" does not.
TRAIL: Final = re.compile(
    r"(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx)"
    r"|(?:(?<=mean)|(?<=means)|(?<=meaning))[\s,]+(?:lol|lmao|bro|dude))+$",
    FLAGS,
)
_WHAT: Final = (
    r"(?:what|wat|wut|whut|wht|wot|waht|whta|wtf|wth|what in the world|what the (?:hell|heck|fuck))"
)
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
_SPEAKS: Final = r"(?:say(?:s|ing)?|said|uses?|using|used|came\s+up\s+with|invented|coined)"
_JUDGED: Final = (
    r"(?:(?:an?|the|ever|always|really|still)\s+)*(?:real\s+|good\s+or\s+|bad\s+or\s+)?(?:insult\w*|compliment|bad|good|nice|"
    r"rude|mean|offensive|slang|slur|swear|curse|word|okay|ok|appropriate|positive|negative|british|american|"
    r"australian)(?:\s+(?:word|term|thing))?"
)
_ANY_DETERMINER: Final = r"(?:the\s+|a\s+|an\s+)?"
_POINTS: Final = r"(?:it|that|this)"
# A message, and then what it means: "he ghosted me, what does that mean".
AFTER_MESSAGE: Final = re.compile(
    rf"^(?P<x>.+?)[\s,.;:!?-]+(?:so\s+|and\s+|but\s+)?{_WHAT}\s+{_DOES}\s+{_POINTS}\s+(?:even\s+|really\s+)?mean$",
    FLAGS,
)
# These wordings ask for a definition whatever they are asked of.
ASKS: Final = tuple(
    re.compile(pattern, FLAGS)
    for pattern in (
        # Two questions in one breath; BETWEEN parts them.
        rf"^{_WHAT}\s+{_DOES}\s+{_SORT}?(?P<x>[^,;.?!]+?\s+mean[\s,;.?!]+(?:and|or)\s+{_WHAT}\s+{_DOES}\s+[^,;.?!]+?)"
        r"\s+mean$",
        rf"^{_WHAT}\s+{_DOES}\s+(?:it|that)\s+mean\s+(?:when|if)\s+(?:[\w']+\s+){{1,3}}?"
        r"(?:say|says|said|(?:calls?|called)\s+\w+|types?|writes?|texts?|posts?|comments?|is|are|was|gets?|has|does)\s+"
        r"(?:that\s+)?(?P<x>.+)$",
        r"^(?:.*?\b)?(?:said|says|saying|(?:calls?|called|calling)\s+\w+|texted(?:\s+me)?|sent\s+me|wrote|commented)\s+"
        rf"(?P<x>.+?)[\s,.;:-]+(?:and\s+|but\s+)?{_WHAT}\s+{_DOES}\s+(?:it|that|this|he|she|they)\s+(?:even\s+)?mean"
        r"(?P<tail>.*)$",
        rf"^{_WHAT}\s+{_DOES}\s+(?:it\s+mean\s+to\s+(?:be\s+)?|it\s+mean\s+)(?P<x>.+)$",
        rf"^(?:.*?[,.;:!?-]\s+)??{_WHAT}\s+{_DOES}\s+(?!{_POINTS}\s+(?:even\s+|really\s+)?mean\b){_SORT}?"
        rf"(?P<x>.+?){_ADVERBS}\s+{_MEANS}\b(?P<tail>.*)$",
        rf"^(?:{_WHAT_IS}|give me|know)\s+{_ANY_DETERMINER}(?:\w+\s+)?(?:meaning|definition|def|sense)s?\s+"
        rf"(?:of|for|behind)\s+{_SORT}?(?P<x>.+)$",
        rf"^{_WHAT_IS}\s+(?:meant|understood)\s+by\s+{_SORT}?(?P<x>.+)$",
        rf"^{_WHAT}\s+{_DOES}\s+(?:\w+\s+){{1,2}}mean\s+(?:by|with|when)\s+(?:(?:\w+\s+)say(?:s|ing)?\s+)?"
        rf"{_SORT}?(?P<x>.+)$",
    )
)
# These might also be the beginning of a message or of a description: the subject decides.
MAY_ASK: Final = tuple(
    re.compile(pattern, FLAGS)
    for pattern in (
        rf"^(?:the\s+|slang\s+|urban\s+)*(?:meaning|definition|def|explanation)s?\s*(?:of|for|behind|:|\s)\s*"
        rf"{_SORT}?(?P<x>.+)$",
        r"^how\s+(?:would|do|can)\s+(?:you|i|we)\s+(?:define|explain|translate)\s+(?P<x>.+)$",
        rf"^.*?[\"“](?P<x>[^\"”]{{1,40}})[\"”][\s,.;:-]+(?:so\s+|and\s+)?(?:{_WHAT}|translate|meaning|explain)\b(?P<asked>.*)$",
        r"^(?:.*\s)?(?:say|says|saying|said|wrote|texted)\s+(?P<x>[^,]+),\s+(?:so\s+|and\s+)?"
        rf"(?:{_WHAT_IS}\s+(?:that|it|this)|translate|meaning|explain)$",
        r"^(?:.*\s)?(?:the|this)\s+(?:word|term|phrase|expression)\s+(?P<x>\S+(?:\s\S+)?)$",
        r"^how\s+(?:do\s+(?:you|i|people)|to|can\s+i)\s+use\s+(?P<x>.+?)(?:\s+in\s+a\s+\w+)?$",
        rf"^(?:is|are)\s+(?:calling\s+(?:someone|somebody|people|him|her|me)\s+)?{_SORT}?(?P<x>.+?)\s+{_JUDGED}"
        rf"(?:\s+or\s+{_JUDGED})?(?:\s+(?:to|for|in)\s+.+)?$",
        rf"^(?:who|where)\s+(?:do\s+(?:people|they)\s+)?{_SPEAKS}\s+{_SORT}?(?P<x>.+)$",
        rf"^where\s+(?:does|do|did|is|was)\s+{_SORT}?(?P<x>.+?)\s+(?:come\s+from|from|originat\w+|used|said|spoken)"
        r"(?P<tail>.*)$",
        rf"^(?:why\s+)?(?:do|does|did|are)\s+(?:only\s+|many\s+)?(?:people|everyone|anyone|(?!this\b|his\b)[\w-]+s)\s+(?:still\s+|even\s+|always\s+)?{_SPEAKS}"
        rf"\s+{_SORT}?(?P<x>.+?)(?P<adverbs>)$",
        rf"^(?:can|could|should|may|would)\s+\w+\s+{_SPEAKS}\s+{_SORT}?(?P<x>.+?)(?:\s+(?:to|in)\s+.+)?$",
        rf"^(?:{_WHAT_IS}\s+)?(?:the\s+)?difference\s+between\s+(?P<x>.+?)$",
        r"^(?:define|explain|describe|translate|look\s*up|lookup|search(?:\s+for)?|urban\s+dictionary)\b\s*:?\s*(?:to\s+me\s+)?"
        rf"(?:{_WHAT}\s+)?{_SORT}?(?P<x>.+?)(?:\s+{_MEANS})?(?:\s+to\s+me)?$",
        rf"^{_WHAT}\s+{_SORT}?(?P<x>.+?){_ADVERBS}\s+{_MEANS}\b(?P<tail>.*)$",
        rf"^{_WHAT_IS}\s+(?:even\s+)?{_SORT}?(?P<x>.+?)(?:\s+{_MEANS}|\s+(?:short|slang)\s+for)?$",
        r"^who(?:'s|’s|s|\s+is|\s+are)\s+(?P<x>.+)$",
        r"^(?P<x>.+?)[\s,:-]+(?:slang\s+|urban\s+dictionary\s+|text\s+|real\s+|full\s+)*(?:meanings?|definition|def|mean|"
        r"means|stands\s+for|stand\s+for|urban\s+dictionary|slang\s+term)\b(?P<tail>.*)$",
        r"^(?P<x>.+?)\s+(?:is|means)\s+(?:what|wat)$",
        r"^(?P<x>\S+(?:\s\S+){0,2}\s+(?:vs\.?|versus)\s+\S+(?:\s\S+){0,2})$",
    )
)
CONTEXT: Final = re.compile(
    r"(?:^|[\s,]+)(?:(?:in|on|from|for|as|over|via|used in|used on)\s+(?:a\s+|an\s+|the\s+)?"
    r"(?:[\w'’]+\s+){0,2}?(?:text(?:s|ing|ing language)?|text messages?|messages?|messaging|sms|chats?|"
    r"slang|social media|internet|web|online|dms?|tik\s*tok|instagram|insta|ig|snapchat|snap|twitter|x|"
    r"facebook|fb|discord|reddit|twitch|youtube|tumblr|tinder|gaming|games?|gen\s*z|english|"
    r"urban dictionary|dating|hip hop|rap|aave|britain|england|the uk|australia|america|"
    r"these days|context)(?:\s+(?:slang|speak|terms?|talk))?"
    r"|(?:when|if)\s+(?:\w+\s+){1,3}(?:say|says|uses?|texts?|types?|said|writes?)(?:\s+(?:it|that|this))?"
    r"|british|uk|american|australian|aussie"
    r"|nowadays|these days|online|slang|anyways?|exactly|please|pls|to me|bro|dude|in general)$",
    FLAGS,
)
# What else is asked of the same word in one breath: "what does salty mean, and who says it".
MORE: Final = re.compile(
    r"(?:[,;.!?-]*\s*)(?:(?:and|or|but|also|plus)\s+)?(?:please\s+|pls\s+|can you\s+|could you\s+)?"
    r"(?:(?:who|where|when|why|how)\b"
    r"|(?:is|are|was|does|do|did|can|could|should|would|will)(?:n't)?\s+(?:it|that|this|i|you|we|one|they|people|someone)\b"
    r"|(?:explain|give|show|use|tell|say|answer)\b"
    r"|(?:with|using|in|by)\s+(?:an?\s+|some\s+|the\s+|my\s+)?(?:\w+\s+)?(?:examples?|words?|terms|sentences?|english)\b).*",
    FLAGS,
)
_NAMES: Final = r"(?:word|term|name|phrase|expression|slang|saying|acronym|abbreviation|way)"
REVERSE: Final = tuple(
    re.compile(pattern, FLAGS)
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
# What stands between two and more words that are asked for in one breath.
# A sign within letters parts words only where they are long enough: "lit/dope", but "B/F" is one.
BETWEEN: Final = re.compile(
    r"\s*(?:\bmean[\s,;.?!]+)?"
    r"(?:[,;]|(?<=\s)[/&+]|[/&+](?=\s)|(?<=\w{3})[/&+](?=\w{3})|\b(?:and|or|vs\.?|versus)\b)+\s*"
    rf"(?:\b{_WHAT}\s+{_DOES}\s+)?",
    FLAGS,
)
# Words that may stand around the one asked for without changing it: "to ghost someone", "a simp".
LIGHT_BEFORE: Final = re.compile(r"(?:a|an|the|to|be|being|been|someone|somebody)\s+(?=\S)", FLAGS)
LIGHT_AFTER: Final = re.compile(
    r"(?<=\S)\s+(?:(?:on|with|at|to|for|of|by)\s+)?(?:someone|somebody|something|anyone|sb|sth|oneself)$",
    FLAGS,
)
