"""Settings: which layer wins, and what is said when a value cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from slangrag.config import OPTIONS, Settings, load_settings
from slangrag.errors import ConfigError


def settings(tmp_path: Path, flags: dict[str, object] | None = None, **environ: str) -> Settings:
    return load_settings(flags, environ=environ, cwd=tmp_path, user_config=tmp_path / "user.toml")


def test_each_layer_beats_the_one_below_and_says_so(tmp_path: Path) -> None:
    assert (settings(tmp_path).top_k, settings(tmp_path).origin["top_k"]) == (6, "default")
    (tmp_path / "user.toml").write_text("top_k = 1\n")
    assert settings(tmp_path).top_k == 1
    (tmp_path / "slangrag.toml").write_text("top_k = 2\n")
    read = settings(tmp_path)
    assert (read.top_k, read.origin["top_k"]) == (2, str(tmp_path / "slangrag.toml"))
    (tmp_path / ".env").write_text("SLANGRAG_TOP_K=3\n")
    assert settings(tmp_path).origin["top_k"] == ".env (SLANGRAG_TOP_K)"
    read = settings(tmp_path, SLANGRAG_TOP_K="4")
    assert (read.top_k, read.origin["top_k"]) == (4, "environment (SLANGRAG_TOP_K)")
    read = settings(tmp_path, {"top_k": 5}, SLANGRAG_TOP_K="4")
    assert (read.top_k, read.origin["top_k"]) == (5, "--top-k")


def test_a_flag_that_was_not_given_hides_nothing(tmp_path: Path) -> None:
    assert settings(tmp_path, {"engine": None}, SLANGRAG_ENGINE="embedded").engine == "embedded"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "SLANGRAG_TOP_K",
            "many",
            "top_k = 'many' (environment (SLANGRAG_TOP_K)): expected a whole number from 1 to 50",
        ),
        ("SLANGRAG_TOP_K", "2.5", "expected a whole number from 1 to 50"),
        ("SLANGRAG_TEMPERATURE", "warm", "expected a number from 0 to 2"),
        ("SLANGRAG_ENGINE", "gpt", "expected one of auto, ollama, embedded"),
        ("SLANGRAG_SAFE", "maybe", "expected true or false"),
    ],
)
def test_a_value_that_means_nothing_is_named_with_its_place(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(environ={name: value}, cwd=tmp_path, user_config=tmp_path / "user.toml")
    assert said in caught.value.message
    assert caught.value.hint.startswith(f"{name}="), "`config set` would be hidden by the environment"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "SLANGRAG_NUM_CTX",
            "1",
            "num_ctx = '1' (environment (SLANGRAG_NUM_CTX)): expected a whole number from 256 to",
        ),
        ("SLANGRAG_NUM_CTX", "99999999999", "expected a whole number from 256 to"),
        ("SLANGRAG_MAX_TOKENS", "0", "expected a whole number from 16 to"),
        ("SLANGRAG_TOP_K", "0", "expected a whole number from 1 to 50"),
        ("SLANGRAG_TOP_K", "99", "expected a whole number from 1 to 50"),
        ("SLANGRAG_THREADS", "-1", "expected a whole number from 0 to 512"),
        ("SLANGRAG_THREADS", "513", "expected a whole number from 0 to 512"),
        ("SLANGRAG_TEMPERATURE", "nan", "expected a number from 0 to 2"),
        ("SLANGRAG_TEMPERATURE", "inf", "expected a number from 0 to 2"),
        ("SLANGRAG_CONNECT_TIMEOUT", "0", "expected a number from 0.1 to"),
        ("SLANGRAG_READ_TIMEOUT", "-5", "expected a number from 0.1 to"),
        ("SLANGRAG_READ_TIMEOUT", "inf", "expected a number from 0.1 to"),
    ],
)
def test_a_number_that_would_break_an_engine_is_refused_before_it_starts(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    """llama.cpp aborts the whole process at a context of 1 or at 513 threads."""
    with pytest.raises(ConfigError) as caught:
        load_settings(environ={name: value}, cwd=tmp_path, user_config=tmp_path / "user.toml")
    assert said in caught.value.message
    assert caught.value.hint.startswith(f"{name}="), "`config set` would be hidden by the environment"


def test_a_bad_value_in_this_directorys_file_is_mended_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "slangrag.toml").write_text("top_k = 99\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(environ={}, user_config=tmp_path / "user.toml")
    assert caught.value.hint == "slangrag config set --here top_k 6", "the user's file would change nothing"


def test_ranges_hold_in_every_layer_and_their_ends_are_in(tmp_path: Path) -> None:
    assert settings(tmp_path, SLANGRAG_TOP_K="50", SLANGRAG_TEMPERATURE="0").top_k == 50
    with pytest.raises(ConfigError, match=r"top_k = '99' \(--top-k\)") as caught:
        settings(tmp_path, {"top_k": 99})
    assert caught.value.hint == "--top-k 6"
    (tmp_path / ".env").write_text("SLANGRAG_TOP_K=98\n")
    with pytest.raises(ConfigError, match=r"'98' \(\.env"):
        settings(tmp_path)
    (tmp_path / "slangrag.toml").write_text("top_k = 97\n")
    with pytest.raises(ConfigError, match=r"'97' \(.*slangrag\.toml\)") as caught:
        settings(tmp_path)
    assert caught.value.hint == "slangrag config set top_k 6"


def test_every_default_is_in_its_range(tmp_path: Path) -> None:
    read = settings(tmp_path)
    numbers = [o for o in OPTIONS if isinstance(getattr(read, o.name), int | float)]
    assert [o.name for o in numbers if not o.low <= getattr(read, o.name) <= o.high] == []


def test_a_misspelt_setting_in_the_file_is_not_ignored(tmp_path: Path) -> None:
    (tmp_path / "slangrag.toml").write_text('stor = "here"\n')
    with pytest.raises(ConfigError, match="unknown settings: stor"):
        settings(tmp_path)


def test_a_bad_flag_is_named_as_it_was_typed(tmp_path: Path) -> None:
    """`--model`, not `--chat-model`, which no command has."""
    read = settings(tmp_path, {"chat_model": "llama3.1", "safe": True})
    assert (read.origin["chat_model"], read.origin["safe"]) == ("--model", "--safe")


def test_options_of_the_models_own_come_from_every_layer_and_the_highest_one_counts(tmp_path: Path) -> None:
    (tmp_path / "slangrag.toml").write_text('[options]\nnum_gpu = 20\nstop = ["a, b"]\n')
    assert settings(tmp_path).model_options() == {"num_gpu": 20, "stop": ["a, b"]}
    (tmp_path / "slangrag.toml").write_text('options = "num_gpu=20, top_p=0.9"\n')
    assert settings(tmp_path).model_options() == {"num_gpu": 20, "top_p": 0.9}
    read = settings(tmp_path, SLANGRAG_OPTIONS="top_k=5")
    assert (read.model_options(), read.origin["options"]) == ({"top_k": 5}, "environment (SLANGRAG_OPTIONS)")
    read = settings(tmp_path, {"options": ["a=1", 'b=["x","y"]', "c=x,y"]}, SLANGRAG_OPTIONS="top_k=5")
    assert read.model_options() == {"a": 1, "b": ["x", "y"], "c": "x,y"}
    assert read.origin["options"] == "--option"
    assert settings(tmp_path, {"options": []}, SLANGRAG_OPTIONS="top_k=5").model_options() == {"top_k": 5}


def test_an_option_that_is_no_pair_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected KEY=VALUE") as caught:
        settings(tmp_path, {"options": ["top_k"]})
    assert caught.value.hint == "--option KEY=VALUE"
    with pytest.raises(ConfigError, match="expected KEY=VALUE") as caught:
        settings(tmp_path, SLANGRAG_OPTIONS="top_k 5")
    assert caught.value.hint == 'SLANGRAG_OPTIONS="" (or unset it)'


def test_every_setting_is_in_the_example_env_file(root: Path) -> None:
    example = (root / ".env.example").read_text()
    assert [option.env for option in OPTIONS if f"#{option.env}=" not in example] == []
