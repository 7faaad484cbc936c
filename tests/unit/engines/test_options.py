"""Options of a model's own: what reaches the engine, what is refused, and what is offered instead."""

from __future__ import annotations

from dataclasses import replace

import pytest

from slangrag.config import load_settings
from slangrag.engines.choose import choose_chat
from slangrag.engines.embedded import options as llama
from slangrag.engines.ollama.options import KNOWN as OLLAMA
from slangrag.engines.options import chat_options, own_options
from slangrag.errors import UsageError


def own(options: str, known: frozenset[str]) -> dict[str, object]:
    return own_options(replace(load_settings(), options=options), known, "The engine")


def test_known_options_are_handed_on_with_their_types() -> None:
    assert own("num_gpu=20,top_p=0.9,use_mmap=false", OLLAMA) == {
        "num_gpu": 20,
        "top_p": 0.9,
        "use_mmap": False,
    }


@pytest.mark.parametrize(
    ("options", "known", "hint"),
    [
        ("num_gpus=20", OLLAMA, "--option num_gpu=20"),
        ("n_gpu_layers=20", OLLAMA, "--option num_gpu=20"),
        ("num_gpu=20", llama.KNOWN, "--option n_gpu_layers=20"),
        ("repetition_penalty=1.1", llama.KNOWN, "--option repeat_penalty=1.1"),
        ("TOP_P=0.9", OLLAMA, "--option top_p=0.9"),
        ("colour=blue", OLLAMA, "leave out colour; docs/models.md has the list"),
    ],
)
def test_an_unknown_option_is_refused_and_the_near_one_offered(
    options: str, known: frozenset[str], hint: str
) -> None:
    """Ollama passes over it in silence: the user would look for its effect in vain."""
    with pytest.raises(UsageError, match="The engine knows no option") as caught:
        own(options, known)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        ("temperature=0.9", "--temperature 0.9, or SLANGRAG_TEMPERATURE=0.9"),
        ("num_ctx=8192", "--num-ctx 8192, or SLANGRAG_NUM_CTX=8192"),
        ("n_predict=9", "--max-tokens 9, or SLANGRAG_MAX_TOKENS=9"),
        ("num_thread=2", "--threads 2, or SLANGRAG_THREADS=2"),
        ("keep_alive=1m", "SLANGRAG_KEEP_ALIVE=1m"),
    ],
)
def test_what_has_a_flag_is_not_said_twice(option: str, hint: str) -> None:
    with pytest.raises(UsageError, match="has a setting of its own") as caught:
        own(option, OLLAMA | {option.partition("=")[0]})
    assert caught.value.hint == hint


def test_seed_and_stop_are_every_engines() -> None:
    read = replace(load_settings(), options='seed=7,stop=["###"],top_k=5')
    assert (chat_options(read).seed, chat_options(read).stop) == (7, ("###",))
    assert own_options(read, {"top_k"}, "The engine") == {"top_k": 5}
    assert chat_options(replace(read, options="seed=null")).seed is None
    assert chat_options(replace(read, options="stop=###")).stop == ("###",)
    assert chat_options(replace(read, options="")).seed == 0


@pytest.mark.parametrize("options", ["seed=x", "seed=true", "seed=1.5", "stop=7", "stop=[7]", 'stop=[""]'])
def test_a_seed_or_a_stop_that_means_nothing_is_refused(options: str) -> None:
    with pytest.raises(UsageError, match="expected"):
        chat_options(replace(load_settings(), options=options))


def test_ollamas_list_has_all_that_its_own_package_names() -> None:
    from ollama import Options

    settings_of_ours = {"num_ctx", "num_predict", "num_thread", "temperature"}
    assert set(Options.model_fields) - settings_of_ours <= OLLAMA


def test_llama_cpps_options_are_fields_that_it_has() -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    assert [name for name in llama.AT_LOAD if not isinstance(getattr(params, name, None), int | float)] == []
    assert not llama.AT_LOAD & llama.IN_REQUEST


def test_a_model_on_ollama_is_not_chosen_with_an_option_that_it_would_pass_over() -> None:
    with pytest.raises(UsageError, match="Ollama knows no option 'num_beams'"):
        choose_chat(replace(load_settings(), engine="ollama", options="num_beams=4"))
