"""What tests of documents share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slangrag.sources.documents.limits import Limits
from slangrag.sources.documents.reading import DocumentReader
from slangrag.sources.documents.types import ParsedDocument

Read = Callable[..., ParsedDocument]


@pytest.fixture(scope="module")
def reader() -> Iterator[DocumentReader]:
    """One child for a module's tests."""
    with DocumentReader(Limits(seconds=60)) as reader:
        yield reader


@pytest.fixture
def read(reader: DocumentReader, tmp_path: Path) -> Read:
    """Reads a file of this content and name."""

    def read(content: str | bytes, name: str, media_type: str = "") -> ParsedDocument:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return reader.read(path, media_type=media_type)

    return read
