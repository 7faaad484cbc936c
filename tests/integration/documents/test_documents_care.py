"""A store that has documents: checked, rebuilt, copied, exported, embedded anew, on a server, read-only."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.chroma_run import chroma_run
from tests.integration.documents.beside import (
    NONE,
    content,
    document,
    make_dictionary,
    paragraph,
    put,
    settings_for,
)
from tests.unit.ingest.stubs import StubEmbedder

from slangrag.errors import StoppedEarly, StoreError, StoreLocked, StoreMismatch, StoreMissing, TextRejected
from slangrag.ingest import IngestPlan, StopFlag
from slangrag.ingest.documents import remove
from slangrag.service import ingesting
from slangrag.service.doctor import store_checks
from slangrag.service.maintenance import (
    calibrate,
    copy_store,
    documents_root,
    export,
    rebuild,
    store_facts,
    verify,
)
from slangrag.service.slang import Slang
from slangrag.store.documents.writing import DocumentWriter
from slangrag.store.index import IndexChoice
from slangrag.store.layout import StoreLayout
from slangrag.store.lock import hold
from slangrag.store.writer import open_writer


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dictionary and two documents of three passages each, without Chroma."""
    folder = tmp_path_factory.mktemp("made")
    make_dictionary(folder)
    put(folder / "store", StubEmbedder(), ("a", document([1, 2, 3], paged=True)), ("b", document([4, 5, 6])))
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "made")) / "store"


def found_by(store: Path, embedder: StubEmbedder, index: str = "none") -> tuple[list[str], tuple[str, ...]]:
    """Which passages a question finds first, by their documents, and what was said to lack."""
    settings = replace(settings_for(store, index), only="documents")
    with Slang(settings, embedder=embedder) as slang:
        found = slang.search(f"Notices: {paragraph(3)}", limit=1)
        return [hit.entry.definition for hit in found.hits], found.notes


def broken(store: Path) -> list[tuple[str, str]]:
    return [(check.name, check.hint) for check in verify(store, NONE).checks if not check.ok]


def in_documents(store: Path, *statements: str) -> None:
    with closing(sqlite3.connect(StoreLayout(StoreLayout(store).documents).lexicon)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("DELETE FROM passages WHERE rid = 2", "documents: a document for every passage"),
        ("DELETE FROM documents WHERE number = 1", "documents: a document for every passage"),
        ("UPDATE passages SET start = start + 1 WHERE rid = 2", "documents: passages stand where they say"),
        ("UPDATE documents SET text = 'x' || text", "documents: passages stand where they say"),
        ("DELETE FROM vectors WHERE rid = 2", "documents: a vector for every entry"),
        ("UPDATE ledger SET accepted = 99", "documents: ledger"),
    ],
)
def test_verify_finds_what_is_amiss_and_its_hint_is_about_documents(
    store: Path, damage: str, check: str
) -> None:
    assert verify(store, NONE).ok
    in_documents(store, damage)
    named = dict(broken(store))
    assert check in named
    assert "slangrag add" in named[check]
    assert not any("ingest" in hint for hint in named.values())


def test_a_file_that_is_no_lexicon_is_told_and_the_dictionary_still_answers(store: Path) -> None:
    StoreLayout(StoreLayout(store).documents).lexicon.write_bytes(b"no lexicon at all " * 400)
    with pytest.raises(StoreError) as raised:
        verify(store, NONE)
    assert "documents" in raised.value.message
    with Slang(settings_for(store), embedder=StubEmbedder()) as slang:
        assert slang.define("word 5").entries
        alone = slang.varied(only="dictionary")
        assert alone.search("word 5").hits


def test_codes_and_index_of_documents_are_made_anew_with_the_dictionarys(store: Path) -> None:
    assert found_by(store, StubEmbedder())[0] == [paragraph(3)]
    assert rebuild(store) is not None
    assert verify(store).ok
    assert (StoreLayout(store).documents / "chroma").is_dir()
    shutil.rmtree(StoreLayout(store).documents / "chroma")
    assert not verify(store).ok
    facts = store_facts(store)
    assert not facts.sealed, "something is left to be done"
    amiss = [one for one in store_checks.store(settings_for(store, "chroma"), quick=True) if one.ok is False]
    assert [one.name for one in amiss] == ["documents"]
    assert "store rebuild" in amiss[0].next
    rebuild(store)
    assert verify(store).ok
    assert store_facts(store).sealed


