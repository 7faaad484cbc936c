"""A site into a store: what changed, what is gone, what was killed, where journal and store disagree."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.documents.beside import NONE, make_dictionary, paragraph, settings_for
from tests.unit.ingest.stubs import StubEmbedder
from tests.website import Reply, Website, html

from slangrag.errors import EngineUnreachable, InputFormat, StoppedEarly
from slangrag.ingest import StopFlag, embedding
from slangrag.service.adding import adding, remove
from slangrag.service.crawling import CrawlPlan, Visited, crawl_into, journal_name, look_over, read_plan
from slangrag.sources.web.journal import Journal
from slangrag.store.documents.reading import open_documents
from slangrag.store.layout import StoreLayout
from slangrag.store.verify import verify


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dictionary(tmp_path_factory.mktemp("made"))


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "store"))


def page(number: int, *links: str) -> Reply:
    text = html(*links, title=f"Page {number}", body=f"<p>{paragraph(number)}</p>")
    return Reply(text, headers={"ETag": f'"{number}"'})


@pytest.fixture
def site() -> Iterator[Website]:
    """Eight pages, the first of which leads to the others."""
    with Website({"/robots.txt": Reply("", type="text/plain")}) as running:
        running.pages["/"] = page(0, *(f"/{n}" for n in range(1, 8)))
        running.pages |= {f"/{n}": page(n) for n in range(1, 8)}
        yield running


def plan_of(site: Website, name: str = "Guide", **keys: object) -> CrawlPlan:
    return CrawlPlan(name, (f"{site.url}/",), delay=0.0, private=True, **keys)  # type: ignore[arg-type]


def go(
    store: Path,
    plan: CrawlPlan,
    *,
    embedder: StubEmbedder | None = None,
    prune: bool = False,
    anew: bool = False,
    stop_after: int | None = None,
) -> list[Visited]:
    stop = StopFlag()
    found: list[Visited] = []
    with adding(
        settings_for(store), embedder=embedder or StubEmbedder(), private=True, stop=stop
    ) as documents:
        for one in crawl_into(documents, store, plan, prune=prune, anew=anew, stop=stop):
            found.append(one)
            if len(found) == stop_after:
                stop.set(signal.SIGTERM)
    return found


def paths(store: Path) -> list[str]:
    with open_documents(store) as (_, documents):
        return sorted("/" + one.locator.rpartition("/")[2] for one in documents.documents())


def outcomes(found: list[Visited]) -> dict[str, str]:
    """By path: what came of the page, and what the store made of it."""
    return {
        "/" + one.page.url.rpartition("/")[2]: one.page.outcome
        if one.added is None
        else f"{one.page.outcome}, {one.added.outcome}"
        for one in found
    }


ALL = ["/", *(f"/{n}" for n in range(1, 8))]


def test_a_site_goes_in_and_is_brought_up_to_date(store: Path, site: Website) -> None:
    assert outcomes(go(store, plan_of(site))) == dict.fromkeys(ALL, "taken, added")
    assert verify(store, NONE).ok
    embedder = StubEmbedder()
    assert set(outcomes(go(store, plan_of(site), embedder=embedder)).values()) == {"unchanged"}
    assert embedder.calls == []
    site.pages["/3"] = page(30)
    del site.pages["/4"]
    again = outcomes(go(store, plan_of(site)))
    assert (again["/3"], again["/4"], again["/5"]) == ("taken, changed", "gone", "unchanged")
    assert paths(store) == [path for path in ALL if path != "/4"]
    assert verify(store, NONE).ok


def test_a_site_that_is_out_of_order_loses_nothing_and_is_gone_on_with_afterwards(
    store: Path, site: Website
) -> None:
    """Five of eight pages at once are more likely a mistake of the site's than of its pages."""
    go(store, plan_of(site))
    kept = {path: site.pages.pop(path) for path in ALL[3:]}
    held = go(store, plan_of(site))
    assert [one.held for one in held if one.page.outcome == "gone"] == [True] * 5
    assert paths(store) == ALL
    # What is not gone is still brought up to date by every later crawl, and those that are gone stay held.
    site.pages["/1"] = page(10)
    again = go(store, plan_of(site))
    assert outcomes(again)["/1"] == "taken, changed"
    assert sum(one.held for one in again) == 5
    assert paths(store) == ALL
    site.pages |= kept
    assert not any(one.held or one.removed for one in go(store, plan_of(site)))
    assert paths(store) == ALL


