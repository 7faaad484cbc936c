"""`slangrag doctor`: what it says where, and that every failure names the command that mends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.integration.cli.harness import NOBODY, Slangrag
from tests.integration.cli.test_cli_start_up import modules
from tests.standin import StandIn, chat_model, embedding_model


def by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in document["checks"]}


def test_all_is_well_with_the_sample_and_the_embedded_engine_alone(on_sample: Slangrag) -> None:
    """An Ollama that is not there is no failure as long as the other engine works."""
    done = on_sample("doctor", "--json")
    assert done.code == 0, done.out
    assert done.json["ok"] is True
    found = by_name(done.json)
    assert "749 entries" in found["store"]["said"]
    assert "opens" in found["index"]["said"]
    assert found["ollama"]["ok"] is None
    assert "smollm2" in found["chat"]["said"]
    assert "first token after" in found["chat"]["said"]
    assert {s["name"]: s["from"] for s in done.json["settings"]}["store"] == "environment (SLANGRAG_STORE)"


def test_quick_loads_no_model_and_no_index(on_sample: Slangrag) -> None:
    """Of the modules that hold a model or an index, none is loaded; all checks are made all the same."""
    loaded = modules(on_sample, "doctor", "--quick")
    assert not loaded & {"onnxruntime", "tokenizers", "xllamacpp", "chromadb", "numpy"}
    quick, whole = (on_sample("doctor", "--json", *extra) for extra in (["--quick"], []))
    assert list(by_name(quick.json)) == list(by_name(whole.json))
    assert by_name(quick.json)["embedder"]["said"].endswith("(not asked); the store's own")


def test_quick_asks_a_server_for_no_words_and_no_vectors(slangrag: Slangrag, server: StandIn) -> None:
    """Either would make Ollama load a model."""
    assert slangrag("doctor", "--quick", OLLAMA_HOST=server.url).code == 4, "only the store is missing"
    assert server.requests
    assert not [call for call in server.requests if call.path in {"/api/chat", "/api/generate", "/api/embed"}]


def test_quick_still_finds_that_weights_are_missing(on_sample: Slangrag) -> None:
    done = on_sample("doctor", "--quick", "--json", SLANGRAG_CACHE="/nowhere")
    assert done.code == 3
    assert by_name(done.json)["embedder"]["next"] == "slangrag models pull --engine embedded"


def test_an_empty_machine_is_told_what_to_type_first(slangrag: Slangrag) -> None:
    done = slangrag("doctor", "--quick")
    assert done.code == 4
    assert "slangrag ingest --sample" in done.out
    assert "to mend" in done.out


def test_each_failure_ends_with_a_command(slangrag: Slangrag) -> None:
    done = slangrag("doctor", "--quick", "--json", "--engine", "ollama")
    bad = [check for check in done.json["checks"] if check["ok"] is False]
    assert {check["name"] for check in bad} >= {"store", "ollama", "embedder"}
    assert all(check["next"] for check in bad)
    assert NOBODY.removeprefix("http://") in by_name(done.json)["ollama"]["said"]


def test_an_unfinished_load_is_called_unfinished(on_sample: Slangrag, own_store: Path) -> None:
    import sqlite3

    with sqlite3.connect(own_store / "lexicon.sqlite3") as connection:
        connection.execute("UPDATE ledger SET state = 'reading', record = 100")
    done = on_sample("doctor", "--quick", "--json", "--store", str(own_store))
    assert done.code == 4
    assert by_name(done.json)["store"]["next"] == f"slangrag ingest --sample --store {own_store}"
    for command in ("define", "search"):
        said = on_sample(command, "salty", "--store", str(own_store)).err
        assert "not loaded to its end" in said, "a word that is missing may only not have been read"


def test_a_store_that_is_being_written_is_neither_ill_nor_unfinished(
    on_sample: Slangrag, own_store: Path
) -> None:
    """Who writes is named; "run ingest again" would be bad advice just now."""
    import os
    import sqlite3

    from slangrag.store.lock import hold

    with sqlite3.connect(own_store / "lexicon.sqlite3") as connection:
        connection.execute("UPDATE ledger SET state = 'reading', record = 100")
    with hold(own_store):
        found = by_name(on_sample("doctor", "--quick", "--json", "--store", str(own_store)).json)
        info = on_sample("store", "info", "--store", str(own_store))
    assert found["store"]["ok"] is None
    assert f"being written by process {os.getpid()}" in found["store"]["said"]
    assert "slangrag ingest" not in info.err


def test_an_index_that_does_not_open_is_found_without_dying_of_it(
    on_sample: Slangrag, own_store: Path
) -> None:
    (own_store / "chroma" / "chroma.sqlite3").write_bytes(b"not a database" * 1000)
    done = on_sample("doctor", "--json", "--store", str(own_store))
    index = by_name(done.json)["index"]
    assert done.code == 4
    assert index["ok"] is False
    assert index["next"].startswith("slangrag store rebuild")


def test_ollama_is_shown_with_its_models_and_first_token(with_ollama: Slangrag, tmp_path: Path) -> None:
    done = with_ollama("doctor", "--json", "--store", str(tmp_path / "none"))
    found = by_name(done.json)
    assert "llama3.1" in found["ollama"]["said"]
    assert found["chat"]["ok"] is True
    assert "ollama/llama3.1, context 4096 of " in found["chat"]["said"]
    assert done.code == 4, "only the store is missing"


def test_a_model_that_is_not_pulled_is_named_with_the_pull(slangrag: Slangrag) -> None:
    with StandIn([embedding_model("nomic-embed-text"), chat_model("llama3.1")]) as server:
        done = slangrag("doctor", "--quick", "--json", "--model", "mistral", OLLAMA_HOST=server.url)
    chat = by_name(done.json)["chat"]
    assert chat["ok"] is False
    assert chat["next"] == "ollama pull mistral"


def test_it_fits_one_screen_and_ends_with_a_verdict(on_sample: Slangrag) -> None:
    done = on_sample.in_terminal("doctor", "--quick")
    assert done.code == 0
    lines = done.out.splitlines()
    assert len(lines) <= 24, done.out
    assert lines[-1] == "All is well."


def test_the_document_is_the_only_thing_on_stdout(slangrag: Slangrag) -> None:
    done = slangrag("doctor", "--quick", "--json")
    assert set(json.loads(done.out)) == {"ok", "checks", "settings"}
    assert set(done.json["checks"][0]) == {"name", "ok", "said", "next"}
