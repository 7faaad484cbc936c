"""The working folder of one tuning: which file each step reads and writes. Writes none of them itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TuneFolder:
    """The places under `root`, in the order of the steps."""

    root: Path

    @property
    def queries(self) -> Path:
        """What `tune queries` writes: examples without negatives."""
        return self.root / "queries.jsonl"

    @property
    def questions(self) -> Path:
        """What else it writes: questions about held-out headwords, as `slangrag eval` reads them."""
        return self.root / "held-out.jsonl"

    @property
    def written(self) -> Path:
        """Where it keeps, entry by entry, what a chat model wrote."""
        return self.root / "written.jsonl"

    @property
    def triples(self) -> Path:
        """What `tune mine` writes: the same with negatives."""
        return self.root / "triples.jsonl"

    @property
    def model(self) -> Path:
        """What `tune train` writes: a sentence-transformers folder, and `training.json` in it."""
        return self.root / "model"

    @property
    def training(self) -> Path:
        """What the model was trained on and how: base, settings, losses, the headwords it saw."""
        return self.model / "training.json"

    @property
    def checkpoints(self) -> Path:
        """Where a training that is under way can be gone on with."""
        return self.root / "checkpoints"

    @property
    def curve(self) -> Path:
        """The losses of the training, drawn."""
        return self.root / "loss.svg"

    @property
    def candidate(self) -> Path:
        """What `tune eval` makes: the store with the tuned model's vectors."""
        return self.root / "candidate"

    @property
    def verdict(self) -> Path:
        """What `tune eval` found, and whether `tune adopt` may go on."""
        return self.root / "eval.json"

    @property
    def exported(self) -> Path:
        """What `tune export` writes: onnx/, int8/, gguf/."""
        return self.root / "export"

    @property
    def best(self) -> Path:
        """What it names as the form to use, as `--embed-model` takes it."""
        return self.exported / "best.txt"

    @property
    def chat(self) -> Path:
        """What `tune chat` works in: pairs.jsonl, adapter/, export/."""
        return self.root / "chat"
