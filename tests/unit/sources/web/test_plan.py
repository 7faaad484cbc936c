"""A plan is written by hand, and a mistake in it is told with its line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.sources.web.plan import CrawlPlan, read_plan


def _written(folder: Path, text: str) -> Path:
    path = folder / "guide.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_plan_needs_nothing_but_a_start(tmp_path: Path) -> None:
    plan = read_plan(_written(tmp_path, 'start = "HTTPS://Example.org/guide/#top"\n'))
    assert plan == CrawlPlan("guide", ("https://example.org/guide/",))


def test_each_key_is_read(tmp_path: Path) -> None:
    text = """
    name = " Style guide "
    start = ["https://example.org/", "https://wiki.example.org:8443/a?b=1"]
    allow = ["/guide/", "https://wiki.example.org:8443/"]
    deny = ["*?print="]
    select = ["main", "article > .text"]
    drop = ["nav", "[role=banner]"]
    depth = 3
    delay = 0.5
    most_pages = 20
    max_bytes = 1_000_000
    private = true
    """
    assert read_plan(_written(tmp_path, text)) == CrawlPlan(
        name="Style guide",
        start=("https://example.org/", "https://wiki.example.org:8443/a?b=1"),
        allow=("/guide/", "https://wiki.example.org:8443/"),
        deny=("*?print=",),
        select=("main", "article > .text"),
        drop=("nav", "[role=banner]"),
        depth=3,
        delay=0.5,
        most_pages=20,
        max_bytes=1_000_000,
        private=True,
    )


START = 'start = ["https://example.org/"]\n'
MISTAKES = [
    (START + "\nmax_pages = 20", 3, "no key 'max_pages'", "most_pages = ..."),
    (START + "[crawl]\ndepth = 3", 2, "no key 'crawl'", "the keys are name, start"),
    (START + "Depth = 3", 2, "no key 'Depth'", "depth = ..."),
    ("start = [https://example.org/]", 1, "Invalid value", "quoted"),
    (START + "depth = 3\ndepth = 4", 3, "overwrite", ""),
    ("depth = 3", 1, "where to begin", "start = "),
    ("start = []", 1, "where to begin", "start = "),
    ('\nstart = [\n  "https://example.org/",\n  "example.org/b",\n]', 4, "no address", "https://HOST/PATH"),
    ('start = ["file:///etc/passwd"]', 1, "no address", ""),
    ('start = ["https://me:secret@example.org/"]', 1, "no address", ""),
    ("start = [1]", 1, "list of texts", ""),
    (START + "allow = 3", 2, "allow is a list of texts", ""),
    (START + 'deny = ["/a/",\n"old/"]', 3, "'old/'", '"/old/" for the path'),
    (START + 'deny = ["*"]', 2, "denies https://example.org/", ""),
    (START + 'select = ["main", "div[["]', 2, "no CSS selector", ""),
    (START + 'drop = ["main:nonsense"]', 2, "no CSS selector", ""),
    (START + "depth = -1", 2, "whole number from 0 to 1000", "depth = 10"),
    (START + "depth = 1.5", 2, "whole number", ""),
    (START + "depth = true", 2, "whole number", ""),
    (START + 'delay = "1 s"', 2, "delay is a number", "delay = 1.0"),
    (START + "most_pages = 0", 2, "from 1", ""),
    (START + "private = 1", 2, "true or false", ""),
    (START + 'name = ""', 2, "name is a text", ""),
]


@pytest.mark.parametrize(("text", "line", "said", "hint"), MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str, hint: str) -> None:
    path = _written(tmp_path, text)
    with pytest.raises(InputFormat) as told:
        read_plan(path)
    assert told.value.message.startswith(f"{path}:{line}: ")
    assert said in told.value.message
    assert hint in told.value.hint
    assert told.value.hint


def test_a_file_that_is_no_plan_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        read_plan(tmp_path / "none.toml")
    with pytest.raises(InputUnreadable):
        read_plan(tmp_path)
    (tmp_path / "latin.toml").write_bytes('name = "Grüße"'.encode("latin-1"))
    with pytest.raises(InputFormat, match="UTF-8"):
        read_plan(tmp_path / "latin.toml")


def test_the_plan_in_the_documentation_is_one(root: Path, tmp_path: Path) -> None:
    pages = (page.read_text(encoding="utf-8") for page in (root / "docs").glob("documents*.md"))
    text = next(page for page in pages if "```toml" in page)
    example = text.split("```toml\n")[1].split("```")[0]
    plan = read_plan(_written(tmp_path, example))
    for key in CrawlPlan.__dataclass_fields__:
        assert f"\n{key} = " in f"\n{example}"
    assert plan.select
