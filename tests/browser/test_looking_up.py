"""Looking words up: the data answers, each word and each entry at an address of its own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import Script
from tests.browser.steps import box, press, send
from tests.browser.watched import Watched
from tests.serving import Served

pytestmark = pytest.mark.weights


def test_a_word_is_found_by_what_it_means(page: Page, script: Script) -> None:
    page.get_by_role("link", name="Look up").click()
    send(page, "to pull out of plans at the last minute")
    found = page.locator(".found")
    expect(found.locator("[data-known=maybe]")).to_be_visible()
    expect(found.locator(".headword").first).to_have_text("bail")
    expect(found.locator(".votes").first).to_contain_text("+269 −37")
    page.reload()  # its address is whole
    expect(found.locator(".headword").first).to_have_text("bail")
    assert script.asked == []


def test_a_word_has_an_address_of_its_own(watched: Watched) -> None:
    page = watched.page("/word/salty")
    expect(page.get_by_role("heading", name="salty")).to_be_visible()
    expect(page).to_have_title("salty · slangrag")
    expect(page.locator(".entry")).to_have_count(2)
    page.get_by_role("link", name="This entry").first.click()
    expect(page).to_have_url(f"{watched.origin}/entry/0000004")
    expect(page.locator(".entry.single")).to_contain_text("Bitter, annoyed or resentful")
    page.get_by_role("link", name="All definitions of salty").click()
    expect(page.locator(".entry")).to_have_count(2)
    page.go_back()
    expect(page.locator(".entry.single")).to_be_visible()


def test_a_word_with_blanks_and_a_link_in_a_definition_lead_on(watched: Watched) -> None:
    page = watched.page("/word/no%20cap%20fr")
    page.locator(".entry").get_by_role("link", name="no cap", exact=True).click()
    expect(page).to_have_url(f"{watched.origin}/word/no%20cap")
    expect(page.locator(".entry")).to_have_count(2)


def test_a_word_that_is_not_there_offers_the_nearest(watched: Watched) -> None:
    page = watched.page("/word/ghsoting")
    expect(page.locator(".hint")).to_have_text("There is no definition of this word.")
    page.locator(".suggestions").get_by_role("link", name="ghosting").click()
    expect(page.locator(".entry")).to_have_count(2)


def test_a_random_word_and_a_completed_one(page: Page, watched: Watched) -> None:
    press(page, "A random word")
    expect(page).to_have_url(re.compile(r"/word/."))
    expect(page.locator(".entry").first).to_be_visible()
    page.get_by_role("link", name="Look up").click()
    expect(box(page)).to_be_focused()  # what is typed while the view takes the focus goes elsewhere
    box(page).press_sequentially("riz")
    expect(page.get_by_role("option").first).to_have_text("rizz")
    page.get_by_role("option", name="rizzler").click()
    expect(page).to_have_url(f"{watched.origin}/word/rizzler")


def test_addresses_that_lead_nowhere_say_so(watched: Watched, server: Served) -> None:
    page = watched.page("/entry/none")
    expect(page.locator("[data-problem=error]")).to_contain_text("there is no entry of that id")
    watched.expect("404")
    with server.client() as client:
        answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
