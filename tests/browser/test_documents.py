"""Documents on the page: cited by the page that says it, opened there, added, replaced and removed."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.service.slang import Slang
from tests.browser.scripted import Script
from tests.browser.steps import ask, focused, press, scrolls_sideways
from tests.browser.test_accessibility import in_every_look
from tests.browser.test_hostile import CENSUS, IMAGE, LINK, OWN
from tests.browser.watched import Watched
from tests.documents.house import ANSWER, PANTRY, SAID, add_documents
from tests.serving import Served, served
from tests.standin import StandIn

pytestmark = pytest.mark.weights

NOTES = b"# Notes of the hall\n\nThe lamp in the hall is broken, and nobody has mended it.\n"


@pytest.fixture(scope="module")
def house(
    sample_store: Path, embedder: EmbeddedEmbedder, ollama: StandIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Slang]:
    """The sample with two documents beside it."""
    folder = tmp_path_factory.mktemp("house")
    store = shutil.copytree(sample_store, folder / "store")
    flags = {
        "store": store,
        "engine": "ollama",
        "ollama_host": ollama.url,
        "check": "words",
        "index": "none",
    }
    settings = load_settings(flags, environ={}, cwd=folder)
    add_documents(settings, embedder, folder)
    with Slang(settings, embedder=embedder) as slang:
        yield slang


@pytest.fixture
def home(house: Slang, script: Script) -> Iterator[Served]:
    """A server that takes documents; the model says where the pantry stands."""
    script.says = ANSWER
    with served(house, uploads=True) as server:
        yield server


@pytest.fixture
def watched(browser: Browser, home: Served) -> Iterator[Watched]:
    watched = Watched(browser, home.url)
    yield watched
    watched.close()
    assert watched.faults == []


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page()


def opened(page: Page) -> None:
    """Ask, and open the document where the answer's citation says it."""
    answer = ask(page, PANTRY)
    press(page, "Source 1: House guide, p. 13", answer)
    page.locator("li.source.opened").get_by_role("link", name="Open the document").click()
    expect(page.locator("mark")).to_have_text(SAID)


def test_a_citation_names_the_page_and_leads_to_it_and_back(page: Page) -> None:
    answer = ask(page, PANTRY)
    press(page, "Source 1: House guide, p. 13", answer)
    source = page.locator("li.source.opened")
    expect(source).to_contain_text("Doors and keys")
    expect(source.locator(".page")).to_have_text("p. 13")
    expect(source.locator("mark")).to_have_text(SAID)
    source.get_by_role("link", name="Open the document").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("House guide")
    expect(page.get_by_role("heading", level=2)).to_have_text("Page 13 (2 of 3)")
    expect(page.locator("mark")).to_have_text(SAID)
    expect(page.locator("mark")).to_be_focused()
    expect(page.locator("mark")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("article .said")).to_contain_text("The pantry is locked")


def test_the_address_of_a_stretch_is_whole(page: Page) -> None:
    opened(page)
    assert re.search(r"/documents/1#page=2&start=\d+&end=\d+$", page.url)
    page.reload()
    expect(page.locator("mark")).to_have_text(SAID)
    page.goto(page.url.replace("page=2&", ""))  # the page is found by the stretch
    page.reload()
    expect(page.get_by_role("heading", level=2)).to_have_text("Page 13 (2 of 3)")
    expect(page.locator("mark")).to_have_text(SAID)


def test_one_reads_on_and_back_page_by_page(watched: Watched) -> None:
    page = watched.page("/documents/1#page=2")
    heads = page.get_by_role("heading", level=2)
    expect(heads).to_have_text(["Page 13 (2 of 3)"])
    press(page, "The next page")
    expect(heads).to_have_text(["Page 13 (2 of 3)", "Page 14 (3 of 3)"])
    expect(page.get_by_role("region", name="Page 14 (3 of 3)")).to_be_focused()
    expect(page.get_by_role("button", name="The next page")).to_have_count(0)
    press(page, "The page before")
    expect(heads).to_have_text(["Page i (1 of 3)", "Page 13 (2 of 3)", "Page 14 (3 of 3)"])
    expect(page.get_by_role("button", name="The page before")).to_have_count(0)
    page.get_by_label("Page", exact=True).fill("3")
    page.get_by_label("Page", exact=True).press("Enter")
    expect(heads).to_have_text(["Page 14 (3 of 3)"])


