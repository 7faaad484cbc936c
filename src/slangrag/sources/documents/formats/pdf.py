"""PDF: lines with their places out of pypdfium2; `pdf_layout` makes paragraphs of them.

Text comes in the order in which the file draws it, which for most is the order of reading. What is only a
picture is not read.
"""

from __future__ import annotations

import ctypes
import os
import re
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import InputFormat
from slangrag.sources.documents.formats import pdf_layout
from slangrag.sources.documents.formats.building import Builder, Source, clean_line, iso_date
from slangrag.sources.documents.formats.pdf_layout import Line
from slangrag.sources.documents.types import Page, ParsedDocument

if TYPE_CHECKING:
    import pypdfium2

_ERROR_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD
_ERROR_SECURITY: Final = 5  # FPDF_ERR_SECURITY
# PDFium writes U+FFFE (U+0002 in earlier versions) for a hyphen at a line's end, and no line end after it.
_LINE: Final = re.compile("([^\r\n\ufffe\x02]*)(\r\n|[\r\n\ufffe\x02]|$)")
# What programs write for a title when they know none.
_NO_TITLE: Final = re.compile(
    r"\s*(?:untitled.*|document\d*|microsoft (?:word|powerpoint) - .*|"
    r"[^ ]+\.(?:docx?|pdf|tex|dvi|indd|rtf|odt|qxd))?\s*$",
    re.IGNORECASE,
)
_HYPHEN: Final = re.compile(r"\w[-\u2010]$")
_LEADER: Final = re.compile(r"\s*(?:\.\s?){4,}")
_BOLD: Final = re.compile(rb"bold|black|heavy|demi|CMBX|-bd", re.IGNORECASE)
_FONT_NAME: Final = 128
_MOST_BOOKMARKS: Final = 20_000


def parse(source: Source) -> ParsedDocument:
    """A PDF with a text layer. Raises InputFormat if it is encrypted, damaged, too long or has no text."""
    with _opened(source) as file:
        count = len(file)
        if count > source.limits.pages:
            raise InputFormat(
                f"{source.name} has {count:,} pages, more than {source.limits.pages:,}",
                hint="split it, for example with `qpdf --split-pages=1000 FILE part.pdf`",
            )
        pages, labels, unread = _read_pages(file, count)
        metadata = file.get_metadata_dict(skip_empty=True)
        bookmarks = _bookmarks(file)
    empty = sum(1 for lines in pages if not lines)
    if empty == count:
        raise InputFormat(
            f"{source.name} has no text (scanned?)"
            if count > unread
            else f"{source.name} has no page that can be read",
            hint="ocrmypdf FILE FILE-with-text.pdf" if count > unread else "qpdf --check FILE",
        )
    builder = Builder(source)
    if unread:
        builder.notes.append(f"{unread:,} of {count:,} pages could not be read")
    if empty > unread:
        builder.notes.append(f"{empty - unread:,} of {count:,} pages have no text (blank, or scanned)")
    largest = _largest_first_line(pages)
    spans = pdf_layout.lay_out(pages, bookmarks, builder)
    title = metadata.get("Title", "")
    date = _date(metadata.get("CreationDate", "")) or _date(metadata.get("ModDate", ""))
    return builder.document(
        "pdf",
        title=largest if _NO_TITLE.match(title) else title,
        date=date,
        pages=tuple(
            Page(number, label, *span)
            for number, (label, span) in enumerate(zip(labels, spans, strict=True), 1)
        ),
    )


def _date(said: str) -> str:
    """The date in "D:20240301120000+01'00'"."""
    return iso_date(said.removeprefix("D:")[:8])


def _opened(source: Source) -> pypdfium2.PdfDocument:
    import pypdfium2

    try:
        os.fspath(source.path).encode()
        path: Path | bytes = source.path
    except UnicodeEncodeError:  # PDFium wants names in UTF-8
        path = source.path.read_bytes()
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in {_ERROR_PASSWORD, _ERROR_SECURITY}:
            raise InputFormat(
                f"{source.name} is encrypted",
                hint="qpdf --decrypt --password=PASSWORD FILE decrypted.pdf",
            ) from error
        raise InputFormat(f"{source.name} is no whole PDF: {error}", hint="qpdf FILE mended.pdf") from error


