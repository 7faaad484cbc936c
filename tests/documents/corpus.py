"""Ten documents such as people drop in, built from the sources in tests/data/documents.

    style_guide           PDF       40 pages, labelled i to iv and 1 to 36; sentences run over page breaks
    patient_heron         HTML      an article among navigation, advertisements, comments and a cookie banner
    lamp_notices          XML       200 records
    hollowdeep_glossary   Markdown  sixty words of a game, some of them slang of another meaning elsewhere
    hollowdeep_manual     PDF       10 pages, of the same game
    newsroom_minutes      text      slang that is spoken of and not explained
    ward_jargon           HTML      a table and a list of definitions
    warehouse_radio_code  Markdown  a table of codes, lists of words
    school_guide          DOCX      headings and paragraphs
    courier_speech        EPUB      three chapters

Questions on them are in the same folder: `questions.jsonl` (answered by a document, or by the dictionary and
a document), `dictionary.jsonl` (pure slang, whose words occur in the documents too) and `declined.jsonl`
(answered by neither). The organisations, games and trades are invented. The same sources give the same bytes.
"""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

SOURCES = Path(__file__).resolve().parent.parent / "data" / "documents"

# What a page keeps free for its running header and its page number, in points.
HEADER_SPACE = FOOTER_SPACE = 60
_SIDE = 60


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, an item of a list or a paragraph. style is a style's name in Word, or "Item"."""

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """One printed page. A sentence that is broken off at its end goes on in the next page's first block."""

    label: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return one_line(block.text for block in self.blocks)


def one_line(pieces: Iterable[str]) -> str:
    """The pieces as one text in which every run of white space is one blank."""
    return " ".join(" ".join(pieces).split())


def write_corpus(folder: Path) -> dict[str, Path]:
    """Build all ten documents in folder, which exists; each document's key and where it is."""
    built = {}
    for key, (source, name, write) in _DOCUMENTS.items():
        built[key] = folder / name
        write(SOURCES / source, built[key])
    return built


def source_text(key: str) -> str:
    """All that a reader sees of a document, white space normalised: what a question's quote is taken from."""
    source = SOURCES / _DOCUMENTS[key][0]
    if _DOCUMENTS[key][2] is _pdf:
        return one_line(page.text for page in pages(key))
    match source.suffix:
        case ".html":
            return visible_text(source.read_text(encoding="utf-8"))
        case ".json":
            return one_line(block.text for _, blocks in _chapters(source) for block in blocks)
        case _:
            return one_line([source.read_text(encoding="utf-8")])


def pages(key: str) -> list[Page]:
    """The pages of a document that is a PDF, in order."""
    text = (SOURCES / _DOCUMENTS[key][0]).read_text(encoding="utf-8")
    found = []
    for part in text.split("<!-- page ")[1:]:
        label, body = part.split(" -->", 1)
        blocks = [_block(line) for line in body.splitlines() if line.strip()]
        found.append(Page(label, tuple(blocks)))
    return found


def visible_text(markup: str) -> str:
    """The text of HTML or XHTML without scripts and styles, white space normalised."""
    reader = _VisibleText()
    reader.feed(markup)
    reader.close()
    return " ".join("".join(reader.pieces).split())


class _VisibleText(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen = tag in {"script", "style"}
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = False
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)

    def _part(self, tag: str) -> None:
        """Keep a cell from running into the next one; a word in bold stays in its sentence."""
        if tag not in {"a", "b", "em", "time"}:
            self.pieces.append(" ")


def _block(line: str) -> Block:
    for mark, style in (("# ", "Heading1"), ("## ", "Heading2"), ("- ", "Item")):
        if line.startswith(mark):
            return Block(style, line.removeprefix(mark).strip())
    return Block("Normal", line.strip())


def _chapters(source: Path) -> list[tuple[str, list[Block]]]:
    """Chapters of a JSON source with their titles; one without a title where it is not divided."""
    book = json.loads(source.read_text(encoding="utf-8"))
    if "blocks" in book:
        return [("", [Block(*block) for block in book["blocks"]])]
    named = {"p": "Normal", "h2": "Heading2"}
    return [
        (
            chapter["title"],
            [
                Block("Heading1", chapter["title"]),
                *(Block(named[kind], text) for kind, text in chapter["blocks"]),
            ],
        )
        for chapter in book["chapters"]
    ]


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)


def _pdf(source: Path, target: Path) -> None:
    from reportlab.lib.pagesizes import B5
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import Frame, KeepInFrame, Paragraph

    styles = {
        "Heading1": ParagraphStyle("h1", fontName="Times-Bold", fontSize=20, leading=25, spaceAfter=14),
        "Heading2": ParagraphStyle(
            "h2", fontName="Times-Bold", fontSize=13, leading=17, spaceBefore=8, spaceAfter=4
        ),
        "Normal": ParagraphStyle("p", fontName="Times-Roman", fontSize=12, leading=16, spaceAfter=7),
        "Item": ParagraphStyle(
            "li", fontName="Times-Roman", fontSize=12, leading=16, leftIndent=14, spaceAfter=3
        ),
    }
    printed = pages(source.stem)
    title = printed[0].blocks[0].text
    width, height = B5
    canvas = Canvas(str(target), pagesize=B5, invariant=True, lang="en-GB")
    canvas.setTitle(title)
    # A label's style holds until the next one is set, so it is set at the first page of each numbering.
    start = 0
    for roman, numbered in groupby(printed, key=lambda page: not page.label.isdigit()):
        canvas.addPageLabel(start, "ROMAN_LOWER" if roman else "ARABIC", 1)
        start += len(list(numbered))
    for page in printed:
        canvas.setFont("Times-Italic", 9)
        canvas.drawString(_SIDE, height - HEADER_SPACE + 20, title)
        canvas.drawCentredString(width / 2, FOOTER_SPACE - 25, page.label)
        for block in page.blocks:
            if block.style == "Heading1":
                canvas.bookmarkPage(block.text)
                canvas.addOutlineEntry(block.text, block.text)
        flow = [
            Paragraph(
                escape(block.text), styles[block.style], bulletText="•" if block.style == "Item" else None
            )
            for block in page.blocks
        ]
        room = (width - 2 * _SIDE, height - HEADER_SPACE - FOOTER_SPACE)
        frame = Frame(_SIDE, FOOTER_SPACE, *room, 0, 0, 0, 0)
        frame.addFromList([KeepInFrame(*room, flow, mode="error")], canvas)
        canvas.showPage()
    canvas.save()


