"""Files that harm their parsers: each is read cleanly or refused by name, and the next one is read."""

from __future__ import annotations

import random
import struct
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.documents.making import archive, docx, epub, pdf
from tests.unit.sources.documents.conftest import Read

from slangrag.errors import InputFormat, InputUnreadable
from slangrag.sources.documents.limits import Limits
from slangrag.sources.documents.passages import cut
from slangrag.sources.documents.reading import DocumentReader

SECONDS = 60  # the limit of the fixture's reader

CYCLE = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[2 0 R 3 0 R]/Count COUNT>>endobj
3 0 obj<</Type/Pages/Kids[2 0 R 3 0 R]/Count 5/Parent 2 0 R>>endobj
trailer<</Root 1 0 R>>
%%EOF"""
LAUGHS = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (
            docx(f"{'<w:sdt><w:sdtContent>' * 5000}{'</w:sdtContent></w:sdt>' * 5000}"),
            "deep.docx",
            "nested too deeply",
        ),
        (docx("<w:p><w:p>"), "torn.docx", "no well-formed XML"),
        (docx("")[:-40], "short.docx", "begins as an archive and is none"),
        (
            f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">{LAUGHS}]><l>&j;</l>',
            "l.xml",
            "declares XML entities",
        ),
        (
            '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]><l>&a;</l>',
            "outside.xml",
            "declares XML entities",
        ),
        ("<?xml version='1.0'?><a>rizz", "torn.xml", "no well-formed XML"),
        (f"<!doctype html>{'<div>' * 200_000}rizz{'</div>' * 200_000}", "deep.html", "nested too deeply"),
        (f"<!doctype html>{'<table><tr><td>' * 20_000}rizz", "tables.html", "nested too deeply"),
        (bytes(range(256)) * 100, "junk.txt", "binary"),
        (bytes(filter(None, random.Random(1).randbytes(50_000))), "junk-without-nul.txt", "binary"),
        (b"\xff\xfe" + b"\0\0" * 100, "nul.txt", "binary"),
        (CYCLE.replace(b"COUNT", b"2000"), "cycle.pdf", "has no page that can be read"),
        (CYCLE.replace(b"COUNT", b"2000000000"), "cycle.pdf", "cycle.pdf"),
        (pdf(["Rizz is charm. " * 50] * 20)[:9000], "torn.pdf", "no whole PDF"),
        (b"%PDF-1.7\n" + random.Random(2).randbytes(100_000), "junk.pdf", "no whole PDF"),
        ("> " * 50_000 + "rizz", "quotes.md", "has no text"),
    ],
)
def test_it_is_refused_by_name_and_in_time(read: Read, content: str | bytes, name: str, said: str) -> None:
    began = time.monotonic()
    with pytest.raises((InputFormat, InputUnreadable)) as refused:
        read(content, name)
    assert time.monotonic() - began < SECONDS
    assert name in refused.value.message
    assert said in refused.value.message
    assert refused.value.hint
    assert read("Rizz is charm.", "next.md").text == "Rizz is charm."


@pytest.mark.parametrize(
    ("content", "name", "longest"),
    [
        ("x" * 10_000_000, "line.txt", 10_000_000),
        ("." * 3_000_000, "dots.txt", 3_000_000),
        (". " * 300_000, "stops.txt", 600_000),
        ("e.g. " * 200_000, "abbreviations.txt", 1_000_000),
        ("- " * 500_000, "marks.txt", 1_000_000),
        ("a: b\n" * 60_000, "terms.txt", 300_000),
        (f"<!doctype html><p>{'x' * 2_000_000}</p>", "line.html", 2_000_000),
        (f"<?xml version='1.0'?>{'<a>' * 50_000}rizz{'</a>' * 50_000}", "deep.xml", 4),
        ("[" * 50_000, "brackets.md", 50_000),
        ("*a " * 50_000, "stars.md", 150_000),
        ("`" * 50_000 + "\n" + "a`b " * 50_000, "ticks.md", 300_000),
        ("<!doctype html><p " + "a=b " * 200_000 + ">rizz", "attributes.html", 4),
    ],
)
def test_it_is_read_cleanly_and_cut_in_time(read: Read, content: str, name: str, longest: int) -> None:
    began = time.monotonic()
    document = read(content, name)
    passages = cut(document)
    assert time.monotonic() - began < SECONDS
    assert 0 < len(document.text) <= longest
    assert passages[0].start == 0
    assert passages[-1].end == len(document.text.rstrip())
    assert max(one.end - one.start for one in passages) <= 1800


def test_scripts_styles_and_handlers_are_not_text(read: Read) -> None:
    page = (
        "<!doctype html><title>T</title><script>alert('pwned')</script><style>p{color:red}</style>"
        "<article><p onclick='evil()'>Rizz is charm that one has when people listen.</p><!-- hidden -->"
        "<template>hidden</template><noscript>hidden</noscript></article>"
    )
    assert read(page, "a.html").text == "Rizz is charm that one has when people listen."


def test_terminal_escapes_and_invisible_characters_are_removed(read: Read) -> None:
    assert read("Ri\x1b[31mzz\u202e is\u200b ch\u00adarm\x9b2J.", "a.txt").text == "Rizz is charm."


def test_an_archive_is_bounded_by_what_comes_out_of_it_not_by_what_it_says(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    size = len(b"<a>") + (3 << 20)
    bomb = archive({"word/document.xml": b"<a>" + b" " * (3 << 20)})
    assert struct.pack("<L", size) in bomb
    with DocumentReader(Limits(unpacked=1 << 20)) as reader:
        path.write_bytes(bomb)
        with pytest.raises(InputFormat, match=r"bomb\.docx unpacks to more than 1 MiB"):
            reader.read(path)
        path.write_bytes(bomb.replace(struct.pack("<L", size), struct.pack("<L", 100)))
        with pytest.raises(InputFormat, match=r"bomb\.docx"):
            reader.read(path)


def test_a_page_that_unpacks_without_bound_costs_the_child_at_most(tmp_path: Path) -> None:
    packer = zlib.compressobj(1)
    content = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(400)) + packer.flush()
    path, next_path = tmp_path / "stream.pdf", tmp_path / "next.md"
    path.write_bytes(
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n"
        % len(content)
        + content
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    next_path.write_text("Rizz is charm.")
    with DocumentReader(Limits(memory=256 << 20, seconds=SECONDS)) as reader:
        with pytest.raises((InputFormat, InputUnreadable), match=r"stream\.pdf"):
            reader.read(path)
        assert reader.read(next_path).text == "Rizz is charm."


_WHOLE = {
    "a.pdf": pdf(["Rizz is charm.", "Cap is a lie."], title="Slang"),
    "a.docx": docx("<w:p><w:r><w:t>Rizz is charm.</w:t></w:r></w:p>"),
    "a.epub": epub(["<h1>One</h1><p>Rizz is charm.</p>"]),
    "a.xml": b"<?xml version='1.0'?><a><title>One</title><p>Rizz <b>is</b> charm.</p></a>",
    "a.html": b"<!doctype html><title>One</title><article><h1>Two</h1><p>Rizz is charm.</p></article>",
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(_WHOLE)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=8)), min_size=1, max_size=6),
)
def test_damaged_anywhere_it_is_read_or_refused_by_name(
    read: Read, name: str, damages: list[tuple[float, int, bytes]]
) -> None:
    content = _WHOLE[name]
    for where, lost, found in damages:
        at = int(where * len(content))
        content = content[:at] + found + content[at + lost :]
    try:
        document = read(content, name)
    except InputFormat as refused:
        assert name in refused.message and refused.hint  # noqa: PT017, PT018  # either end is right
    else:
        assert document.text
        assert all(passage.end <= len(document.text) for passage in cut(document))
