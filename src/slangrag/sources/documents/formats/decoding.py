"""Bytes to text, whatever they are declared to be."""

from __future__ import annotations

import codecs
import re
from typing import Final

from slangrag.errors import InputFormat

_MARKS: Final = (  # the longer first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I
)
# What browsers read Latin-1 as; and nobody may choose an encoding that hides text from a reader of bytes.
_ALIASES: Final = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252"}
_TEXT_CODECS: Final = re.compile(
    r"(?:utf-?(?:8|16|16-?le|16-?be|32)|(?:cp|windows-?)\d{3,4}|iso-?8859-?\d{1,2}|koi8-[ru]|mac-?roman|"
    r"big5(?:-?hkscs)?|gb2312|gbk|gb18030|shift[_-]?jis|sjis|euc-?(?:jp|kr)|iso-2022-jp|tis-620|x-sjis)$"
)

_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_LOOKED_AT: Final = 1 << 16


def decode(raw: bytes, name: str, *, declared: str = "") -> tuple[str, list[str]]:
    """The text of `raw`, and notes on how it was found.

    In this order: a byte order mark; UTF-8 if it is that throughout (nothing else looks like it by chance);
    what the file or its server declares; Windows' Western encoding. Raises InputFormat for NUL bytes: that
    is no text.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = (
                raw[len(mark) :].decode("utf-8", "replace")
                if encoding == "utf-8"
                else raw.decode(encoding, "replace")
            )
            return _as_text(text, name), _damage(text)
    found = _DECLARED.search(raw[:2048])
    said = (found[1].decode("ascii") if found else declared).strip().lower()
    wanted = _ALIASES.get(said, said)
    if found and wanted.startswith("utf-"):
        wanted = "utf-8"  # a declaration that could be read byte by byte is not in UTF-16
    if b"\x1b$" in raw[:65536] and wanted == "iso-2022-jp":  # it looks like ASCII
        return raw.decode(wanted, "replace"), []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        wrong = said and not text.isascii() and not said.replace("-", "").startswith("utf8")
        return _as_text(text, name), [f"declared as {said}, read as UTF-8, which it is"] if wrong else []
    if _TEXT_CODECS.match(wanted) and not wanted.replace("-", "").startswith("utf8"):
        try:
            return _as_text(raw.decode(wanted), name), []
        except (UnicodeDecodeError, LookupError):
            pass
    # All but five of its bytes are letters or signs, so that a reader sees at least the ASCII.
    text = _as_text(raw.decode("cp1252", "replace"), name)
    return text, [f"neither UTF-8 nor {said or 'declared otherwise'}: read as Windows-1252"]


def _as_text(text: str, name: str) -> str:
    """The same, unless it has what no text has. Terminal escapes and form feeds are in some."""
    if "\0" in text or len(_CONTROLS.findall(text[:_LOOKED_AT])) > len(text[:_LOOKED_AT]) // 50:
        raise InputFormat(f"{name} is binary, not text", hint="see what `file` says it is")
    return text


def _damage(text: str) -> list[str]:
    damaged = text.count("\ufffd")
    return [f"{damaged:,} characters could not be decoded"] if damaged else []
