"""`slangrag convert` as it is typed: from a file of XML that nobody knows to an answer out of it."""

from __future__ import annotations

import gzip
import shlex
from pathlib import Path

import pytest
from tests.integration.cli.harness import Slangrag, press_ctrl_c

RELEASE = """  <release id="pr-{n}" date="2024-01-{day:02}">
    <headline>Release {n}: “so salty”</headline>
    <byline>Ann</byline>
    <body>
      <p>The first paragraph of number {n},
         wrapped by an editor.</p>
      <p>The second, with <b>bold</b> words &amp; more.</p>
    </body>
  </release>
"""
RELEASES = f"""<?xml version="1.0" encoding="UTF-8"?>
<releases>
{"".join(RELEASE.format(n=n, day=n % 28 + 1) for n in range(200))}</releases>
"""
DICTIONARY = """<?xml version="1.0" encoding="UTF-16"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0"><text><body>
<entry xml:id="no-cap"><form type="lemma"><orth>no cap</orth></form>
  <sense><def>without a lie</def></sense><sense><def>with no hat on</def></sense></entry>
<entry xml:id="zhuzh"><form type="lemma"><orth>zhuzh</orth></form>
  <sense><def>to make a thing livelier</def></sense></entry>
<entry xml:id="see"><form type="lemma"><orth>capless</orth></form><xr>no cap</xr></entry>
</body></text></TEI>
"""
RELEASE_COMMAND = (
    "slangrag convert releases.xml --record /releases/release"
    " --columns word=headline,definition=body/p,word_id=@id,author=byline"
)


@pytest.fixture
def releases(slangrag: Slangrag) -> Path:
    path = slangrag.cwd / "releases.xml"
    path.write_text(RELEASES, encoding="utf-8")
    return path


def test_a_newcomer_types_what_it_says_until_ingest_has_the_file(slangrag: Slangrag, releases: Path) -> None:
    """Each command ends with the next; nothing of the XML need be known."""
    looked = slangrag("convert", "releases.xml")
    assert looked.code == 0, looked.err
    assert "/releases/release\t200\tRelease 0: “so salty”" in looked.out
    assert looked.out.splitlines()[-1] == f"next: {RELEASE_COMMAND}"
    converted = slangrag(*shlex.split(looked.out.splitlines()[-1])[2:])
    assert converted.code == 0, converted.err
    said = converted.out.splitlines()[0]
    assert said.startswith("200 rows of 200 records of releases.xml are in releases.csv")
    assert converted.out.splitlines()[-1] == "next: slangrag ingest releases.csv"
    lines = (slangrag.cwd / "releases.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == [
        "word,definition,word_id,author",
        'Release 0: “so salty”,"The first paragraph of number 0, wrapped by an editor.',
        'The second, with bold words & more.",pr-0,Ann',
    ]
    planned = slangrag("ingest", "releases.csv", "--dry-run", "--json", "--engine", "embedded")
    assert (planned.json["accepted"], planned.json["rejected"]) == (200, 0)


def test_a_dictionary_is_converted_ingested_and_asked(slangrag: Slangrag) -> None:
    (slangrag.cwd / "tei.xml").write_text(DICTIONARY, encoding="utf-16")
    done = slangrag(
        "convert", "tei.xml", "--record", "entry", "--each", "sense", "--check", "--json",
        "--columns", "word=form[@type=lemma]/orth,definition=sense/def,word_id=@xml:id",
    )  # fmt: skip
    assert done.code == 0, done.err
    document = done.json
    assert (document["records"], document["rows"], document["out"]) == (3, 3, "tei.csv")
    assert document["skipped"] == [{"reason": "nothing-at-each", "count": 1, "lines": [7]}]
    assert document["check"] == {
        "ok": True, "compared": 3, "same": 3, "different": 0, "lines": [], "refused": []
    }  # fmt: skip
    first = slangrag("ingest", "tei.csv", "--store", "store", "--engine", "embedded", "--json")
    assert (first.json["accepted"], first.json["rejected"]) == (3, 0)
    (slangrag.cwd / "tei.csv").unlink()
    slangrag(
        "convert", "tei.xml", "--record", "entry", "--each", "sense",
        "--columns", "word=form/orth,definition=sense/def,word_id=@xml:id",
    )  # fmt: skip
    again = slangrag("ingest", "tei.csv", "--store", "store", "--engine", "embedded", "--json")
    assert (again.json["embedded"], again.json["accepted"]) == (0, 3), "converting again changes nothing"
    told = slangrag("define", "no cap", "--store", "store", "--json").json
    assert [(one["entry_id"], one["definition"]) for one in told["entries"]] == [
        ("no-cap.1", "without a lie"),
        ("no-cap.2", "with no hat on"),
    ]


def test_a_look_as_json_has_what_is_documented(slangrag: Slangrag, releases: Path, root: Path) -> None:
    document = slangrag("convert", "releases.xml", "--json").json
    page = (root / "docs" / "cli.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| `convert FILE`"))
    assert all(f"`{name}`" in row for name in document)
    assert document["record"] == "/releases/release"
    assert document["columns"]["definition"] == "body/p"
    assert document["fields"][0] == {"path": "@id", "times": 200, "most": 1, "example": "pr-0"}


