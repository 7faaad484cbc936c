"""Every command in every surrounding: pipes, terminals of 80 and 50 columns, no colour, old code pages.

A command that is added must be added here: the list is compared with the app.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main
from rich.cells import cell_len
from tests.integration.cli.harness import (
    DRIVER,
    Driven,
    Slangrag,
    driven,
    strangers_environment,
    terminal,
)

from slangrag.cli.main import app

QUESTIONS = "questions.jsonl"
XML = "words.xml"
NOTES = "notes.md"
# Each command with arguments that make it say much, and what stands on its standard input.
COMMANDS: dict[str, tuple[list[str], str]] = {
    "ingest": (["--sample"], ""),
    "add": ([NOTES], ""),
    "documents list": ([], ""),
    "documents show": ([NOTES], ""),
    "convert": ([XML], ""),
    "ask": (["--quote", "what", "does", "salty", "mean"], ""),
    "chat": (["--engine", "embedded"], "/help\n/define salty\n/quit\n"),
    "translate": (["--no-model", "no cap that fit is bussin"], ""),
    "define": (["salty"], ""),
    "search": (["that was so salty", "--explain"], ""),
    "doctor": (["--quick"], ""),
    "eval": ([QUESTIONS], ""),
    "store info": ([], ""),
    "store verify": ([], ""),
    "store rebuild": ([], ""),
    "store calibrate": ([], ""),
    "tune chat pairs": (["--count", "5", "--dir", "tuned"], ""),
    "models list": (["--engine", "embedded"], ""),
    "models compare": (["what does xqzzyv mean", "-m", "smollm2-135m-instruct", "-m", "llama3.1"], ""),
    "models pull": (["--engine", "embedded"], ""),
    "config show": ([], ""),
    "config path": ([], ""),
    "config set": (["top_k", ""], ""),
}
SERVERS = {"mcp", "serve"}
"""Speak to programs, and not to an end; tests/integration/doors and serve have them."""
WRITE_ONCE = {"store copy", "store export"}
"""Refuse a place where something is, so cannot be run over and over; test_cli_store_moving.py has them."""
TRAINS = {
    "tune queries", "tune mine", "tune train", "tune export", "tune eval", "tune adopt",
    "tune chat train", "tune chat export",
}  # fmt: skip
"""Take what the step before made; test_cli_tune.py and test_tune_chat.py have them."""
DOCUMENTS = {"crawl", "documents remove"}
"""Need a site, or take away what the next run needs; test_cli_documents.py has them."""
SAID_ON_JSON = {
    "chat": ["--list"],
    "convert": [XML, "--record", "entry", "--columns", "word=w,definition=d"],
}
"""What replaces a command's arguments where it is asked for JSON."""
_SGR = re.compile(r"\x1b\[[0-9;]*m")


def leaves(command: Any, name: str = "") -> dict[str, Any]:
    """Every command that does something, by its name without "slangrag"."""
    children = getattr(command, "commands", {})
    found = {} if children else {name: command}
    for child_name, child in children.items():
        found.update(leaves(child, f"{name} {child_name}".strip()))
    return found


LEAVES = leaves(typer.main.get_command(app))


