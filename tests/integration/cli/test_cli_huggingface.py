"""Hugging Face models at the command line: asked from a folder, fetched from a hub, compared with others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests import tiny_models
from tests.integration.cli.harness import Slangrag
from tests.standin import StandIn
from tests.standin.hub import Hub

QUESTION = "what does rizz mean"
SAID = '"Rizz" means charm or skill at attracting someone romantically, mostly through easy talk [1].'


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two models in it."""
    folder = tmp_path_factory.mktemp("models")
    tiny_models.causal(folder / "llama")
    tiny_models.text_to_text(folder / "t5")
    return folder


@pytest.fixture
def beside(on_sample: Slangrag, models: Path) -> Slangrag:
    """The command in the folder of the models."""
    return replace(on_sample, cwd=models)


def test_a_small_models_sentence_is_shown_where_it_says_what_the_definition_says(beside: Slangrag) -> None:
    asked = beside("ask", QUESTION, "--model", "./t5", "--generate", "--option", "num_beams=2")
    assert (asked.code, asked.out.splitlines()[-1]) == (0, SAID), asked.err
    assert [line for line in asked.err.splitlines() if line] == [asked.err.splitlines()[-1]], "no chatter"
    assert asked.err.startswith("huggingface/t5, ")


def test_a_capable_model_is_checked_as_any_other(beside: Slangrag) -> None:
    asked = beside("ask", QUESTION, "--model", "huggingface:llama", "--json", SLANGRAG_CAPABLE="yes")
    told = asked.json
    assert (told["engine"], told["model"], told["grounded"]) == ("huggingface", "llama", True)
    assert [one["support"] for one in told["sentences"]] == ["supported"]


def test_a_model_that_is_too_small_is_not_even_loaded(beside: Slangrag) -> None:
    asked = beside("ask", QUESTION, "--model", "./llama")
    assert asked.code == 0
    assert "llama is too small to explain" in asked.err
    assert asked.seconds < 5, "torch alone takes some seconds to import"


def test_a_wrong_option_is_a_usage_error(beside: Slangrag) -> None:
    asked = beside("ask", QUESTION, "--model", "./llama", "--option", "num_beam=4")
    assert asked.code == 2
    assert asked.two_lines[1] == "--option num_beams=4"
    assert beside("ask", QUESTION, "--option", "nonsense").code == 2


def test_models_are_compared_and_a_failure_hides_no_answer(beside: Slangrag) -> None:
    names = ("./llama", "huggingface:t5", "./nowhere")
    flags = [flag for name in names for flag in ("--model", name)]
    compared = beside("models", "compare", QUESTION, *flags, "--json")
    told = compared.json
    assert compared.code == 3, "the failure's exit code"
    assert [one["name"] for one in told["answers"]] == list(names)
    assert told["hits"]
    for one in told["answers"][:2]:
        assert one["answer"]["answer"] == SAID
        assert one["failure"] is None
        assert one["sentences"] == {"supported": 1, "own words": 0, "quoted": 0, "remark": 0, "withheld": 0}
        assert (one["answer_tokens"], one["counted"]) == (len(SAID.split()) + 1 - 2, True)
        assert one["prompt_tokens"] > 20
        assert one["load_ms"] > 0
        assert 0 < one["first_ms"] <= one["total_ms"]
        assert one["tokens_per_second"] > 0
    failed = told["answers"][2]
    assert failed["answer"] is None
    assert failed["failure"] == {
        "message": "there is no folder ./nowhere",
        "next": "--model with the folder of a Hugging Face model",
    }


@pytest.mark.parametrize("columns", [80, 140])
def test_a_comparison_reads_well_on_a_narrow_and_on_a_wide_terminal(beside: Slangrag, columns: int) -> None:
    compared = beside.in_terminal(
        "models", "compare", QUESTION, "-m", "./llama", "-m", "./nowhere", columns=columns
    )
    assert compared.code == 3
    screen = _plain(compared.out)
    assert all(len(line.rstrip()) <= columns for line in screen)
    together = [line for line in screen if "./llama" in line and "./nowhere" in line]
    assert bool(together) is (columns == 140), screen
    text = " ".join(" ".join(screen).split())
    for said in (
        '"Rizz" means',
        "there is no folder ./nowhere",
        "first word after",
        "tokens in",
        "1 supported",
    ):
        assert said in text, text


