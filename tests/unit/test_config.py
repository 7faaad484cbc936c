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
        ("SLANGRAG_TOP_K", "many", "top_k = 'many' (environment (SLANGRAG_TOP_K))"),
        ("SLANGRAG_ENGINE", "gpt", "none of auto, ollama, embedded"),
        ("SLANGRAG_SAFE", "maybe", "expected true or false"),
    ],
)
def test_a_value_that_means_nothing_is_named_with_its_place(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(environ={name: value}, cwd=tmp_path, user_config=tmp_path / "user.toml")
    assert said in caught.value.message
    assert caught.value.hint.startswith("slangrag config set")


def test_a_misspelt_setting_in_the_file_is_not_ignored(tmp_path: Path) -> None:
    (tmp_path / "slangrag.toml").write_text('stor = "here"\n')
    with pytest.raises(ConfigError, match="unknown settings: stor"):
        settings(tmp_path)


def test_every_setting_is_in_the_example_env_file(root: Path) -> None:
    example = (root / ".env.example").read_text()
    assert [option.env for option in OPTIONS if f"#{option.env}=" not in example] == []
