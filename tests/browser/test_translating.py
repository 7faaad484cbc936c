"""Translating on the page: the message put into other words, its slang explained at a tap."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import MESSAGE, REWRITTEN, Script
from tests.browser.steps import press, send
from tests.browser.watched import Watched

pytestmark = pytest.mark.weights


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_a_message_is_put_into_other_words_and_a_tap_shows_what_its_slang_means(
    watched: Watched, script: Script, touch: bool
) -> None:
    script.says = REWRITTEN
    page = watched.page("/translate", size=(390, 800) if touch else (1280, 860), touch=touch)
    send(page, MESSAGE)
    told = page.locator("[data-rendering=rewritten]")
    expect(told.locator(".plain-text")).to_contain_text("that food is extremely good.")
    expect(told.locator("button.slang")).to_have_text(["no cap", "bussin"])
    slang = told.get_by_role("button", name="bussin")
    expect(slang).to_have_accessible_description(
        "Extremely good, said above all of food that tastes delicious."
    )
    slang.tap() if touch else slang.click()
    meaning = told.locator("li.term.opened")
    expect(meaning).to_be_focused()
    expect(meaning).to_be_in_viewport()
    expect(meaning.locator(".cited-definition")).to_contain_text("This mac and cheese is bussin.")
    expect(meaning.get_by_role("link", name="All senses of bussin")).to_have_attribute("href", "/word/bussin")
    page.keyboard.press("Escape")
    expect(slang).to_be_focused()
    expect(told.locator("li.term.opened")).to_have_count(0)


def test_what_the_model_may_not_change_leaves_the_message_as_it_is(page: Page, script: Script) -> None:
    """It lost the food: the message stays, and its slang is explained."""
    script.says = '{"spans": [], "message": "See https://evil.example"}'
    page.get_by_role("link", name="Translate").click()
    send(page, MESSAGE)
    told = page.locator("[data-rendering=glossed]")
    expect(told.locator(".message")).to_have_text(MESSAGE)
    expect(told.locator(".meaning").first).to_contain_text("honest truth")


def test_a_translation_can_be_stopped(page: Page, script: Script) -> None:
    script.says, script.hold_at = REWRITTEN, 3
    page.get_by_role("link", name="Translate").click()
    send(page, MESSAGE)
    expect(page.get_by_text("Translating", exact=True)).to_have_count(2)  # seen and said
    press(page, "Stop")
    expect(page.get_by_role("button", name="Translate")).to_be_enabled()
    expect(page.locator(".translation")).to_have_count(0)
