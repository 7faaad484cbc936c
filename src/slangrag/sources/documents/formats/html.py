"""HTML: the main content, found by trafilatura; navigation, advertisements and banners are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from slangrag.errors import InputFormat
from slangrag.sources.documents.formats.building import Builder, Source, iso_date
from slangrag.sources.documents.formats.decoding import decode
from slangrag.sources.documents.formats.tree import add_blocks
from slangrag.sources.documents.types import ParsedDocument

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Within an article trafilatura takes them for a part of it.
_ADVERTISING: Final = [
    f'//*[contains(concat(" ", normalize-space(@class), " "), " {name} ")]'
    for name in ("ad", "ads", "advert", "advertisement", "sponsored", "cookie", "cookies", "cookie-banner")
] + ['//*[@aria-label="Advertisement"]']


def parse(source: Source) -> ParsedDocument:
    """A web page. One in which no main content is found is read whole, and a note says so."""
    import trafilatura

    text, notes = decode(source.path.read_bytes(), source.name, declared=source.charset)
    builder = Builder(source)
    builder.notes += notes
    tree = tree_of(text, source.name)
    found = trafilatura.bare_extraction(
        tree,
        with_metadata=True,
        include_comments=False,
        include_tables=True,
        include_formatting=True,  # without it, headings and code come as paragraphs
        favor_recall=True,
        prune_xpath=_ADVERTISING,
    )
    title = date = ""
    if found is not None and not isinstance(found, dict):
        title, date = found.title or "", iso_date(found.date or "")
        if found.body is not None:
            add_blocks(found.body, builder)
    if not builder.length:
        builder.notes.append("no main content found: the whole page was read")
        add_blocks(tree_of(text, source.name), builder)
    return builder.document("html", title=title or _title(tree), date=date)


def tree_of(text: str, name: str) -> HtmlElement:
    """The page as lxml's tree. Nothing is fetched. Raises InputFormat if there is no element in it."""
    from lxml import etree, html

    parser = html.HTMLParser(no_network=True, remove_pis=True, huge_tree=True, encoding="utf-8")
    try:
        # As bytes: lxml refuses a str that declares an encoding of its own.
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise InputFormat(f"{name} has no text: {error}", hint="give a page with text in it") from error
    if any("depth" in entry.message for entry in parser.error_log):  # the rest of the page was dropped
        raise InputFormat(f"{name} is nested too deeply", hint="save it anew with another program")
    return tree


def _title(tree: HtmlElement) -> str:
    return " ".join(tree.xpath("string(//title)").split())