def test_pages_that_are_gone_go_where_that_is_said_to_be_meant(store: Path, site: Website) -> None:
    go(store, plan_of(site))
    for path in ALL[3:]:
        del site.pages[path]
    go(store, plan_of(site))
    found = go(store, plan_of(site), prune=True)
    assert sum(one.removed for one in found) == 5
    assert paths(store) == ALL[:3]
    assert verify(store, NONE).ok
    assert not any(one.page.outcome == "gone" for one in go(store, plan_of(site)))


@pytest.mark.parametrize("stop_after", [1, 4, 7])
def test_a_crawl_that_is_stopped_is_gone_on_with(store: Path, site: Website, stop_after: int) -> None:
    with pytest.raises(StoppedEarly):
        go(store, plan_of(site), stop_after=stop_after)
    assert len(paths(store)) == stop_after
    assert verify(store, NONE).ok
    found = outcomes(go(store, plan_of(site)))
    assert list(found.values()) == ["taken, added"] * (8 - stop_after)
    assert paths(store) == ALL
    assert all(site.times(path) == 1 for path in ALL)


@pytest.mark.parametrize(
    ("point", "before", "after"),
    [
        ("sources.web.journal:Journal.note", 3, ["taken, unchanged", *["taken, added"] * 5]),
        ("sources.web.journal:Journal.note+", 3, ["taken, added"] * 5),
        ("ingest.documents:DocumentLoad.load", 2, ["taken, added"] * 6),
    ],
)
def test_a_crawl_that_is_killed_loses_no_page_and_asks_for_one_again_at_most(
    store: Path, site: Website, tmp_path: Path, point: str, before: int, after: list[str]
) -> None:
    plan = tmp_path / "Guide.toml"
    plan.write_text(f'start = ["{site.url}/"]\ndelay = 0\nprivate = true\n')
    arguments = ["crawl", str(plan), "--store", str(store), "--index", "none", "--engine", "embedded"]
    child = subprocess.run(
        [sys.executable, "-m", "tests.integration.documents.mortal", point, "3", *arguments],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    assert len(paths(store)) == before
    assert verify(store, NONE).ok
    assert list(outcomes(go(store, read_plan(plan))).values()) == after
    assert paths(store) == ALL
    assert verify(store, NONE).ok


def test_an_engine_that_dies_costs_the_page_in_hand_alone(
    store: Path, site: Website, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = embedding.Patience(first_wait=0.001, longest_wait=0.002)
    monkeypatch.setattr(embedding, "Patience", lambda: quick)

    def dies(number: int, _: object) -> None:
        if number > 3:
            raise EngineUnreachable("gone")

    with pytest.raises(EngineUnreachable):
        go(store, plan_of(site), embedder=StubEmbedder(fault=dies))
    assert len(paths(store)) == 3
    assert len(go(store, plan_of(site))) == 5
    assert paths(store) == ALL


def test_a_page_that_the_store_lost_is_fetched_again_although_it_did_not_change(
    store: Path, site: Website
) -> None:
    """Removed by hand, or the store put back from an older copy: the journal alone would say unchanged."""
    go(store, plan_of(site))
    remove(settings_for(store), [f"{site.url}/2", f"{site.url}/"])
    assert len(paths(store)) == 6
    found = outcomes(go(store, plan_of(site)))
    assert (found["/2"], found["/"]) == ("taken, added", "taken, added")
    assert set(found.values()) == {"taken, added", "unchanged"}
    assert paths(store) == ALL


def test_a_page_that_cannot_be_read_is_told_and_the_others_go_in(store: Path, site: Website) -> None:
    site.pages["/2"] = Reply("%PDF-1.7 broken", type="application/pdf", headers={"ETag": '"2"'})
    site.pages["/3"] = Reply(html(), headers={"ETag": '"3"'})
    found = outcomes(go(store, plan_of(site)))
    assert (found["/2"], found["/3"]) == ("taken, failed", "taken, failed")
    assert len(paths(store)) == 6
    site.pages["/2"] = page(2)
    assert outcomes(go(store, plan_of(site)))["/2"] == "taken, added"


def test_a_page_that_can_no_longer_be_read_keeps_what_it_said(store: Path, site: Website) -> None:
    go(store, plan_of(site))
    site.pages["/2"] = Reply("%PDF-1.7 broken", type="application/pdf")
    assert outcomes(go(store, plan_of(site)))["/2"] == "taken, failed"
    assert paths(store) == ALL


def test_anew_reads_everything_and_embeds_only_what_changed(store: Path, site: Website) -> None:
    go(store, plan_of(site))
    embedder = StubEmbedder()
    found = go(store, plan_of(site), anew=True, embedder=embedder)
    assert set(outcomes(found).values()) == {"taken, unchanged"}
    assert embedder.calls == []


def test_a_look_keeps_nothing(store: Path, site: Website, tmp_path: Path) -> None:
    before = sorted(store.rglob("*"))
    found = list(look_over(plan_of(site)))
    assert [one.outcome for one in found] == ["taken"] * 8
    assert not any(one.page for one in found)
    assert sorted(store.rglob("*")) == before


def test_two_sites_of_one_name_do_not_remove_each_others_pages(store: Path, site: Website) -> None:
    """`site.toml` in two folders: what one of them does not know is not gone."""
    with Website({"/": page(50), "/robots.txt": Reply("", type="text/plain")}) as other:
        go(store, plan_of(site))
        go(store, plan_of(other))
        for one in (*go(store, plan_of(site)), *go(store, plan_of(other))):
            assert one.page.outcome == "unchanged"
    assert len(paths(store)) == 9


@pytest.mark.parametrize("name", ["../../up", "/etc/x", "x" * 400, "\u202e\x1b[2J\n"], ids=range(4))
def test_whatever_a_site_is_called_its_journal_is_a_file_of_the_store(
    store: Path, site: Website, name: str
) -> None:
    before = {path.name for path in store.parent.iterdir()}
    go(store, plan_of(site, name, most_pages=2))
    (journal,) = StoreLayout(store).crawls.iterdir()
    assert journal.name == journal_name(plan_of(site, name))
    assert journal.name.isascii()
    assert journal.name.isprintable()
    assert {path.name for path in store.parent.iterdir()} == before


def test_a_page_added_by_hand_is_not_doubled_by_a_crawl(store: Path, site: Website) -> None:
    with adding(settings_for(store), embedder=StubEmbedder(), private=True) as documents:
        list(documents.add(f"{site.url}/1#part"))
    assert outcomes(go(store, plan_of(site)))["/1"] == "taken, unchanged"
    assert paths(store) == ALL


def test_a_journal_that_is_none_is_told_and_nothing_is_touched(store: Path, site: Website) -> None:
    go(store, plan_of(site))
    (journal,) = StoreLayout(store).crawls.iterdir()
    journal.write_bytes(b"something else\n")
    with pytest.raises(InputFormat) as raised:
        go(store, plan_of(site))
    assert str(journal) in raised.value.hint
    assert paths(store) == ALL
    assert verify(store, NONE).ok


def test_what_the_journal_says_is_never_ahead_of_the_store(store: Path, site: Website) -> None:
    with pytest.raises(StoppedEarly):
        go(store, plan_of(site), stop_after=3)
    (journal,) = StoreLayout(store).crawls.iterdir()
    assert {"/" + url.rpartition("/")[2] for url in Journal(journal).known} <= set(paths(store))
