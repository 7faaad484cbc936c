"""`ingest --prune`: it says what it removed, and asks first where somebody can answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.cli.harness import Screen, Slangrag, terminal
from tests.standin import StandIn

INGEST = ("--store", "st", "--engine", "ollama")
PRUNE = ("ingest", "new.csv", *INGEST, "--prune")
ASKED = "[y/N]: "


@pytest.fixture
def run(slangrag: Slangrag, server: StandIn) -> Slangrag:
    """The command over a store of five words, with a newer file that lacks two of them."""
    rows = [f"{i:07d},word{i},1,2,aa,meaning {i}\n" for i in range(5)]
    for name, kept in (("old.csv", rows), ("new.csv", rows[:3])):
        (slangrag.cwd / name).write_text(
            "word_id,word,up_votes,down_votes,author,definition\n" + "".join(kept)
        )
    here = Slangrag(slangrag.environ, slangrag.cwd, {"OLLAMA_HOST": server.url})
    assert here("ingest", "old.csv", *INGEST).code == 0
    return here


@pytest.fixture
def asked(run: Slangrag) -> Iterator[Screen]:
    """The question on a terminal, not answered yet."""
    with terminal(run, PRUNE, 200) as screen:
        screen.until(ASKED, at_end=True)
        yield screen


def entries(run: Slangrag) -> int:
    return int(run("store", "info", "--store", "st", "--json").json["rows"])


def test_in_a_pipe_it_goes_ahead_and_says_how_many_it_removed(run: Slangrag) -> None:
    done = run(*PRUNE)
    assert done.code == 0, done.err
    assert "2 entries of earlier loads removed (--prune)" in done.out
    assert ASKED not in done.err
    assert entries(run) == 3


def test_its_json_counts_what_this_run_removed(run: Slangrag) -> None:
    assert [run(*PRUNE, "--json").json["pruned"] for _ in range(2)] == [2, 0]


def test_a_terminal_is_asked_with_what_is_at_stake_and_may_say_yes(run: Slangrag, asked: Screen) -> None:
    assert "st holds 5 entries. Remove those that are not loaded from new.csv now?" in asked.text
    asked.type("y\n")
    done = asked.wait()
    assert done.code == 0, done.out
    assert "2 entries of earlier loads removed" in done.out
    assert entries(run) == 3


@pytest.mark.parametrize(("key", "code"), [("\n", 75), ("n\n", 75), ("\x03", 130), ("\x04", 130)])
def test_anything_else_changes_nothing(run: Slangrag, asked: Screen, key: str, code: int) -> None:
    asked.type(key)
    done = asked.wait()
    assert done.code == code, done.out
    assert "nothing was changed" in done.out
    assert "Traceback" not in done.out
    assert entries(run) == 5


@pytest.mark.parametrize("more", [("--yes",), ("-y",)])
def test_yes_is_not_asked(run: Slangrag, more: tuple[str, ...]) -> None:
    done = run.in_terminal(*PRUNE, *more)
    assert done.code == 0, done.out
    assert ASKED not in done.out
    assert entries(run) == 3


def test_nothing_to_remove_is_no_question(run: Slangrag) -> None:
    fresh = run.in_terminal("ingest", "new.csv", "--store", "fresh", "--engine", "ollama", "--prune")
    assert (fresh.code, ASKED in fresh.out) == (0, False), fresh.out
    assert run(*PRUNE).code == 0
    again = run.in_terminal(*PRUNE)
    assert (again.code, ASKED in again.out) == (0, False), "it is all done already"
