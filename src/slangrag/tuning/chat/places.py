"""Where `tune chat` keeps what it makes, under the working folder of a tuning. Writes none of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slangrag.tuning.folder import TuneFolder


@dataclass(frozen=True, slots=True)
class ChatPlaces:
    """The places of one chat model's tuning, in the order of the steps."""

    root: Path

    @classmethod
    def of(cls, folder: Path) -> ChatPlaces:
        """Those of the working folder `folder`."""
        return cls(TuneFolder(folder).chat)

    @property
    def asked(self) -> Path:
        """The journal: every question that was asked so far and what came of it."""
        return self.root / "asked.jsonl"

    @property
    def pairs(self) -> Path:
        """What is trained on."""
        return self.root / "pairs.jsonl"

    @property
    def held_out(self) -> Path:
        """Pairs of headwords that no training sees: what its loss is measured with."""
        return self.root / "held-out.jsonl"

    @property
    def checkpoints(self) -> Path:
        """A training under way; removed when it has come to its end."""
        return self.root / "checkpoints"

    @property
    def adapter(self) -> Path:
        """The trained adapter, as peft writes it."""
        return self.root / "adapter"

    @property
    def training(self) -> Path:
        """How the adapter was trained and what came of it."""
        return self.adapter / "training.json"

    @property
    def exported(self) -> Path:
        """What `tune chat export` writes."""
        return self.root / "export"
