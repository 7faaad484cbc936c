"""Whatever goes wrong: one clear line, the next command to type, the promised exit code, no traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.integration.cli.harness import SCRIPT, Ran, Slangrag
from tests.standin import Fault, StandIn, embedding_model

ASK = ("ask", "what does rizz mean")


def in_order(done: Ran, code: int) -> tuple[str, str]:
    """Fails unless the exit code is `code` and stderr ends with a message and a next command."""
    assert done.code == code, (done.code, done.out, done.err)
    return done.two_lines


# ------------------------------------------------------------------ the engine: 3


def test_a_server_that_is_down(on_sample: Slangrag) -> None:
    message, following = in_order(on_sample(*ASK, "--engine", "ollama"), 3)
    assert "does not answer at http://127.0.0.1:9" in message
    assert "ollama serve" in following


def test_a_model_that_is_not_pulled(with_ollama: Slangrag) -> None:
    message, following = in_order(with_ollama(*ASK, "--model", "mistral"), 3)
    assert "mistral" in message
    assert following == "ollama pull mistral"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("busy", path="/api/chat"), "busy"),
        (Fault("error", path="/api/chat"), "unexpected EOF"),
        (Fault("mid_stream_error", path="/api/chat"), "unexpected EOF"),
        (Fault("no_done", path="/api/chat"), "half-way"),
        (Fault("killed", path="/api/chat"), "half-way"),
        (Fault("html", path="/api/chat", status=502), ""),
        (Fault("stall", path="/api/chat"), "1 s"),
        (Fault("hang", path="/api/chat"), "1 s"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_a_server_that_fails_while_it_answers(
    with_ollama: Slangrag, server: StandIn, fault: Fault, said: str
) -> None:
    """What was found is on the screen all the same, and no half answer passes for a whole one."""
    server.fail(fault)
    done = with_ollama(*ASK, SLANGRAG_READ_TIMEOUT="1", timeout=30)
    message, _ = in_order(done, 3)
    assert said in message
    assert "rizz" in done.out, "the sources stay"


def test_an_engine_that_fails_under_json_leaves_a_whole_document_or_none(
    with_ollama: Slangrag, server: StandIn
) -> None:
    server.fail(Fault("mid_stream_error", path="/api/chat"))
    done = with_ollama(*ASK, "--json")
    assert done.code == 3
    assert done.json["quoted"] is True, "what is in the data can still be quoted"


def test_weights_that_were_never_fetched(on_sample: Slangrag, tmp_path: Path) -> None:
    done = on_sample(*ASK, "--engine", "embedded", SLANGRAG_CACHE=str(tmp_path / "empty"))
    message, following = in_order(done, 3)
    assert "has not been fetched" in message
    assert following == "slangrag models pull --engine embedded"


def test_an_ingest_whose_server_is_down_leaves_no_store_behind(slangrag: Slangrag) -> None:
    done = slangrag("ingest", "--sample", "--engine", "ollama", "--store", "fresh")
    in_order(done, 3)
    assert not (slangrag.cwd / "fresh" / "lexicon.sqlite3").exists()


# ------------------------------------------------------------------- the store: 4


@pytest.mark.parametrize(
    "command", [ASK, ("define", "rizz"), ("search", "rizz"), ("store", "info"), ("store", "verify")]
)
def test_no_store_yet(slangrag: Slangrag, command: tuple[str, ...]) -> None:
    message, following = in_order(slangrag(*command, "--store", "nowhere"), 4)
    assert "no slang store at nowhere" in message
    assert following == "slangrag ingest --sample"


def test_a_store_of_another_model_is_refused_naming_both_and_both_ways_out(
    on_sample: Slangrag, own_store: Path, tmp_path: Path
) -> None:
    rows = tmp_path / "more.csv"
    rows.write_text("word_id,word,up_votes,down_votes,author,definition\n7,zib,1,0,a,A small lamp.\n")
    with StandIn([embedding_model("all-minilm", dimension=384)]) as server:
        done = on_sample(
            *("ingest", str(rows), "--store", str(own_store), "--embed-model", "nomic-embed-text"),
            OLLAMA_HOST=server.url,
        )
    message, following = in_order(done, 4)
    assert "all-minilm-l6-v2" in message
    assert "nomic-embed-text" in message
    assert "--into NEW_STORE" in following
    assert "--reembed" in following


def test_a_lexicon_that_is_no_database(on_sample: Slangrag, own_store: Path) -> None:
    (own_store / "lexicon.sqlite3").write_bytes(b"no database at all, whatever its name is" * 100)
    message, following = in_order(on_sample("define", "rizz", "--store", str(own_store)), 4)
    assert "lexicon.sqlite3" in message
    assert following.startswith("slangrag ")


def test_a_second_writer_is_refused_and_told_who_writes(on_sample: Slangrag, own_store: Path) -> None:
    from slangrag.store.lock import hold

    with hold(own_store):
        done = on_sample("store", "rebuild", "--store", str(own_store))
    message, _ = in_order(done, 4)
    assert f"process {os.getpid()}" in message


def test_a_spoilt_index_is_found_and_made_anew(on_sample: Slangrag, own_store: Path) -> None:
    for path in (own_store / "chroma").glob("*/data_level0.bin"):
        path.unlink()
    found = on_sample("store", "verify", "--json", "--store", str(own_store))
    assert found.code == 4, found.out
    assert any(check["next"] == "slangrag store rebuild" for check in found.json["checks"])
    rebuilt = on_sample("store", "rebuild", "--json", "--store", str(own_store))
    assert rebuilt.json["rows"] == 749
    again = on_sample("store", "verify", "--json", "--store", str(own_store))
    assert again.code == 0, again.out


# ------------------------------------------------------------------- the input: 5


def test_a_csv_that_is_not_there(slangrag: Slangrag) -> None:
    message, _ = in_order(slangrag("ingest", "absent.csv", "--engine", "embedded"), 5)
    assert "absent.csv" in message


def test_no_csv_named_and_none_in_the_usual_place(slangrag: Slangrag) -> None:
    _, following = in_order(slangrag("ingest", "--engine", "embedded"), 5)
    assert following.startswith("slangrag ingest --sample")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, b"a,b,c\n1,2,3\n"],
    ids=["empty", "a picture", "other columns"],
)
def test_a_file_that_is_no_slang_csv(slangrag: Slangrag, content: bytes) -> None:
    (slangrag.cwd / "odd.csv").write_bytes(content)
    message, _ = in_order(slangrag("ingest", "odd.csv", "--engine", "embedded"), 5)
    assert "odd.csv" in message


def test_a_folder_in_the_place_of_a_csv(slangrag: Slangrag) -> None:
    (slangrag.cwd / "folder.csv").mkdir()
    in_order(slangrag("ingest", "folder.csv", "--engine", "embedded"), 5)


# -------------------------------------------------------------------- the call: 2


@pytest.mark.parametrize(
    "command",
    [
        ("ask",),
        ("define",),
        ("search",),
        ("search", "rizz", "--mode", "psychic"),
        ("ask", "rizz", "--system", "absent.txt"),
        ("ingest", "x.csv", "--sample"),
        ("config", "set", "nonsense", "1"),
    ],
)
def test_a_call_that_means_nothing(on_sample: Slangrag, command: tuple[str, ...]) -> None:
    """Standard input is /dev/null here: a command must say so, not wait."""
    in_order(on_sample(*command), 2)


def test_a_setting_is_not_written_into_a_file_that_cannot_be_read(slangrag: Slangrag) -> None:
    file = slangrag.cwd / "slangrag.toml"
    file.write_text("not toml at all\n")
    message, _ = in_order(slangrag("config", "set", "--here", "top_k", "3"), 2)
    assert "slangrag.toml cannot be read" in message
    assert file.read_text() == "not toml at all\n"


def test_a_setting_that_cannot_be_read_is_not_written_and_told_what_it_must_be(slangrag: Slangrag) -> None:
    message, following = in_order(slangrag("config", "set", "num_ctx", "lots"), 2)
    assert message == "num_ctx = 'lots' (given): expected a whole number from 256 to 10000000"
    assert following == "slangrag config set num_ctx 4096"


def test_a_setting_that_something_else_overrides_is_said_to_be(slangrag: Slangrag) -> None:
    done = slangrag("config", "set", "top_k", "3", SLANGRAG_TOP_K="9")
    assert "environment (SLANGRAG_TOP_K) has top_k too, and wins" in done.err
    assert slangrag("config", "set", "top_k", "4").err == ""


def test_a_model_that_nobody_can_have_is_no_matter_of_an_option(slangrag: Slangrag) -> None:
    _, following = in_order(slangrag("models", "pull", "nosuch"), 3)
    assert following == "ollama serve, or slangrag models list"


def test_a_setting_that_cannot_be_read_names_where_it_stands(on_sample: Slangrag) -> None:
    message, _ = in_order(on_sample("define", "rizz", SLANGRAG_TOP_K="many"), 2)
    assert "SLANGRAG_TOP_K" in message


def test_an_unknown_option_is_a_usage_error_without_a_traceback(on_sample: Slangrag) -> None:
    done = on_sample("ask", "--frobnicate")
    assert done.code == 2
    assert "--frobnicate" in done.err
    assert "Traceback" not in done.err


# ------------------------------------------------------------------- the disk: 4


def test_a_full_disk_ends_an_ingest_with_what_was_kept(slangrag: Slangrag, server: StandIn) -> None:
    """The largest file may have 400 kB: the lexicon cannot grow beyond. Nothing is broken by it."""
    ingest = ("ingest", "--sample", "--store", "small", "--engine", "ollama")
    message, following = in_order(slangrag(*ingest, limit=400_000, OLLAMA_HOST=server.url), 4)
    assert "full" in message or "room" in following
    assert slangrag(*ingest, OLLAMA_HOST=server.url).code == 0, "with room it goes on"
    assert slangrag("store", "verify", "--store", "small").code == 0


@pytest.mark.parametrize("command", [("define", "rizz"), ("define", "rizz", "--json"), ("search", "rizz")])
def test_an_output_that_finds_no_room_is_an_error_and_no_traceback(
    on_sample: Slangrag, command: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [SCRIPT, *command],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            env=on_sample.variables({}),
            cwd=on_sample.cwd,
            timeout=60,
            check=False,
        )
    message, _ = in_order(Ran(done.returncode, "", done.stderr.decode(), 0.0), 4)
    assert message == "the output cannot be written: No space left on device"
