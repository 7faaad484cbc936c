"""The TOML that says how a site is crawled: its keys, and what is said of a mistake in it.

name = "Style guide"                    # what the site is called; else the file's name
start = ["https://example.org/guide/"]  # where to begin
allow = ["/guide/"]                     # else everything on the hosts of `start`
deny = ["/guide/old/", "*?print="]
select = ["main"]                       # CSS selectors: what of a page is handed over
drop = ["nav", ".cookie-banner"]
depth = 10                              # links from a start page
delay = 1.0                             # seconds between two requests to a host
most_pages = 1000                       # pages asked for in one crawl
max_bytes = 20_000_000                  # of one page
private = false                         # true: an intranet's site
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from slangrag.errors import EngineMissing, InputFormat, InputMissing, InputUnreadable
from slangrag.sources.web import urls
from slangrag.sources.web.urls import Pattern


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """How a site is crawled. start is in normal form; name is by default that of the file without .toml."""

    name: str
    start: tuple[str, ...]
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    depth: int = 10
    delay: float = 1.0
    most_pages: int = 1000
    max_bytes: int = 20_000_000
    private: bool = False


_TEXTS: Final = ("start", "allow", "deny", "select", "drop")
_RANGES: Final[dict[str, tuple[float, float]]] = {
    "depth": (0, 1000),
    "delay": (0, 3600),
    "most_pages": (1, 1_000_000),
    "max_bytes": (1, 2_000_000_000),
}
_KEYS: Final = ("name", *_TEXTS, *_RANGES, "private")
_DEFAULTS: Final = {field.name: field.default for field in fields(CrawlPlan)}
_WHERE: Final = re.compile(r"^(.*) \(at (?:line (\d+).*|end of document)\)$", re.DOTALL)


def read_plan(path: Path) -> CrawlPlan:
    """The plan in the file at `path`.

    Raises InputMissing or InputUnreadable for the file, InputFormat (with the line) for what is in it, and
    EngineMissing where selectors cannot be read for want of cssselect.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputMissing(f"there is no file {path}", hint="docs/documents-web.md has an example") from error
    except UnicodeDecodeError as error:
        raise InputFormat(f"{path} is not UTF-8, which TOML is", hint="save it as UTF-8") from error
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be read: {error.strerror}", hint="check the path") from error
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = _WHERE.match(str(error))
        what, line = (said[1], said[2]) if said else (str(error), None)
        place = f"{path}:{line or len(text.splitlines())}"
        raise InputFormat(f"{place}: {what}", hint='texts are quoted: start = ["https://..."]') from error
    return _Reading(path, text, given).plan()


class _Reading:
    """One file's keys, checked one by one."""

    def __init__(self, path: Path, text: str, given: dict[str, Any]) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._given = given

    def plan(self) -> CrawlPlan:
        for key in self._given:
            if key not in _KEYS:
                near = difflib.get_close_matches(key.lower(), _KEYS, n=1, cutoff=0.6)
                hint = f"{near[0]} = ..." if near else f"the keys are {', '.join(_KEYS)}"
                raise self._fault(key, f"there is no key {key!r}", hint=hint)
        name = self._given.get("name", self._path.stem)
        if not isinstance(name, str) or not name.strip():
            raise self._fault("name", "name is a text that is not empty", hint='name = "Style guide"')
        private = self._given.get("private", False)
        if not isinstance(private, bool):
            raise self._fault("private", "private is true or false", hint="private = true")
        texts: dict[str, Any] = {key: self._texts(key) for key in _TEXTS}
        start = tuple(self._start(one) for one in texts.pop("start"))
        if not start:
            raise self._fault("start", "nothing says where to begin", hint='start = ["https://..."]')
        for key in ("allow", "deny"):
            for one in texts[key]:
                self._pattern(key, one)
        for key in ("select", "drop"):
            for one in texts[key]:
                self._selector(key, one)
        for one in start:
            for pattern in texts["deny"]:
                if Pattern(pattern).matches(one):
                    raise self._fault("deny", f"{pattern!r} denies {one}, a start", hint="narrow the pattern")
        numbers = {key: self._number(key) for key in _RANGES if key in self._given}
        return CrawlPlan(name.strip(), start, private=private, **texts, **numbers)

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._given.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
            raise self._fault(key, f"{key} is a list of texts", hint=f'{key} = ["..."]')
        return tuple(listed)

    def _start(self, url: str) -> str:
        if not (normal := urls.normal(url)):
            raise self._fault(
                "start", f"{url!r} is no address to begin at", url, hint="write it as https://HOST/PATH"
            )
        return normal

    def _pattern(self, key: str, text: str) -> None:
        try:
            Pattern(text)
        except ValueError as error:
            hint = f'"/{text}" for the path, "*{text}" for anywhere'
            raise self._fault(key, f"{text!r}: {error}", text, hint=hint) from error

    def _selector(self, key: str, text: str) -> None:
        try:
            from cssselect import HTMLTranslator, SelectorError
        except ImportError as error:
            raise EngineMissing(f"{key} needs cssselect", hint="pip install 'slangrag[documents]'") from error
        try:
            HTMLTranslator().css_to_xpath(text)
        except SelectorError as error:
            raise self._fault(
                key, f"{text!r} is no CSS selector: {error}", text, hint=f'{key} = ["main", ".article"]'
            ) from error

    def _number(self, key: str) -> Any:
        value, (least, most) = self._given[key], _RANGES[key]
        kinds = (int, float) if key == "delay" else (int,)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            kind = "a number" if key == "delay" else "a whole number"
            raise self._fault(
                key, f"{key} is {kind} from {least} to {most}", hint=f"{key} = {_DEFAULTS[key]}"
            )
        return value

    def _fault(self, key: str, what: str, value: str = "", *, hint: str) -> InputFormat:
        """An error with the line of the key, or of that value below it; 1 where the key is not there."""
        begins = re.compile(rf"""\s*\[*["']?{re.escape(key)}["']?\s*[=.\]]""")
        line = next((n for n, one in enumerate(self._lines) if begins.match(one)), 0)
        if value:
            line = next((n for n in range(line, len(self._lines)) if value in self._lines[n]), line)
        return InputFormat(f"{self._path}:{line + 1}: {what}", hint=hint)
