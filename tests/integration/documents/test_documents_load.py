"""Documents into a store and out of it: what is embedded, what stays, what is left after a fault."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.documents.beside import (
    NONE,
    content,
    document,
    make_dictionary,
    origin,
    paragraph,
    put,
    table_rows,
)
from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.errors import (
    EngineReply,
    EngineUnreachable,
    InputFormat,
    StoppedEarly,
    StoreLocked,
    TextRejected,
)
from slangrag.ingest import IngestPlan, StopFlag, embedding, run
from slangrag.ingest.documents import loading, remove
from slangrag.sources.documents.paging import label_of
from slangrag.sources.documents.types import Heading, ParsedDocument
from slangrag.store.documents.reading import open_documents
from slangrag.store.index import LOCALLY
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.verify import verify


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = embedding.Patience(first_wait=0.001, longest_wait=0.002)
    monkeypatch.setattr(embedding, "Patience", lambda: quick)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dictionary(tmp_path_factory.mktemp("made"))


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "store"))


def well(store: Path) -> None:
    """`slangrag store verify` has nothing to say, and every passage is the text that it says it is."""
    found = verify(store, NONE)
    assert found.ok, [check for check in found.checks if not check.ok]
    with open_documents(store) as (lexicon, documents):
        for one in documents.documents():
            text = documents.text(one.number)
            passages = documents.passages(one.number)
            assert one.passages == len(passages)
            rids = lexicon.row_ids(place.entry_id for place in passages)
            entries = lexicon.entries(rids.values())
            for place in passages:
                assert entries[rids[place.entry_id]].definition == text[place.start : place.end]


def places(store: Path, number: int) -> dict[str, tuple[str, str]]:
    """Each passage of a document: its text, and the page that it says it is on, by its id."""
    with open_documents(store) as (_, documents):
        text, pages = documents.text(number), documents.pages(number)
        return {
            one.entry_id: (text[one.start : one.end], label_of(pages, one.start, one.end))
            for one in documents.passages(number)
        }


def test_a_document_added_again_unchanged_is_neither_embedded_nor_written(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document([1, 2, 3])), ("b", document([4])))
    file = StoreLayout(StoreLayout(store).documents).lexicon
    before = file.read_bytes()
    stub = StubEmbedder()
    found = put(store, stub, ("a", document([1, 2, 3])), ("b", document([4])))
    assert [(one.outcome, one.embedded, one.kept) for one in found] == [
        ("unchanged", 0, 3),
        ("unchanged", 0, 1),
    ]
    assert stub.calls == []
    # The journal's mode is written into the header and out of it again: the counters in bytes 24 and 92.
    assert file.read_bytes()[100:] == before[100:]
    well(store)


def test_of_a_changed_document_only_what_changed_is_embedded_and_the_rest_keeps_its_ids(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document([1, 2, 3, 4], paged=True)))
    before = places(store, 1)
    stub = StubEmbedder()
    (found,) = put(store, stub, ("a", document([7, 1, 2, 9, 4], paged=True)))
    assert stub.texts == [f"Notices: {paragraph(7)}", f"Notices: {paragraph(9)}"]
    assert (found.outcome, found.embedded, found.kept, found.removed) == ("changed", 2, 3, 1)
    after = places(store, 1)
    same = {key: text for key, (text, _) in before.items()}
    assert {key: text for key, (text, _) in after.items() if key in same} == {
        key: text for key, text in same.items() if text != paragraph(3)
    }
    # Texts stand on the page that they stand on now, also those that were not embedded again.
    assert [page for _, page in after.values()] == ["p1", "p2", "p3", "p4", "p5"]
    assert [text for text, _ in after.values()] == [paragraph(n) for n in (7, 1, 2, 9, 4)]
    well(store)


def test_the_id_of_a_passage_that_is_gone_never_comes_back_as_another(store: Path) -> None:
    """A citation that somebody wrote down must not lead to something that it never said."""
    said: dict[str, str] = {}
    for numbers in ([1, 2], [3], [1], [4, 5, 1], [2]):
        put(store, StubEmbedder(), ("a", document(numbers)))
        for key, (text, _) in places(store, 1).items():
            assert said.setdefault(key, text) == text
    remove(store, [1], NONE)
    put(store, StubEmbedder(), ("a", document([6])))
    assert not set(places(store, 2)) & set(said)
    well(store)


def test_a_document_that_shrank_leaves_nothing_of_what_it_was(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document(range(1, 30), word="weevil", paged=True)))
    (found,) = put(store, StubEmbedder(), ("a", document([5], word="weevil", paged=True)))
    assert (found.kept, found.removed, found.embedded) == (1, 28, 0)
    assert table_rows(store) == {
        **dict.fromkeys(table_rows(store), 0),
        **dict.fromkeys(
            ("entries", "entries_fts_docsize", "headwords", "vectors", "ledger", "documents", "pages"), 1
        ),
        "passages": 1,
        "uncoded": table_rows(store)["uncoded"],
        "forms": table_rows(store)["forms"],
    }
    well(store)


def test_another_title_is_in_every_vector_and_so_all_passages_are_embedded_again(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document([1, 2])))
    stub = StubEmbedder()
    (found,) = put(store, stub, ("a", document([1, 2], title="Notices of May")))
    assert (found.embedded, found.kept, found.removed) == (2, 0, 2)
    assert all(text.startswith("Notices of May: ") for text in stub.texts)
    with open_documents(store) as (lexicon, documents):
        assert [one.title for one in documents.documents()] == ["Notices of May"]
        assert lexicon.lookup("Notices") == []
    well(store)


def amiss(store: Path) -> list[str]:
    """What `verify` finds amiss of the documents and their Chroma collection; the dictionary has none."""
    return [check.name for check in verify(store).checks if not check.ok and check.name != "index"]


def in_chroma(store: Path) -> list[str]:
    with LocalChroma(StoreLayout(store).documents).open() as index:
        return sorted(index.collection.get()["ids"])


def test_nothing_is_left_of_the_last_document_in_any_table_nor_in_chroma(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document([1, 2])), ("b", document([3], paged=True)), index=LOCALLY)
    assert in_chroma(store) == ["d1p1", "d1p2", "d2p1"]
    remove(store, [1], LOCALLY)
    assert in_chroma(store) == ["d2p1"]
    assert not amiss(store)
    remove(store, [2], LOCALLY)
    assert not any(table_rows(store).values())
    assert in_chroma(store) == []
    assert not amiss(store)
    put(store, StubEmbedder(), ("a", document([1, 2])), index=LOCALLY)
    assert in_chroma(store) == ["d3p1", "d3p2"]


def test_two_documents_with_the_same_text_are_two_and_one_may_go(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document([1, 2])), ("b", document([1, 2])))
    assert set(places(store, 1)) == {"d1p1", "d1p2"}
    assert set(places(store, 2)) == {"d2p1", "d2p2"}
    well(store)
    remove(store, [1], NONE)
    assert [text for text, _ in places(store, 2).values()] == [paragraph(1), paragraph(2)]
    well(store)


def test_a_paragraph_that_stands_twice_in_a_document_is_found_on_both_its_pages(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document([1, 2, 1], paged=True)))
    assert [page for _, page in places(store, 1).values()] == ["p1", "p2", "p3"]
    stub = StubEmbedder()
    (found,) = put(store, stub, ("a", document([1, 1, 1, 2], paged=True)))
    assert (found.kept, found.embedded) == (3, 1)
    assert [text for text, _ in places(store, 1).values()] == [paragraph(n) for n in (1, 1, 1, 2)]
    well(store)
    (found,) = put(store, StubEmbedder(), ("a", document([2, 1], paged=True)))
    assert (found.kept, found.embedded, found.removed) == (2, 0, 2)
    well(store)


def test_a_passage_that_the_embedder_refuses_is_counted_and_left_out(store: Path) -> None:
    def refuses(_: int, texts: Sequence[str]) -> None:
        if any("case 2 " in text for text in texts):
            raise TextRejected("too long")

    (found,) = put(store, StubEmbedder(fault=refuses), ("a", document([1, 2, 3])))
    assert (found.embedded, found.refused, found.document.passages) == (2, 1, 2)
    assert [text for text, _ in places(store, 1).values()] == [paragraph(1), paragraph(3)]
    well(store)
    (found,) = put(store, StubEmbedder(), ("a", document([1, 2, 3, 4])))
    assert (found.embedded, found.kept, found.refused, found.removed) == (2, 2, 0, 0)
    well(store)


def test_a_document_all_of_whose_passages_are_refused_is_no_fault_of_the_store(store: Path) -> None:
    def refuses(_: int, texts: Sequence[str]) -> None:
        if any("case" in text for text in texts):
            raise TextRejected("too long")

    (found,) = put(store, StubEmbedder(fault=refuses), ("a", document([1, 2])))
    assert (found.embedded, found.refused) == (0, 2)
    well(store)


@pytest.mark.parametrize("fault", [EngineUnreachable("gone"), EngineReply("nonsense")])
def test_an_engine_that_dies_leaves_the_document_as_it_was_and_the_others_as_they_are(
    store: Path, fault: Exception
) -> None:
    put(store, StubEmbedder(), ("a", document([1, 2, 3])), ("b", document([4])))
    kept = content(store)

    def dies(number: int, texts: Sequence[str]) -> None:
        if number > 2:
            raise fault

    many = document([1, *range(100, 300)])
    changed = ("b", document([5]))
    with pytest.raises(type(fault)):
        put(store, StubEmbedder(fault=dies), changed, ("a", many))
    now = content(store)
    assert [row for row in now["passages"] if row[0] == "/docs/a.txt"] == [
        row for row in kept["passages"] if row[0] == "/docs/a.txt"
    ]
    assert [row[5] for row in now["passages"] if row[0] == "/docs/b.txt"] == [paragraph(5)]
    stub = StubEmbedder()
    found = put(store, stub, changed, ("a", many))
    assert [one.outcome for one in found] == ["unchanged", "changed"]
    assert len(stub.texts) == 200
    well(store)


@pytest.mark.parametrize(
    ("signum", "error"), [(signal.SIGTERM, StoppedEarly), (signal.SIGINT, KeyboardInterrupt)]
)
def test_a_stop_within_a_document_leaves_it_as_it_was_and_the_next_run_finishes(
    store: Path, signum: int, error: type[BaseException]
) -> None:
    put(store, StubEmbedder(), ("a", document([1])))
    kept = content(store)
    stop = StopFlag()

    def stops(number: int, texts: Sequence[str]) -> None:
        if number == 2:
            stop.set(signum)

    with pytest.raises(error, match="is as it was before"):
        put(store, StubEmbedder(fault=stops), ("a", document(range(1, 400))), stop=stop)
    assert content(store) == kept
    well(store)
    (found,) = put(store, StubEmbedder(), ("a", document(range(1, 400))))
    assert (found.outcome, found.embedded, found.kept) == ("changed", 398, 1)
    well(store)


def test_what_a_stopped_run_left_to_be_made_anew_is_made_by_the_next_whatever_it_is(store: Path) -> None:
    """Word counts and the index of what a stopped run has committed; also where nothing more is added."""
    put(store, StubEmbedder(), ("a", document([1])), index=LOCALLY)

    def dies(number: int, texts: Sequence[str]) -> None:
        if number > 1:
            raise EngineUnreachable("gone")

    two, three = ("b", document([2, 3], word="weevil")), ("c", document([4]))
    with pytest.raises(EngineUnreachable):
        put(store, StubEmbedder(fault=dies), two, three, index=LOCALLY)
    assert amiss(store) == ["documents: index is of these entries"]
    with open_lexicon(StoreLayout(store).documents) as lexicon:
        assert not lexicon.headwords.occurrences({"weevil"}).get("weevil")
    put(store, StubEmbedder(), two, index=LOCALLY)
    assert not amiss(store)
    with open_lexicon(StoreLayout(store).documents) as lexicon:
        assert lexicon.headwords.occurrences({"weevil"})["weevil"] == 2


def test_a_document_without_text_is_refused_and_what_was_there_stays(store: Path) -> None:
    put(store, StubEmbedder(), ("a", document([1])))
    kept = content(store)
    empty = replace(document([1]), text="Notices", headings=(Heading(1, 0, 7),))
    with pytest.raises(InputFormat, match="no text"):
        put(store, StubEmbedder(), ("a", empty))
    assert content(store) == kept
    well(store)


def test_a_second_add_is_refused_at_once_and_told_who_holds_the_lock(store: Path) -> None:
    with (
        loading(store, StubEmbedder(), NONE),
        pytest.raises(StoreLocked, match="is being written by process") as raised,
        loading(store, StubEmbedder(), NONE),
    ):
        pass
    assert raised.value.hint


def test_documents_may_be_added_while_the_dictionary_is_being_loaded(store: Path, tmp_path: Path) -> None:
    with hold(store):
        put(store, StubEmbedder(), ("a", document([1])))
    with loading(store, StubEmbedder(), NONE) as load:
        run(IngestPlan(write_csv(tmp_path / "b.csv", rows(60)), store, index=NONE), StubEmbedder())
        load.load(origin("b", document([2])), document([2]))
    well(store)


def test_who_reads_while_documents_change_sees_each_whole(store: Path) -> None:
    """As before or as after: no passage that stands elsewhere than its document says."""
    even, odd = document(range(0, 40, 2), paged=True), document(range(1, 39, 2), paged=True)
    put(store, StubEmbedder(), ("a", even))
    ended = threading.Event()
    seen: set[str] = set()
    wrong: list[str] = []

    def read() -> None:
        while not ended.is_set():
            with open_documents(store) as (_, documents), documents.one_view():
                text, pages = documents.text(1), documents.pages(1)
                seen.add(text)
                places = documents.passages(1)
                if [(page.start, page.end) for page in pages] != [(one.start, one.end) for one in places]:
                    wrong.append("pages and passages")
                if text not in {even.text, odd.text} or pages[-1].end != len(text):
                    wrong.append("text and pages")

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(12):
            put(store, StubEmbedder(), ("a", odd))
            put(store, StubEmbedder(), ("a", even))
    finally:
        ended.set()
        reader.join()
    assert not wrong
    assert seen == {even.text, odd.text}


@pytest.mark.parametrize(
    "title",
    [
        "",
        "   ",
        "a\nb",
        "x" * 5000,
        "\x1b]0;gone\x07\x1b[31mred",
        "\u202egnihton",
        "\u200b\u200e",
        "d1p1",
        "'; DROP TABLE documents; --",
        "None\x00more",
    ],
    ids=range(10),
)
def test_whatever_a_document_calls_itself_it_is_stored_found_and_removed(store: Path, title: str) -> None:
    parsed = document([1, 2], title=title)
    put(store, StubEmbedder(), ("a", parsed), ("b", document([3], title=title)))
    well(store)
    with open_documents(store) as (_, documents):
        assert [one.title for one in documents.documents()] == [title, title]
    remove(store, [1], NONE)
    well(store)


def test_text_of_every_kind_of_character_stands_where_it_says(store: Path) -> None:
    odd = "n\u00e4chste \U0001f480 \u202e\u0645\u0631\u062d\u0628\u0627 \x1b[2J e\u0301\u0301 z\u200dw. "
    parsed = ParsedDocument("text", "odd", "\n\n".join(f"{n} {odd * 12}" for n in range(6)))
    put(store, StubEmbedder(), ("odd", parsed))
    well(store)
