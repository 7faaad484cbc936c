"""`slangrag tune`, from a store to a store with an embedder of its own, by the console script."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.integration.cli.harness import Ran, Slangrag
from tests.integration.cli.test_cli_everywhere import documented
from tests.trained import write_tiny_bert

pytestmark = [pytest.mark.weights, pytest.mark.slow]


def done(ran: Ran) -> Ran:
    assert ran.code == 0, ran.err
    return ran


def test_from_a_store_to_a_store_with_an_embedder_of_its_own(
    slangrag: Slangrag, sample_store: Path, root: Path
) -> None:
    """The tiny model is far worse than MiniLM: it is refused, and adopted by force alone."""
    store, copy = slangrag.cwd / "store", slangrag.cwd / "copy"
    shutil.copytree(sample_store, store)
    write_tiny_bert(slangrag.cwd / "tiny")
    own = slangrag.cwd / "own.jsonl"
    asked = [("sentence", "he has so much rizz that everyone smiles", "rizz"), ("reverse", "a lie", "cap")]
    own.write_text("".join(json.dumps({"task": t, "query": q, "headword": w}) + "\n" for t, q, w in asked))

    def tune(*arguments: str, json_too: bool = True) -> Ran:
        more: Sequence[str] = ("--json",) if json_too else ()
        ran = slangrag("tune", *arguments, "--dir", "t", *more, timeout=240)
        if json_too and ran.code == 0:
            assert set(ran.json) == documented()[f"tune {arguments[0]}"], "docs/cli.md says otherwise"
        return ran

    at = ("--store", str(store))
    collected = done(tune("queries", *at, "--no-model", "--from", str(own), "--held-out", "0.4")).json
    assert collected["by_kind"]["pair"] > 0
    assert collected["questions"] > 0
    assert done(tune("mine", *at, "--margin", "0.01")).json["full"] > 0
    trained = done(tune("train", *at, "--base", "tiny", "--steps", "3", "--batch", "8", json_too=False))
    assert "3 steps over" in trained.out
    assert "next: slangrag tune export" in trained.err
    assert "Traceback" not in trained.err
    assert "Warning" not in trained.err
    assert "next: slangrag tune eval" in done(tune("export", "--onnx", json_too=False)).err
    verdict = done(tune("eval", str(root / "tests/data/questions/reverse.jsonl"), *at)).json
    assert not verdict["adoptable"]
    assert {one["mode"] for one in verdict["compared"]} == {"hybrid", "dense"}
    refused = tune("adopt", *at, "--index", "none")
    assert refused.code == 3
    assert "--force" in refused.two_lines[1]
    assert done(tune("adopt", *at, "--index", "none", "--force")).json["in_spite_of"]
    facts = done(slangrag("store", "info", *at, "--index", "none", "--json")).json
    assert facts["embedder"]["dimension"] == 64
    assert facts["adopted"]["in_spite_of"]

    done(slangrag("store", "copy", str(copy), *at))
    shutil.rmtree(store)
    shutil.rmtree(slangrag.cwd / "t")
    found = done(
        slangrag("search", "somebody with charm", "--store", str(copy), "--mode", "dense", "--json")
    ).json
    assert found["hits"], "the model moved with the store"
    done(slangrag("store", "verify", "--store", str(copy), "--index", "none"))
