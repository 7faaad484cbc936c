"""Documents by the command line: added, crawled, shown, found, cited, removed; what goes wrong."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.documents.making import Label, Paragraph, pdf
from tests.integration.cli.harness import Driven, Slangrag, driven, press_ctrl_c, strangers_environment
from tests.integration.cli.test_cli_everywhere import documented
from tests.website import Reply, Website, html

GLOSSARY = """# Hollowdeep, a players' glossary

## What people are shouting at you

anchor: Whoever is tied to the top of the rope and does not move. The dullest job of all.

ghost: A player whose body was lost below and who follows the party as a voice with a cold blue light.

## Things below

sump eel: The reason for not drinking. It has never been seen twice by the same person.
"""
GUIDE = [
    [
        Paragraph("Style guide", 20, bookmark=1),
        Paragraph("This guide is for everybody who answers customers of the Tolland ferry."),
    ],
    [
        Paragraph("Apologies", 16, bookmark=1),
        Paragraph("An apology for a delayed ferry is sent within forty minutes, by a person."),
    ],
]
APOLOGY = "how soon is an apology for a delayed ferry sent"
_SGR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture(scope="module")
def made(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `docs` with a glossary and a PDF whose pages are ii and 1, and a `store` that has them."""
    folder = tmp_path_factory.mktemp("documents")
    for name in ("home", "docs"):
        (folder / name).mkdir()
    (folder / "docs" / "glossary.md").write_text(GLOSSARY)
    labels = [Label(0, "ROMAN_LOWER", start=2), Label(1, "ARABIC")]
    (folder / "docs" / "guide.pdf").write_bytes(pdf(GUIDE, title="Style guide", labels=labels))
    shutil.copytree(sample_store, folder / "store")
    run = Slangrag(strangers_environment(folder / "home"), folder, {"SLANGRAG_STORE": "store"})
    done = run("add", "docs", SLANGRAG_INDEX="none")
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def run(slangrag: Slangrag, made: Path) -> Slangrag:
    """The command beside a copy of those documents and of their store."""
    shutil.copytree(made / "docs", slangrag.cwd / "docs")
    shutil.copytree(made / "store", slangrag.cwd / "store")
    defaults = {"SLANGRAG_STORE": "store", "SLANGRAG_INDEX": "none", "SLANGRAG_ENGINE": "embedded"}
    return Slangrag(slangrag.environ, slangrag.cwd, defaults)


def of_all(run: Slangrag, *commands: str) -> list[Driven]:
    """Commands in one process; one argument of each may have blanks, behind a bar."""
    parts = (command.partition("|") for command in commands)
    return driven(run, [[*before.split(), *filter(None, [rest])] for before, _, rest in parts])


def test_what_became_of_each_is_told_and_one_that_failed_is_exit_code_5(run: Slangrag) -> None:
    assert run("add", "docs").out.count("added ") == 2
    (run.cwd / "docs" / "new.md").write_text("# Sluice words\n\nTo sluice is to leave without a word.\n")
    (run.cwd / "docs" / "guide.pdf").unlink()
    (run.cwd / "docs" / "scan.pdf").write_bytes(pdf([""]))
    with (run.cwd / "docs" / "glossary.md").open("a") as glossary:
        glossary.write("\n## Lamps\n\nlamp out: Good night, I am leaving. It is rude to leave without.\n")
    plain, again, as_json = of_all(
        run, "add docs docs/gone.txt", "add docs/new.md", "add docs docs/gone.txt --json"
    )
    assert plain.code == 5
    assert plain.out.splitlines() == [
        "changed   3  Hollowdeep, a players' glossary  3 passages, 1 new, 2 as before, 0 gone",
        "added     5  Sluice words  1 passage",
    ]
    assert plain.err.count("not added: ") == 2
    assert plain.err.count(". next: ") >= 3
    assert "2 failed" in plain.err
    assert "\x1b" not in plain.said
    assert "\r" not in plain.said
    assert len(plain.err.splitlines()) < 8, "a log is not flooded"
    assert (again.code, again.out.split()[0]) == (0, "unchanged")
    assert as_json.code == 5
    assert set(as_json.json) == documented()["add"]
    assert [one["outcome"] for one in as_json.json["documents"]] == [
        "unchanged", "unchanged", "failed", "failed",
    ]  # fmt: skip
    failed = as_json.json["documents"][3]
    assert (failed["target"], failed["document"]) == ("docs/gone.txt", None)
    assert failed["failure"]
    assert failed["next"]


