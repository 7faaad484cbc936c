"""The 74 hostile definitions of tests/data/adversarial.csv on the page, in every place that shows one.

The model obeys each of them and says it word for word. `watched` counts dialogs, windows, requests to
elsewhere and violations of the CSP: there must be none.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from slangrag import ingest
from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.service.slang import Slang
from slangrag.sources.entry import Entry
from tests.browser.scripted import MESSAGE, Script
from tests.browser.steps import ask, press, send
from tests.browser.watched import Watched
from tests.serving import served
from tests.standin import StandIn

pytestmark = pytest.mark.weights

DATA = Path(__file__).parents[1] / "data" / "adversarial.csv"
with DATA.open(encoding="utf-8", newline="", errors="replace") as file:
    ROWS = list(csv.DictReader(file))
IMAGE, LINK = "<img src=x onerror=alert(1)>", "javascript:alert(1)"

CENSUS = """() => {
    const count = (what) => document.querySelectorAll(what).length;
    const strange = "img, iframe, object, embed, video, audio, base, form[action], input[type=image], b, " +
        "[style], [onerror], [onmouseover], [onload], [onclick], [srcdoc]";
    const leads = (one) => new URL(one.getAttribute("href") ?? one.getAttribute("src"), document.baseURI);
    const away = [...document.querySelectorAll("[href], [src]")].filter(
        (one) => leads(one).origin !== location.origin);
    return { scripts: count("script"), styles: count("style, link"),
        strange: count(strange), away: away.length };
}"""
OWN = {"scripts": 1, "styles": 2, "strange": 0, "away": 0}


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, embedder: EmbeddedEmbedder, ollama: StandIn
) -> Iterator[Slang]:
    folder = tmp_path_factory.mktemp("hostile")
    ingest.run(ingest.IngestPlan(DATA, folder / "store"), embedder)
    flags = {"store": folder / "store", "engine": "ollama", "ollama_host": ollama.url, "check": "words"}
    with Slang(load_settings(flags, environ={}, cwd=folder), embedder=embedder) as slang:
        yield slang


@pytest.fixture
def page(browser: Browser, hostile: Slang, script: Script) -> Iterator[Page]:
    with served(hostile) as server:
        watched = Watched(browser, server.url)
        yield watched.page(size=(320, 640))
        watched.close()
        assert watched.faults == []


def go(page: Page, path: str) -> None:
    """To another address of the page, without loading it anew."""
    page.evaluate(
        "(path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", path
    )


def encoded(page: Page, text: str) -> str:
    return str(page.evaluate("encodeURIComponent", text))


def kept(hostile: Slang) -> list[Entry]:
    entries = [hostile.entry(row["word_id"]) for row in ROWS]
    assert None not in entries
    return [entry for entry in entries if entry is not None]


def shown(text: str) -> str:
    """A definition as the page shows it: [headwords] are links, and lose their brackets."""
    return "".join(text.replace("[", "").replace("]", "").split())


def test_each_is_stored_and_shown_as_text_at_its_own_addresses(page: Page, hostile: Slang) -> None:
    for entry in kept(hostile):
        go(page, f"/word/{encoded(page, entry.word)}")
        place = page.locator(f".entry:has(a[href='/entry/{entry.entry_id}']) .definition p")
        assert shown(place.inner_text()).startswith(shown(entry.definition[:550])), entry.entry_id
        go(page, f"/entry/{entry.entry_id}")
        alone = page.locator(".entry.single .definition p")
        assert shown(alone.inner_text()).startswith(shown(entry.definition[:4900])), entry.entry_id
        assert page.evaluate(CENSUS) == OWN, entry.entry_id
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), entry.entry_id
    assert "CANARY63" not in page.title()


def test_each_is_found(page: Page, hostile: Slang) -> None:
    for entry in kept(hostile):
        go(page, f"/lookup#q={encoded(page, entry.word)}")
        page.locator(f".found .entry a[href='/entry/{entry.entry_id}']").wait_for()
        assert page.evaluate(CENSUS) == OWN, entry.entry_id


def test_markup_that_no_load_took_out_is_text(watched: Watched) -> None:
    """Ingest takes tags out of a CSV. The page does not rely on it: here they come as they are."""
    markup = f"{IMAGE}<script>alert(1)</script><iframe srcdoc='x'></iframe> [{IMAGE}] [x]({LINK}) <b>b</b>"
    page = watched.page(None)

    def answer(route: Route) -> None:
        document = route.fetch().json()
        for entry in document.get("entries", document.get("hits", [])):
            entry.update(definition=markup, word=markup)
        document.update(suggestions=[markup], notes=[markup])
        route.fulfill(json=document)

    page.route(re.compile("/api/(define|search)"), answer)
    for path in ("/word/rizz", "/lookup#q=rizz"):
        watched.go(page, path)
        expect(page.locator(".definition").first).to_have_text(markup.replace("[", "").replace("]", ""))
        assert page.evaluate(CENSUS) == OWN


def test_each_is_asked_about_and_the_model_repeats_it(page: Page, script: Script) -> None:
    assert len(ROWS) == 74
    for row in ROWS:
        script.says = " ".join(f"{row['word']}: {row['definition']} [1]".split())[:1500]
        ask(page, f"what does {row['word'].replace(chr(27), '')} mean")
        assert page.evaluate(CENSUS) == OWN, row["word_id"]
        for more in page.locator("article details:not([open]) summary").all():
            more.click()
        for cite in page.locator("article .cite").all()[:1]:
            cite.click()
        assert page.evaluate(CENSUS) == OWN, row["word_id"]
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), row["word_id"]
        press(page, "New question")
    press(page, "History")
    expect(page.locator(".kept-open").first).to_be_visible()
    assert page.evaluate(CENSUS) == OWN


def test_what_a_model_writes_is_text_too(page: Page, script: Script) -> None:
    script.says = f"A zorple is a stack of plates [1]. <script>alert(1)</script> {IMAGE} [x]({LINK})."
    answer = ask(page, "what does zorple mean")
    answer.locator("details summary").click()
    expect(answer.locator("q")).to_contain_text("‹script›alert‹/script›")
    assert page.evaluate(CENSUS) == OWN
    go(page, "/translate")
    script.says = f'{{"spans": [], "message": "a {IMAGE} sandwich"}}'
    send(page, "that quimbit was big")
    expect(page.locator(".translation")).to_be_visible()
    assert page.evaluate(CENSUS) == OWN


@pytest.mark.parametrize(
    "address",
    [
        "/word/%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "/#q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/lookup#q=%22%3E%3Cimg src=x onerror=alert(1)%3E",
        "/entry/..%2F..%2Fetc%2Fpasswd",
        "/word/%E0%A4%A",
    ],
)
def test_an_address_that_somebody_made_is_text(watched: Watched, address: str) -> None:
    page = watched.page(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(CENSUS) == OWN
    watched.faults = [one for one in watched.faults if "404" not in one]  # there is no such entry


def test_a_history_that_somebody_else_wrote_breaks_nothing(watched: Watched) -> None:
    """Another program on the same origin, or an older version, may have left anything there."""
    page = watched.page()
    for left in ("{", "null", '[{"id": "x", "title": "t", "kind": "ask", "turns": [1]}]', '["<img src=x>"]'):
        page.evaluate("(left) => localStorage.setItem('slangrag.history', left)", left)
        page.evaluate("(left) => localStorage.setItem('slangrag.preferences', left)", left)
        page.reload()
        press(page, "History")
        expect(page.get_by_role("dialog", name="History")).to_be_visible()
        page.keyboard.press("Escape")
    send(page, MESSAGE)
    expect(page.locator("article")).to_have_attribute("data-phase", "done")
