from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.documents.making import pdf
from tests.unit.sources.documents.conftest import Read

from slangrag.errors import EngineMissing, InputFormat, InputMissing, InputUnreadable
from slangrag.sources.documents.limits import Limits
from slangrag.sources.documents.parsing import parse
from slangrag.sources.documents.reading import DocumentReader, read_document

PAGE = (
    "<!doctype html><title>Slang</title><article><h1>Slang</h1><p>Rizz is charm that one has.</p></article>"
)
A_READER_THAT_WAITS = """
import sys, time
from pathlib import Path
from slangrag.sources.documents.reading import DocumentReader
reader = DocumentReader()
reader.read(Path(sys.argv[1]))
print(reader._child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("content", "name", "media_type", "kind", "note"),
    [
        (PAGE, "a.html", "text/html; charset=utf-8", "html", ""),
        (PAGE, "a.pdf", "application/pdf", "html", "its media type says pdf: read as html"),
        (PAGE, "a.txt", "", "html", "its name says text: read as html"),
        (
            pdf(["Rizz is charm."]),
            "a.txt",
            "text/plain",
            "pdf",
            "its name says text: read as pdf",
        ),
        ("# Slang", "README.md", "text/plain", "markdown", ""),
        ("# Slang", "page", "text/markdown", "markdown", ""),
        ("# Slang", "page", "", "text", ""),
        ("<p>Rizz is charm.</p>", "a.htm", "", "html", ""),
        ("<?xml version='1.0'?><a>Rizz</a>", "a", "", "xml", ""),
        (
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><p>Rizz</p></html>",
            "a",
            "",
            "html",
            "",
        ),
        ("a,b\n1,2", "a.csv", "text/csv", "text", ""),
        ("PK is short for player killer.", "a.txt", "", "text", ""),
        ("A file begins with %PDF-1.7.", "a.txt", "", "text", ""),
        (b"junk\n" + pdf(["Rizz is charm."]), "a.pdf", "", "pdf", ""),
    ],
)
def test_the_kind_is_found_from_bytes_then_media_type_then_name(
    read: Read, content: str | bytes, name: str, media_type: str, kind: str, note: str
) -> None:
    document = read(content, name, media_type)
    assert document.kind == kind
    assert (note in document.notes) if note else document.notes == ()


def test_a_name_given_beside_the_path_decides_and_is_in_messages(tmp_path: Path) -> None:
    """Downloads and uploads lie in files of another name."""
    path = tmp_path / "download-1"
    path.write_text("# Slang\n\nRizz is charm.")
    assert read_document(path, name="https://example.org/slang.md?raw=1#top").title == "Slang"
    path.write_bytes(b"")
    with pytest.raises(InputFormat, match=r"slang\.md is empty"):
        read_document(path, name="slang.md")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_name_that_is_no_text_is_read_and_shown_as_far_as_it_goes(
    reader: DocumentReader, tmp_path: Path
) -> None:
    for content in (pdf(["Rizz is charm."]), b"Rizz is charm."):
        path = tmp_path / os.fsdecode(b"caf\xe9.txt")
        path.write_bytes(content)
        document = reader.read(path)
        assert (document.title, document.text) == ("caf?.txt", "Rizz is charm.")


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"just text", "a.pdf", "a.pdf is called pdf, and its bytes are not"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "a.png is an image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "a.doc is an old Office file"),
        (b"{\\rtf1 rizz}", "a.rtf", "a.rtf is an RTF file"),
        (b"\x1f\x8b\x08", "a.txt.gz", "a.txt.gz is compressed"),
        (b"PK\x03\x04broken", "a.docx", "a.docx begins as an archive and is none"),
        (b"", "a.txt", "a.txt is empty"),
        (b" \n\t", "a.md", "a.md is empty"),
    ],
)
def test_what_is_not_read_is_refused_by_name_with_a_hint(
    read: Read, content: bytes, name: str, said: str
) -> None:
    with pytest.raises(InputFormat) as refused:
        read(content, name)
    assert refused.value.message.startswith(said)
    assert refused.value.hint


def test_a_file_that_is_not_there_or_is_a_folder_is_told(reader: DocumentReader, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"none\.pdf is not there"):
        reader.read(tmp_path / "none.pdf")
    with pytest.raises(InputUnreadable, match="is not a file"):
        reader.read(tmp_path)


def test_without_the_extra_it_says_what_to_install_and_text_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for package in ("pypdfium2", "trafilatura", "lxml", "defusedxml"):
        monkeypatch.setitem(sys.modules, package, None)
    path = tmp_path / "a"
    path.write_text("# Slang\n\nRizz is charm.")
    assert parse(path, "a.md", "", Limits()).kind == "markdown"
    assert parse(path, "a.txt", "", Limits()).kind == "text"
    path.write_bytes(pdf(["Rizz is charm."]))
    with pytest.raises(EngineMissing) as missing:
        parse(path, "a.pdf", "", Limits())
    assert missing.value.hint == "pip install 'slangrag[documents]'"
    path.write_text(PAGE)
    with pytest.raises(EngineMissing, match="is html, which needs lxml"):
        parse(path, "a.html", "", Limits())


def test_over_the_clock_is_told_and_the_next_document_is_read(tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow.html", tmp_path / "quick.md"
    slow.write_text("<!doctype html><article>" + "<p>Rizz is a word that means charm.</p>" * 200_000)
    quick.write_text("Rizz is charm.")
    with DocumentReader(Limits(seconds=1)) as reader:
        began = time.monotonic()
        with pytest.raises(InputUnreadable, match=r"slow\.html was not read within 1 seconds") as late:
            reader.read(slow)
        assert time.monotonic() - began < 5
        assert late.value.hint
        assert reader.read(quick).text == "Rizz is charm."


def test_over_the_memory_is_told_and_the_next_document_is_read(tmp_path: Path) -> None:
    large, small = tmp_path / "large.txt", tmp_path / "small.txt"
    large.write_bytes(b"rizz " * 12_000_000)
    small.write_text("Rizz is charm.")
    with DocumentReader(Limits(memory=200 << 20)) as reader:
        with pytest.raises(InputUnreadable, match=r"large\.txt needs more than 200 MiB of memory"):
            reader.read(large)
        assert reader.read(small).text == "Rizz is charm."


@pytest.mark.parametrize(
    ("limits", "content", "said"),
    [
        (Limits(characters=100), b"rizz " * 50, "has more than 100 characters of text"),
        (Limits(pages=2), pdf(["Rizz."] * 3), "has 3 pages, more than 2"),
    ],
)
def test_too_long_a_document_is_refused_and_not_cut_short(
    tmp_path: Path, limits: Limits, content: bytes, said: str
) -> None:
    path = tmp_path / "long"
    path.write_bytes(content)
    with pytest.raises(InputFormat, match=f"long {said}"):
        read_document(path, limits=limits)


def test_a_child_that_died_between_documents_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Rizz is charm.")
    with DocumentReader() as reader:
        reader.read(path)
        assert reader._child is not None
        reader._child.kill()
        reader._child.wait()
        assert reader.read(path).text == "Rizz is charm."


def test_many_documents_take_one_child(tmp_path: Path) -> None:
    """Starting Python for each would take longer than reading."""
    path = tmp_path / "a.md"
    path.write_text("Rizz is charm.")
    with DocumentReader() as reader:
        reader.read(path)
        child = reader._child
        for _ in range(20):
            reader.read(path)
        assert reader._child is child


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("Rizz is charm.")
    parent = subprocess.Popen(
        [sys.executable, "-c", A_READER_THAT_WAITS, str(path)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while _runs(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # In a container nobody may reap the orphan.
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_module_of_somebodys_in_the_current_directory_is_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Documents are read where they were downloaded to; a file called msgspec.py may lie there."""
    (tmp_path / "msgspec.py").write_text("from pathlib import Path\nPath('ran').touch()\n")
    (tmp_path / "a.md").write_text("Rizz is charm.")
    monkeypatch.chdir(tmp_path)
    assert read_document(Path("a.md")).text == "Rizz is charm."
    assert not (tmp_path / "ran").exists()
