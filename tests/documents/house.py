"""A store of the sample with two small documents beside it, and what the tests ask of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from slangrag.config import Settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.service.adding import adding
from tests.documents.making import Label, Paragraph, pdf

PANTRY: Final = "Is the pantry locked at night?"
ANSWER: Final = "The pantry is locked at night by the last cook [1]."
SAID: Final = "The pantry is locked at night by the last cook."
"""What the guide says, on its second page, which is numbered 13."""

GUIDE: Final = pdf(
    [
        [
            Paragraph("House guide", size=20, bookmark=1),
            Paragraph("This guide is for everybody who works in the house. It says what is done by whom."),
        ],
        [
            Paragraph("Doors and keys", size=14, bookmark=1),
            Paragraph(
                "The pantry is locked at night by the last cook. The key hangs behind the door of the office."
            ),
            Paragraph("Windows are shut when it rains."),
        ],
        [
            Paragraph("Letters", size=14, bookmark=1),
            Paragraph("Never put more than one emoji into a letter to a guest."),
        ],
    ],
    title="House guide",
    labels=[Label(0, "ROMAN_LOWER"), Label(1, "ARABIC", 13)],
)
RULES: Final = (
    b"# Rules of the garden\n\n## Water\n\nThe roses are watered before breakfast, and never at noon.\n"
)


def add_documents(settings: Settings, embedder: EmbeddedEmbedder, folder: Path) -> None:
    """Put the house's guide (three pages) and the rules of the garden beside the dictionary."""
    (folder / "guide.pdf").write_bytes(GUIDE)
    (folder / "garden.md").write_bytes(RULES)
    with adding(settings, embedder=embedder) as documents:
        for name in ("guide.pdf", "garden.md"):
            (one,) = documents.add(str(folder / name))
            assert one.document is not None, one
