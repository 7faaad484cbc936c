"""The page's committed build: current, small, self-contained. Needs no Node.

The build lies in the repository so that users need no Node; build.json holds a hash over web/'s sources,
which web/build.mjs computes in the same way.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
PAGE = ROOT / "src" / "slangrag" / "serve" / "page"
FILES = ("index.html", "app.js", "app.css", "icon.svg", "build.json")
NAMESPACES = re.compile(r"http://www\.w3\.org/(?:2000/svg|1999/xhtml|1998/Math/MathML)")


def sources() -> list[Path]:
    files = [WEB / name for name in ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")]
    files += [file for folder in ("src", "static") for file in (WEB / folder).rglob("*") if file.is_file()]
    return sorted(files, key=lambda file: file.relative_to(WEB).as_posix())


def built(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


@pytest.mark.skipif(not WEB.is_dir(), reason="an installed package has no web/ folder")
def test_the_build_is_that_of_the_sources() -> None:
    """A change in web/ without `make page` would ship the page of before."""
    digest = hashlib.sha256()
    for file in sources():
        text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
        digest.update(f"{file.relative_to(WEB).as_posix()}\0{text}\0".encode())
    assert json.loads(built("build.json"))["sources"] == digest.hexdigest(), "run `make page`"


def test_the_page_is_these_files_and_under_60_kb() -> None:
    assert sorted(file.name for file in PAGE.iterdir()) == sorted(FILES)
    assert sum(len(gzip.compress((PAGE / name).read_bytes(), 9)) for name in FILES) < 60_000


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for name in FILES:
        addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[\w./]*", NAMESPACES.sub("", built(name)))
        assert addresses == [], name
    linked = re.findall(r'(?:src|href)="([^"]+)"', built("index.html"))
    assert sorted(linked) == ["/assets/app.css", "/assets/app.js", "/assets/icon.svg"]
    assert "@import" not in built("app.css")
    assert "url(" not in built("app.css")


def test_the_page_needs_no_inline_script_or_style() -> None:
    """The Content-Security-Policy forbids both; the page would stay blank or bare."""
    page = built("index.html")
    assert re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page) is None


def test_no_text_can_become_markup_or_code() -> None:
    """Definitions and model output are hostile. Preact names innerHTML for one property, which is unused."""
    code = built("app.js")
    sinks = r"\beval\(|new Function\(|document\.write|outerHTML|insertAdjacentHTML|srcdoc|DOMParser"
    assert re.search(sinks, code) is None
    assert code.count("innerHTML") == 2
    assert code.count("dangerouslySetInnerHTML") == 2
    if WEB.is_dir():
        for file in (WEB / "src").rglob("*.ts*"):
            assert not re.search("innerHTML|dangerously", file.read_text(encoding="utf-8")), file.name


def test_the_licence_of_what_is_bundled_is_kept() -> None:
    code = built("app.js")
    assert code.startswith("/*! preact ")
    assert "Copyright (c) 2015-present Jason Miller" in code
    assert "The above copyright notice and this permission notice shall be included" in code
