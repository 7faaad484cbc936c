"""What was asked in this browser: found again after a reload, searched, deleted."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.scripted import GHOST, MESSAGE, REWRITTEN, Script
from tests.browser.steps import ask, press, send
from tests.browser.watched import Watched

pytestmark = pytest.mark.weights


def history(page: Page) -> Locator:
    press(page, "History")
    return page.get_by_role("dialog", name="History")


@pytest.fixture
def asked(watched: Watched, script: Script) -> Page:
    """A page that was asked three things and then loaded anew."""
    page = watched.page()
    ask(page, GHOST)
    press(page, "New question")
    page.get_by_label("Only quote definitions").check()
    ask(page, "what does salty mean")
    page.get_by_role("link", name="Translate").click()
    script.says = REWRITTEN
    send(page, MESSAGE)
    expect(page.locator(".translation")).to_be_visible()
    watched.go(page, "/lookup")
    page.reload()
    return page


def test_yesterdays_question_is_found_and_opened_without_asking_again(asked: Page, script: Script) -> None:
    panel = history(asked)
    expect(panel.locator(".kept-open")).to_have_text([f"{MESSAGE}Translation", "what does salty mean", GHOST])
    panel.get_by_role("searchbox", name="Search the history").fill("wondering left")  # words of the answer
    expect(panel.locator(".kept-open")).to_have_text([GHOST])
    times = len(script.asked)
    panel.get_by_role("button", name=GHOST, exact=True).click()
    expect(panel).to_be_hidden()
    answer = asked.locator("article")
    expect(answer.locator("[data-support=supported]")).to_be_visible()
    answer.get_by_role("button", name="Source 1: ghost").click()
    expect(answer.locator("mark")).to_be_visible()
    asked.reload()  # its address leads to it
    expect(answer.locator("[data-support='own words']")).to_be_visible()
    assert len(script.asked) == times
    panel = history(asked)
    panel.get_by_role("button", name=MESSAGE).first.click()
    expect(asked.locator("[data-rendering=rewritten]")).to_be_visible()
    assert len(script.asked) == times


def test_one_is_deleted_then_all(asked: Page) -> None:
    panel = history(asked)
    press(asked, "Delete: what does salty mean", panel)
    expect(panel.locator(".kept-open")).to_have_count(2)
    press(asked, "Delete all", panel)
    press(asked, "Keep them", panel)
    expect(panel.locator(".kept-open")).to_have_count(2)
    press(asked, "Delete all", panel)
    panel.get_by_role("group", name="Delete all").get_by_role("button", name="Delete all").click()
    expect(panel).to_contain_text("Nothing yet.")
    asked.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(asked.get_by_role("button", name="History")).to_be_focused()
    asked.reload()
    expect(history(asked)).to_contain_text("Nothing yet.")
    assert "ghost" not in asked.evaluate("JSON.stringify([localStorage, sessionStorage])")


def test_an_answer_that_is_no_longer_kept_is_told(watched: Watched) -> None:
    page = watched.page("/#kept=nothing")
    expect(page.get_by_text("This answer is no longer kept in this browser.")).to_be_visible()