def test_documents_are_listed_shown_found_cited_and_removed(run: Slangrag) -> None:
    listed, shown, labelled, counted, whole, info, found, asked, removed, after, left = of_all(
        run,
        "documents list",
        "documents show guide.pdf",
        "documents show 2 --page 1",
        "documents show 2 --page ii --json",
        "documents show 1 --json",
        "store info",
        f"search -n 3|{APOLOGY}",
        f"ask --quote --only documents|{APOLOGY}",
        "documents remove|Style guide",
        "documents list --json",
        f"search --only documents --json|{APOLOGY}",
    )
    assert {one.code for one in (listed, shown, labelled, counted, info, found, asked, removed, after)} == {0}
    assert [line.split("\t")[:5] for line in listed.out.splitlines()] == [
        ["1", "Hollowdeep, a players' glossary", "markdown", "", "2"],
        ["2", "Style guide", "pdf", "2", "2"],
    ]
    assert re.search(r"p\. ii\n.*Tolland.*p\. 1\n.*forty minutes", shown.out, re.DOTALL)
    assert "forty minutes" in labelled.out, "the page that answers cite as 1 is the second in the file"
    assert "Tolland" not in labelled.out
    assert [page["number"] for page in counted.json["page_list"]] == [1]
    assert "Tolland" in counted.json["text"]
    assert set(whole.json) == documented()["documents show"]
    assert "documents\t2 of 4 passages" in info.out
    assert found.out.splitlines()[0].startswith("[1] Style guide  p. 1  Apologies  An apology for a delayed")
    assert re.search(r"Style guide.*p\. 1.*forty minutes", asked.out.splitlines()[-1]), asked.out
    assert removed.out == "removed 2  Style guide  2 passages\n"
    assert set(after.json) == documented()["documents list"]
    assert [one["number"] for one in after.json["documents"]] == [1]
    assert not any("ferry" in str(hit) for hit in left.json["hits"])
    assert run("store", "verify").code == 0


def test_a_document_is_shown_as_it_is_quoted_whatever_it_says_of_markup(run: Slangrag) -> None:
    text = "Write &amp;nbsp; for a blank that does not break, and [brackets] for a word of ours."
    (run.cwd / "markup.txt").write_text(text)
    (_, shown) = of_all(run, "add markup.txt", "documents show markup.txt")
    assert text in shown.out


def test_removed_documents_as_json(run: Slangrag) -> None:
    (done,) = of_all(run, "documents remove 1 2 --json")
    assert set(done.json) == documented()["documents remove"]
    assert [one["number"] for one in done.json["removed"]] == [1, 2]


@pytest.mark.parametrize("columns", [80, 50])
def test_a_terminal_shows_a_passage_by_title_page_and_heading_above_its_beginning(
    run: Slangrag, columns: int
) -> None:
    where = ("--store", str(run.cwd / "store"))
    done = run.in_terminal("ask", "--quote", APOLOGY, *where, columns=columns)
    assert done.code == 0, done.out
    lines = [_SGR.sub("", line).rstrip("\r ") for line in done.out.split("\n")]
    at = lines.index("[1] Style guide  p. 1  Apologies")
    assert lines[at + 1].startswith("    An apology for a delayed ferry is sent")
    assert max(map(cell_len, lines)) <= columns
    listed = run.in_terminal("documents", "list", *where, columns=columns)
    assert max(cell_len(_SGR.sub("", line).rstrip("\r")) for line in listed.out.split("\n")) <= columns
    assert "Style guide" in listed.out


def test_a_long_title_and_a_long_trail_leave_room_for_each_other(run: Slangrag) -> None:
    (run.cwd / "long.md").write_text(
        f"# {'A very long title indeed ' * 12}\n\n## {'The upper heading ' * 9}\n\n### Nearest\n\n"
        "A zorgle is what is shouted when the boat is full and nobody else may board it.\n"
    )
    assert run("add", "long.md").code == 0
    done = run.in_terminal("search", "zorgle when the boat is full", "-n", "1", "--only", "documents")
    lines = [_SGR.sub("", line).rstrip("\r ") for line in done.out.split("\n")]
    assert lines[0].startswith("[1] A very long title indeed")
    assert max(map(cell_len, lines)) <= 80
    assert lines[1].startswith("    A zorgle is")


