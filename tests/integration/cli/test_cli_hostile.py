"""Definitions are written by strangers: none of them changes what a command does or what a terminal shows.

All 74 through every command that needs no model; test_cli_hostile_model.py has those that do. The rows
and what each of them tries are in tests/data/adversarial.csv and adversarial.md.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.cli.harness import DRIVER, Slangrag, driven
from tests.integration.cli.hostile import FORBIDDEN, attacks, unharmed

ATTACKS = attacks()
SHOWN = (
    ("define",),
    ("define", "--safe"),
    ("search", "--explain"),
    ("ask", "--quote"),
    ("translate", "--no-model"),
)
# Colours that the program itself uses: bold, dim, green, red, cyan and off.
OURS = {"0", "1", "2", "32", "31", "36"}


@pytest.fixture
def hostile(slangrag: Slangrag, hostile_store: Path) -> Slangrag:
    """The command with the hostile definitions as `ingest` stored them."""
    return Slangrag(slangrag.environ, slangrag.cwd, {"SLANGRAG_STORE": str(hostile_store)})


@pytest.fixture
def raw(slangrag: Slangrag, hostile_store: Path, tmp_path: Path) -> Slangrag:
    """The same in a store that somebody else's program wrote: nothing was cleaned on the way in."""
    store = Path(shutil.copytree(hostile_store, tmp_path / "raw"))
    with sqlite3.connect(store / "lexicon.sqlite3") as connection:
        for one in ATTACKS:
            changed = connection.execute(
                "UPDATE entries SET word = ?, definition = ? WHERE entry_id = ?",
                (one.word, one.definition, one.entry_id),
            )
            assert changed.rowcount == 1, one.entry_id
            connection.execute(
                "UPDATE headwords SET word = ? WHERE hid = (SELECT hid FROM entries WHERE entry_id = ?)",
                (one.word, one.entry_id),
            )
    return Slangrag(slangrag.environ, slangrag.cwd, {"SLANGRAG_STORE": str(store)})


def test_there_are_enough_of_them_and_none_was_lost(hostile: Slangrag) -> None:
    assert len(ATTACKS) >= 60
    assert hostile("store", "info", "--json").json["rows"] == len(ATTACKS)


@pytest.mark.parametrize(
    ("store", "before"), [*(("raw", before) for before in SHOWN), ("hostile", SHOWN[0])], ids=str
)
def test_no_escape_or_invisible_character_of_theirs_is_printed(
    request: pytest.FixtureRequest, store: str, before: tuple[str, ...]
) -> None:
    """FORCE_COLOR is off here, so that every escape would be a stranger's."""
    slangrag = request.getfixturevalue(store)
    for done in driven(slangrag, [[*before, one.shown] for one in ATTACKS]):
        unharmed(done)
        assert done.out, done.arguments


def test_what_is_printed_is_what_is_stored(hostile: Slangrag) -> None:
    """No bracket vanishes as mark-up, no emoji code turns into an emoji, no brace is expanded."""
    shown = driven(hostile, [["define", one.shown] for one in ATTACKS])
    stored = driven(hostile, [["define", "--json", one.shown] for one in ATTACKS])
    for done, document in zip(shown, stored, strict=True):
        for entry in document.json["entries"]:
            assert f"  {entry['word']}  " in done.out, done.arguments
            for line in entry["definition"].splitlines():
                assert line in done.out, done.arguments


@pytest.mark.parametrize("store", ["hostile", "raw"])
def test_in_colour_only_our_own_colours_are_sent(request: pytest.FixtureRequest, store: str) -> None:
    """No styles by their escapes, and none by Rich's mark-up: each colour stands where we put it."""
    slangrag = request.getfixturevalue(store)
    commands = [[command, one.shown] for one in ATTACKS for command in ("define", "search")]
    for done in driven(slangrag, commands, FORCE_COLOR="1", TERM="xterm-256color"):
        assert done.code == 0
        sent = re.findall(r"\x1b\[([0-9;]*)m", done.said)
        assert sent, "there is colour at all"
        assert {code for codes in sent for code in codes.split(";")} <= OURS, (done.arguments, sent)
        assert not FORBIDDEN.search(re.sub(r"\x1b\[[0-9;]*m", "", done.said)), done.arguments


