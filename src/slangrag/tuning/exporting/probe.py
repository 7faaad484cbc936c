"""Whether an export gives the trained model's vectors, by running it: cosines and nearest neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.errors import ModelUnfit
from slangrag.tuning.exporting.texts import is_plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from slangrag.engines.protocols import Embedder, EmbedderIdentity, Vectors
    from slangrag.tuning.exporting.reference import Reference

LEAST: Final = 0.999
"""The cosine to the trained model below which a text's vector is another one."""

MOST_STRAYS: Final = 0.2
"""The share of texts that an engine with a tokenizer of its own may cut in another way."""

QUERIES: Final = 40
"""Texts that are embedded as questions too, which the engine words by its own templates."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What came out over `texts` texts.

    mean, least: of the cosines to the trained model. neighbours: the share of texts whose nearest other text
    is the same one. worst: the text of the least cosine. strays: texts below LEAST that tokenizers cut
    differently (`is_plain`), faults: those that have no such excuse.
    """

    texts: int
    mean: float
    least: float
    neighbours: float
    worst: str
    strays: int
    faults: int


def probe(trained: Vectors, identity: EmbedderIdentity, embedder: Embedder, texts: Sequence[str]) -> Probe:
    """Compare `embedder` with `trained`, the vectors of `trained_vectors` for these texts.

    Raises ModelUnfit where the dimension is another one, or the engine words questions or entries differently
    from `identity`, the trained model's.
    """
    import numpy as np

    own = embedder.identity
    if own.dimension != trained.shape[1]:
        raise ModelUnfit(
            f"{own.model} gives vectors of {own.dimension} numbers, the trained model of {trained.shape[1]}",
            hint="slangrag tune export, once more",
        )
    if (own.query_template, own.document_template) != (identity.query_template, identity.document_template):
        raise ModelUnfit(
            f"the engine words texts for {own.model} as {own.query_template!r} and "
            f"{own.document_template!r}, the model was trained with {identity.query_template!r} and "
            f"{identity.document_template!r}",
            hint="slangrag tune export, once more",
        )
    documents = embedder.embed_documents([own.render_text(text) for text in texts])
    queries = [embedder.embed_query(text) for text in texts[:QUERIES]]
    found = np.vstack([documents, np.asarray(queries, dtype=np.float32)])
    cosines = np.einsum("td,td->t", found, trained)
    every = [*texts, *texts[:QUERIES]]
    below = {text for text, cosine in zip(every, cosines, strict=True) if not cosine >= LEAST}
    faults = {text for text in below if is_plain(text)}
    count = len(texts)
    return Probe(
        texts=count,
        mean=float(cosines.mean()),
        least=float(cosines.min()),
        neighbours=float((_nearest(documents) == _nearest(trained[:count])).mean()),
        worst=every[int(cosines.argmin())],
        strays=len(below - faults),
        faults=len(faults),
    )


def trained_vectors(reference: Reference, identity: EmbedderIdentity, texts: Sequence[str]) -> Vectors:
    """The trained model's vectors, shape (len(texts) + QUERIES, dimension): entries, then questions."""
    questions = [identity.render_query(text) for text in texts[:QUERIES]]
    return reference.embed([*(identity.render_text(text) for text in texts), *questions])


def check(found: Probe, what: str, *, own_tokenizer: bool) -> None:
    """Raise ModelUnfit unless the vectors are the trained model's.

    own_tokenizer: the engine cuts texts into tokens by itself, so odd ones may differ; plain ones may not,
    nor more than MOST_STRAYS.
    """
    allowed = MOST_STRAYS * found.texts if own_tokenizer else 0
    if not found.faults and found.strays <= allowed:
        return
    raise ModelUnfit(
        f"{what} gives other vectors than the trained model for "
        f"{found.faults + found.strays} of {found.texts} texts: "
        f"the least cosine is {found.least:.3f} (of {found.worst[:40]!r}), {LEAST} is wanted",
        hint="do not use it; another form may do: slangrag tune export --onnx",
    )


def _nearest(vectors: Vectors) -> NDArray[np.intp]:
    """For each row the number of the nearest other one."""
    import numpy as np

    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2.0)
    nearest: NDArray[np.intp] = cosines.argmax(axis=1)
    return nearest
