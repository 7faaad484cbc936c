"""Dark and light, little motion, narrow windows, strong words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import GHOST, MESSAGE, REWRITTEN, Script
from tests.browser.steps import ask, press, scrolls_sideways, send, theme
from tests.browser.watched import Watched

pytestmark = pytest.mark.weights


def lightness(page: Page) -> float:
    """Of the page's background, between 0 and 1."""
    colour = page.evaluate(
        """() => { const canvas = document.createElement("canvas").getContext("2d");
            canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
            canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; }"""
    )
    return float(sum(colour[:3]) / 765)


def test_the_theme_follows_the_system_until_one_is_chosen_and_stays_chosen(watched: Watched) -> None:
    page = watched.page(dark=True)
    assert lightness(page) < 0.2
    theme(page, "light")
    assert lightness(page) > 0.9
    page.reload()
    assert lightness(page) > 0.9
    theme(page, "dark")
    assert lightness(page) < 0.2
    theme(page, "as the system")
    page.emulate_media(color_scheme="light")
    assert lightness(page) > 0.9


def test_who_asks_for_little_motion_gets_none(watched: Watched, script: Script) -> None:
    # "late" only holds a word back, in one step
    moving = "document.getAnimations().filter((one) => one.animationName !== 'late').length"
    script.hold_at = 25
    for still, page in ((False, watched.page()), (True, watched.page(still=True))):
        send(page, GHOST)
        expect(page.locator(".draft")).to_be_visible()
        assert (page.evaluate(moving) == 0) is still
        press(page, "Stop")


@pytest.mark.parametrize("width", [320, 1920])
def test_nothing_is_wider_than_the_window(watched: Watched, script: Script, width: int) -> None:
    page = watched.page(size=(width, 640))
    assert not scrolls_sideways(page)
    ask(page, GHOST)
    assert not scrolls_sideways(page)
    page.get_by_role("button", name="Source 1: ghost").click()
    expect(page.locator("mark")).to_be_in_viewport()
    page.get_by_text("1 sentence withheld").click()
    assert not scrolls_sideways(page)
    press(page, "History")
    assert not scrolls_sideways(page)
    page.keyboard.press("Escape")
    script.says = REWRITTEN
    watched.go(page, "/translate")
    send(page, MESSAGE)
    page.get_by_role("button", name="bussin").click()
    assert not scrolls_sideways(page)
    for path in ("/lookup#q=salty", "/word/salty", "/entry/0000001", f"/word/{'w' * 90}"):
        watched.go(page, path)
        page.locator(".entry, .hint").first.wait_for()
        assert not scrolls_sideways(page), path


def test_strong_words_are_masked_until_they_are_asked_for(watched: Watched) -> None:
    page = watched.page("/word/bullshit")
    switch = page.get_by_role("switch", name="Show strong words")
    expect(switch).not_to_be_checked()
    expect(page.locator("main")).to_contain_text("b*******")
    expect(page).to_have_title(re.compile(r"^b\*{7}"))
    assert "bullshit" not in page.locator("main").inner_text()
    switch.click()
    expect(switch).to_be_checked()
    expect(page.locator("main")).to_contain_text("bullshit")
    page.reload()
    expect(page.locator("main")).to_contain_text("bullshit")
