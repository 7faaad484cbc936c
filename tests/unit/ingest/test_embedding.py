"""What the pipeline bears from an embedder, and what it makes of the rest."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.unit.ingest.stubs import Fault, StubEmbedder

from slangrag.errors import (
    EngineBusy,
    EngineError,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    ModelMissing,
    TextRejected,
)
from slangrag.ingest.embedding import Patience, PatientEmbedder, Stopped
from slangrag.ingest.stop import StopFlag

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

HASTY = Patience(first_wait=0.001, longest_wait=0.004)
TEXTS = [f"text {i}" for i in range(16)]


def patient(fault: Fault | None = None) -> tuple[StubEmbedder, PatientEmbedder]:
    embedder = StubEmbedder(fault=fault)
    return embedder, PatientEmbedder(embedder, StopFlag(), HASTY)


def raises_first(times: int, error: EngineError) -> Fault:
    def fault(number: int, texts: Sequence[str]) -> None:
        if number <= times:
            raise error

    return fault


def raises_for(bad: str, error: EngineError) -> Fault:
    def fault(number: int, texts: Sequence[str]) -> None:
        if bad in texts:
            raise error

    return fault


@pytest.mark.parametrize(
    "error",
    [EngineBusy("503"), EngineTimeout("slow"), EngineUnreachable("reset"), EngineReply("half a reply")],
)
def test_a_fault_that_passes_costs_nothing_but_time(error: EngineError) -> None:
    embedder, calls = patient(raises_first(3, error))
    answers = calls.embed(TEXTS)
    assert all(isinstance(answer, bytes) for answer in answers)
    assert len(embedder.calls) == 4


@pytest.mark.parametrize("error", [TextRejected("too long"), EngineReply("NaN"), EngineTimeout("hangs")])
def test_one_bad_row_is_found_and_all_others_are_embedded(error: EngineError) -> None:
    _, calls = patient(raises_for("text 5", error))
    answers = calls.embed(TEXTS)
    assert [i for i, answer in enumerate(answers) if isinstance(answer, str)] == [5]
    assert answers[5] == error.message


def test_a_row_that_gives_nan_is_refused_and_never_becomes_a_vector() -> None:
    def fault(number: int, texts: Sequence[str]) -> Vectors:
        vectors = stub.vectors(texts)
        for i, text in enumerate(texts):
            if text == "text 3":
                vectors[i, 0] = np.nan
            if text == "text 9":
                vectors[i] = 0
        return vectors

    stub, calls = patient(fault)
    refused = {i: answer for i, answer in enumerate(calls.embed(TEXTS)) if isinstance(answer, str)}
    assert set(refused) == {3, 9}
    assert "NaN" in refused[3]
    assert "zero" in refused[9]


@pytest.mark.parametrize(
    ("missing", "dimension", "told"),
    [(1, 16, r"asked for 1 vectors, got an array of \(0, 16\)"), (0, 8, "hash gave 8 dimensions, not 16")],
)
def test_an_embedder_that_miscounts_every_time_is_at_fault_itself(
    missing: int, dimension: int, told: str
) -> None:
    def fault(number: int, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts) - missing, dimension), np.float32)

    _, calls = patient(fault)
    with pytest.raises(EngineReply, match=told):
        calls.embed(TEXTS)


@pytest.mark.parametrize("error", [EngineUnreachable("gone"), EngineBusy("503"), EngineReply("500")])
def test_a_server_that_is_gone_is_an_error_and_no_row_is_blamed(error: EngineError) -> None:
    _, calls = patient(raises_first(10_000, error))
    with pytest.raises(type(error)):
        calls.embed(TEXTS)


def test_a_missing_model_is_told_at_once() -> None:
    embedder, calls = patient(raises_first(10_000, ModelMissing("pull it")))
    with pytest.raises(ModelMissing):
        calls.embed(TEXTS)
    assert len(embedder.calls) == 1


def test_an_engine_that_fails_while_stopping_counts_as_the_stop() -> None:
    """A cluster ends the model server and the ingest at the same moment."""
    stop = StopFlag()
    stop.set(signal.SIGTERM)
    calls = PatientEmbedder(StubEmbedder(fault=raises_first(99, EngineUnreachable("refused"))), stop, HASTY)
    with pytest.raises(Stopped):
        calls.embed(TEXTS)


def test_waiting_for_a_busy_engine_ends_when_someone_stops_the_run() -> None:
    stop = StopFlag()
    slow = Patience(first_wait=30, longest_wait=30)
    calls = PatientEmbedder(StubEmbedder(fault=raises_first(99, EngineBusy("503"))), stop, slow)
    threading.Timer(0.2, stop.set, [signal.SIGINT]).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        calls.embed(TEXTS)
    assert time.monotonic() - began < 5


def test_vectors_are_kept_at_length_one() -> None:
    def fault(number: int, texts: Sequence[str]) -> Vectors:
        return 7 * stub.vectors(texts)

    stub, calls = patient(fault)
    (answer,) = calls.embed(["a"])
    assert isinstance(answer, bytes)
    assert np.linalg.norm(np.frombuffer(answer, "<f2").astype(np.float32)) == pytest.approx(1, abs=2e-3)
