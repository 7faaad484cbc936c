"""Text as strangers wrote it to text that is safe to show, embed and put in a prompt.

Pure functions over strings, each idempotent; knows nothing of rows, files or votes. What is removed
never carries meaning for a reader: terminal escapes, control, bidirectional and invisible characters,
mark-up. [Bracketed] cross-references stay.
"""

from __future__ import annotations

import html
import re
from typing import Final

_ESCAPES: Final = re.compile(
    r"""
      (?:\x1b\[|\x9b) [0-?]* [ -/]* [@-~]?     # CSI: colours, cursor, screen
    # OSC (titles, links), DCS, SOS, PM, APC: up to their end or the end of the line
    | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f]) [^\x07\x1b\x9c\n]* (?:\x07|\x1b\\|\x9c)?
    | \x1b [ -/]* [0-~]?                       # every other escape, and a lone ESC
    """,
    re.VERBOSE,
)
# Soft hyphen and joiners; what has no width or no ink; bidirectional marks, embeddings and isolates; lone
# surrogates; interlinear marks; language tags (a way to hide text from the eye and not from a model).
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_INVISIBLE: Final = re.compile(f"[\x00-\x08\x0e-\x1f\x7f-\x9f{_UNSEEN}]")
# Without any of these, a text hides nothing.
_SUSPECT: Final = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200d\u2028\u2029{_UNSEEN}]")
# Windows-1252 punctuation that was read as Latin-1.
_MISREAD: Final = str.maketrans("\x80\x85\x91\x92\x93\x94\x95\x96\x97\x99", "€…‘’“”•–—™")
# A joiner is kept inside an emoji (family, profession, flag), where it has a meaning.
_STRAY_JOINER: Final = re.compile(
    "(?<![\u2600-\u27bf\ufe0f\U0001f1e6-\U0001faff])\u200d|\u200d(?![\u2600-\u27bf\U0001f1e6-\U0001faff])"
)
# No script needs more than three marks on one letter; piled up, they cover the lines above and below.
_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILED: Final = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")
_LINE_END: Final = re.compile("\r\n?|[\x0b\x0c\u2028\u2029]")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ATTRIBUTES: Final = r"""(?:\s+[a-zA-Z-]{1,20}\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]+))*\s*/?"""
# Only names that HTML knows: "<sarcasm>", "<insert name>" and "<3" are things people say.
_BREAKING_TAG: Final = re.compile(
    rf"</?(?:br|p|div|li|ul|ol|tr|table|h[1-6]|hr|blockquote|pre){_ATTRIBUTES}>", re.IGNORECASE
)
_TAG: Final = re.compile(
    r"</?(?:a|abbr|b|big|center|code|dd|dl|dt|em|embed|font|i|iframe|img|input|ins|link|marquee|meta|object|q|s|"
    rf"script|small|span|strike|strong|style|sub|sup|tbody|td|th|thead|tt|u){_ATTRIBUTES}>|<!--.*?-->",
    re.IGNORECASE | re.DOTALL,
)
_SEMICOLONS: Final = re.compile(r";{2,}")
_BLANK: Final = "\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BLANKS: Final = re.compile(f" *[{_BLANK}][ {_BLANK}]*|  +")
_AROUND_BREAK: Final = re.compile(r" *\n *")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_WHITE: Final = re.compile(r"\s+")


def _breaks(match: re.Match[str]) -> str:
    """Each `;;` is one line break of the data set; an odd one out belongs to the text before."""
    count = len(match.group())
    return ";" * (count % 2) + "\n" * (count // 2)


def _entity(match: re.Match[str]) -> str:
    return html.unescape(match.group())


def visible(text: str) -> str:
    """`text` without escapes, invisible characters and piled marks; line ends as line feeds."""
    if _SUSPECT.search(text):
        text = _ESCAPES.sub("", text).translate(_MISREAD)
        text = _LINE_END.sub("\n", text)
        text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    if not text.isascii():
        text = _PILED.sub(r"\1", text)
    return text


def printable(text: str) -> str:
    """`visible` text in which entities are resolved."""
    text = visible(text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    return text


def _blanks(text: str) -> str:
    """`text` with every run of blanks as one space."""
    if "  " in text or "\t" in text or not text.isascii():
        return _BLANKS.sub(" ", text)
    return text


def _without_tags(text: str, *, line_break: str) -> str:
    return _TAG.sub("", _BREAKING_TAG.sub(line_break, text)) if "<" in text else text


def _plain(text: str) -> bool:
    """Whether there is nothing to clean in `text` but what semicolons may mean. Most of it is so."""
    return text.isascii() and text.isprintable() and "&" not in text and "<" not in text and "  " not in text


def clean_definition(text: str) -> str:
    r"""A definition as a reader should see it: plain text, lines parted by "\n", nothing invisible.

    `;;` (how the data set writes a line break) becomes one; entities and HTML tags go; runs of blank
    lines and of spaces shrink. May be empty. Idempotent.
    """
    text = text.strip()
    if ";;" not in text and _plain(text):
        return text
    # One layer can hide another ("&amp;lt;b&gt;"). Every round shortens the text or is the last.
    before = None
    while text != before:
        before = text
        text = printable(text)
        if ";;" in text:
            text = _SEMICOLONS.sub(_breaks, text)
        text = _without_tags(text, line_break="\n")
        text = _blanks(text)
        if "\n" in text:
            text = _BLANK_LINES.sub("\n\n", _AROUND_BREAK.sub("\n", text))
        text = text.strip()
    return text


def clean_word(text: str) -> str:
    """A headword on one line, entities resolved, nothing invisible. `;;` stays: it is an emoticon here.

    May be empty. Idempotent. Fit for author names too.
    """
    if text.isalnum() and text.isascii():
        return text
    text = text.strip()
    if _plain(text):
        return text
    raw, before = text, None
    while text != before:
        before = text
        text = printable(text)
        # Some headwords are tags ("<br>"): markup goes only where a word is left.
        text = _without_tags(text, line_break=" ").strip() or text
        text = _WHITE.sub(" ", text).strip()
    # "&nbsp;" is a headword too.
    return raw if not text and raw.isascii() and raw.isprintable() else text
