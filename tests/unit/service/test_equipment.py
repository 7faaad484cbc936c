"""Which models a question is answered with, and how often they are made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from slangrag.config import load_settings
from slangrag.service import engines
from slangrag.service.equipment import Equipment


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of chat models, as they are made."""
    names: list[str] = []

    def chat_model(settings: Any, _: Any) -> Any:
        names.append(settings.chat_model)
        return object()

    monkeypatch.setattr(engines, "chat_model", chat_model)
    return names


def test_questions_that_differ_only_in_what_is_asked_share_one_model(made: list[str]) -> None:
    """Each request to a server has settings of its own, and the first of them may be the first of all."""
    settings = load_settings({"chat_model": "one"}, environ={})
    base = Equipment(settings)
    asked = [base.varied(replace(settings, only=only)) for only in ("documents", "dictionary", "both")]
    chosen = {id(one.varied(replace(one.settings, top_k=2)).chosen_chat()) for one in asked}
    assert {id(base.chosen_chat())} == chosen
    assert made == ["one"]


def test_another_model_is_another(made: list[str]) -> None:
    settings = load_settings({"chat_model": "one"}, environ={})
    base = Equipment(settings)
    other = base.varied(replace(settings, chat_model="two"))
    assert other.chosen_chat() is not base.chosen_chat()
    assert made == ["two", "one"]


def test_one_that_is_closed_after_a_comparison_is_nobody_elses(made: list[str]) -> None:
    settings = load_settings({"chat_model": "one"}, environ={})
    base = Equipment(settings)
    assert base.apart(settings).chosen_chat() is not base.chosen_chat()
    assert made == ["one", "one"]
