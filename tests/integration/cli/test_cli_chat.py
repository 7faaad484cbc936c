"""`slangrag chat`: in a pipe and in a terminal, over several turns, with things going wrong."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from tests.integration.cli.harness import Slangrag, terminal
from tests.standin import Fault, StandIn


def test_a_follow_up_is_understood_and_the_conversation_kept(with_ollama: Slangrag) -> None:
    first = with_ollama("chat", stdin="what does salty mean\nwhere does it come from?\n")
    assert first.code == 0, first.err
    assert "read as: where does salty come from" in first.err
    (kept,) = with_ollama("chat", "--list", "--json").json["conversations"]
    assert (kept["turns"], kept["title"]) == (2, "what does salty mean")


def test_continue_remembers_what_it_was_about(with_ollama: Slangrag) -> None:
    assert with_ollama("chat", stdin="what does salty mean\n").code == 0
    later = with_ollama("chat", "--continue", stdin="where does it come from?\n")
    assert "read as: where does salty come from" in later.err
    (kept,) = with_ollama("chat", "--list", "--json").json["conversations"]
    assert kept["turns"] == 2


def test_small_talk_is_answered_as_such(with_ollama: Slangrag, server: StandIn) -> None:
    done = with_ollama("chat", stdin="hi\nthanks!\nlol ok\n")
    assert done.code == 0, done.err
    shown = [line for line in done.out.splitlines() if line.strip()]
    assert shown == [
        "Hello! Which word or message would you like explained?",
        "You're welcome.",
        "All right.",
    ]
    assert server.calls("/api/chat") == []


def test_the_sources_can_still_be_seen_after_small_talk(with_ollama: Slangrag) -> None:
    done = with_ollama("chat", stdin="what does salty mean\nthanks\n/sources\n")
    assert "#0000004" in done.out


def test_an_example_and_other_meanings_come_from_the_data(with_ollama: Slangrag) -> None:
    done = with_ollama("chat", stdin="what does ghosting mean\nwhat else can it mean\nuse it in a sentence\n")
    assert "My data has nothing more on “ghosting”." in done.out
    assert "My data has no example of “ghosting” in a sentence." in done.out
    done = with_ollama("chat", stdin="what does salty mean\nuse it in a sentence\n")
    assert "“He's still salty about that chess game.” [1]" in done.out


def test_a_conversation_that_cannot_be_read_is_named_and_the_others_shown(
    with_ollama: Slangrag,
) -> None:
    assert with_ollama("chat", stdin="what does salty mean\n").code == 0
    (chats,) = Path(with_ollama.environ["HOME"]).rglob("chats")
    (chats / "20300101-000000-ffff.jsonl").write_text("{not json", encoding="utf-8")
    done = with_ollama("chat", "--list", "--json")
    assert len(done.json["conversations"]) == 1
    assert "passed over" in done.err
    assert "20300101-000000-ffff" in done.err
    later = with_ollama("chat", "--continue", stdin="where does it come from?\n")
    assert later.code == 0
    assert "20300101-000000-ffff" in later.err
    assert "read as: where does salty come from" in later.err


def test_one_of_the_list_can_be_gone_on_with(with_ollama: Slangrag) -> None:
    assert with_ollama("chat", stdin="what does salty mean\n").code == 0
    assert with_ollama("chat", stdin="what does rizz mean\n").code == 0
    kept = with_ollama("chat", "--list", "--json").json["conversations"]
    (older,) = [one["id"] for one in kept if "salty" in one["title"]]
    done = with_ollama("chat", "--id", older, stdin="where does it come from?\n")
    assert "read as: where does salty come from" in done.err


def test_continue_with_nothing_to_go_on_with(with_ollama: Slangrag) -> None:
    done = with_ollama("chat", "--continue", stdin="hello\n")
    assert done.code == 5
    assert done.two_lines[1] == "slangrag chat"


def test_json_is_for_the_list_alone(with_ollama: Slangrag) -> None:
    """A conversation in text on stdout would break its promise of one document."""
    done = with_ollama("chat", "--json", stdin="what does salty mean\n")
    assert (done.code, done.out) == (2, "")
    assert done.two_lines[1] == "slangrag chat --list --json"


def test_an_empty_line_parts_each_prompt_from_the_turn_above(with_ollama: Slangrag) -> None:
    with terminal(with_ollama, ("chat",)) as screen:
        screen.until("> ", at_end=True)
        screen.type("thanks\r")
        screen.until("welcome.")
        screen.until("> ", at_end=True)
        screen.type("/quit\r")
        done = screen.wait(20)
    plain = re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", done.out).replace("\r", "")
    assert "commands.\n\n> thanks" in plain
    assert "welcome.\n\n> /quit" in plain
    piped = with_ollama("chat", stdin="thanks\n")
    assert piped.out == "You're welcome.\n", "nothing is asked of a pipe"


def test_the_commands(with_ollama: Slangrag) -> None:
    questions = "/sources\nwhat does salty mean\n/sources\n"
    commands = "/define rizz\n/def xqzzyv\n/frob\n/model\n/help\n/quit\n"
    done = with_ollama("chat", stdin=f"{questions}{commands}never asked\n")
    assert done.code == 0, done.err
    assert "no answer yet" in done.err
    assert "#0000004" in done.out, "/sources shows the entries"
    assert "#0000001" in done.out, "/define shows rizz"
    assert "'xqzzyv' is not in the data" in done.err
    assert "no command /frob" in done.err
    assert "ollama/llama3.1" in done.err
    assert "/sources" in done.err
    assert "never asked" not in done.err + done.out


def test_a_doubted_answer_is_checked_and_the_chat_summed_up(with_ollama: Slangrag) -> None:
    lines = "what does salty mean\nare you sure that's right?\nsummarise our chat\n"
    done = with_ollama("chat", stdin=lines)
    assert done.code == 0, done.err
    assert "read as: is the answer right to: what does salty mean" in done.err
    assert "He's still salty about that chess game" in done.out
    assert "We talked about “salty”" in done.out


def test_a_message_is_translated_by_command_and_by_asking(with_ollama: Slangrag) -> None:
    lines = "/translate\n/translate he ghosted me\ntranslate: he ghosted me\nuse it in a sentence\n"
    done = with_ollama("chat", "--engine", "embedded", stdin=lines)
    assert done.code == 0, done.err
    assert "/translate MESSAGE" in done.err
    assert done.out.count("ghost") >= 2
    assert "read as: an example of ghost" in done.err
    (kept,) = with_ollama("chat", "--list", "--json").json["conversations"]
    assert kept["turns"] == 2, "the command looks something up beside the talk, as /define does"


def test_retry_takes_the_place_of_the_last_answer(with_ollama: Slangrag, server: StandIn) -> None:
    done = with_ollama("chat", stdin="/retry\nwhat does salty mean\n/retry\n/retry\n")
    assert done.code == 0, done.err
    assert "no question yet" in done.err
    assert done.err.count("again: what does salty mean") == 2
    answers = [call for call in server.calls("/api/chat") if "salty" in str(call.body)]
    assert len({str(call.body) for call in answers}) >= 3, "each with a seed of its own"
    (kept,) = with_ollama("chat", "--list", "--json").json["conversations"]
    assert kept["turns"] == 1
    done = with_ollama("chat", "--continue", stdin="/retry\n")
    assert "again: what does salty mean" in done.err


def test_a_turn_that_failed_can_be_tried_again(with_ollama: Slangrag, server: StandIn) -> None:
    server.fail(Fault("mid_stream_error", path="/api/chat", nth=1))
    done = with_ollama("chat", stdin="what does salty mean\n/retry\n")
    assert done.code == 0
    assert "(/sources)" in done.err


def test_clear_begins_anew_and_keeps_what_was(with_ollama: Slangrag) -> None:
    done = with_ollama("chat", stdin="what does salty mean\n/clear\nis it rude?\nwhat does rizz mean\n")
    assert "Which word do you mean?" in done.out
    kept = with_ollama("chat", "--list", "--json").json["conversations"]
    assert {one["title"] for one in kept} == {"what does salty mean", "what does rizz mean"}


def test_a_chat_is_written_as_markdown_and_nothing_is_written_over(with_ollama: Slangrag) -> None:
    done = with_ollama("chat", stdin="/save a.md\nwhat does salty mean\n/save\n/save a.md\n/save a.md\n")
    assert done.code == 0, done.err
    assert "nothing was said yet" in done.err
    assert done.err.count("written: a.md") == 1
    assert "a.md is there already" in done.err
    saved = (with_ollama.cwd / "a.md").read_text(encoding="utf-8")
    assert saved.startswith("# what does salty mean\n")
    assert "entry 0000004" in saved
    assert with_ollama("chat", "--export", "latest").out == saved
    (kept,) = with_ollama("chat", "--list", "--json").json["conversations"]
    assert with_ollama("chat", "--export", kept["id"], "b.md").code == 0
    assert (with_ollama.cwd / "b.md").read_text(encoding="utf-8") == saved
    refused = with_ollama("chat", "--export", kept["id"], "b.md")
    assert refused.code == 5
    assert refused.two_lines[1] == "give another name"


def test_a_file_without_export_and_an_export_of_nothing_are_refused(with_ollama: Slangrag) -> None:
    assert with_ollama("chat", "a.md").two_lines[1] == "slangrag chat --export latest FILE"
    assert with_ollama("chat", "--export", "latest").code == 5
    assert with_ollama("chat", "--delete", "20300101-000000-ffff").two_lines[1] == "slangrag chat --list"


def test_a_conversation_is_deleted_after_a_yes(with_ollama: Slangrag) -> None:
    assert with_ollama("chat", stdin="what does salty mean\n").code == 0
    (kept,) = with_ollama("chat", "--list", "--json").json["conversations"]
    asked = with_ollama.in_terminal("chat", "--delete", kept["id"], typed="n\r")
    assert asked.code == 75
    assert "what does salty mean" in asked.out
    assert len(with_ollama("chat", "--list", "--json").json["conversations"]) == 1
    assert with_ollama("chat", "--delete", kept["id"], "--yes").code == 0
    assert with_ollama("chat", "--list", "--json").json["conversations"] == []


def test_a_failing_engine_costs_a_turn_and_not_the_chat(with_ollama: Slangrag, server: StandIn) -> None:
    server.fail(Fault("mid_stream_error", path="/api/chat", nth=1))
    done = with_ollama("chat", stdin="what does salty mean\nwhat does rizz mean\n")
    assert done.code == 0
    assert "Traceback" not in done.err
    assert done.err.count("unexpected EOF") == 1, "said once, not again by the error that ends the turn"
    assert "next: run it again" in done.err
    assert len(server.calls("/api/chat")) == 2


def test_another_model_that_is_not_there_leaves_the_old_one(with_ollama: Slangrag) -> None:
    done = with_ollama("chat", stdin="/model nope\n/model ./absent.gguf\n/model\n")
    assert done.code == 0
    assert "ollama pull nope" in done.err
    assert done.err.rstrip().endswith("ollama/llama3.1"), done.err


def test_ctrl_c_stops_the_answer_and_not_the_chat(with_ollama: Slangrag, server: StandIn) -> None:
    server.fail(Fault("stall", path="/api/chat", nth=1, seconds=60))
    with terminal(with_ollama, ("chat",)) as screen:
        screen.until("> ", at_end=True)
        screen.type("what does salty mean\r")
        while not server.calls("/api/chat"):
            assert screen.process.poll() is None, screen.text
            time.sleep(0.01)
        time.sleep(0.2)  # it has asked; now it waits for the answer
        screen.type("\x03")
        screen.until("(stopped")
        screen.until("> ", at_end=True)
        screen.type("what does rizz mean\r")
        screen.until("(/sources)")
        screen.until("> ", at_end=True)
        screen.type("\x04")
        done = screen.wait(20)
    assert done.code == 0
    assert "Traceback" not in done.out


def test_lines_can_be_edited_and_come_back_with_the_arrow_key(with_ollama: Slangrag) -> None:
    pytest.importorskip("readline")
    with terminal(with_ollama, ("chat",)) as screen:
        screen.until("> ", at_end=True)
        screen.type("/frib\x7f\x7fob\r")
        screen.until("no command /frob")
        screen.until("> ", at_end=True)
        screen.type("/quit\r")
        assert screen.wait(20).code == 0
    with terminal(with_ollama, ("chat",)) as screen:
        screen.until("> ", at_end=True)
        screen.type("\x1b[A\x1b[A\r")
        screen.until("no command /frob")
        screen.until("> ", at_end=True)
        screen.type("/quit\r")
        assert screen.wait(20).code == 0


def test_without_a_model_there_is_no_chat(on_sample: Slangrag) -> None:
    done = on_sample("chat", "--engine", "embedded", SLANGRAG_CACHE="/nowhere", stdin="hello\n")
    assert done.code == 3
    assert done.two_lines[1] == "slangrag models pull --engine embedded"
