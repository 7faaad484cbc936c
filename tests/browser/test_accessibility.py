"""axe-core finds nothing on any state of the page: in light, in dark, and at 320 pixels.

Its rules of WCAG 2.0, 2.1 and 2.2, levels A and AA. What it cannot see (order, names that mean something,
the live region) is in test_keyboard.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from slangrag.serve.guard import Access
from slangrag.service.slang import Slang
from tests.browser.scripted import GHOST, MESSAGE, REWRITTEN, Script
from tests.browser.steps import ask, box, press, send
from tests.browser.watched import Watched
from tests.serving import Served, served, within

pytestmark = pytest.mark.weights

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
LOOKS = (("light", 1280), ("dark", 1280), ("dark", 320))

Reach = Callable[[Page, Script], None]


def home(page: Page, script: Script) -> None:
    expect(page.get_by_role("heading", name="What does it mean?")).to_be_visible()


def completing(page: Page, script: Script) -> None:
    box(page).press_sequentially("what does gho")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def writing(page: Page, script: Script) -> None:
    script.hold_at = 25
    send(page, GHOST)
    expect(page.locator(".draft")).to_be_visible()


def answer(page: Page, script: Script) -> None:
    ask(page, GHOST)
    page.get_by_text("1 sentence withheld").click()
    page.get_by_role("button", name="Source 1: ghost").click()
    expect(page.locator("mark")).to_be_visible()


def quoted(page: Page, script: Script) -> None:
    page.get_by_label("Only quote definitions").check()
    ask(page, "what does salty mean")
    ask(page, "and rizz?")


def unknown(page: Page, script: Script) -> None:
    ask(page, "what does xqzzyv mean")


def stopped(page: Page, script: Script) -> None:
    writing(page, script)
    press(page, "Stop")
    expect(page.locator("[data-phase=stopped]")).to_be_visible()


def history(page: Page, script: Script) -> None:
    ask(page, GHOST)
    press(page, "History")
    press(page, "Delete all", page.get_by_role("dialog"))


def translation(page: Page, script: Script) -> None:
    script.says = REWRITTEN
    page.get_by_role("link", name="Translate").click()
    send(page, MESSAGE)
    page.get_by_role("button", name="bussin").click()
    expect(page.locator(".cited-definition")).to_be_visible()


def found(page: Page, script: Script) -> None:
    page.get_by_role("link", name="Look up").click()
    send(page, "to pull out of plans at the last minute")
    expect(page.locator(".found .entry").first).to_be_visible()


def word(page: Page, script: Script) -> None:
    found(page, script)
    page.locator(".found a.headword").first.click()
    expect(page.locator(".numbered .entry").first).to_be_visible()


def entry(page: Page, script: Script) -> None:
    word(page, script)
    page.get_by_role("link", name="This entry").first.click()
    expect(page.locator(".single")).to_be_visible()


def violations(page: Page) -> list[str]:
    """What axe says, with the first place of each."""
    said = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:200]}" for one in said]


def in_every_look(page: Page) -> dict[str, list[str]]:
    seen = {}
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 800})
        if said := violations(page):
            seen[f"{scheme} at {width}"] = said
    return seen


@pytest.mark.parametrize(
    "reach",
    [home, completing, writing, answer, quoted, unknown, stopped, history, translation, found, word, entry],
    ids=lambda reach: reach.__name__,
)
def test_axe_finds_nothing(watched: Watched, script: Script, reach: Reach) -> None:
    page = watched.page(still=True)  # colours of a fade are those of no state
    reach(page, script)
    assert in_every_look(page) == {}


def test_axe_would_find_something(page: Page) -> None:
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('.title').style.color = '#bbb'")
    assert [one.split()[0] for one in violations(page)] == ["color-contrast", "html-has-lang"]


@pytest.fixture(params=["full", "token", "gone"])
def troubled(
    request: pytest.FixtureRequest, browser: Browser, slang: Slang, script: Script
) -> Iterator[Page]:
    """The page where the queue is full, the token is missing, the server has stopped."""
    access = Access(token="a-token-that-nobody-has-given" if request.param == "token" else None)
    running = served(slang, room=0, access=access)
    server: Served = running.__enter__()
    watched = Watched(browser, server.url)
    page = watched.page(None, still=True)
    page.goto(server.url)
    page.locator(".foot:not(:has-text('Looking'))").wait_for()
    if request.param == "full":
        script.hold_at = 3
        send(watched.page(), GHOST)
        assert within(5, lambda: server.serving.queue.running)
        page.bring_to_front()
    if request.param == "gone":
        running.__exit__(None, None, None)
    ask(page, GHOST, "failed")
    yield page
    script.let_go.set()
    watched.close()
    if request.param != "gone":
        running.__exit__(None, None, None)


def test_axe_finds_nothing_where_something_is_wrong(troubled: Page) -> None:
    expect(troubled.locator("[data-problem]")).to_be_visible()
    assert in_every_look(troubled) == {}
