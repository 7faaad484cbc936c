"""What the page does when the server is gone, full, cut off in mid-answer, or wants its token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from slangrag.serve.guard import Access
from slangrag.service.slang import Slang
from tests.browser.scripted import ANSWER, GHOST, Script
from tests.browser.steps import ask, press, send
from tests.browser.watched import Watched
from tests.serving import served, within
from tests.standin import Fault, StandIn

pytestmark = pytest.mark.weights

TOKEN = "a-token-of-this-test-1234567890"


@pytest.fixture
def other(browser: Browser, script: Script) -> Iterator[ExitStack]:
    """For servers and pages of a test's own, closed in the right order."""
    with ExitStack() as stack:
        yield stack
        script.let_go.set()


def test_a_server_that_has_stopped_is_told_and_the_page_goes_on_when_it_is_back(
    other: ExitStack, browser: Browser, slang: Slang
) -> None:
    running = ExitStack()
    first = running.enter_context(served(slang))
    watched = Watched(browser, first.url)
    other.callback(watched.close)
    page = watched.page()
    ask(page, GHOST)
    running.close()
    press(page, "Ask again")
    expect(page.locator("[data-problem=gone]")).to_contain_text("The server does not answer.")
    expect(page.locator(".foot-problem")).to_be_visible()
    watched.expect("ERR_CONNECTION_REFUSED")
    other.enter_context(served(slang, port=int(first.url.rpartition(":")[2])))
    press(page, "Try again")
    expect(page.locator("article")).to_have_attribute("data-phase", "done")
    press(page, "Look again")
    expect(page.locator(".foot-problem")).to_have_count(0)
    assert watched.faults == []


def test_an_engine_that_dies_in_mid_answer_leaves_what_was_said(watched: Watched, ollama: StandIn) -> None:
    ollama.fail(Fault("killed", path="/api/chat", after=ANSWER.split(" ").index("find"), times=1))
    page = watched.page()
    answer = ask(page, GHOST, "failed")
    expect(answer.locator("[data-support=supported]")).to_have_count(1)
    expect(answer.locator("[data-problem=error]")).to_be_visible()
    press(page, "Try again")
    expect(answer).to_have_attribute("data-phase", "done")


def test_where_the_queue_is_full_the_definitions_answer(
    other: ExitStack, browser: Browser, slang: Slang, script: Script
) -> None:
    server = other.enter_context(served(slang, room=1))
    watched = Watched(browser, server.url)
    other.callback(watched.close)
    other.callback(script.let_go.set)
    script.hold_at = 5
    one, two, three = (watched.page() for _ in range(3))
    send(one, GHOST)
    assert within(5, lambda: server.serving.queue.running)
    send(two, GHOST)
    expect(two.locator(".pending")).to_have_text("Queued: 1 ahead of you")
    answer = ask(three, GHOST, "failed")
    full = answer.locator("[data-problem=busy]")
    expect(full).to_contain_text("The server asks to wait")
    press(three, "Show the definitions now", full)
    expect(answer).to_have_attribute("data-phase", "done")
    expect(answer.locator("[data-support=quoted]").first).to_contain_text("To stop answering somebody")
    script.let_go.set()
    for page in (one, two):
        expect(page.locator("article")).to_have_attribute("data-phase", "done")
    assert watched.faults == []


def test_a_server_with_a_token_is_opened_by_its_whole_address(
    other: ExitStack, browser: Browser, slang: Slang
) -> None:
    server = other.enter_context(served(slang, access=Access(token=TOKEN)))
    watched = Watched(browser, server.url)
    other.callback(watched.close)
    page = watched.page(None)
    page.goto(f"{server.url}/")
    expect(page.locator(".foot-problem")).to_contain_text("This page needs the server's token.")
    answer = ask(page, GHOST, "failed")
    expect(answer.locator("[data-problem=unauthorised]")).to_contain_text("it ends in #token=")
    watched.expect("401")
    page = watched.page(f"/#token={TOKEN}")
    expect(page).to_have_url(f"{server.url}/")
    ask(page, GHOST)
    page.reload()
    expect(page.locator("[data-support=supported]")).to_be_visible()
    expect(page.locator(".foot")).to_contain_text("definitions of")
    assert TOKEN not in json.dumps([page.url, page.evaluate("localStorage"), *watched.requests])
    page.go_back(wait_until="commit")
    assert TOKEN not in page.url
    assert watched.faults == []