@pytest.mark.parametrize("store", ["hostile", "raw"])
def test_nor_in_a_terminal(request: pytest.FixtureRequest, store: str) -> None:
    """TERM=dumb: Rich then writes no escapes of its own, and lays out as for any terminal."""
    slangrag = request.getfixturevalue(store)
    lines = [f"{sys.executable} {DRIVER} --here <<'STOP'"]
    lines += [
        json.dumps({"commands": [{"arguments": ["define", one.shown], "stdin": ""} for one in ATTACKS]})
    ]
    script = slangrag.cwd / "driver.sh"
    script.write_text("\n".join([*lines, "STOP", ""]), encoding="ascii")
    done = subprocess.run(
        ["script", "-qec", f"bash {script}", "/dev/null"],
        env=slangrag.variables({"TERM": "dumb"}),
        cwd=slangrag.cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    text = done.stdout.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    assert text.count("===== 0") == len(ATTACKS), text[-2000:]
    assert not FORBIDDEN.search(text), FORBIDDEN.findall(text)


def test_a_line_of_theirs_never_stands_where_ours_do(raw: Slangrag) -> None:
    """A definition that holds "slangrag: store damaged" on a line of its own is indented like the rest."""
    for done in driven(raw, [["define", one.shown] for one in ATTACKS]):
        flush_left = [line for line in done.out.splitlines() if line and not line.startswith("    ")]
        assert all(re.match(r" ?\d+  ", line) for line in flush_left), (done.arguments, flush_left)


@pytest.mark.parametrize("before", [("define", "--json"), ("search", "--explain", "--json")], ids=" ".join)
@pytest.mark.parametrize("store", ["hostile", "raw"])
def test_json_carries_them_as_one_document_each_with_nothing_a_terminal_acts_on(
    request: pytest.FixtureRequest, store: str, before: tuple[str, ...]
) -> None:
    slangrag = request.getfixturevalue(store)
    for one, done in zip(ATTACKS, driven(slangrag, [[*before, one.shown] for one in ATTACKS]), strict=True):
        unharmed(done)
        found = done.json.get("entries", done.json.get("hits"))
        (theirs,) = [entry for entry in found if entry["entry_id"] == one.entry_id]
        if store == "raw":
            assert theirs["definition"] == one.definition, "escaped, and still whole"


def test_quoting_keeps_them_inside_quotation_and_citations_true(hostile: Slangrag) -> None:
    for done in driven(hostile, [["ask", "--quote", "--json", one.shown] for one in ATTACKS]):
        unharmed(done)
        ranks = {hit["rank"]: hit["entry_id"] for hit in done.json["hits"]}
        for citation in done.json["citations"]:
            assert ranks[citation["n"]] == citation["entry_id"], done.arguments
        cited = {int(n) for n in re.findall(r"\[(\d+)\]", done.json["answer"])}
        assert cited == {citation["n"] for citation in done.json["citations"]}, done.arguments


@pytest.mark.parametrize(
    "before", [("search",), ("ask", "--quote"), ("translate", "--no-model")], ids=lambda words: words[0]
)
def test_as_a_question_they_are_as_inert_as_in_the_data(hostile: Slangrag, before: tuple[str, ...]) -> None:
    """From standard input, which takes what no argument can hold; more than 4000 characters are refused."""
    given = [one.definition for one in ATTACKS]
    for done, text in zip(driven(hostile, [before] * len(given), stdin=given), given, strict=True):
        unharmed(done, 2 if len(text.strip()) > 4000 else 0)


def test_what_the_driver_reads_is_what_the_console_script_prints(hostile: Slangrag) -> None:
    """So that the tests above speak of the command that users type."""
    (read,) = driven(hostile, [["define", "mizzik"]])
    typed = hostile("define", "mizzik")
    assert (read.code, read.out, read.err) == (typed.code, typed.out, typed.err)


def test_the_driver_sees_what_is_out_of_bounds(hostile: Slangrag) -> None:
    """Else `reached` being empty would prove nothing."""
    outside = Path(hostile.environ["HOME"]).parent / "out.csv"
    (done,) = driven(hostile, [["eval", "absent.jsonl", "--report", str(outside)]])
    assert done.code == 5
    (hostile.cwd / "q.jsonl").write_text('{"task": "define", "query": "mizzik", "headword": "mizzik"}\n')
    (done,) = driven(hostile, [["eval", "q.jsonl", "--report", str(outside)]])
    assert any("out.csv" in what for what in done.reached), done


def test_a_hostile_question_is_inert(on_sample: Slangrag) -> None:
    done = on_sample("ask", "--quote", "what does \x1b[2J\x1b]0;owned\x07 [red]salty[/red] \u202e mean")
    assert done.code == 0, done.err
    assert not FORBIDDEN.search(done.out + done.err)


def test_a_hostile_headword_in_an_error_is_inert_too(on_sample: Slangrag) -> None:
    done = on_sample("define", "\x1b[2Jxq\x9b31m")
    assert not FORBIDDEN.search(done.out + done.err)
    done = on_sample("search", "x", "--mode", "\x1b[2J")
    assert not FORBIDDEN.search(done.out + done.err)


def test_a_hostile_file_name_or_header_in_an_error_is_inert_too(slangrag: Slangrag) -> None:
    (slangrag.cwd / "a\x1b[2Jb.csv").write_bytes(b"\x1b]0;owned\x07one,two\n1,2\n")
    done = slangrag("ingest", "a\x1b[2Jb.csv", "--engine", "embedded")
    assert done.code == 5
    assert not FORBIDDEN.search(done.out + done.err), done.err
