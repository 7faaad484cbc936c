"""Ctrl-C, a signal from the batch system, a reader that goes away: an end that loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from tests.integration.cli.harness import SCRIPT, Slangrag, press_ctrl_c, terminal
from tests.standin import Fault, Shape, StandIn, embedding_model

INGEST = ("ingest", "--sample", "--store", "st", "--engine", "ollama")


def slow_server() -> StandIn:
    """One that takes 15 ms a row: eleven seconds for the sample."""
    return StandIn([embedding_model("nomic-embed-text", dimension=64)], shape=Shape(row_ms=15))


def embedded_texts(server: StandIn) -> list[str]:
    return [text for call in server.calls("/api/embed") if call.status == 200 for text in call.body["input"]]


def test_ctrl_c_during_ingest_keeps_what_was_done_and_the_next_run_goes_on(slangrag: Slangrag) -> None:
    with slow_server() as server:
        running = slangrag.start(*INGEST, OLLAMA_HOST=server.url)
        stopped = press_ctrl_c(running, lambda: len(server.calls("/api/embed")) > 3)
        assert stopped.code == 130
        assert "run the same command again to go on" in stopped.err
        assert "Traceback" not in stopped.err
        assert stopped.seconds < 15
        before = set(embedded_texts(server))
        server.shape = Shape()
        again = slangrag(*INGEST, "--json", OLLAMA_HOST=server.url)
        assert again.code == 0, again.err
        assert again.json["rows_read"] == 749
        assert 0 < again.json["embedded"] < 749, "what was kept was not embedded again"
        assert len(before) + again.json["embedded"] >= 749
    assert slangrag("store", "verify", "--store", "st").code == 0


def test_a_batch_systems_signal_ends_with_75(slangrag: Slangrag) -> None:
    with slow_server() as server:
        running = slangrag.start(*INGEST, OLLAMA_HOST=server.url)
        while len(server.calls("/api/embed")) < 3:
            assert running.poll() is None, running.communicate()
        running.send_signal(signal.SIGTERM)
        _, err = running.communicate(timeout=30)
    assert running.returncode == 75
    assert "run the same command again" in err


def test_ctrl_c_during_an_answer_cancels_it_at_the_server(with_ollama: Slangrag, server: StandIn) -> None:
    server.fail(Fault("stall", path="/api/chat", after=2))
    running = with_ollama.start("ask", "what does rizz mean")
    stopped = press_ctrl_c(running, lambda: bool(server.calls("/api/chat")))
    assert stopped.code == 130
    assert "Traceback" not in stopped.err
    assert stopped.seconds < 5


def test_ctrl_c_typed_while_the_embedded_model_answers(on_sample: Slangrag) -> None:
    with terminal(on_sample, ("ask", "what does rizz mean", "--engine", "embedded")) as screen:
        screen.until("[1]")
        screen.type("\x03")
        done = screen.wait(30)
    assert done.code == 130, done.out
    assert "Traceback" not in done.out


def test_a_reader_that_goes_away_is_no_crash(on_sample: Slangrag) -> None:
    """As in `slangrag search ... | head -1`."""
    done = subprocess.run(
        ["bash", "-c", f'{SCRIPT} search "someone who is very good at it" -n 1000 | head -1'],
        capture_output=True,
        env=on_sample.variables({}),
        cwd=on_sample.cwd,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("[1] ")
    assert "Traceback" not in done.stderr, done.stderr
    assert "BrokenPipe" not in done.stderr, done.stderr


def test_json_into_a_closed_pipe_is_no_crash(on_sample: Slangrag) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [SCRIPT, "search", "rizz", "-n", "1000", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
        env=on_sample.variables({}),
        cwd=on_sample.cwd,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode != 0


def test_a_stop_during_rebuild_leaves_the_old_index_standing(on_sample: Slangrag, own_store: Path) -> None:
    where = ("--store", str(own_store))
    running = on_sample.start("store", "rebuild", *where)
    stopped = press_ctrl_c(running, lambda: (own_store / "chroma.building").exists())
    assert stopped.code in {0, 130}, stopped.err
    assert "Traceback" not in stopped.err
    assert json.loads(on_sample("store", "info", "--json", *where).out)["rows"] == 749
    assert on_sample("search", "someone who annoys everybody", "--json", *where).json["notes"] == []