@pytest.mark.parametrize(
    ("arguments", "code", "says", "next_"),
    [
        ("documents show nothing", 5, "there is no document nothing", "slangrag documents list"),
        ("documents show 2 --page 9", 5, "has 2 pages, and no page 9", "slangrag documents show 2"),
        (
            "documents show 1 --page 1",
            5,
            "is of a kind without pages (markdown)",
            "slangrag documents show 1",
        ),
        ("documents remove nothing", 5, "there is no document nothing", "slangrag documents list"),
        ("crawl gone.toml", 5, "there is no file gone.toml", "docs/"),
        ("crawl docs/glossary.md", 5, "glossary.md:", ""),
        ("documents list --store nowhere", 4, "there is no slang store", "slangrag ingest --sample"),
        ("add docs --store nowhere", 4, "there is no slang store", "slangrag ingest --sample"),
        ("search x --only documents --store bare", 4, "no documents", "slangrag add FILE"),
        ("ask --quote x --only documents --store bare", 4, "no documents", "slangrag add FILE"),
        ("documents show 1 --store bare", 5, "there is no document 1", "slangrag documents list"),
        ("documents remove 1 --store bare", 5, "no documents", "slangrag add FILE"),
        ("store export --jsonl x --documents --store bare", 4, "no documents", "slangrag add FILE"),
    ],
)
def test_every_error_says_what_to_type_next(
    run: Slangrag, sample_store: Path, arguments: str, code: int, says: str, next_: str
) -> None:
    if "bare" in arguments:
        (run.cwd / "bare").symlink_to(sample_store)
    done = run(*arguments.split())
    message, hint = done.two_lines
    assert (done.code, done.out) == (code, "")
    assert says in message
    assert hint.startswith(next_)


def rows(store: Path) -> int:
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(f"file:{store}/documents/lexicon.sqlite3?mode=ro", uri=True)) as db,
    ):
        return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])
    return 0


def a_long_add(run: Slangrag) -> subprocess.Popen[str]:
    """One document soon there, and one that takes a minute."""
    (run.cwd / "a.txt").write_text("A zorgle is what is shouted when the boat is full.")
    (run.cwd / "b.txt").write_text("\n\n".join(f"{n} {'the ferry is late again ' * 30}" for n in range(3000)))
    return run.start("add", "a.txt", "b.txt")


def test_ctrl_c_keeps_what_was_added_and_meanwhile_others_read_and_none_writes(run: Slangrag) -> None:
    running = a_long_add(run)
    give_up = time.monotonic() + 30
    while rows(run.cwd / "store") < 3:
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < give_up
        time.sleep(0.02)
    second = run("add", "a.txt")
    message, hint = second.two_lines
    assert second.code == 4
    assert "is being written by process" in message
    assert "slangrag add a.txt b.txt" in message
    assert hint
    found = run("search", "zorgle when the boat is full", "--only", "documents", "--json")
    assert found.json["hits"][0]["word"] == "a.txt"
    stopped = press_ctrl_c(running, lambda: True)
    assert stopped.code == 130, stopped.err
    assert "run the same command again to go on" in stopped.err
    assert "Traceback" not in stopped.err
    assert rows(run.cwd / "store") == 3
    (run.cwd / "b.txt").write_text("The ferry is late.")
    verified, again = of_all(run, "store verify", "add a.txt b.txt")
    assert verified.code == 0, verified.out
    assert [line.split()[0] for line in again.out.splitlines()] == ["unchanged", "added"]


def test_a_batch_systems_signal_ends_with_75(run: Slangrag) -> None:
    running = a_long_add(run)
    while rows(run.cwd / "store") < 3:
        assert running.poll() is None, running.communicate()
    running.send_signal(signal.SIGTERM)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 75
    assert out.startswith("added     3  a.txt")
    assert "stopped by SIGTERM" in err
    assert "run the same command again" in err
    assert rows(run.cwd / "store") == 3


def controls(text: str) -> set[str]:
    """Characters that a terminal acts on or hides."""
    return {one for one in text if not one.isprintable() and one not in "\n\t"}


