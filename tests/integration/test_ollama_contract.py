"""The stand-in answers as real servers did: same status, headers, fields, order, types and wording.

tests/data/ollama/exchanges.jsonl holds one exchange of each kind from Ollama 0.32.15 and 0.13.5. Where
the development folder is there, every recorded exchange that the stand-in covers is replayed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.standin import Fault, StandIn, chat_model, embedding_model
from tests.standin.covered import FILES, FILES_LEFT_OUT, LEFT_OUT, folders, left_out, read_records
from tests.standin.essence import FIXTURES, exchanges, replay, replayable
from tests.standin.wording import NEW, OLD

EXCHANGES: list[dict[str, Any]] = [
    json.loads(line) for line in (FIXTURES / "exchanges.jsonl").read_text(encoding="utf-8").splitlines()
]


def standin_for(file: str, version: str) -> StandIn:
    """A stand-in that holds what the recorded server held."""
    models = [] if FILES[file] == "nothing" else [embedding_model(), chat_model()]
    return StandIn(models, version=version, offline=True)


def differences(standin: StandIn, wanted: list[tuple[str, dict[str, Any], dict[str, Any]]]) -> list[str]:
    """The names of the exchanges that went otherwise; order of fields counts, so JSON text is compared."""
    return [
        f"{name}: {json.dumps(essence)} but got {json.dumps(got)}"
        for name, request, essence in wanted
        if json.dumps(got := replay(standin.port, request)) != json.dumps(essence)
    ]


@pytest.mark.parametrize("version", [NEW, OLD])
@pytest.mark.parametrize("file", FILES)
def test_the_stand_in_answers_as_ollama_did(file: str, version: str) -> None:
    wanted = [
        (line["name"], line["request"], line["essence"])
        for line in EXCHANGES
        if line["file"] == file and version in line["versions"]
    ]
    assert wanted
    with standin_for(file, version) as standin:
        assert differences(standin, wanted) == []


@pytest.mark.shared
@pytest.mark.parametrize("version", [NEW, OLD])
@pytest.mark.parametrize("file", FILES)
def test_the_stand_in_answers_as_in_every_recording_that_it_covers(
    shared: Path, file: str, version: str
) -> None:
    with standin_for(file, version) as standin:
        assert (
            differences(standin, list(replayable(folders(shared / "ollama-recordings")[version], file))) == []
        )


@pytest.mark.shared
def test_the_fixture_is_the_essence_of_the_recordings(shared: Path) -> None:
    assert exchanges(shared / "ollama-recordings") == EXCHANGES


@pytest.mark.shared
def test_whatever_is_not_covered_is_named_with_its_reason(shared: Path) -> None:
    recordings = shared / "ollama-recordings"
    assert {path.stem for path in recordings.glob("*.jsonl")} == set(FILES) | set(FILES_LEFT_OUT)
    records = [record for file in FILES for record in read_records(recordings, file)]
    assert set(LEFT_OUT) <= {record["name"] for record in records}
    covered = sum(not left_out(record) for record in records)
    assert covered > len(records) / 2


def test_the_fixture_is_small_and_names_both_versions() -> None:
    assert sum(path.stat().st_size for path in FIXTURES.glob("*.jsonl")) < 60_000
    assert {version for line in EXCHANGES for version in line["versions"]} == {NEW, OLD}


def test_a_contract_that_is_broken_is_noticed() -> None:
    line = next(line for line in EXCHANGES if line["name"] == "version")
    with StandIn(faults=[Fault("error", path="/api/version", status=503)]) as standin:
        assert differences(standin, [("version", line["request"], line["essence"])])


@pytest.mark.parametrize(("version", "seen"), [(NEW, 258), (OLD, 512)])
def test_a_prompt_that_is_too_long_is_cut_in_silence_as_by_the_real_ones(version: str, seen: int) -> None:
    """Measured: 2,018 tokens with num_ctx 512 became 258 in 0.32.15 and 512 in 0.13.5, under status 200."""
    from slangrag.engines.ollama.host import parse_host
    from slangrag.engines.ollama.wire import Wire

    with StandIn([chat_model()], version=version) as standin:
        reply = Wire(parse_host(standin.url)).post(
            "/api/chat",
            {"model": "smollm2:135m", "stream": False, "options": {"num_ctx": 512},
             "messages": [{"role": "user", "content": "word " * 2000}]},
            purpose="chat",
        )  # fmt: skip
    assert reply["prompt_eval_count"] == seen


def test_keep_alive_zero_unloads_a_model() -> None:
    from slangrag.engines.ollama.host import parse_host
    from slangrag.engines.ollama.wire import Wire

    with StandIn([embedding_model()]) as standin:
        wire = Wire(parse_host(standin.url))
        wire.post("/api/embed", {"model": "all-minilm", "input": "x"}, purpose="embed")
        assert len(wire.get("/api/ps")["models"]) == 1
        wire.post("/api/embed", {"model": "all-minilm", "input": "x", "keep_alive": 0}, purpose="embed")
        assert wire.get("/api/ps")["models"] == []
