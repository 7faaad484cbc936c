"""The trained model as sentence-transformers runs it: what every export is compared with, and made from."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from slangrag.errors import EngineMissing, ModelUnfit
from slangrag.tuning.exporting.trained import TrainedModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from slangrag.engines.protocols import Vectors

_AT_ONCE: Final = 16


class Reference:
    """The loaded model, on the CPU and in full precision, as nobody's hub is asked for anything."""

    def __init__(self, model: TrainedModel) -> None:
        """Load it. Raises EngineMissing without sentence-transformers, ModelUnfit for what it refuses."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EngineMissing(
                f"an export needs {error.name}, which is not installed", hint="pip install 'slangrag[tune]'"
            ) from error
        with _quietly():
            try:
                self._model = SentenceTransformer(str(model.folder), device="cpu", local_files_only=True)
            except (OSError, ValueError, RuntimeError, KeyError, AttributeError) as error:
                raise ModelUnfit(
                    f"sentence-transformers cannot load {model.folder}: {' '.join(str(error).split())[:200]}",
                    hint="slangrag tune train makes it anew",
                ) from error
        self._model.float().eval()

    @property
    def network(self) -> Any:
        """The transformer alone: a torch module that gives `last_hidden_state`."""
        return self._model[0].auto_model

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension), of texts already worded."""
        vectors: Vectors = self._model.encode(
            list(texts), batch_size=_AT_ONCE, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """The network's numbers by their names in it."""
        return {name: tensor.float().numpy() for name, tensor in self.network.state_dict().items()}


@contextmanager
def _quietly() -> Iterator[None]:
    """transformers draws a bar for weights that are read in a moment, and tells what it leaves out."""
    from transformers.utils import logging as said

    bars, level = said.is_progress_bar_enabled(), said.get_verbosity()
    said.disable_progress_bar()  # type: ignore[no-untyped-call]
    said.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        said.set_verbosity(level)
        if bars:
            said.enable_progress_bar()  # type: ignore[no-untyped-call]