def test_a_long_document_without_pages_comes_in_parts_and_none_is_lost(
    watched: Watched, home: Served
) -> None:
    lines = [f"Rule {n}: door {n} is shut after dark by whoever passes it last 🌒." for n in range(1, 700)]
    with home.client() as client:
        body = "\n\n".join(lines).encode()
        kind = {"Content-Type": "text/plain"}
        number = client.post("/api/documents?name=rules.txt", content=body, headers=kind).json()["document"][
            "number"
        ]
        whole = client.get(f"/api/documents/{number}").json()["text"]
        start = whole.index("door 350 is")
        page = watched.page(f"/documents/{number}#start={start}&end={start + 8}")
        expect(page.locator("mark")).to_have_text("door 350")
        parts = page.locator(".part")
        for way in ("The next part", "The part before"):
            button = page.get_by_role("button", name=way)
            while button.count():
                before = parts.count()
                button.click()
                expect(parts).to_have_count(before + 1)
        shown = page.evaluate(
            "[...document.querySelectorAll('.document-text')].map((one) => one.textContent).join('')"
        )
        assert shown == whole
        client.delete(f"/api/documents/{number}")


@pytest.mark.parametrize(("chosen", "kinds"), [("Documents", {"passage"}), ("Dictionary", {"entry"})])
def test_one_chooses_what_is_asked(page: Page, chosen: str, kinds: set[str]) -> None:
    expect(page.get_by_role("radio", name="Both")).to_be_checked()
    page.get_by_role("radio", name=chosen).check()
    with page.expect_request("**/api/ask") as asked:
        ask(page, PANTRY)
    assert (asked.value.post_data_json or {})["only"] == chosen.lower()
    expect(page.get_by_role("radio", name=chosen)).to_be_checked()
    pages = page.locator("li.source .page")
    expect(pages.first).to_be_visible() if kinds == {"passage"} else expect(pages).to_have_count(0)


def test_without_documents_there_is_no_choice_and_no_view_of_them(browser: Browser, slang: Slang) -> None:
    with served(slang) as server:
        watched = Watched(browser, server.url)
        page = watched.page()
        expect(page.get_by_role("radio")).to_have_count(0)
        expect(page.get_by_role("navigation")).not_to_contain_text("Documents")
        watched.go(page, "/documents")
        expect(page.locator(".hint")).to_contain_text("slangrag add FILE")
        expect(page.get_by_role("button", name="Add documents")).to_have_count(0)
        watched.close()
        assert watched.faults == []


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    chosen = [FilePayload(name=name, mimeType="text/markdown", buffer=body) for name, body in files]
    page.locator("input[type=file]").set_input_files(chosen)


def test_a_document_is_added_replaced_and_removed(watched: Watched, house: Slang) -> None:
    page = watched.page("/documents")
    rows = page.get_by_role("list", name="Documents").get_by_role("listitem")
    expect(rows).to_have_count(2)
    choose(page, ("hall.md", NOTES))
    upload = page.locator(".upload")
    expect(upload).to_contain_text("Added, 1 passage")
    expect(rows).to_have_count(3)
    choose(page, ("hall.md", NOTES.replace(b"broken", b"mended")))
    expect(upload).to_contain_text("Replaced, 1 passage")
    expect(upload).to_have_count(1)
    expect(rows).to_have_count(3)
    upload.get_by_role("link", name="Open it").click()
    expect(page.locator(".document-text")).to_contain_text("The lamp in the hall is mended")
    page.get_by_role("link", name="Documents").first.click()
    press(page, "Remove: Notes of the hall")
    sure = page.get_by_role("group", name="Remove Notes of the hall")
    expect(sure.get_by_role("button", name="Remove", exact=True)).to_be_focused()
    press(page, "Keep it", sure)
    expect(page.get_by_role("button", name="Remove: Notes of the hall")).to_be_focused()
    press(page, "Remove: Notes of the hall")
    press(page, "Remove", sure)
    expect(rows).to_have_count(2)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert [one.title for one in house.documents()] == ["House guide", "Rules of the garden"]


def test_a_file_is_dropped_and_one_that_cannot_be_read_is_told_in_words(watched: Watched) -> None:
    page = watched.page("/documents")
    expect(page.locator(".drop")).to_be_visible()
    files = page.evaluate_handle(
        """() => { const all = new DataTransfer();
            all.items.add(new File(["%PDF-1.7 nothing"], "bad.pdf", { type: "application/pdf" }));
            return all; }"""
    )
    page.dispatch_event(".drop", "dragover", {"dataTransfer": files})
    expect(page.locator(".drop.over")).to_be_visible()
    page.dispatch_event(".drop", "drop", {"dataTransfer": files})
    expect(page.locator(".upload[data-phase=failed]")).to_contain_text("bad.pdf is no whole PDF")
    watched.expect("422")
    expect(page.locator(".drop.over")).to_have_count(0)
    press(page, "Dismiss: bad.pdf")
    expect(page.locator(".upload")).to_have_count(0)