def _read_pages(file: pypdfium2.PdfDocument, count: int) -> tuple[list[list[Line]], list[str], int]:
    """The lines and the label of each page, and how many could not be loaded."""
    import pypdfium2

    pages: list[list[Line]] = []
    labels: list[str] = []
    unread = 0
    for index in range(count):
        labels.append(clean_line(file.get_page_label(index)) or str(index + 1))
        try:
            page = file[index]
        except pypdfium2.PdfiumError:
            unread += 1
            pages.append([])
            continue
        try:
            text = page.get_textpage()
            try:
                pages.append(list(_lines(text)))
            finally:
                text.close()
        finally:
            page.close()
    return pages, labels, unread


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    from pypdfium2 import raw

    count = page.count_chars()
    if count <= 0:
        return
    text = page.get_text_range(errors="ignore")
    # Characters of the page and of its text differ where one is left out or takes two UTF-16 units.
    same = len(text) == count
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    name = ctypes.create_string_buffer(_FONT_NAME)
    at, to_box, to_matrix = page.raw, ctypes.byref(box), ctypes.byref(matrix)
    for found in _LINE.finditer(text):
        line = found[1].rstrip()
        cleaned = clean_line(_LEADER.sub(pdf_layout.LEADER, line))
        if not cleaned:
            continue
        first, last = found.start() + len(line) - len(line.lstrip()), found.start() + len(line) - 1
        if not same:
            first, last = (max(raw.FPDFText_GetCharIndexFromTextIndex(at, one), 0) for one in (first, last))
        middle = (first + last) // 2
        raw.FPDFText_GetLooseCharBox(at, last, to_box)
        right = box.right
        raw.FPDFText_GetLooseCharBox(at, first, to_box)
        # Many programs write everything at size 1 and scale it.
        raw.FPDFText_GetMatrix(at, middle, to_matrix)
        scale = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        size = round(2 * scale * raw.FPDFText_GetFontSize(at, middle)) / 2
        bold = _is_bold(at, first, name) and _is_bold(at, last, name)
        hyphen = found[2] in {"\ufffe", "\x02"} or _HYPHEN.search(cleaned) is not None
        yield Line(cleaned, size, box.left, right, box.bottom, hyphen, bold)


def _is_bold(page: object, character: int, name: ctypes.Array[ctypes.c_char]) -> bool:
    """Whether a character's font is called bold: what files say of its weight is mostly made up."""
    from pypdfium2 import raw

    length = raw.FPDFText_GetFontInfo(page, character, name, len(name), None)
    return 0 < length <= len(name) and _BOLD.search(name.value) is not None


def _bookmarks(file: pypdfium2.PdfDocument) -> dict[int, list[tuple[int, str]]]:
    """The outline: for each page index, (level from 1, title)."""
    import pypdfium2

    found: dict[int, list[tuple[int, str]]] = {}
    try:
        for number, bookmark in enumerate(file.get_toc(max_depth=6)):
            if number == _MOST_BOOKMARKS:
                break
            target = bookmark.get_dest()
            index = target.get_index() if target else None
            if index is not None:
                found.setdefault(index, []).append((bookmark.level + 1, bookmark.get_title()))
    except pypdfium2.PdfiumError:
        return {}  # a damaged outline: sizes of type tell the headings
    return found


def _largest_first_line(pages: list[list[Line]]) -> str:
    """The first line of the largest type on the first page with text, if others there are smaller."""
    lines = next(page for page in pages if page)
    largest = max(line.size for line in lines)
    if largest <= statistics.median(line.size for line in lines):
        return ""
    text = []
    for line in lines:
        if line.size == largest:
            text.append(line.text)
        elif text:
            break
    return " ".join(text)