def test_hostile_names_titles_and_texts_do_nothing_to_a_terminal(run: Slangrag) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\u200b\x08"
    folder = run.cwd / "evil"
    folder.mkdir()
    said = "A zorgle is shouted when the boat is full, by everybody on it. " * 5 + evil
    (folder / "a\x1b[31m\n\u202e.md").write_text(f"# zorgle {evil}\n\n{said}")
    (folder / "b.html").write_text(
        f"<html><head><title>{evil}[bold]x[/bold]</title></head><body><h1>{evil}</h1><p>{said}</p></body></html>"
    )
    (folder / "c.pdf").write_bytes(pdf([said], title=evil, labels=[Label(0, "ARABIC", 1, evil)]))
    (folder / "\x1b[2Jbroken.pdf").write_bytes(b"%PDF-1.4\nnothing")
    commands = [
        "add evil",
        "documents list",
        "documents show 3",
        "documents show 4",
        "documents show 5",
        "documents show|\x1b[31mnone",
        "documents show 5 --page|\x1b[31m",
        "search --only documents|zorgle when the boat is full",
        "ask --quote --only documents|what is a zorgle",
        "documents list --json",
        "search --only documents --json|zorgle when the boat is full",
        "documents remove 3 4 5",
    ]
    ran = of_all(run, *commands)
    for done in ran:
        assert not controls(done.said), (done.arguments, done.said)
    assert [done.code for done in ran] == [5, 0, 0, 0, 0, 5, 5, 0, 0, 0, 0, 0]
    assert len(ran[1].out.splitlines()) == 5, "a line for each document, whatever it is called"
    assert "zorgle" in ran[8].out


@pytest.fixture
def site(run: Slangrag) -> Iterator[Website]:
    pages: dict[str, Reply] = {"/robots.txt": Reply("", type="text/plain")}
    for number in range(3):
        body = f"<p>The zorgle of quay {number} is shouted when its boat is full, by all who are on it.</p>"
        links = ("/1", "/2", "/elsewhere.png") if number == 0 else ()
        text = html(*links, title=f"Quay {number}", body=body)
        pages["/" if number == 0 else f"/{number}"] = Reply(text, headers={"ETag": f'"{number}"'})
    with Website(pages) as running:
        (run.cwd / "site.toml").write_text(f'start = ["{running.url}/"]\ndelay = 0\nprivate = true\n')
        yield running


def test_a_site_is_looked_over_crawled_and_crawled_again(run: Slangrag, site: Website) -> None:
    before = sorted((run.cwd / "store").rglob("*"))
    (looked,) = of_all(run, "crawl site.toml --dry-run")
    assert looked.out.splitlines() == [f"would take {site.url}{path}" for path in ("/", "/1", "/2")]
    assert "3 would be taken" in looked.err
    assert sorted((run.cwd / "store").rglob("*")) == before
    first, again, removed, back, as_json = of_all(
        run,
        "crawl site.toml",
        "crawl site.toml",
        f"documents remove {site.url}/1",
        "crawl site.toml",
        "crawl site.toml --json",
    )
    assert first.out.splitlines() == [f"added     {n + 3}  Quay {n}  1 passage" for n in range(3)]
    assert "3 taken" in first.err
    assert again.out == ""
    assert "3 unchanged" in again.err
    assert removed.code == 0
    assert "Quay 1" in back.out
    assert set(as_json.json) == documented()["crawl"]
    assert as_json.json["unchanged"] == 3


def test_pages_gone_from_most_of_a_site_are_kept_and_it_is_said_how_to_remove_them(
    run: Slangrag, site: Website
) -> None:
    for number in range(3, 9):
        site.pages[f"/{number}"] = html(
            title=f"Quay {number}", body=f"<p>Quay {number} is where a zorgle is.</p>"
        )
    front = html(*(f"/{n}" for n in range(1, 9)), title="Quay 0", body="<p>All quays of the town.</p>")
    site.pages["/"] = Reply(front)
    of_all(run, "crawl site.toml")
    for number in range(3, 9):
        del site.pages[f"/{number}"]
    held, pruned = of_all(run, "crawl site.toml", "crawl site.toml --prune")
    assert "6 pages are gone" in held.err
    assert "--prune" in held.err
    assert pruned.out.count("gone ") == 6
    assert json.loads(run("documents", "list", "--json").out)["documents"][-1]["title"] == "Quay 2"
