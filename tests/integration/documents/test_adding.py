"""Files, folders and addresses into a store, as `slangrag add` asks for them, and names that people type."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.documents.corpus import write_corpus
from tests.documents.making import Label, pdf
from tests.integration.documents.beside import (
    NONE,
    make_dictionary,
    paragraph,
    settings_for,
)
from tests.unit.ingest.stubs import StubEmbedder
from tests.website import Reply, Website, html, redirect

from slangrag.errors import InputError, InputFormat, InputMissing, InputUnreadable, StoreMissing
from slangrag.service.adding import Added, adding, named, remove
from slangrag.service.slang import Slang
from slangrag.store.documents.reading import open_documents
from slangrag.store.documents.types import StoredDocument
from slangrag.store.verify import verify

TEXT = paragraph(1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dictionary(tmp_path_factory.mktemp("made"))


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "store"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    return tmp_path / "folder"


def add(
    store: Path, *targets: str, embedder: StubEmbedder | None = None, private: bool = False
) -> list[Added]:
    with adding(settings_for(store), embedder=embedder or StubEmbedder(), private=private) as documents:
        return [one for target in targets for one in documents.add(target)]


def outcomes(found: Sequence[Added]) -> dict[str, str]:
    return {one.target: one.outcome for one in found}


def stored(store: Path) -> list[StoredDocument]:
    with open_documents(store) as (_, documents):
        return documents.documents()


def test_ten_documents_of_seven_kinds_go_in_and_all_is_well(store: Path, folder: Path) -> None:
    written = write_corpus(folder)
    embedder = StubEmbedder()
    found = add(store, ".", embedder=embedder)
    assert {one.outcome for one in found} == {"added"}, [one.failure for one in found]
    assert {one.document.locator for one in found if one.document} == {
        str(path.resolve()) for path in written.values()
    }
    assert {one.document.kind for one in found if one.document} == {
        "pdf", "html", "xml", "markdown", "text", "docx", "epub",
    }  # fmt: skip
    assert verify(store, NONE).ok
    again = StubEmbedder()
    assert {one.outcome for one in add(store, str(folder), embedder=again)} == {"unchanged"}
    assert again.calls == []


def test_a_folder_gives_its_documents_and_nothing_hidden_and_no_circle(store: Path, folder: Path) -> None:
    for name in ("a.txt", "B.TXT", "sub/deep/c.md", ".hidden.txt", ".git/d.txt", "picture.png", "noname"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}. {TEXT}")
    (folder / "sub" / "circle").symlink_to(folder)
    (folder / "to-nothing.txt").symlink_to(folder / "gone.txt")
    (folder / "a-folder.txt").mkdir()
    os.mkfifo(folder / "pipe.txt")
    assert outcomes(add(store, str(folder))) == {
        str(folder / name): "added" for name in ("B.TXT", "a.txt", "sub/deep/c.md")
    }


def test_a_folder_within_that_cannot_be_read_is_told(
    store: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text(TEXT)
    (folder / "closed").mkdir()
    scan = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = add(store, str(folder))
    assert outcomes(found) == {str(folder / "a.txt"): "added", str(folder / "closed"): "failed"}


@pytest.mark.parametrize(
    ("target", "kind", "says"),
    [
        ("missing.txt", InputMissing, "is not there"),
        ("", InputMissing, "a path is empty"),
        ("~no_such_user_here/a.txt", InputMissing, "no such user"),
        ("empty", InputMissing, "holds no document"),
        ("a.txt/b.txt", InputUnreadable, "Not a directory"),
        ("circle.txt", InputUnreadable, "symbolic links"),
        ("x" * 300 + ".txt", InputUnreadable, "too long"),
        ("pipe.txt", InputUnreadable, "is not a file"),
        ("/dev/zero", InputUnreadable, "is not a file"),
        ("nothing.txt", InputFormat, "is empty"),
        ("white.txt", InputFormat, "is empty"),
        ("picture.txt", InputFormat, "is an image"),
        ("scan.pdf", InputFormat, "text"),
        ("ftp://example.org/a.txt", InputMissing, "is not there"),
        ("http://", InputUnreadable, "http"),
        ("HTTP://127.0.0.1:9/", InputUnreadable, "private network"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_do_and_costs_only_itself(
    store: Path, folder: Path, target: str, kind: type[InputError], says: str
) -> None:
    (folder / "a.txt").write_text(TEXT)
    (folder / "empty").mkdir()
    (folder / "circle.txt").symlink_to("circle.txt")
    (folder / "nothing.txt").write_text("")
    (folder / "white.txt").write_text(" \n\t\n")
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "scan.pdf").write_bytes(pdf([""]))
    os.mkfifo(folder / "pipe.txt")
    failed, added = add(store, target, "a.txt")
    assert (failed.target, failed.outcome, failed.document) == (target, "failed", None)
    assert isinstance(failed.failure, kind)
    assert says in failed.failure.message
    assert failed.failure.hint
    assert added.outcome == "added"


def test_a_document_that_can_no_longer_be_read_stays_as_it_was(store: Path, folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT)
    add(store, "a.txt")
    (folder / "a.txt").write_bytes(bytes(100))
    (found,) = add(store, "a.txt")
    assert found.outcome == "failed"
    (folder / "a.txt").unlink()
    (found,) = add(store, "a.txt")
    assert isinstance(found.failure, InputMissing)
    assert [one.passages for one in stored(store)] == [1]


def test_one_file_by_several_paths_is_one_document(store: Path, folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT)
    (folder / "sub").mkdir()
    (folder / "link.txt").symlink_to("a.txt")
    paths = ("a.txt", "./a.txt", "sub/../a.txt", "link.txt", str(folder / "a.txt"))
    assert [one.outcome for one in add(store, *paths)] == ["added", *["unchanged"] * 4]
    assert [one.locator for one in stored(store)] == [str(folder / "a.txt")]


def test_a_moved_file_is_another_document(store: Path, folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT)
    add(store, "a.txt")
    (folder / "a.txt").rename(folder / "b.txt")
    add(store, "b.txt")
    assert [Path(one.locator).name for one in stored(store)] == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    "name",
    [
        b"caf\xe9.txt",
        b"new\nline.txt",
        b"\x1b[31mred\x07.txt",
        "\u202etxt.exe.txt".encode(),
        b" .txt",
        b"-rf.txt",
        "\u00fc\u0308\U0001f480.txt".encode(),
        b"x" * 240 + b".txt",
    ],
    ids=range(8),
)
def test_whatever_a_file_is_called_it_is_added_named_and_removed(
    store: Path, folder: Path, name: bytes
) -> None:
    path = os.fsdecode(name)
    (folder / path).write_text(TEXT)
    (found,) = add(store, path)
    assert found.outcome == "added", found.failure
    assert found.document is not None
    assert found.document.title.isprintable()
    found.document.locator.encode()  # text that can be stored and sent
    assert outcomes(add(store, str(folder))) == {str(folder / path): "unchanged"}
    assert named(stored(store), path).number == found.document.number
    assert len(remove(settings_for(store), [path])) == 1
    assert stored(store) == []


@pytest.mark.parametrize(
    "title",
    [
        "",
        "   ",
        "# #",
        "a\u202eb\x1b[31m\u200b\u2066",
        "x" * 5000,
        "\u200b",
        "d1p1",
        "<script>",
        "[bold]red[/bold]",
    ],
    ids=range(9),
)
def test_whatever_a_document_calls_itself_its_title_is_one_line_that_can_be_shown(
    store: Path, folder: Path, title: str
) -> None:
    (folder / "page.html").write_text(
        f"<html><head><title>{title}</title></head><body><p>{TEXT}</p></body></html>"
    )
    (folder / "note.md").write_text(f"# {title}\n\n{TEXT}")
    for one in add(store, "page.html", "note.md"):
        assert one.document is not None, one.failure
        assert one.document.title.isprintable()
        assert 0 < len(one.document.title.strip()) <= 300
        assert one.document.passages
    assert verify(store, NONE).ok


def test_a_name_that_several_documents_have_is_not_guessed(store: Path, folder: Path) -> None:
    for place in ("one", "two"):
        (folder / place).mkdir()
        (folder / place / "a.md").write_text(f"# Same\n\n{place} {TEXT}")
    (folder / "3.txt").write_text(TEXT)
    add(store, ".")
    documents = stored(store)
    numbers = {str(Path(one.locator).relative_to(folder)): one.number for one in documents}
    for name in ("a.md", "Same"):
        with pytest.raises(InputMissing, match="several documents") as raised:
            named(documents, name)
        assert all(str(numbers[one]) in raised.value.message for one in ("one/a.md", "two/a.md"))
        assert "number" in raised.value.hint
    assert named(documents, "one/a.md").number == numbers["one/a.md"], "a path outweighs the name"
    assert named(documents, "1").number == 1, "a number outweighs a title"
    assert named(documents, "3.txt").number == numbers["3.txt"]
    for name in ("4", "nothing", "", ".", "\0", "~no_such_user_here", "x" * 5000, "http://["):
        with pytest.raises(InputMissing, match="there is no document"):
            named(documents, name)


def test_nothing_is_removed_where_one_of_the_names_is_none(store: Path, folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT)
    add(store, "a.txt")
    with pytest.raises(InputMissing, match=r"there is no document b\.txt"):
        remove(settings_for(store), ["a.txt", "b.txt"])
    assert len(stored(store)) == 1
    assert len(remove(settings_for(store), ["a.txt", "1", str(folder / "a.txt")])) == 1
    assert stored(store) == []
    with pytest.raises(InputMissing) as raised:
        remove(settings_for(store), ["a.txt"])
    assert raised.value.hint


def test_without_a_dictionary_nothing_is_begun(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing) as raised:
        add(tmp_path / "store", "a.txt")
    assert raised.value.hint == "slangrag ingest --sample"
    assert not (tmp_path / "store").exists()


def test_a_page_of_a_pdf_is_that_page_and_one_that_it_has_not_is_told(store: Path, folder: Path) -> None:
    pages = [paragraph(n) for n in range(1, 5)]
    (folder / "a.pdf").write_bytes(
        pdf(pages, title="Notices", labels=[Label(0, "ROMAN_LOWER"), Label(2, "ARABIC")])
    )
    add(store, "a.pdf")
    with Slang(settings_for(store), embedder=StubEmbedder()) as slang:
        found = slang.document(1, page=3)
        assert found is not None
        assert " ".join(found.text.split()) == pages[2]
        assert [(page.number, page.label) for page in found.pages] == [(3, "1")]
        assert found.passages
        whole = slang.document(1)
        assert whole is not None
        assert whole.text[found.start :].startswith(found.text)
        for page in (0, -1, 5):
            with pytest.raises(InputMissing, match=f"has 4 pages, and no page {page}"):
                slang.document(1, page=page)
        assert slang.document(2) is None
        place = found.passages[0]
        said = f"Notices: {whole.text[place.start : place.end]}"
        (hit,) = slang.varied(only="documents").search(said, limit=1).hits
        assert hit.locator is not None
        assert hit.locator.page() == "1"


def test_a_program_that_runs_sees_documents_come_and_go(
    store: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slangrag.service import pool

    monkeypatch.setattr(pool, "_FRESH_SECONDS", 0.0)
    (folder / "a.txt").write_text(TEXT)
    with Slang(settings_for(store), embedder=StubEmbedder()) as slang:
        alone = slang.varied(only="documents")
        with pytest.raises(StoreMissing, match="no documents"):
            alone.search(TEXT)
        add(store, "a.txt")
        assert len(slang.documents()) == 1
        assert alone.search(f"a.txt: {TEXT}").hits
        remove(settings_for(store), ["1"])
        assert slang.documents() == []
        with pytest.raises(StoreMissing, match="no documents") as raised:
            alone.search(TEXT)
        assert raised.value.hint == "slangrag add FILE"


def test_questions_are_answered_while_documents_come_and_go(store: Path, folder: Path) -> None:
    ended = threading.Event()
    (folder / "a.txt").write_text(TEXT)
    (folder / "b.txt").write_text("\n\n".join(paragraph(n) for n in range(2, 30)))
    add(store, "b.txt")

    def ask() -> None:
        with Slang(replace(settings_for(store), only="documents"), embedder=StubEmbedder()) as slang:
            while not ended.is_set():
                assert slang.search(f"b.txt: {paragraph(7)}").hits
                for one in slang.documents():
                    slang.document(one.number)

    thread = ThreadPoolExecutor(1)
    asking = thread.submit(ask)
    try:
        for n in range(6):
            (folder / "b.txt").write_text("\n\n".join(paragraph(n) for n in range(2, 30 + n)))
            add(store, "a.txt", "b.txt")
            remove(settings_for(store), ["a.txt"])
    finally:
        ended.set()
        thread.shutdown()
    asking.result()


# ----- addresses


def test_a_page_is_added_and_asked_for_again_only_if_it_changed(store: Path) -> None:
    page = html(title="Notices", body=f"<p>{TEXT}</p>")
    with Website({"/a": Reply(page, headers={"ETag": '"1"', "Last-Modified": "now"})}) as site:
        url = f"{site.url}/a"
        (found,) = add(store, url, private=True)
        assert found.outcome == "added", found.failure
        assert found.document is not None
        assert (found.document.locator, found.document.etag) == (url, '"1"')
        embedder = StubEmbedder()
        (found,) = add(store, url, private=True, embedder=embedder)
        assert found.outcome == "unchanged"
        assert site.told[-1]["If-None-Match"] == '"1"'
        site.pages["/a"] = Reply(page, headers={"ETag": '"2"'})  # the same bytes by another name
        assert [one.outcome for one in add(store, url, private=True, embedder=embedder)] == ["unchanged"]
        assert embedder.calls == []
        add(store, url, private=True)
        assert site.told[-1]["If-None-Match"] == '"2"'
        site.pages["/a"] = Reply(page.replace("lamp", "stove"), headers={"ETag": '"3"'})
        assert [one.outcome for one in add(store, url, private=True)] == ["changed"]
    assert verify(store, NONE).ok


def test_one_page_by_several_addresses_is_one_document(store: Path) -> None:
    page = html(title="Notices", body=f"<p>{TEXT}</p>")
    with Website({"/a": page, "/a?utm_source=mail": page}) as site:
        url = f"{site.url}/a"
        ways = (url, f"{url}#part", f"{url}?utm_source=mail", url.replace("http", "HTTP"))
        found = add(store, *ways, private=True)
        assert [one.outcome for one in found] == ["added", *["unchanged"] * 3]
        documents = stored(store)
        for name in (url, f"{url}#part", url.replace("http", "HTTP"), "a", "Notices", "1"):
            assert named(documents, name).number == 1


def test_a_page_behind_a_redirect_is_remembered_by_what_was_typed(store: Path) -> None:
    with Website({"/old": redirect("/new"), "/new": html(title="Notices", body=f"<p>{TEXT}</p>")}) as site:
        (found,) = add(store, f"{site.url}/old", private=True)
        assert found.document is not None, found.failure
        assert found.document.locator == f"{site.url}/old"
        assert [one.outcome for one in add(store, f"{site.url}/old", private=True)] == ["unchanged"]


@pytest.mark.parametrize(
    "answer",
    [
        Reply("no", status=404),
        Reply("no", status=500),
        Reply("no", status=401),
        redirect("/a"),
        Reply(b"\x89PNG\r\n\x1a\n", type="image/png"),
        Reply("", type="text/html"),
        Reply("%PDF-1.4 broken", type="application/pdf"),
    ],
    ids=["404", "500", "401", "circle", "image", "empty", "broken"],
)
def test_a_page_that_cannot_be_had_is_told_and_what_was_there_stays(store: Path, answer: Reply) -> None:
    with Website({"/a": html(title="Notices", body=f"<p>{TEXT}</p>")}) as site:
        add(store, f"{site.url}/a", private=True)
        site.pages["/a"] = answer
        (found,) = add(store, f"{site.url}/a", private=True)
        assert found.outcome == "failed"
        assert found.failure is not None
        assert found.failure.hint
    assert [one.title for one in stored(store)] == ["Notices"]
    assert verify(store, NONE).ok


def test_a_private_address_is_not_fetched_unasked(store: Path) -> None:
    with Website({"/a": html(body=f"<p>{TEXT}</p>")}) as site:
        (found,) = add(store, f"{site.url}/a")
        assert found.failure is not None
        assert "--private" in found.failure.hint
        assert site.asked == []
