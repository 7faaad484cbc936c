"""The documentation keeps its word: examples run, pictures are of today, options exist, links lead on."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from markdown_it import MarkdownIt
from tests.integration.cli.test_cli_everywhere import LEAVES
from tools.examples import SETTINGS, blocks, examples, rewritten, said_today, settled
from tools.pictures.gallery import STILLS, Stage, draw, stage, text_of

from slangrag.cli.main import app
from slangrag.config import load_settings

ROOT = Path(__file__).resolve().parents[3]
README = ROOT / "README.md"
EXAMPLES = list(examples(README.read_text(encoding="utf-8")))
# Written by hand; the rest of docs/cli.md is compared with the app itself (tests/unit/cli).
PAGES = (README, ROOT / "tools/cli_page/head.md", ROOT / "tools/cli_page/tail.md")
ALL_PAGES = [
    path
    for path in sorted(ROOT.glob("**/*.md"))
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[str, ...]]:
    """What each example of the README says now, by its line: all run in order in one empty home."""
    found = said_today(EXAMPLES, tmp_path_factory.mktemp("readme"), load_settings().cache)
    return {example.line: lines for example, lines in zip(EXAMPLES, found, strict=True)}


@pytest.fixture(scope="module")
def on_stage(sample_store: Path) -> Iterator[Stage]:
    """Where pictures are taken, with the sample in its store."""
    with stage(load_settings().cache) as here:
        shutil.copytree(sample_store, here.folder / "store")
        yield here


@pytest.mark.weights
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.command)
def test_an_example_shows_what_the_program_says(said: dict[int, tuple[str, ...]], example: Any) -> None:
    """On a terminal of 80 columns, times and rates aside. `make docs` writes the outputs anew."""
    assert settled(example.shown) == settled(said[example.line]), f"README.md, line {example.line}"


def test_the_readme_says_what_its_examples_need() -> None:
    wanted = " ".join(f"{name}={value}" for name, value in SETTINGS.items())
    assert f"`export {wanted}`" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        where = f"{page.name}, line {block.line}: {block.lines[0]}"
        if block.language == "console":
            assert block.lines[0].startswith("$ "), f"{where}: a command comes first"
            assert not block.excuse, f"{where}: it is run"
        else:
            assert len(block.excuse.split()) >= 4, f"{where}: neither run nor excused, see tools/examples.py"


def test_a_changed_output_a_new_block_and_a_lost_reason_are_all_noticed() -> None:
    """Else the tests above prove nothing."""
    page = "<!-- not run in the tests: it takes a year -->\n```sh\nmake\n```\n\n"
    page += "```console\n$ one\n1 in 2.0 s\n```\n"
    excused, run = blocks(page)
    assert (excused.excuse, run.language, run.line) == ("it takes a year", "console", 7)
    assert [block.excuse for block in blocks("text\n\n    make demo\n")] == [""], "an indented block is one"
    assert [block.excuse for block in blocks("<!-- not run -->\n```sh\nmake\n```\n")] == [""]
    (one,) = examples(page)
    assert (one.line, one.command, one.shown) == (7, "one", ("1 in 2.0 s",))
    assert rewritten(page, [["1 in 9.5 s"]]) == page, "only times differ"
    assert "2 in 9.5 s" in rewritten(page, [["2 in 9.5 s"]])


@pytest.mark.weights
@pytest.mark.parametrize("name", sorted(STILLS))
def test_a_picture_is_of_what_the_program_says_today(on_stage: Stage, name: str) -> None:
    """Its text, times aside. `doctor` tells of the machine: of it only the names of its checks."""
    kept = text_of((ROOT / f"docs/images/{name}.svg").read_text(encoding="utf-8"))
    today = text_of(draw(STILLS[name], on_stage))
    if name == "doctor":
        kept, today = ([line[4:14] for line in lines if line[:4].strip()] for lines in (kept, today))
        assert "store" in "".join(today)
    assert settled(kept) == settled(today), "run: make docs"


def test_the_pictures_are_small_and_load_nothing() -> None:
    for path in (ROOT / "docs/images").iterdir():
        assert path.stat().st_size < 150_000, path.name
        if path.suffix == ".svg":
            svg = path.read_text(encoding="utf-8")
            assert not re.search(r"<script|href=|url\(|@import|@font-face", svg), path.name


def test_every_picture_is_shown_somewhere_and_described() -> None:
    shown: set[Path] = set()
    for page in ALL_PAGES:
        for image in tokens(page, "image"):
            assert len(image.content.split()) >= 3, f"{page.name}: {image.attrs['src']} has no description"
            shown.add((page.parent / str(image.attrs["src"])).resolve())
    assert set((ROOT / "docs/images").iterdir()) <= shown


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for token in [*tokens(page, "link_open"), *tokens(page, "image")]:
        target = str(token.attrs.get("href", token.attrs.get("src")))
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), f"{page.name}: {target}"
        if heading:
            assert heading in anchors(there), f"{page.name}: {target}"


@pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_command_or_an_option_that_does_not_exist(page: Path) -> None:
    for line in commands_in(page):
        words = shlex.split(line, comments=True)[1:]
        name = next((name for n in (2, 1) if (name := " ".join(words[:n])) in LEAVES), None)
        if name is None:
            group = words[0] if words else ""
            assert not group or group.startswith("-") or group in GROUPS, f"{page.name}: {line}"
            continue
        options = {
            option
            for parameter in LEAVES[name].params
            for option in parameter.opts + parameter.secondary_opts
        }
        for word in words:
            if re.match(r"--[a-z]|-[a-z]$", word):
                assert word.split("=")[0] in options | {"--help", "-h"}, f"{page.name}: {line}"


GROUPS = {*typer.main.get_command(app).commands, "...", "…"}  # type: ignore[attr-defined]
GROUPS.add("slurm")  # docs/cluster.md says why there is no such command


def commands_in(page: Path) -> Iterator[str]:
    """Every `slangrag ...` of a page that is written as code, in a block or in a line."""
    text = page.read_text(encoding="utf-8")
    for block in blocks(text):
        for line in block.lines:
            if found := re.match(r"(?:\$ )?(slangrag [a-z-].*)", line):
                yield re.split(r"[|>&;]", found[1])[0]
    for code in tokens(page, "code_inline"):
        if code.content.startswith("slangrag "):
            yield re.split(r"[|>&;]", code.content)[0].replace("'", "").replace("…", "")


def tokens(page: Path, kind: str) -> Iterator[Any]:
    """The inline tokens of a kind."""
    for token in MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8")):
        yield from (child for child in token.children or () if child.type == kind)


def anchors(page: Path) -> set[str]:
    """What a link can point to in a page, by GitHub's rule."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