def test_the_way_back_and_through_pipes(slangrag: Slangrag, releases: Path) -> None:
    command = shlex.split(RELEASE_COMMAND)[1:]
    piped = slangrag(*command, "--out", "-")
    assert "200 rows of 200 records" in piped.err
    (slangrag.cwd / "piped.csv").write_text(piped.out, encoding="utf-8")
    back = slangrag("convert", "piped.csv", "--to", "xml", "--out", "back.xml")
    assert back.code == 0, back.err
    assert back.out.splitlines()[-1].startswith("and back: slangrag convert back.xml --record /entries/entry")
    again = slangrag(*shlex.split(back.out.splitlines()[-1])[3:], "--out", "again.csv")
    assert again.code == 0, again.err
    streamed = slangrag("convert", "piped.csv", "--to", "xml", "--out", "-")
    assert streamed.out == (slangrag.cwd / "back.xml").read_text(encoding="utf-8")


def test_a_compressed_file_loses_both_endings(slangrag: Slangrag, releases: Path) -> None:
    packed = slangrag.cwd / "packed.xml.gz"
    packed.write_bytes(gzip.compress(releases.read_bytes()))
    command = shlex.split(RELEASE_COMMAND.replace("releases.xml", "packed.xml.gz"))[1:]
    assert slangrag(*command).code == 0
    assert (slangrag.cwd / "packed.csv").is_file()


def test_a_check_that_fails_ends_with_a_code_of_its_own(slangrag: Slangrag) -> None:
    (slangrag.cwd / "d.xml").write_text("<d><e v='no'><w>a</w><m>b</m></e><e v='1'><w>c</w><m>d</m></e></d>")
    columns = "word=w,definition=m,up_votes=@v"
    done = slangrag("convert", "d.xml", "--record", "e", "--columns", columns, "--check")
    assert done.code == 5
    assert "checked: 1 of 2 rows are the same after the way back" in done.out
    assert "1 that ingest would reject (unreadable-votes): line 2 of d.csv" in done.out


BOTH = ("--columns", "word=w,definition=m")
ERRORS: list[tuple[tuple[str, ...], int, str, str]] = [
    (("none.xml",), 5, "there is no file none.xml", "slangrag convert FILE.xml"),
    (("bad.xml",), 5, "line 2, column 6: mismatched tag", "sed -n 2p bad.xml"),
    (("bomb.xml",), 5, "the entity 'b' made of others", "xmllint"),
    (("d.xml", "--record", "e"), 2, "--columns says where", "slangrag convert d.xml"),
    (("d.xml", "--columns", "word=w"), 2, "without --record nothing", "slangrag convert d.xml"),
    (("d.xml", "--record", "e[1]", *BOTH), 2, "at character 2", "a path is like"),
    (("d.xml", "--record", "e", "--columns", "word=w"), 2, "nothing of definition", "--columns word="),
    (("d.xml", "--record", "x", *BOTH), 5, "nothing at --record x", "convert d.xml"),
    (("d.xml", "--record", "e", *BOTH, "--out", "d.xml"), 2, "something at d.xml", "another place"),
    (("d.xml", "--record", "e", *BOTH, "--out", "-", "--json"), 2, "both want", "--out FILE.csv --json"),
    (("d.xml", "--record", "e", *BOTH, "--out", "-", "--check"), 2, "a file", "--out FILE.csv --check"),
    (("d.xml", "--to", "xml", "--out", "x.xml"), 5, "d.xml is XML, not a CSV", "slangrag convert d.xml"),
    (("d.csv", "--to", "xml", "--check"), 2, "are for XML", "slangrag convert --help"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"), ERRORS, ids=[" ".join(error[0]) for error in ERRORS]
)
def test_errors_are_two_lines_and_leave_nothing(
    slangrag: Slangrag, arguments: tuple[str, ...], code: int, message: str, hint: str
) -> None:
    (slangrag.cwd / "d.xml").write_text("<d><e><w>a</w><m>b</m></e><e/></d>")
    (slangrag.cwd / "bad.xml").write_text("<d>\n<e></d>")
    (slangrag.cwd / "bomb.xml").write_text('<!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><d>&b;</d>')
    before = sorted(path.name for path in slangrag.cwd.iterdir())
    done = slangrag("convert", *arguments)
    assert done.code == code, done.err
    said, told = done.two_lines
    assert message in said
    assert hint in told
    assert sorted(path.name for path in slangrag.cwd.iterdir()) == before


def test_ctrl_c_leaves_nothing_behind(slangrag: Slangrag) -> None:
    """The file would take many seconds; what was written aside is gone, and the exit code says why."""
    (slangrag.cwd / "d.xml").write_text(f"<d>{'<e><w>a</w><m>b</m></e>' * 2_000_000}</d>")
    running = slangrag.start("convert", "d.xml", "--record", "e", "--columns", "word=w,definition=m")
    done = press_ctrl_c(running, lambda: any(slangrag.cwd.glob(".d.csv.*")))
    assert done.code == 130
    assert "stopped: nothing was written" in done.err
    assert [path.name for path in slangrag.cwd.iterdir()] == ["d.xml"]
