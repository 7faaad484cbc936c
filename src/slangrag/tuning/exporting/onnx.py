"""The transformer as an ONNX file, in a folder that the embedded engine runs."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from slangrag.errors import EngineMissing, ModelUnfit
from slangrag.tuning.exporting.older_names import write_older_names
from slangrag.tuning.exporting.trained import TrainedModel

FILE: Final = "model.onnx"
SOURCE: Final = "slangrag.source"
"""The file's own field for the digest of the weights it is made from."""

_LARGEST: Final = 2_000_000_000
"""Bytes of weights: a file of protocol buffers ends at two gibibytes, and ours are single files."""


def write_onnx(model: TrainedModel, network: Any, folder: Path) -> Path:
    """Write `network` (a torch module) and what belongs to it into `folder`; the path of the ONNX file.

    Its inputs are input_ids, attention_mask and, where the network takes them, token_type_ids, each of shape
    (texts, tokens) with both free; its output is last_hidden_state, (texts, tokens, dimension). Raises
    EngineMissing without torch's exporter, ModelUnfit for a network it cannot export or that is too large.
    """
    try:
        import onnx
        import onnxscript  # noqa: F401  # what torch exports with
        import torch
    except ImportError as error:
        raise EngineMissing(
            f"ONNX is written by {error.name}, which is not installed", hint="pip install 'slangrag[tune]'"
        ) from error

    size = sum(weight.numel() * 4 for weight in network.parameters())
    if size > _LARGEST:
        raise ModelUnfit(
            f"the model's {size / 1e9:.1f} GB do not fit into one ONNX file",
            hint="slangrag tune export --ollama NAME",
        )
    names = ["input_ids", "attention_mask"]
    if model.config.get("type_vocab_size"):
        names.append("token_type_ids")

    class Hidden(torch.nn.Module):
        """The network with its inputs in the order of `names` and one output."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, *inputs: Any) -> Any:
            return self.network(**dict(zip(names, inputs, strict=True))).last_hidden_state

    # Two texts of seven tokens: a dimension of 1 would be taken for a constant.
    ids = torch.ones((2, 7), dtype=torch.long)
    given = [ids, torch.ones_like(ids), torch.zeros_like(ids)][: len(names)]
    free = {0: torch.export.Dim("texts"), 1: torch.export.Dim("tokens", max=model.window)}
    to = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad(), _quietly():
        try:
            torch.onnx.export(
                Hidden().eval(),
                tuple(given),
                to,
                input_names=names,
                output_names=["last_hidden_state"],
                dynamic_shapes=((free,) * len(names),),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
        except torch.onnx.errors.OnnxExporterError as error:
            raise ModelUnfit(
                f"torch cannot export a {model.architecture} as ONNX: {str(error).splitlines()[0]}",
                hint="slangrag tune export --ollama NAME",
            ) from error
    written = onnx.load(to)
    field = written.metadata_props.add()
    field.key, field.value = SOURCE, model.digest
    onnx.save(written, to)
    write_older_names(model, folder)
    return to


@contextmanager
def _quietly() -> Iterator[None]:
    """torch's exporter warns of itself: axes that are one, a deprecated test of its own, torchvision."""
    about = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = about.level
    about.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"(?s).*The axis name", UserWarning)
        warnings.filterwarnings("ignore", r".*isinstance\(treespec, LeafSpec\)", FutureWarning)
        try:
            yield
        finally:
            about.setLevel(level)
