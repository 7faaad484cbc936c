"""Asking on the page: what comes while it comes, what each sentence rests on, and stopping it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scripted import ANSWER, GHOST, Script
from tests.browser.steps import ask, box, press, send
from tests.browser.watched import Watched
from tests.serving import Served, within
from tests.standin import Recorded, StandIn

pytestmark = pytest.mark.weights

FIRST, SECOND, THIRD = (
    part.strip() for part in ANSWER.replace("]. ", "].|").replace("cold. ", "cold.|").split("|")
)


def chats(ollama: StandIn) -> list[Recorded]:
    return [one for one in ollama.requests if one.path == "/api/chat"]


def test_an_answer_is_pending_while_it_comes_and_settled_sentence_by_sentence(
    page: Page, script: Script
) -> None:
    script.hold_at = ANSWER.split(" ").index("find")  # in the midst of the second sentence
    send(page, GHOST)
    answer = page.locator("article")
    expect(answer).to_have_attribute("data-phase", "writing")
    expect(answer.locator("[data-support=supported]")).to_have_text(f"{FIRST[:-5]}1.")
    expect(answer.locator(".draft")).to_have_text("Most people")
    expect(answer.locator(".sources li")).not_to_have_count(0)  # to read meanwhile
    expect(answer.get_by_role("button", name="Copy")).to_have_count(0)
    script.let_go.set()
    expect(answer).to_have_attribute("data-phase", "done")
    expect(answer.locator(".draft")).to_have_count(0)
    expect(answer.locator("[data-known=yes]")).to_have_text("In the data")


def test_what_no_source_says_is_marked_and_what_contradicts_is_folded_with_its_reason(page: Page) -> None:
    answer = ask(page, GHOST)
    own = answer.locator("[data-support='own words']")
    expect(own).to_have_count(1)
    expect(own).to_contain_text(SECOND)
    expect(own.locator(".own-mark")).to_be_visible()
    expect(own.locator(".unseen")).to_have_text("(in its own words, not verified)")
    withheld = answer.locator("details.withheld")
    expect(withheld.locator("li")).to_be_hidden()
    expect(answer.locator(".said")).not_to_contain_text("2015")
    withheld.get_by_text("1 sentence withheld").click()
    expect(withheld.locator("li")).to_contain_text("popular on dating apps around 2015")
    expect(withheld.locator(".reason")).to_have_text("Withheld: the number 2015 is not in the definition")


@pytest.mark.parametrize("size", [(1280, 860), (390, 800)], ids=["desktop", "phone"])
def test_a_citation_shows_the_words_it_rests_on_and_esc_goes_back(
    watched: Watched, size: tuple[int, int]
) -> None:
    page = watched.page(size=size)
    answer = ask(page, GHOST)
    cite = answer.get_by_role("button", name="Source 1: ghost")
    cite.click()
    source = answer.locator("li.source").first
    expect(source).to_be_focused()
    expect(source).to_be_in_viewport()
    expect(source).to_have_accessible_name("Source 1: ghost")
    expect(source.locator("mark")).to_have_text(
        "To stop answering somebody without warning or reason so that they are left wondering."
    )
    expect(answer.locator("mark")).to_have_count(1)
    expect(cite).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(cite).to_be_focused()
    expect(answer.locator("mark")).to_have_count(0)


def test_stop_ends_the_generation_and_retry_asks_anew(
    page: Page, script: Script, ollama: StandIn, server: Served
) -> None:
    before = len(chats(ollama))
    script.hold_at = ANSWER.split(" ").index("find")
    send(page, GHOST)
    answer = page.locator("article")
    expect(answer.locator(".draft")).to_have_text("Most people")  # the first sentence has a draft too
    press(page, "Stop")
    expect(answer).to_have_attribute("data-phase", "stopped")
    expect(answer.locator("[data-support=supported]")).to_have_count(1)  # what was settled stands
    expect(answer.locator(".draft")).to_have_count(0)
    expect(box(page)).to_be_focused()
    script.let_go.set()  # the next word finds nobody
    assert within(5, lambda: [one.cancelled for one in chats(ollama)[before:]] == [True])
    assert within(5, lambda: server.serving.queue.running == 0)
    press(page, "Retry")
    expect(answer).to_have_attribute("data-phase", "done")
    assert len(chats(ollama)) == before + 2
    expect(page.locator("article")).to_have_count(1)


def test_a_follow_up_is_read_with_what_was_asked_before(page: Page, script: Script) -> None:
    ask(page, GHOST)
    page.get_by_label("Only quote definitions").check()
    answer = ask(page, "and salty?")
    expect(answer.locator(".read-as")).to_have_text("Read as: what does salty mean")
    expect(answer.locator("figure[data-support=quoted]").first).to_contain_text(
        "Bitter, annoyed or resentful"
    )
    assert len(script.asked) == 1  # a quoted answer needs no model
    press(page, "New question")
    expect(page.get_by_role("heading", name="What does it mean?")).to_be_visible()
    expect(page.locator("article")).to_have_count(0)


def test_a_word_that_is_not_in_the_data_is_not_explained(page: Page, script: Script) -> None:
    answer = ask(page, "what does xqzzyv mean")
    expect(answer.locator("[data-known=no]")).to_have_text("Not in my data")
    expect(answer.locator(".sources")).to_have_count(0)
    assert script.asked == []


def test_an_answer_can_be_copied_shared_and_kept_as_a_file(page: Page, tmp_path: Path) -> None:
    answer = ask(page, GHOST)
    press(page, "Copy", answer)
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{FIRST}\n{SECOND} (not verified)\n\n[1] ghost (entry 9900314)")
    press(page, "Share", answer)
    expect(answer.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as markdown:
        press(page, "Markdown", answer)
    assert markdown.value.suggested_filename == "slangrag-What-does-it-mean-to-ghost-someone.md"
    markdown.value.save_as(tmp_path / "answer.md")
    told = (tmp_path / "answer.md").read_text()
    assert told.startswith("## What does it mean to ghost someone?\n")
    assert "*(own words, not verified)*" in told
    with page.expect_download() as download:
        press(page, "JSON", answer)
    download.value.save_as(tmp_path / "answer.json")
    document = json.loads((tmp_path / "answer.json").read_text())
    assert [one["support"] for one in document["sentences"]] == ["supported", "own words"]
    page.goto(link)  # a link fills the box and asks nobody
    page.reload()
    expect(box(page)).to_have_value(GHOST)
    expect(page.locator("article")).to_have_count(0)


def test_the_box_completes_headwords(page: Page, script: Script) -> None:
    box(page).press_sequentially("what does gho")
    offered = page.get_by_role("listbox", name="Headwords")
    expect(offered.get_by_role("option").first).to_have_text("ghost")
    page.keyboard.press("ArrowDown")
    expect(offered.get_by_role("option", selected=True)).to_have_text("ghost")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("what does ghost")
    expect(offered).to_be_hidden()
    assert script.asked == []
