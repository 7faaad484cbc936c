"""`--json`: one document on stdout, exactly these fields, whatever else is said goes to stderr."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.cli.harness import Slangrag
from tests.standin import StandIn

HIT = {"rank", "kind", "entry_id", "word", "definition", "up_votes", "down_votes", "score", "match", "span"}
ENTRY = {"entry_id", "word", "definition", "up_votes", "down_votes"}
MATCHES = {"exact", "inflected", "fuzzy", "lexical", "semantic"}


def check_hits(hits: list[dict[str, Any]], *extra: str) -> None:
    assert hits
    for rank, hit in enumerate(hits, start=1):
        assert set(hit) - {"slang"} == HIT | set(extra), "slang: only where a message was read"
        assert hit["rank"] == rank
        assert hit["match"] in MATCHES


def test_search(on_sample: Slangrag) -> None:
    found = on_sample("search", "that was so salty", "--json").json
    assert set(found) == {"query", "intent", "known", "hits", "suggestions", "notes"}
    assert found["known"] in {"yes", "maybe", "no"}
    assert found["intent"] in {"define", "sentence", "reverse"}
    check_hits(found["hits"])
    span = found["hits"][0]["span"]
    assert "that was so salty"[span["start"] : span["end"]] == span["text"] == "salty"


def test_search_explained_adds_the_signals_and_nothing_else(on_sample: Slangrag) -> None:
    check_hits(on_sample("search", "salty", "--json", "--explain").json["hits"], "signals")


def test_search_by_meaning_has_no_span(on_sample: Slangrag) -> None:
    found = on_sample("search", "to suddenly stop replying to somebody you were dating", "--json").json
    semantic = [hit for hit in found["hits"] if hit["match"] == "semantic"]
    assert semantic
    assert all(hit["span"] is None for hit in semantic)


def test_define(on_sample: Slangrag) -> None:
    found = on_sample("define", "salty", "--json").json
    assert set(found) == {"word", "known", "entries", "suggestions"}
    assert all(set(entry) == ENTRY for entry in found["entries"])
    assert found["entries"][0]["entry_id"] == "0000004", "ids keep their zeros"


def test_define_of_what_is_not_there_is_an_answer_and_no_error(on_sample: Slangrag) -> None:
    done = on_sample("define", "xqzzyv", "--json")
    assert done.code == 0
    assert done.json["entries"] == []
    assert done.json["known"] == "no"


ASK = {"query", "answer", "known", "abstained", "grounded", "citations", "hits", "engine", "model"}
ASK_EXTRA = {"timings_ms", "quoted", "suggestions", "notes", "sentences"}


def test_ask_with_a_server(with_ollama: Slangrag, server: StandIn) -> None:
    found = with_ollama("ask", "what does salty mean", "--json").json
    assert set(found) == ASK | ASK_EXTRA
    check_hits(found["hits"])
    assert set(found["timings_ms"]) - {"judge"} == {"retrieve", "first_token", "total"}
    assert all(set(one) == {"n", "entry_id", "word"} for one in found["citations"])
    assert (found["engine"], found["model"]) == ("ollama", "llama3.1")
    call, *_ = server.calls("/api/chat")
    assert call.body["options"]["num_ctx"] == 4096, "always sent"


def test_ask_in_the_embedded_engine(on_sample: Slangrag) -> None:
    found = on_sample("ask", "what does salty mean", "--json", "--engine", "embedded").json
    assert set(found) == ASK | ASK_EXTRA
    assert found["answer"]
    assert found["grounded"] is True
    assert {one["n"] for one in found["citations"]} <= set(range(1, len(found["hits"]) + 1))


def test_ask_of_what_is_not_in_the_data_abstains(on_sample: Slangrag) -> None:
    """And no model is loaded for it: no weights are needed to say no."""
    found = on_sample("ask", "what does xqzzyv mean", "--json", SLANGRAG_CACHE="/nowhere").json
    assert (found["known"], found["abstained"], found["grounded"]) == ("no", True, False)
    assert found["citations"] == []


def test_ingest_accounts_for_every_row(slangrag: Slangrag, server: StandIn) -> None:
    run = ("ingest", "--sample", "--store", "st", "--engine", "ollama", "--json")
    first = slangrag(*run, OLLAMA_HOST=server.url).json
    assert set(first) == {
        "rows_read",
        "accepted",
        "rejected",
        "duplicates",
        "filtered",
        "embedded",
        "already_present",
        "seconds",
        "rows_per_second",
        "complete",
        "store",
        "pruned",
        "source",
        "shared",
    }
    parts = ("accepted", "rejected", "duplicates", "filtered")
    assert first["rows_read"] == sum(first[part] for part in parts) == 749
    assert first["complete"] is True
    again = slangrag(*run).json
    assert (again["embedded"], again["already_present"]) == (0, 749), "a second run needs no engine"


def test_store_info(on_sample: Slangrag) -> None:
    found = on_sample("store", "info", "--json").json
    assert (found["rows"], found["headwords"], found["vectors"]) == (749, 666, 749)
    assert found["sealed"] is True
    assert found["embedder"]["model"] == "all-minilm-l6-v2"
    assert [load["name"] for load in found["loads"]] == ["sample_slang.csv"]


@pytest.mark.parametrize(
    "command", [("config", "show"), ("models", "list"), ("doctor", "--quick"), ("store", "verify")]
)
def test_the_other_commands_print_one_document_too(on_sample: Slangrag, command: tuple[str, ...]) -> None:
    done = on_sample(*command, "--json")
    assert isinstance(done.json, dict), done.out