def test_one_that_is_too_long_is_not_sent(watched: Watched) -> None:
    page = watched.page("/documents")
    page.evaluate(
        """() => { const all = new DataTransfer();
            all.items.add(new File([new Uint8Array(50 * 1024 * 1024 + 1)], "long.txt"));
            const input = document.querySelector("input[type=file]");
            input.files = all.files;
            input.dispatchEvent(new Event("change", { bubbles: true })); }"""
    )
    expect(page.locator(".upload[data-phase=failed]")).to_contain_text("larger than 50 MB")
    assert not any("name=long.txt" in url for url in watched.requests)


def test_an_upload_under_way_is_seen_and_cancelled_and_the_next_goes_on(
    watched: Watched, house: Slang, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, let_go = threading.Event(), threading.Event()
    add = Slang.add_upload

    def held(self: Slang, path: Path, name: str, media_type: str = "") -> Any:
        if name == "first.md":
            reading.set()
            assert let_go.wait(20)
            raise AssertionError("its client had left")
        return add(self, path, name, media_type)

    monkeypatch.setattr(Slang, "add_upload", held)
    page = watched.page("/documents")
    expect(page.locator(".drop")).to_be_visible()
    choose(page, ("first.md", NOTES), ("hall.md", NOTES))
    expect(page.locator(".upload[data-phase=reading]")).to_contain_text("first.md")
    expect(page.locator(".upload[data-phase=waiting]")).to_contain_text("hall.md")
    assert reading.wait(20)
    press(page, "Cancel: first.md")
    let_go.set()
    expect(page.locator(".upload[data-phase=done]")).to_contain_text("hall.md")
    expect(page.locator(".upload")).to_have_count(1)
    number = next(one.number for one in house.documents() if one.title == "Notes of the hall")
    house.remove_document(number)


def test_markup_in_a_document_is_text(watched: Watched) -> None:
    markup = f"{IMAGE}<script>alert(1)</script><iframe srcdoc='x'></iframe> [{IMAGE}] [x]({LINK}) <b>b</b>"
    page = watched.page(None)

    def answer(route: Route) -> None:
        told = route.fetch().json()
        for one in told.get("documents", [told]):
            one.update(title=markup, source=markup, notes=[markup])
        if "text" in told:
            told.update(text=markup, page_list=[{"number": 1, "label": markup, "start": 0, "end": 9}])
        route.fulfill(json=told)

    page.route("**/api/documents**", answer)
    for path in ("/documents", "/documents/1#page=1", "/documents/1#page=1&start=2&end=20"):
        watched.go(page, path)
        page.locator(".document-row, .document-text").first.wait_for()
        expect(page.locator("main")).to_contain_text(markup)
        assert page.evaluate(CENSUS) == OWN
        page.set_viewport_size({"width": 320, "height": 640})
        assert not scrolls_sideways(page)


@pytest.mark.parametrize(
    "address", ["/documents/99", "/documents/1#page=99", "/documents/1#start=9999&end=1", "/documents/x"]
)
def test_addresses_that_lead_nowhere_say_so(watched: Watched, address: str) -> None:
    page = watched.page(address)
    expect(page.locator("[data-problem], .document-text, .hint").first).to_be_visible()
    watched.faults = [one for one in watched.faults if "404" not in one]


def listing(page: Page) -> None:
    page.get_by_role("link", name="Documents", exact=True).click()
    expect(page.locator(".document-row")).to_have_count(2)


def removing(page: Page) -> None:
    listing(page)
    press(page, "Remove: House guide")
    expect(page.locator(".sure")).to_be_visible()


@pytest.mark.parametrize("reach", [opened, listing, removing], ids=lambda reach: reach.__name__)
def test_axe_finds_nothing_and_nothing_is_too_wide(watched: Watched, reach: Callable[[Page], None]) -> None:
    page = watched.page(still=True)
    reach(page)
    assert in_every_look(page) == {}
    assert not scrolls_sideways(page)  # it is 320 wide by now


def test_without_a_mouse(watched: Watched) -> None:
    page = watched.page("/documents")
    expect(page.locator(".document-row")).to_have_count(2)
    page.get_by_role("link", name="Documents").focus()
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        at = focused(page)
        assert at["seen"], at
        names.append(at["name"])
    assert names[-5:] == [
        "Add documents", "House guide", "Remove: House guide", "Rules of the garden",
        "Remove: Rules of the garden",
    ]  # fmt: skip
