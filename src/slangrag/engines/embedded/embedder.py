"""Sentence vectors through onnxruntime, in this process: those of MiniLM or of a model of one's own.

Knows nothing of stores or of retrieval. onnxruntime and tokenizers are imported when an embedder is
constructed, not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.config import Settings
from slangrag.engines.embedded.catalogue import find_model
from slangrag.engines.embedded.own_model import OwnModel, find_own_model
from slangrag.engines.embedded.threads import idle_threads
from slangrag.engines.embedded.weights import obtain_model
from slangrag.engines.embedded.wheels import Progress
from slangrag.engines.ollama.prefixes import templates_for
from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import EngineMissing, TextRejected, WeightsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding

    from slangrag.engines.protocols import Vectors

DIMENSION: Final = 384
WINDOW: Final = 256
"""Tokens the model was trained to read (its own max_seq_length); what lies beyond is cut off."""
BATCH_TOKENS: Final = 256
"""Padded tokens in one run of the model. Larger runs leave the core's cache and are slower."""
DIGEST_LENGTH: Final = 12


class EmbeddedEmbedder:
    """all-MiniLM-L6-v2 with int8 weights (384 dimensions), or an ONNX file of one's own. Unit vectors.

    `truncated` counts the texts so far that were longer than the model's window and lost their end.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        file: Path | None = None,
        remembered: EmbedderIdentity | None = None,
        fetch: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Load the model of `file`, or the one named by settings.embed_model, or the default.

        file is an ONNX model of a BERT-like encoder, or its folder; its tokenizer.json lies beside it (or one
        folder up), as sentence-transformers exports them. remembered is the identity of a store whose
        vectors it made: its name and templates hold. Raises EngineMissing without the packages, ModelMissing
        for a name the catalogue lacks or a file that is not there, and WeightsError if the weights are absent
        (and `fetch` is False, or fetching fails) or damaged.
        """
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EngineMissing(
                f"the embedded engine's embedder needs {error.name}, which is not installed",
                hint="pip install 'slangrag[embedded]'",
            ) from error

        if file is None:
            model = find_model(settings.embed_model, "embed")
            weights_path, tokenizer_path = obtain_model(model, settings.cache, fetch=fetch, progress=progress)
            digest = model.files[0].sha256[:DIGEST_LENGTH]
            own = OwnModel(model.name, digest, WINDOW, "mean", templates_for(model.name))
        else:
            weights_path, tokenizer_path, own = find_own_model(file)
        options = onnxruntime.SessionOptions()
        # One thread a run, and several runs side by side: runs never wait for one another.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                weights_path, options, providers=["CPUExecutionProvider"]
            )
        except RuntimeError as error:
            raise WeightsError(
                f"onnxruntime cannot load {weights_path}: {error}",
                hint="pip install -U 'slangrag[embedded]'",
            ) from error
        self._tokenizer = Tokenizer.from_file(str(tokenizer_path))
        self._tokenizer.enable_truncation(own.window)
        self._tokenizer.no_padding()
        self._configured_threads = settings.threads
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._pooling = own.pooling
        self.truncated = 0
        templates = own.templates.with_prefixes(settings.query_prefix, settings.document_prefix)
        self._identity = EmbedderIdentity(
            engine="embedded",
            model=remembered.model if remembered else own.name,
            digest=own.digest,
            dimension=DIMENSION if file is None else self._run(self._encode(["slang"])).shape[1],
            document_template=remembered.document_template if remembered else templates.document,
            query_template=remembered.query_template if remembered else templates.query,
        )

    @property
    def identity(self) -> EmbedderIdentity:
        """Engine, model, digest of its weights, dimension, templates."""
        return self._identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension), in the order of `texts`.

        Raises TextRejected if a text cannot be encoded (a lone surrogate, say).
        """
        import numpy as np

        vectors: Vectors = np.empty((len(texts), self._identity.dimension), dtype=np.float32)
        encodings = self._encode(texts)
        batches = _batches([len(encoding.ids) for encoding in encodings])

        def embed(batch: list[int]) -> None:
            vectors[batch] = self._run([encodings[row] for row in batch])

        threads = min(idle_threads(self._configured_threads), len(batches))
        if threads <= 1:
            for batch in batches:
                embed(batch)
        else:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(threads, thread_name_prefix="embed") as pool:
                for future in [pool.submit(embed, batch) for batch in batches]:
                    future.result()
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """One unit vector, shape (dimension,), for a bare question."""
        vector: Vectors = self.embed_documents([self._identity.render_query(text)])[0]
        return vector

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        try:
            encodings: list[Encoding] = self._tokenizer.encode_batch(list(texts))
        except (TypeError, UnicodeEncodeError) as error:
            raise TextRejected(
                f"a text among {len(texts)} cannot be encoded"
                if len(texts) > 1
                else "the text cannot be encoded",
                hint="remove the row, or save the file as UTF-8",
            ) from error
        self.truncated += sum(1 for encoding in encodings if encoding.overflowing)
        return encodings

    def _run(self, encodings: Sequence[Encoding]) -> Vectors:
        """The token vectors pooled (their mean under the mask, or the first), scaled to length 1.

        After Reimers and Gurevych (2019), arXiv:1908.10084.
        """
        import numpy as np

        width = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            length = len(encoding.ids)
            ids[row, :length] = encoding.ids
            mask[row, :length] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: NDArray[np.float32] = self._session.run(
            None, {name: value for name, value in given.items() if name in self._inputs}
        )[0]
        if hidden.ndim == 2:  # the model pools by itself
            sums = hidden
        elif self._pooling == "first":
            sums = hidden[:, 0]
        else:
            sums = np.einsum("btd,bt->bd", hidden, mask.astype(np.float32))
        pooled: Vectors = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
        if not np.isfinite(pooled).all():
            raise TextRejected("the model returned no numbers for a text", hint="remove the row")
        return pooled


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers grouped by similar length, each group at most BATCH_TOKENS when padded (or one row).

    Longest first, so that no core is left with a long batch at the end.
    """
    batches: list[list[int]] = []
    batch: list[int] = []
    width = 0
    for row in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if batch and (len(batch) + 1) * width > BATCH_TOKENS:
            batches.append(batch)
            batch = []
        if not batch:
            width = lengths[row]
        batch.append(row)
    if batch:
        batches.append(batch)
    return batches
