"""A training run on a tiny model: it learns, it stops and goes on, and what it writes is whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.trained import write_tiny_bert

from slangrag.engines.ollama.prefixes import Templates
from slangrag.errors import InputMissing, ModelMissing, StoppedEarly
from slangrag.ingest import Progress, StopFlag
from slangrag.tuning.examples import Example, write_examples
from slangrag.tuning.folder import TuneFolder
from slangrag.tuning.training import run
from slangrag.tuning.training.plan import TrainPlan, read_note
from slangrag.tuning.training.run import train

MEANINGS = {
    "rizz": "charm that wins people over",
    "salty": "bitter and upset",
    "yeet": "to throw with force",
    "mid": "of poor quality",
    "ghost": "to stop answering somebody",
}
ASKED = ("what is", "who has")
PLAN = TrainPlan(batch=5, steps=30, learning_rate=2e-3, group=0)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_tiny_bert(tmp_path_factory.mktemp("base") / "tiny"))


@pytest.fixture
def folder(tmp_path: Path) -> TuneFolder:
    made = TuneFolder(tmp_path / "tune")
    examples = [
        Example(f"{ask} {meaning}", (f"{word}: {meaning}",), word, str(n), "description")
        for ask in ASKED
        for n, (word, meaning) in enumerate(MEANINGS.items())
    ]
    write_examples(made.queries, examples)
    return made


def right(model: str) -> float:
    """The share of queries that are nearest to what they are about."""
    loaded = run.load(model)
    texts = [f"{word}: {meaning}" for word, meaning in MEANINGS.items()]
    queries = [f"{ask} {meaning}" for ask in ASKED for meaning in MEANINGS.values()]
    nearest = (loaded.encode(queries) @ loaded.encode(texts).T).argmax(axis=1)
    return float((nearest == np.tile(np.arange(len(MEANINGS)), len(ASKED))).mean())


def test_it_learns_what_belongs_together_and_notes_what_it_saw(folder: TuneFolder, base: str) -> None:
    told: list[Progress] = []
    folder.exported.mkdir()
    folder.best.write_text("an older model's")
    folder.verdict.write_text("{}")
    plan = replace(PLAN, steps=100)
    note = train(folder, plan, "tiny", base, Templates(), progress=told.append)
    assert note.losses[-1].loss < note.losses[0].loss / 2
    assert (told[-1].done, told[-1].total) == (100, 100)
    assert note.headwords == ("ghost", "mid", "rizz", "salty", "yeet")
    assert read_note(folder.training) == replace(note, plan=json.loads(json.dumps(note.plan)))
    assert right(base) < 0.5
    assert right(str(folder.model)) > 0.8
    assert not folder.checkpoints.exists()
    assert not folder.best.exists(), "it is of a model that saw other headwords"
    assert not folder.verdict.exists()
    assert "<svg" in folder.curve.read_text()


def test_a_stopped_run_goes_on_and_ends_where_an_unstopped_one_does(
    folder: TuneFolder, base: str, tmp_path: Path
) -> None:
    whole = TuneFolder(tmp_path / "whole")
    whole.root.mkdir()
    whole.queries.write_bytes(folder.queries.read_bytes())
    unstopped = train(whole, PLAN, "tiny", base, Templates())
    stop = StopFlag()

    def at_twelve(progress: Progress) -> None:
        if progress.done == 12:
            stop.set(15)

    with pytest.raises(StoppedEarly, match="12 of 30 steps"):
        train(folder, PLAN, "tiny", base, Templates(), progress=at_twelve, stop=stop)
    assert not folder.model.exists()
    first: list[int] = []
    note = train(folder, PLAN, "tiny", base, Templates(), progress=lambda one: first.append(one.done))
    assert first[0] == 13
    assert [one.step for one in note.losses] == [one.step for one in unstopped.losses]
    assert note.losses[-1].loss == pytest.approx(unstopped.losses[-1].loss, abs=1e-3)


def test_a_checkpoint_that_a_kill_tore_or_that_is_of_another_training_is_not_gone_on_with(
    folder: TuneFolder, base: str
) -> None:
    stop = StopFlag()
    stop.set(15)
    with pytest.raises(StoppedEarly, match="1 of 30"):
        train(folder, PLAN, "tiny", base, Templates(), stop=stop)
    (saved,) = folder.checkpoints.glob("checkpoint-*")
    torn = folder.checkpoints / "checkpoint-9"
    torn.mkdir()
    (torn / "model.safetensors").write_bytes(b"half")
    began: list[int] = []
    with pytest.raises(StoppedEarly):
        train(folder, PLAN, "tiny", base, Templates(), stop=stop, progress=lambda one: began.append(one.done))
    assert began == [2], saved
    began.clear()
    other = replace(PLAN, seed=7)
    with pytest.raises(StoppedEarly):
        train(
            folder, other, "tiny", base, Templates(), stop=stop, progress=lambda one: began.append(one.done)
        )
    assert began == [1]


def test_a_base_that_is_not_there_and_a_folder_without_examples_are_named(
    folder: TuneFolder, base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelMissing, match="nobody/nothing"):
        train(folder, PLAN, "nobody/nothing", "nobody/nothing", Templates())
    with pytest.raises(InputMissing):
        train(TuneFolder(tmp_path / "empty"), PLAN, "tiny", base, Templates())
