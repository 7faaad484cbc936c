"""What a look into XML proposes: dictionaries and press releases as they are published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slangrag.sources.xml import look as looking
from slangrag.sources.xml.look import look
from slangrag.sources.xml.parsing import pieces
from slangrag.sources.xml.survey import Survey

Write = Callable[..., Path]

TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>Slang</title></teiHeader><text><body>
<div><head>A</head>
<entry xml:id="e1"><form><orth>ate</orth></form><sense><def>did <hi>well</hi></def></sense></entry>
<entry xml:id="e2"><form><orth>aux</orth></form><sense><def>cable</def></sense><sense><def>x</def></sense>
</entry></div><div><head>B</head>
<entry xml:id="e3"><form><orth>bet</orth></form><sense><def>yes</def></sense></entry></div>
</body></text></TEI>"""
NESTED = TEI.replace("<def>x</def>", "<def>x</def><sense><def>y</def></sense>")
LIFT = """<lift><entry id="a"><lexical-unit><form lang="en"><text>cap</text></form></lexical-unit>
<sense id="s1"><definition><form lang="en"><text>a lie</text></form></definition></sense>
<sense id="s2"><definition><form lang="en"><text>a hat</text></form></definition></sense></entry>
<entry id="b"><lexical-unit><form lang="en"><text>bet</text></form></lexical-unit>
<sense id="s3"><definition><form lang="en"><text>yes</text></form></definition></sense></entry></lift>"""
JMDICT = """<JMdict><entry><ent_seq>1</ent_seq>
<k_ele><keb>明白</keb></k_ele><r_ele><reb>めいはく</reb></r_ele>
<sense><pos>adj</pos><gloss>obvious</gloss><gloss>clear</gloss></sense><sense><gloss>plain</gloss></sense></entry>
<entry><ent_seq>2</ent_seq><k_ele><keb>帽子</keb></k_ele><sense><gloss>hat</gloss></sense></entry>
<entry><ent_seq>3</ent_seq><r_ele><reb>ヽ</reb></r_ele><sense><gloss>repetition</gloss></sense></entry></JMdict>"""
PRESS = """<releases><release id="1" date="2024-01-01"><headline>New</headline><byline>Ann</byline>
<body><p>One.</p><p>Two <b>bold</b>.</p></body></release>
<release id="2" date="2024-01-02"><headline>Old</headline><body><p>Three.</p></body></release></releases>"""
RSS = """<rss><channel><title>News</title><description>All of it</description>
<item><title>a</title><description>x y</description><guid>1</guid></item>
<item><title>b</title><description>z</description><guid>2</guid></item></channel></rss>"""
ATTRIBUTES = '<d><e term="a" up="1">some long text</e><e term="b">more</e></d>'
STRANGE = "<d><x><q>aa</q><z>what it is said to be</z></x><x><q>bb</q><z>and what this is</z></x></d>"

SHAPES = [
    ("TEI", TEI, "/TEI/text/body/div/entry", "sense", "word=form/orth,definition=sense/def,word_id=@id"),
    ("nested TEI", NESTED, "/TEI/text/body/div/entry", "//sense",
     "word=form/orth,definition=//sense/def,word_id=@id"),
    ("LIFT", LIFT, "/lift/entry", "sense",
     "word=lexical-unit/form/text,definition=sense/definition/form/text,word_id=sense/@id"),
    ("JMdict", JMDICT, "/JMdict/entry", "sense",
     "word=k_ele/keb|r_ele/reb,definition=sense/gloss,word_id=ent_seq"),
    ("press releases", PRESS, "/releases/release", "",
     "word=headline,definition=body/p,word_id=@id,author=byline"),
    ("RSS", RSS, "/rss/channel/item", "", "word=title,definition=description,word_id=guid"),
    ("attributes", ATTRIBUTES, "/d/e", "", "word=@term,definition=."),
    ("names that say nothing", STRANGE, "/d/x", "", "word=q,definition=z"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("xml", "record", "each", "columns"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES]
)
def test_a_newcomer_gets_a_command_that_fits(
    file: Write, xml: str, record: str, each: str, columns: str
) -> None:
    found = look(file(xml, "d.xml"), lambda _done: None)
    assert (found.record, found.each) == (record, each)
    assert ",".join(f"{name}={path}" for name, path in found.columns.items()) == columns
    assert found.whole


def test_what_repeats_is_counted_and_shown_with_an_example(file: Write) -> None:
    found = look(file(TEI, "d.xml"), lambda _done: None)
    assert found.root == "TEI"
    assert [(one.path, one.times, one.most, one.example) for one in found.repeated] == [
        ("/TEI/text/body/div/entry/sense", 4, 2, "did well"),
        ("/TEI/text/body/div/entry", 3, 2, "ate"),
        ("/TEI/text/body/div", 2, 2, "A"),
    ]
    assert [(one.path, one.times, one.example) for one in found.fields] == [
        ("@id", 3, "e1"),
        ("form/orth", 3, "ate"),
        ("sense/def", 4, "did well"),
    ]


@pytest.mark.parametrize("xml", ["<d/>", "<d><w>a</w><def>b</def></d>", "<d><x/><x/></d>"])
def test_where_nothing_is_a_record_none_is_proposed(file: Write, xml: str) -> None:
    found = look(file(xml, "d.xml"), lambda _done: None)
    assert (found.record, found.columns, found.fields) == ("", {}, ())


def test_a_large_file_is_looked_at_only_as_far_as_is_needed(
    file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "ENOUGH", 100_000)
    broken = f"<d>{'<e><word>a</word><def>b</def></e>' * 20_000}<never closed"
    found = look(file(broken, "d.xml"), lambda _done: None)
    assert not found.whole
    assert 100_000 <= found.read < 300_000
    assert found.record == "/d/e"


def test_a_file_of_ever_new_names_does_not_fill_the_memory(file: Write) -> None:
    names = "".join(f"<e{n} a{n}='x'/>" for n in range(10_000))
    path = file(f"<d>{names}</d>", "d.xml")
    survey = Survey(path)
    list(pieces(path, survey))
    assert sum(1 for _ in survey.root.all()) <= 2_001