def _plain(screen: str) -> list[str]:
    import re

    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen).replace("\r", "").splitlines()


def test_a_comparison_without_two_models_is_a_usage_error(beside: Slangrag) -> None:
    none, one = (beside("models", "compare", QUESTION, *models) for models in ((), ("--model", "./llama")))
    assert (none.code, one.code) == (2, 2)
    assert none.two_lines == (
        "no model to compare",
        "slangrag models compare QUESTION --model llama3.1 --model OTHER",
    )
    assert "--model ./llama --model OTHER" in one.two_lines[1]


def test_a_word_that_is_not_in_the_data_is_explained_by_no_model(beside: Slangrag) -> None:
    flags = ("--model", "./llama", "--model", "./t5")
    compared = beside("models", "compare", "what does xqzzyv mean", *flags)
    assert compared.code == 0
    assert compared.out.strip() == "That is not in my data, and I will not guess."
    assert "no model was asked" in compared.err


def test_the_server_gets_the_options_of_the_command_line(with_ollama: Slangrag, server: StandIn) -> None:
    options = ("--option", "num_gpu=20", "--option", "top_p=0.5", "--option", "seed=3")
    assert with_ollama("ask", QUESTION, *options, "--check", "off").code == 0
    sent = server.calls("/api/chat")[-1].body["options"]
    assert {name: sent[name] for name in ("num_gpu", "top_p", "seed", "num_ctx")} == {
        "num_gpu": 20, "top_p": 0.5, "seed": 3, "num_ctx": 4096,
    }  # fmt: skip
    assert with_ollama("translate", "no cap", SLANGRAG_OPTIONS="top_k=7").code == 0
    assert server.calls("/api/chat")[-1].body["options"]["top_k"] == 7


def test_a_model_is_fetched_from_a_hub_once_and_answers_offline(
    beside: Slangrag, models: Path, tmp_path: Path
) -> None:
    cache = {"HF_HOME": str(tmp_path / "hub"), "HF_HUB_DISABLE_XET": "1"}
    asking = ("ask", QUESTION, "--model", "huggingface:tiny/t5", "--json")
    missing = beside(*asking, environment=cache)
    assert missing.code == 3
    assert missing.two_lines[1] == "slangrag models pull huggingface:tiny/t5"
    with Hub({"tiny/t5": models / "t5"}, gated=frozenset({"meta/llama"})) as hub:
        online = {**cache, "HF_ENDPOINT": hub.url}
        pulled = beside("models", "pull", "huggingface:tiny/t5", environment=online)
        assert (pulled.code, pulled.out.strip()) == (0, "tiny/t5: here (0 MB)"), pulled.err
        assert pulled.err.startswith("fetching tiny/t5"), "our own meter, none of the hub's"
        assert len(pulled.err.splitlines()) <= 2
        gated = beside("models", "pull", "huggingface:meta/llama", environment=online)
        assert (gated.code, "hf auth login" in gated.two_lines[1]) == (3, True)
        unknown = beside("models", "pull", "huggingface:no/such", environment=online)
        assert (unknown.code, "hf download no/such" in unknown.two_lines[1]) == (3, True)
        asked_so_far = len(hub.asked)
        told = beside(*asking, environment=online).json
        assert told["quoted"], "a small model is not asked without --generate"
        assert len(hub.asked) == asked_so_far, "what is here is not asked for again"
    offline = beside("ask", QUESTION, "--model", "huggingface:tiny/t5", "--generate", environment=cache)
    assert (offline.code, offline.out.splitlines()[-1]) == (0, SAID)
