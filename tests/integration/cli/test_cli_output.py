"""What is seen: in a very narrow terminal, in a pipe, in other encodings, with strong words masked.

test_cli_everywhere.py has what holds for every command.
"""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from rich.cells import cell_len
from tests.integration.cli.harness import SCRIPT, Slangrag

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_COLOURS = {*range(30, 50), *range(90, 108)}
SHOWN = [
    ("define", "salty"),
    ("search", "that was so salty", "--explain"),
    ("ask", "--quote", "what does salty mean"),
    ("doctor", "--quick"),
    ("store", "info"),
    ("config", "show"),
    ("models", "list", "--engine", "embedded"),
]


def ids(command: tuple[str, ...]) -> str:
    return " ".join(command[:2])


@pytest.mark.parametrize("command", SHOWN, ids=ids)
def test_no_line_is_wider_than_a_terminal_of_40_columns(
    on_sample: Slangrag, command: tuple[str, ...]
) -> None:
    done = on_sample.in_terminal(*command, columns=40)
    lines = _SGR.sub("", done.out).replace("\r", "").split("\n")
    wide = [line for line in lines if cell_len(line) > 40]
    assert not wide, wide


def test_colour_is_there_in_a_terminal_and_gone_with_no_color(on_sample: Slangrag) -> None:
    def colours(out: str) -> set[int]:
        return {int(n) for sgr in _SGR.findall(out) for n in sgr.split(";") if n} & _COLOURS

    command = ("search", "salty")
    assert colours(on_sample.in_terminal(*command).out)
    plain = on_sample.in_terminal(*command, NO_COLOR="1").out
    assert not colours(plain)
    assert "━─" in _SGR.sub("", plain), "the bar of votes says without colour what it says with it"


def test_an_error_is_broken_between_words_and_its_command_never(slangrag: Slangrag) -> None:
    """So that it reads well, and the command can be copied."""
    (slangrag.cwd / "odd.csv").write_text("one,two\n1,2\n")
    done = slangrag.in_terminal("ingest", "odd.csv", columns=40)
    said = done.out.replace("\r", "")
    message, command = said[said.index("slangrag: ") :].split("    next: ")
    assert max(map(len, message.split("\n"))) <= 40
    assert "up_votes," in message.split()
    assert command == "slangrag ingest odd.csv --columns word=COLUMN,definition=COLUMN\n"


def test_a_definition_in_a_pipe_is_not_cut_to_a_width(on_sample: Slangrag) -> None:
    whole = on_sample("define", "salty", "--json").json["entries"][0]["definition"]
    shown = on_sample("define", "salty", COLUMNS="40").out
    for paragraph in whole.split("\n"):
        assert paragraph in shown


@pytest.mark.parametrize(("encoding", "utf8"), [("cp1252", "0"), ("ascii", "0"), ("cp437", "0")])
def test_a_code_page_that_lacks_a_character_is_no_crash(
    on_sample: Slangrag, encoding: str, utf8: str
) -> None:
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": utf8, "LC_ALL": "C"}
    for command in SHOWN[:3]:
        done = on_sample(*command, environment=environment)
        assert done.code == 0, done.err
    document = on_sample("search", "salty", "--json", environment=environment)
    assert json.loads(document.out)["hits"], "and JSON survives it unharmed"


def test_the_c_locale_is_no_crash(on_sample: Slangrag) -> None:
    done = on_sample("define", "salty", LC_ALL="C", LANG="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert done.code == 0, done.err


def test_a_question_comes_from_a_pipe_too(on_sample: Slangrag) -> None:
    assert "salty" in on_sample("ask", "--quote", stdin="what does salty mean\n").out
    assert "salty" in on_sample("search", "-", stdin="what does salty mean").out


def test_a_closed_standard_input_is_no_crash(on_sample: Slangrag) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{SCRIPT} ask <&-"],
        env=on_sample.variables({}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_typo_is_offered_the_nearest_headword_and_never_answered_as_if_found(on_sample: Slangrag) -> None:
    done = on_sample("ask", "--quote", "what does ghsoting mean")
    assert "ghosting" in done.out + done.err


def test_strong_words_are_masked_where_it_is_wished(slangrag: Slangrag) -> None:
    """On a setting of the user's, too."""
    from tests.standin import StandIn, embedding_model

    rows = "word_id,word,up_votes,down_votes,author,definition\n7,zibber,1,0,a,A dickhead of a lamp.\n"
    (slangrag.cwd / "mild.csv").write_text(rows)
    with StandIn([embedding_model("nomic-embed-text", dimension=64)]) as server:
        ingest = ("ingest", "mild.csv", "--store", "st", "--engine", "ollama")
        assert slangrag(*ingest, OLLAMA_HOST=server.url).code == 0
    plain = slangrag("define", "zibber", "--store", "st")
    masked = slangrag("define", "zibber", "--store", "st", "--safe")
    by_setting = slangrag("define", "zibber", "--store", "st", SLANGRAG_SAFE="1")
    assert "dickhead" in plain.out
    assert "dickhead" not in masked.out
    assert "d*******" in masked.out
    assert by_setting.out == masked.out