def documented() -> dict[str, set[str]]:
    """The fields that docs/cli.md names for each command: those outside parentheses, before any remark."""
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z -]+)` \| (.+) \|$", page[page.index("## JSON") :], re.MULTILINE)
    outside = {name: re.sub(r"\([^)]*\)", "", fields).split(";")[0] for name, fields in rows}
    return {
        name.removesuffix(" --list"): set(re.findall(r"`([a-z_0-9]+)`", fields))
        for name, fields in outside.items()
    }


def takes_json(name: str) -> bool:
    return any("--json" in parameter.opts for parameter in LEAVES[name].params)


@pytest.fixture(scope="module")
def with_notes(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with notes, and a store of the sample that has them."""
    folder = tmp_path_factory.mktemp("notes")
    shutil.copytree(sample_store, folder / "store")
    (folder / NOTES).write_text("# Notes on a boat\n\nA zorgle is shouted when the boat is salty.\n")
    done = Slangrag(strangers_environment(folder), folder)("add", NOTES, "--store", "store")
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def run(on_sample: Slangrag, with_notes: Path, tmp_path: Path) -> Slangrag:
    """The command over a store of its own, with questions to evaluate."""
    (on_sample.cwd / QUESTIONS).write_text('{"task": "define", "query": "salty", "headword": "salty"}\n')
    (on_sample.cwd / XML).write_text(f"<d>{'<entry><w>salty</w><d>bitter about a loss</d></entry>' * 9}</d>")
    (on_sample.cwd / NOTES).symlink_to(with_notes / NOTES)
    own_store = shutil.copytree(with_notes / "store", tmp_path / "own-store")
    here = Slangrag(on_sample.environ, on_sample.cwd, {"SLANGRAG_STORE": str(own_store)})
    assert here("config", "set", "top_k", "").code == 0  # so that the file is there for all
    return here


def all_of_them(run: Slangrag, **surrounding: str) -> list[Driven]:
    """Every command once, all in one process."""
    commands = [[*name.split(), *arguments] for name, (arguments, _) in COMMANDS.items()]
    found = driven(run, commands, stdin=[given for _, given in COMMANDS.values()], **surrounding)
    for done in found:
        assert done.code == 0, (done.arguments, done.err)
        assert done.out, done.arguments
    return found


def settled(text: str) -> str:
    """Without what differs from run to run: times, the free room on the disk."""
    return re.sub(r"\d+(\.\d+)? (s|GB)\b|\d+\.\d+$|\d+\.\d\b", "N", text, flags=re.MULTILINE)


def test_no_command_is_left_out() -> None:
    assert set(COMMANDS) | SERVERS | WRITE_ONCE | TRAINS | DOCUMENTS == set(LEAVES)
    assert {name for name in LEAVES if takes_json(name)} <= set(documented())


def test_a_pipe_gets_plain_text_whatever_the_width(run: Slangrag) -> None:
    """COLUMNS is a terminal's business: what is piped is never wrapped or cut to it."""
    plain = all_of_them(run)
    narrow = all_of_them(run, COLUMNS="50")
    for done, other in zip(plain, narrow, strict=True):
        assert "\x1b" not in done.said, done.arguments
        assert settled(other.out) == settled(done.out), done.arguments


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_an_old_code_page_is_no_crash_and_json_survives_it(run: Slangrag, encoding: str) -> None:
    all_of_them(run, PYTHONIOENCODING=encoding)
    words = [["define", "café", "--json"], ["translate", "“café” was so salty…", "--no-model", "--json"]]
    define, translate = driven(run, words, PYTHONIOENCODING=encoding)
    assert define.json["word"] == "café"
    assert translate.json["text"] == "“café” was so salty…"


@pytest.mark.parametrize("name", [name for name in COMMANDS if takes_json(name)])
def test_json_is_one_document_on_stdout(run: Slangrag, name: str) -> None:
    """By the console script itself; what else is said goes to stderr."""
    arguments = SAID_ON_JSON.get(name, COMMANDS[name][0])
    done = run(*name.split(), *arguments, "--json", stdin=COMMANDS[name][1])
    assert done.code == 0, done.err
    assert isinstance(done.json, dict)
    assert re.fullmatch(r"\{\n.*\}\n", done.out, re.DOTALL)
    assert set(done.json) == documented()[name], "docs/cli.md says otherwise"


def test_the_json_of_a_dry_run_is_as_documented(run: Slangrag) -> None:
    done = run("ingest", "--sample", "--dry-run", "--json", "--engine", "embedded")
    assert set(done.json) == documented()["ingest --dry-run"]


def test_a_dumb_terminal_gets_no_escapes(run: Slangrag) -> None:
    text = in_one_terminal(run, columns=80, term="dumb")
    assert "\x1b" not in text


def test_no_color_leaves_no_colour_in_a_terminal(run: Slangrag) -> None:
    codes = {
        code
        for sgr in _SGR.findall(in_one_terminal(run, columns=80, NO_COLOR="1"))
        for code in sgr[2:-1].split(";")
        if code
    }
    assert not codes & {str(n) for n in (*range(30, 50), *range(90, 108))}, codes
    assert "1" in codes, "bold is no colour"


@pytest.mark.parametrize("columns", [80, 50])
def test_no_line_is_wider_than_the_terminal(run: Slangrag, columns: int) -> None:
    for line in _SGR.sub("", in_one_terminal(run, columns=columns)).split("\n"):
        # a bar that is drawn over and over stands before its last carriage return
        shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line.rstrip("\r").split("\r")[-1])
        assert cell_len(shown) <= columns, shown


def in_one_terminal(run: Slangrag, *, columns: int, term: str = "xterm-256color", **changes: str) -> str:
    """All commands one after another in one terminal.

    But `chat`, which waits for keys, and those that show a path by itself: it is not to be broken.
    """
    wanted = [
        {"arguments": [*name.split(), *arguments], "stdin": ""}
        for name, (arguments, _) in COMMANDS.items()
        if name not in {"chat", "config path", "config set"}
    ]
    script = run.cwd / "terminal.sh"
    document = json.dumps({"commands": wanted})
    script.write_text(f"stty cols {columns}\n{sys.executable} {DRIVER} --here <<'STOP'\n{document}\nSTOP\n")
    done = subprocess.run(
        ["script", "-qec", f"bash {script}", "/dev/null"],
        env=run.variables({"TERM": term, **changes}),
        cwd=run.cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    text = done.stdout.decode("utf-8")
    assert text.count("===== 0") == len(wanted), text[-3000:]
    return text


def test_a_chat_in_a_narrow_terminal(run: Slangrag) -> None:
    with terminal(run, ("chat", "--engine", "embedded"), 50) as screen:
        screen.until("> ", at_end=True)
        screen.type("/help\r")
        screen.until("/quit")
        screen.until("> ", at_end=True)
        screen.type("\x04")
        done = screen.wait(20)
    assert done.code == 0
    assert max(cell_len(_SGR.sub("", line).strip("\r")) for line in done.out.split("\n")) <= 50
