"""PDF, .docx and .epub files made for tests: small, and with the things that real ones have."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

MARGIN = 72
WIDTH, HEIGHT = 595, 842  # A4, in points


@dataclass(frozen=True)
class Paragraph:
    """Text in one style; lines are broken where it has line feeds, and where they are full.

    bookmark: its level in the outline, from 1; 0 for none.
    """

    text: str
    size: float = 10
    bookmark: int = 0
    bold: bool = False


@dataclass(frozen=True)
class Label:
    """Page labels from a page (counted from 0) on. style: reportlab's names, such as ROMAN_LOWER, ARABIC."""

    page: int
    style: str
    start: int = 1
    prefix: str = ""


def pdf(
    pages: Sequence[str | Sequence[Paragraph]],
    *,
    title: str = "",
    labels: Sequence[Label] = (),
    header: str = "",
    footer: str = "",
    encrypted: str = "",
    compressed: bool = True,
) -> bytes:
    """A PDF. A page given as text has a paragraph between empty lines.

    header, footer: on every page, "{page}" in them its number. encrypted: the password that opens it.
    An empty page has nothing on it, as a scan has no text.
    """
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    lock = StandardEncryption(encrypted, strength=128) if encrypted else None
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), encrypt=lock, invariant=1, pageCompression=int(compressed))
    if title:
        canvas.setTitle(title)
    for label in labels:
        canvas.addPageLabel(label.page, style=label.style, start=label.start, prefix=label.prefix or None)
    for number, page in enumerate(pages, 1):
        paragraphs = [Paragraph(text) for text in page.split("\n\n")] if isinstance(page, str) else page
        canvas.setFont("Helvetica", 8)
        if header:
            canvas.drawString(MARGIN, HEIGHT - 40, header.format(page=number))
        _draw(canvas, paragraphs)
        canvas.setFont("Helvetica", 8)
        if footer:  # last, as word processors do
            canvas.drawCentredString(WIDTH / 2, 30, footer.format(page=number))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: object, paragraphs: Sequence[Paragraph]) -> None:
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfgen.canvas import Canvas

    assert isinstance(canvas, Canvas)
    y = float(HEIGHT - MARGIN)
    for number, paragraph in enumerate(paragraphs):
        if paragraph.bookmark:
            key = f"{canvas.getPageNumber()}-{number}"
            canvas.bookmarkPage(key)
            canvas.addOutlineEntry(paragraph.text, key, level=paragraph.bookmark - 1)
        font = "Helvetica-Bold" if paragraph.bold else "Helvetica"
        for line in simpleSplit(paragraph.text, font, paragraph.size, WIDTH - 2 * MARGIN):
            canvas.setFont(font, paragraph.size)
            canvas.drawString(MARGIN, y, line)
            y -= 1.2 * paragraph.size
        y -= paragraph.size


def archive(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(body: str, *, title: str = "", created: str = "") -> bytes:
    """A Word document around `body`, which is WordprocessingML (prefix w) of its blocks."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    core = (
        "<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{escape(title)}</dc:title><dcterms:created>{created}</dcterms:created></cp:coreProperties>"
    )
    styles = "".join(
        f'<w:style w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (("Titel", "Title"), ("berschrift1", "heading 1"), ("berschrift2", "heading 2"))
    )
    return archive(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {space}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {space}>{styles}</w:styles>",
            "docProps/core.xml": core,
        }
    )


def epub(chapters: Sequence[str], *, title: str = "", date: str = "") -> bytes:
    """An EPUB of chapters, each the HTML of a body."""
    items = "".join(
        f'<item id="c{number}" href="text/c%20{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in range(len(chapters))
    )
    order = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{escape(title)}</dc:title><dc:date>{date}</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{order}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    )
    members = {"mimetype": "application/epub+zip", "META-INF/container.xml": container}
    members["OEBPS/book.opf"] = package
    for number, chapter in enumerate(chapters):
        members[f"OEBPS/text/c {number}.xhtml"] = (
            '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>'
            f"<body>{chapter}</body></html>"
        )
    return archive(members)
