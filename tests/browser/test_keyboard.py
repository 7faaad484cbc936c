"""Everything without a mouse; what has the focus is seen, and what is heard are sentences."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import ANSWER, GHOST, Script
from tests.browser.steps import box, focused, send
from tests.browser.watched import Watched

pytestmark = pytest.mark.weights


def tabbed(page: Page, stops: int) -> list[str]:
    """The names of what Tab reaches, each of which is seen to have the focus."""
    names = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        at = focused(page)
        assert at["seen"], at
        names.append(at["name"])
    return names


def test_a_question_is_asked_read_and_checked_without_a_mouse(page: Page) -> None:
    expect(box(page)).to_be_focused()
    page.keyboard.type("What does it mean")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("to ghost someone?")
    expect(box(page)).to_have_value("What does it mean\nto ghost someone?")
    page.keyboard.press("Enter")
    expect(page.locator("article")).to_have_attribute("data-phase", "done")
    expect(box(page)).to_be_focused()
    for _ in range(20):  # back through the answer to its citation
        page.keyboard.press("Shift+Tab")
        if focused(page)["name"] == "Source 1: ghost":
            break
    page.keyboard.press("Enter")
    expect(page.locator("li.source.opened mark")).to_be_visible()
    assert tabbed(page, 3) == ["ghost", "This entry", "Back to the answer"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Source 1: ghost")).to_be_focused()
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type("and/or")  # in the box it is a letter
    expect(box(page)).to_have_value("and/or")


def test_esc_stops_what_is_written(page: Page, script: Script) -> None:
    script.hold_at = ANSWER.split(" ").index("find")
    send(page, GHOST)
    expect(page.locator(".draft")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("article")).to_have_attribute("data-phase", "stopped")


def test_tab_goes_through_the_page_in_the_order_that_it_is_read(watched: Watched) -> None:
    page = watched.page("/word/rizz")
    assert tabbed(page, 1) == ["Skip to the content"]
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    watched.go(page, "/")
    page.locator(".skip").focus()
    assert tabbed(page, 13) == [
        "slangrag", "Ask", "Translate", "Look up",
        "History", "Show strong words", "Theme: as the system",
        "Your question", "Only quote definitions",
        "What does it mean to ghost someone?", "What do you call a very good meal?", "Is salty about food?",
        "A random word",
    ]  # fmt: skip


def test_a_word_is_looked_up_without_a_mouse(watched: Watched) -> None:
    page = watched.page("/lookup")
    page.keyboard.type("rizz")
    look = page.get_by_role("combobox")
    expect(look).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("option", selected=True).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(chosen)
    expect(page.get_by_role("heading", level=1)).to_be_focused()  # a new view is announced by its heading


def test_what_is_heard_are_states_and_sentences_never_drafts(page: Page, script: Script) -> None:
    page.evaluate(
        """() => { window.heard = [];
            const hear = (node) => window.heard.push(node.textContent);
            new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach(hear)))
                .observe(document.getElementById("live"), { childList: true });
        }"""
    )
    live = page.locator("[aria-live]")
    expect(live).to_have_count(1)
    expect(live).to_have_attribute("aria-live", "polite")
    send(page, GHOST)
    expect(page.locator("article")).to_have_attribute("data-phase", "done")
    heard = page.evaluate("window.heard")
    assert heard == [
        "Asking",
        re.split(r"(?<=\]\.) ", ANSWER)[0],
        "Most people find it rather cold. In its own words, not verified.",
        "Answer complete",
    ]