def test_who_writes_documents_is_told(store: Path) -> None:
    with hold(StoreLayout(store).documents):
        facts = store_facts(store, NONE)
        assert "process" in facts.locked_by
        assert not facts.sealed
    assert store_facts(store, NONE).locked_by == ""


def test_calibrating_measures_the_passages_too(store: Path) -> None:
    in_documents(store, "DELETE FROM meta WHERE key LIKE '%background%' OR key LIKE '%calibrat%'")
    calibrate(store)
    with closing(sqlite3.connect(StoreLayout(StoreLayout(store).documents).lexicon)) as db:
        keys = {key for (key,) in db.execute("SELECT key FROM meta")}
    assert any("background" in key or "calibrat" in key for key in keys), keys


def test_a_copy_has_the_documents_and_what_crawls_remember(store: Path, tmp_path: Path) -> None:
    crawls = StoreLayout(store).crawls
    crawls.mkdir()
    (crawls / "Guide.jsonl").write_bytes(b'{"journal":1}\n')
    copy = copy_store(store, tmp_path / "copy")
    shutil.move(store, tmp_path / "gone")
    assert content(copy.path) == content(tmp_path / "gone")
    assert verify(copy.path, NONE).ok
    assert (StoreLayout(copy.path).crawls / "Guide.jsonl").read_bytes() == b'{"journal":1}\n'
    assert found_by(copy.path, StubEmbedder())[0] == [paragraph(3)]
    put(copy.path, StubEmbedder(), ("c", document([7])))
    assert verify(copy.path, NONE).ok
    taken = sum(path.stat().st_size for path in copy.path.rglob("*") if path.is_file())
    assert copy.bytes <= taken


