"""`store copy` and `store export` as they are typed."""

from __future__ import annotations

import json
import os
import signal

import pytest
import typer
from tests.integration.cli.harness import Slangrag

from slangrag.cli.signals import told_until_stopped


def test_a_copy_is_made_and_used_by_the_next_command(on_sample: Slangrag) -> None:
    done = on_sample("store", "copy", "there", "--json")
    assert done.code == 0, done.err
    assert (done.json["copy"], done.json["index"], done.json["notes"]) == ("there", True, [])
    assert on_sample("store", "verify", "--store", "there").code == 0
    message, hint = on_sample("store", "copy", "there").two_lines
    assert (message, hint) == ("there is something at there already", "name another place, or move it away")
    assert "is copied to again" in on_sample("store", "copy", "again", "--store", "there").out


def test_entries_are_exported_for_other_programs(on_sample: Slangrag) -> None:
    done = on_sample("store", "export", "--jsonl", "words.jsonl", "--no-vectors")
    assert "749 entries of" in done.out
    first = json.loads((on_sample.cwd / "words.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert (first["source"], "vector" in first) == ("main", False)
    made = on_sample("store", "export", "--parquet", "words.parquet", "--json").json
    assert (made["format"], made["rows"]) == ("parquet", 749)
    assert made["bytes"] == (on_sample.cwd / "words.parquet").stat().st_size


def test_ctrl_c_ends_a_copy_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """Typer ends on a Ctrl-C without one."""

    def copy() -> None:
        with told_until_stopped("MB") as told:
            os.kill(os.getpid(), signal.SIGINT)
            told("copy", 1, 2)

    with pytest.raises(typer.Exit) as ended:
        copy()
    assert ended.value.exit_code == 130
    assert "slangrag: stopped: nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize("options", [(), ("--jsonl", "a", "--chroma", "b")])
def test_an_export_goes_to_one_place(on_sample: Slangrag, options: tuple[str, ...]) -> None:
    done = on_sample("store", "export", *options)
    assert done.code == 2
    assert done.two_lines == (
        "an export is one of --parquet, --jsonl and --chroma",
        "slangrag store export --parquet words.parquet",
    )
    assert list(on_sample.cwd.iterdir()) == []