def _xml(source: Path, target: Path) -> None:
    bulletin = ET.Element("bulletin", title="The Lampwrights' Guild: notices to members")
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        date, place, headline, body = line.split("|")
        notice = ET.SubElement(bulletin, "notice", id=f"LG-{number:04}", date=date)
        ET.SubElement(notice, "place").text = place
        ET.SubElement(notice, "headline").text = headline
        ET.SubElement(notice, "body").text = body
    ET.indent(bulletin)
    target.write_bytes(ET.tostring(bulletin, encoding="utf-8", xml_declaration=True))


def _docx(source: Path, target: Path) -> None:
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    [(_, blocks)] = _chapters(source)
    paragraphs = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{block.style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(block.text)}</w:t></w:r></w:p>'
        for block in blocks
    )
    names = {"Normal": "Normal", "Title": "Title", "Heading1": "heading 1", "Heading2": "heading 2"}
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/></w:style>'
        for style, name in names.items()
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{word}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{main}"><w:body>{paragraphs}<w:sectPr/></w:body>'
        "</w:document>",
        "word/styles.xml": f'<w:styles xmlns:w="{main}">{styles}</w:styles>',
    }
    _zip(target, {name: _XML_HEAD + text for name, text in parts.items()})


def _epub(source: Path, target: Path) -> None:
    book = json.loads(source.read_text(encoding="utf-8"))
    tags = {"Heading1": "h1", "Heading2": "h2", "Normal": "p"}
    chapters = {
        f"chapter{number}.xhtml": (
            title,
            "".join(f"<{tags[block.style]}>{escape(block.text)}</{tags[block.style]}>\n" for block in blocks),
        )
        for number, (title, blocks) in enumerate(_chapters(source), start=1)
    }
    listed = "".join(
        f'<li><a href="{name}">{escape(title)}</a></li>' for name, (title, _) in chapters.items()
    )
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    container = "urn:oasis:names:tc:opendocument:xmlns:container"
    package = "http://www.idpf.org/2007/opf"
    contents = f'<nav epub:type="toc"><h1>Contents</h1><ol>{listed}</ol></nav>'
    parts = {
        "META-INF/container.xml": f'<container version="1.0" xmlns="{container}">'
        '<rootfiles><rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>'
        "</rootfiles></container>",
        "OEBPS/content.opf": f'<package xmlns="{package}" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">{book["identifier"]}</dc:identifier>'
        f"<dc:title>{escape(book['title'])}</dc:title>"
        f"<dc:language>{book['language']}</dc:language><dc:creator>{escape(book['author'])}</dc:creator>"
        '<meta property="dcterms:modified">2024-01-01T00:00:00Z</meta></metadata>'
        '<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f"{items}</manifest><spine>{spine}</spine></package>",
        "OEBPS/nav.xhtml": _xhtml("Contents", contents),
        **{f"OEBPS/{name}": _xhtml(title, body) for name, (title, body) in chapters.items()},
    }
    # The type comes first and uncompressed, so that it can be read at a fixed offset.
    _zip(
        target,
        {
            "mimetype": "application/epub+zip",
            **{name: _XML_HEAD + text for name, text in parts.items()},
        },
    )


def _xhtml(title: str, body: str) -> str:
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>{escape(title)}</title></head><body>{body}</body></html>"
    )


def _zip(target: Path, parts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name)  # dated 1980, whatever the clock says
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())


_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# Key: source, file name, and what makes the one of the other.
_DOCUMENTS: Mapping[str, tuple[str, str, Callable[[Path, Path], None]]] = {
    "style_guide": ("style_guide.md", "style-guide.pdf", _pdf),
    "patient_heron": ("patient_heron.html", "patient-heron.html", _copy),
    "lamp_notices": ("lamp_notices.txt", "lamp-notices.xml", _xml),
    "hollowdeep_glossary": ("hollowdeep_glossary.md", "hollowdeep-glossary.md", _copy),
    "hollowdeep_manual": ("hollowdeep_manual.md", "hollowdeep-manual.pdf", _pdf),
    "newsroom_minutes": ("newsroom_minutes.txt", "newsroom-minutes.txt", _copy),
    "ward_jargon": ("ward_jargon.html", "ward-jargon.html", _copy),
    "warehouse_radio_code": ("warehouse_radio_code.md", "warehouse-radio-code.md", _copy),
    "school_guide": ("school_guide.json", "school-chat-guide.docx", _docx),
    "courier_speech": ("courier_speech.json", "courier-field-guide.epub", _epub),
}
