"""`slangrag add` killed (SIGKILL) wherever it is: each document is there whole, as before or as after."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.documents.beside import (
    content,
    make_dictionary,
    paragraph,
    settings_for,
)
from tests.unit.ingest.stubs import StubEmbedder

from slangrag.service.adding import adding
from slangrag.service.maintenance import copy_store, rebuild, store_facts, verify
from slangrag.service.slang import Slang
from slangrag.store.index import IndexChoice
from slangrag.store.layout import StoreLayout

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("a.txt", "b.md", "c.txt")
WRITER, LOAD = "store.writer:LexiconWriter", "ingest.documents"
# Before or ("+") after the so manieth call of a function.
POINTS = [
    ("first", "store.journal:.begin+", 1),
    ("first", "store.writer:.create", 1),
    ("first", "store.writer:.create+", 1),
    ("first", "store.documents.tables:.create+", 1),
    ("first", f"{LOAD}:DocumentWriter._row+", 1),
    ("first", f"{WRITER}.commit", 3),
    ("first", f"{LOAD}:.calibrate", 1),
    ("changed", f"{LOAD}:DocumentLoad._embed", 2),
    ("changed", f"{LOAD}:DocumentWriter._row+", 2),
    ("changed", f"{WRITER}.remove+", 1),
    ("changed", f"{WRITER}.add+", 2),
    ("changed", f"{WRITER}.commit+", 2),
    ("changed", f"{LOAD}:.finish_codes", 1),
    ("changed", f"{LOAD}:.update_index+", 1),
]


@dataclass(frozen=True)
class Case:
    """A folder of documents, the store to begin with, what it holds before and after."""

    folder: Path
    base: Path
    before: dict[str, list[tuple[object, ...]]]
    after: dict[str, list[tuple[object, ...]]]


def write(folder: Path, version: int) -> None:
    folder.mkdir(exist_ok=True)
    for number, name in enumerate(NAMES):
        told = [100 * number + k + (1000 * version if k % 3 == 0 else 0) for k in range(12)]
        text = "\n\n".join(paragraph(one) for one in told)
        (folder / name).write_text(f"# Title of {name}\n\n{text}\n" if name.endswith(".md") else text)


def add_here(store: Path, folder: Path, index: str = "none") -> None:
    with adding(settings_for(store, index), embedder=StubEmbedder()) as documents:
        assert all(one.failure is None for one in documents.add(str(folder)))


def case_of(scratch: Path, *, first: bool) -> Case:
    """first: there are no documents before; else other versions of the same."""
    folder, base = scratch / "docs", make_dictionary(scratch)
    nothing: dict[str, list[tuple[object, ...]]] = {}
    if not first:
        write(folder, 1)
        add_here(base, folder)
    before = nothing if first else content(base)
    write(folder, 2)
    done = Path(shutil.copytree(base, scratch / "undisturbed"))
    add_here(done, folder)
    return Case(folder, base, before, content(done))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    return {
        name: case_of(tmp_path_factory.mktemp(name), first=name == "first") for name in ("first", "changed")
    }


def start(case: Case, store: Path, point: str, count: int, index: str = "none") -> subprocess.Popen[str]:
    arguments = ["add", str(case.folder), "--store", str(store), "--index", index, "--engine", "embedded"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.documents.mortal", point, str(count), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def whole_and_can_be_gone_on_with(case: Case, store: Path, index: str = "none") -> None:
    choice = IndexChoice(index)
    found = verify(store, choice)
    amiss = [check for check in found.checks if not check.ok and "index" not in check.name]
    assert not amiss
    facts = store_facts(store, choice)
    with Slang(settings_for(store, index), embedder=StubEmbedder()) as slang:
        there = {one.locator: one for one in slang.documents()}
        assert len(there) == facts.documents
        assert slang.search("what was seen in room 62").hits is not None
    if there:
        now = content(store)
        for table in ("documents", "pages", "passages"):
            for name in NAMES:
                locator = str(case.folder / name)
                own = [row for row in now[table] if row[0] == locator]
                assert own in [
                    [row for row in version.get(table, []) if row[0] == locator]
                    for version in (case.before, case.after)
                ], (table, name)
    add_here(store, case.folder, index)
    assert content(store) == case.after
    assert verify(store, choice).ok


@pytest.mark.slow
@pytest.mark.parametrize(("name", "point", "count"), POINTS)
def test_killed_at_a_point(cases: dict[str, Case], tmp_path: Path, name: str, point: str, count: int) -> None:
    case = cases[name]
    store = Path(shutil.copytree(case.base, tmp_path / "store"))
    child = start(case, store, point, count)
    _, err = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL, err
    whole_and_can_be_gone_on_with(case, store)


def random_kill(case: Case, store: Path, within: float) -> None:
    with start(case, store, "-", 0) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begins\n"
        time.sleep(random.uniform(0, within))
        child.kill()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["first", "changed"] * 2)
def test_killed_at_random(cases: dict[str, Case], tmp_path: Path, name: str) -> None:
    case = cases[name]
    store = Path(shutil.copytree(case.base, tmp_path / "store"))
    random_kill(case, store, 0.6)
    whole_and_can_be_gone_on_with(case, store)


@pytest.mark.parametrize("damage", ["no bytes", "no tables"])
def test_documents_that_were_only_begun_are_as_good_as_none(tmp_path: Path, damage: str) -> None:
    """What a kill leaves in the first moments: every command goes on as if there were none."""
    from slangrag.service.maintenance import calibrate

    store = make_dictionary(tmp_path)
    place = StoreLayout(store).documents
    place.mkdir()
    StoreLayout(place).lexicon.write_bytes(b"")
    if damage == "no tables":
        from slangrag.ingest.single import first_meta
        from slangrag.store.writer import open_writer

        StoreLayout(place).lexicon.unlink()
        with open_writer(place, meta=first_meta(StubEmbedder().identity)):
            pass
    choice = IndexChoice("none")
    assert verify(store, choice).ok
    facts = store_facts(store, choice)
    assert (facts.documents, facts.passages) == (0, 0)
    calibrate(store)
    rebuild(store, choice)
    assert verify(copy_store(store, tmp_path / "copy").path, choice).ok
    with Slang(settings_for(store), embedder=StubEmbedder()) as slang:
        assert slang.documents() == []
        assert slang.document(1) is None
        assert slang.search("what was seen in room 62").notes == ()