def test_a_copy_made_while_documents_are_written_is_of_one_moment(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hold(StoreLayout(store).documents), open_writer(StoreLayout(store).documents) as writer:
        DocumentWriter(writer).remove(1)
        copy = copy_store(store, tmp_path / "copy").path
    assert verify(copy, NONE).ok
    assert len(content(copy)["documents"]) == 2


def test_passages_are_exported_by_themselves(store: Path, tmp_path: Path) -> None:
    made = export(documents_root(store), tmp_path / "passages.jsonl", "jsonl")
    rows = [json.loads(line) for line in (tmp_path / "passages.jsonl").read_text().splitlines()]
    assert made.rows == len(rows) == 6
    assert [row["definition"] for row in rows] == [paragraph(n) for n in range(1, 7)]
    assert rows[0]["word"] == "Notices"
    assert len(rows[0]["vector"]) == 16
    export(store, tmp_path / "entries.jsonl", "jsonl")
    assert "case 1" not in (tmp_path / "entries.jsonl").read_text()


def test_an_export_of_documents_that_are_not_there_says_how_to_add_some(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing) as raised:
        documents_root(make_dictionary(tmp_path))
    assert raised.value.hint == "slangrag add FILE"


def other(**more: object) -> StubEmbedder:
    return StubEmbedder(24, model="other", **more)  # type: ignore[arg-type]


def reembed(store: Path, embedder: StubEmbedder, stop: StopFlag | None = None) -> None:
    """`slangrag ingest words.csv --reembed`."""
    plan = IngestPlan(store.parent / "words.csv", store, index=NONE, reembed=True)
    ingesting.load(plan, embedder, progress=lambda _: None, stop=stop or StopFlag())


def test_another_embedder_makes_the_vectors_of_passages_too(store: Path) -> None:
    embedder = other()
    reembed(store, embedder)
    assert f"Notices: {paragraph(5)}" in embedder.texts
    assert verify(store, NONE).ok
    assert found_by(store, other()) == ([paragraph(3)], ())
    again = other()
    reembed(store, again)
    assert again.texts == []


def test_questions_go_by_words_while_passages_have_anothers_vectors(store: Path) -> None:
    """Stopped between the two: vectors of two models are never compared, and that is said."""
    stop = StopFlag()

    def stops(number: int, texts: Sequence[str]) -> None:
        if any("case" in text for text in texts):
            stop.set()

    with pytest.raises(StoppedEarly):
        reembed(store, other(fault=stops), stop)
    assert verify(store, NONE).ok
    embedder = other()
    found, notes = found_by(store, embedder)
    assert found == [paragraph(3)]
    assert any("meaning was not compared" in note for note in notes), notes
    amiss = [one for one in store_checks.store(settings_for(store), quick=True) if one.ok is False]
    assert [one.name for one in amiss] == ["documents"]
    assert "--reembed" in amiss[0].next
    assert not store_facts(store, NONE).sealed
    with pytest.raises(StoreMismatch) as raised:
        put(store, other(), ("c", document([7])))
    assert "--reembed" in raised.value.hint
    reembed(store, other())
    assert found_by(store, other()) == ([paragraph(3)], ())
    put(store, other(), ("c", document([7])))
    assert verify(store, NONE).ok


def test_a_running_program_follows_documents_to_another_embedder(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slangrag.engines.choose import Chosen
    from slangrag.service import pool

    monkeypatch.setattr(pool, "_FRESH_SECONDS", 0.0)
    stubs = {"hash": StubEmbedder(), "other": other()}

    def chosen(_settings: object, stored: object, *_: object) -> object:
        return Chosen(stubs[stored.model], "")  # type: ignore[attr-defined]

    monkeypatch.setattr("slangrag.service.engines.embedder", chosen)
    with Slang(settings_for(store)) as slang:
        for model in ("hash", "other"):
            if model == "other":
                reembed(store, stubs["other"])
            found = slang.varied(only="documents").search(f"Notices: {paragraph(3)}")
            assert found.notes == ()
            assert found.hits[0].entry.definition == paragraph(3)
            assert found.hits[0].match == "semantic"


def test_a_passage_that_the_new_embedder_refuses_leaves_no_trace(store: Path) -> None:
    def refuses(_: int, texts: Sequence[str]) -> None:
        if any("case 2 " in text for text in texts):
            raise TextRejected("too long")

    reembed(store, other(fault=refuses))
    assert not broken(store)
    with Slang(settings_for(store), embedder=other()) as slang:
        assert [one.passages for one in slang.documents()] == [2, 3]


def test_documents_being_added_hold_up_a_reembedding_and_it_can_be_gone_on_with(store: Path) -> None:
    with hold(StoreLayout(store).documents), pytest.raises(StoreLocked) as raised:
        reembed(store, other())
    assert raised.value.hint
    reembed(store, other())
    assert found_by(store, other()) == ([paragraph(3)], ())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_documents_are_read_from_a_place_that_cannot_be_written(store: Path) -> None:
    for path in store.parents:
        if path.parent.is_relative_to(tempfile.gettempdir()):
            path.chmod(0o755)
    for path in (store, StoreLayout(store).documents):
        path.chmod(0o555)
    script = (
        "import os, sys\n"
        "from tests.integration.documents.test_documents_care import read_only\n"
        "wrong = read_only(sys.argv[1])\n"
        "os.chdir(sys.argv[1])  # where settings are looked for: a checkout may be its owner's alone\n"
        "os.setuid(65534)\n"
        "print(wrong, read_only(sys.argv[1], writes=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(store)],
        env={**os.environ, "XDG_CONFIG_HOME": "/nowhere"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == "[] []\n", done.stderr


def read_only(place: str, *, writes: bool = False) -> list[str]:
    """What is wrong where nothing can be written; a first call imports what is imported late."""
    store = Path(place)
    wrong = []
    if found_by(store, StubEmbedder())[0] != [paragraph(3)]:
        wrong.append("not found")
    if not verify(store, NONE).ok:
        wrong.append("not well")
    try:
        if writes:
            put(store, StubEmbedder(), ("c", document([7])))
            wrong.append("written")
    except StoreError as error:
        if error.hint != "name another place with --store DIR":
            wrong.append(error.hint)
    return wrong


@pytest.mark.slow
def test_a_chroma_server_has_the_passages_in_a_collection_of_their_own(store: Path, tmp_path: Path) -> None:
    (tmp_path / "server").mkdir()
    with chroma_run(tmp_path / "server") as server:
        choice = IndexChoice(server.address)
        rebuild(store, choice)
        assert verify(store, choice).ok
        put(store, StubEmbedder(), ("c", document([7])), ("a", document([1, 3])), index=choice)
        remove(store, [2], choice)
        assert verify(store, choice).ok
        assert found_by(store, StubEmbedder(), server.address) == ([paragraph(3)], ())
    found, notes = found_by(store, StubEmbedder(), server.address)
    assert found == [paragraph(3)]
    assert any("cannot be used" in note for note in notes)
