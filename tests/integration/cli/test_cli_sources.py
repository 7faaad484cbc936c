"""`ingest --source`: two data sets in one store, told apart wherever their entries are shown."""

from __future__ import annotations

import shlex

import pytest
from tests.integration.cli.harness import NOBODY, Slangrag, terminal
from tests.standin import StandIn

HEADER = "word_id,word,up_votes,down_votes,author,definition\n"
OLD = HEADER + "0000001,cap,50,2,aa,a lie\n0000002,hat,3,9,aa,goes on a head\n"
NEW = HEADER + "0000001,rizz,7,0,bb,charm\n0000002,cap,4,0,bb,said for emphasis: no cap\n"
INGEST = ("--store", "st", "--engine", "ollama")


@pytest.fixture
def run(slangrag: Slangrag, server: StandIn) -> Slangrag:
    """The command over a store of one file, with another one beside it that numbers its words alike."""
    (slangrag.cwd / "old.csv").write_text(OLD)
    (slangrag.cwd / "new.csv").write_text(NEW)
    here = Slangrag(slangrag.environ, slangrag.cwd, {"OLLAMA_HOST": server.url})
    assert here("ingest", "old.csv", *INGEST).code == 0
    return here


@pytest.fixture
def both(run: Slangrag) -> Slangrag:
    """Both in the store."""
    done = run("ingest", "new.csv", "--source", "ud2025", *INGEST)
    assert done.code == 0, done.err
    return run


def test_a_stranger_is_refused_before_any_engine_is_asked(run: Slangrag) -> None:
    refused = run("ingest", "new.csv", "--prune", *INGEST, OLLAMA_HOST=NOBODY)
    assert "2 of 2 ids are of other words" in refused.two_lines[0]


def test_a_stranger_is_refused_and_the_command_that_is_told_loads_it(run: Slangrag) -> None:
    refused = run("ingest", "new.csv", *INGEST)
    assert refused.code == 4
    message, hint = refused.two_lines
    assert "2 of 2 ids are of other words" in message
    assert run("ingest", "new.csv", "--dry-run", *INGEST).two_lines == (message, hint)
    assert run("store", "info", "--store", "st", "--json").json["complete"]
    program, *command = shlex.split(hint)
    assert program == "slangrag"
    done = run(*command, "--engine", "ollama")
    assert done.code == 0, done.err
    info = run("store", "info", "--store", "st", "--json").json
    assert info["sources"] == [
        {"name": "main", "entries": 2, "shared": 0},
        {"name": "new", "entries": 2, "shared": 0},
    ]
    assert [load["source"] for load in info["loads"]] == ["main", "new"]


def test_an_entry_says_where_it_is_from_in_every_form(both: Slangrag) -> None:
    found = both("define", "cap", "--store", "st", "--json").json["entries"]
    assert [(e["entry_id"], e["source"]) for e in found] == [
        ("0000001", "main"),
        ("ud2025:0000002", "ud2025"),
    ]
    hits = both("search", "cap", "--store", "st", "--json").json["hits"]
    assert {hit["entry_id"]: hit["source"] for hit in hits}["ud2025:0000002"] == "ud2025"
    for command in ("define", "search"):
        shown = both(command, "cap", "--store", "st").out.splitlines()
        assert any("cap" in line and line.endswith("ud2025") for line in shown), shown
    table = both("store", "info", "--store", "st").out
    assert "main: 2 entries" in table
    assert "ud2025: 2 entries" in table
    assert "new.csv of ud2025: complete" in table


def test_where_there_is_one_source_nothing_is_said_of_it(run: Slangrag) -> None:
    (entry,) = run("define", "cap", "--store", "st", "--json").json["entries"]
    assert "source" not in entry
    assert "main" not in run("define", "cap", "--store", "st").out
    assert "main" not in run("store", "info", "--store", "st").out


def test_what_both_have_is_told(run: Slangrag) -> None:
    (run.cwd / "new.csv").write_text(NEW + "0000003,CAP,1,1,bb,a lie\n")
    done = run("ingest", "new.csv", "--source", "ud2025", *INGEST)
    assert "1 of them are in another source as well, word for word: not stored twice" in done.out
    checked = run("store", "verify", "--store", "st")
    assert checked.code == 0
    assert "main 2, ud2025 2, 0 astray" in checked.out


def test_prune_asks_for_its_own_source_alone(both: Slangrag) -> None:
    (both.cwd / "new.csv").write_text(NEW.rsplit("\n", 2)[0] + "\n")
    command = ("ingest", "new.csv", "--source", "ud2025", "--prune", *INGEST)
    with terminal(both, command, 200) as screen:
        screen.until("[y/N]: ", at_end=True)
        assert (
            "st holds 2 entries of source ud2025. Remove those that are not loaded from new.csv"
            in screen.text
        )
        screen.type("y\n")
        done = screen.wait()
    assert "1 entries of earlier loads removed" in done.out
    assert both("store", "info", "--store", "st", "--json").json["rows"] == 3
