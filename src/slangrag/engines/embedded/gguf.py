"""What a GGUF file says of itself: architecture, name, size, context length. Reads its head only.

Format: the GGUF specification in ggml's docs/gguf.md. Knows nothing of running the model.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from slangrag.engines.ollama.prefixes import Templates, templates_said
from slangrag.errors import ModelMissing, ModelUnfit

CAPABLE_PARAMETERS: Final = 1_000_000_000
"""Models with fewer weights than this must be led by examples and checked twice."""

_MAGIC: Final = b"GGUF"
_SCALARS: Final = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_STRING: Final = 8
_ARRAY: Final = 9
_LONGEST_STRING: Final = 1 << 20
_BYTES_PER_WEIGHT: Final = 0.6
_UNITS: Final = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@dataclass(frozen=True, slots=True)
class GgufHead:
    """The general part of the metadata. parameters is 0 where neither stated nor guessable.

    trained_context is in tokens, 0 where the file does not say. templates: how an embedder wants its texts
    worded, None where the file does not say.
    """

    architecture: str
    name: str
    parameters: float
    trained_context: int
    templates: Templates | None = None

    @property
    def capable(self) -> bool:
        """Whether the model is large enough to be trusted with plain instructions."""
        return self.parameters >= CAPABLE_PARAMETERS


def read_head(path: Path) -> GgufHead:
    """Read the head of a GGUF file.

    Raises ModelMissing if there is no such file and ModelUnfit if it is not a GGUF chat model.
    """
    try:
        with path.open("rb") as stream:
            if stream.read(4) != _MAGIC:
                raise ModelUnfit(f"{path} is not a GGUF file", hint="--model FILE.gguf")
            fields = _general_fields(stream)
        size = path.stat().st_size
    except (FileNotFoundError, IsADirectoryError) as error:
        raise ModelMissing(f"there is no model file {path}", hint="--model FILE.gguf") from error
    except OSError as error:
        raise ModelMissing(f"{path} cannot be read: {error.strerror}", hint="--model FILE.gguf") from error
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise ModelUnfit(f"{path} is cut off or damaged", hint="fetch the file again") from error
    architecture = str(fields.get("general.architecture", ""))
    context = fields.get(f"{architecture}.context_length", 0)
    return GgufHead(
        architecture=architecture,
        name=str(fields.get("general.name", "")) or path.stem,
        parameters=_parameters(fields, size),
        trained_context=context if isinstance(context, int) else 0,
        templates=templates_said(fields),
    )


def _general_fields(stream: BinaryIO) -> dict[str, object]:
    """The fields before the tokenizer's (converters write them first); arrays are skipped."""
    _, _, count = struct.unpack("<IQQ", stream.read(20))
    fields: dict[str, object] = {}
    for _ in range(count):
        key = _read_string(stream)
        if key.startswith("tokenizer."):
            break
        fields[key] = _read_value(stream, _read_scalar(stream, "<I"))
    return fields


def _read_scalar(stream: BinaryIO, layout: str) -> int:
    value: int = struct.unpack(layout, stream.read(struct.calcsize(layout)))[0]
    return value


def _read_string(stream: BinaryIO) -> str:
    length = _read_scalar(stream, "<Q")
    if length > _LONGEST_STRING:
        raise ValueError("string too long")
    return stream.read(length).decode("utf-8")


def _read_value(stream: BinaryIO, kind: int) -> object:
    if kind == _STRING:
        return _read_string(stream)
    if kind != _ARRAY:
        if kind not in _SCALARS:
            raise ValueError("unknown type")
        return _read_scalar(stream, _SCALARS[kind])
    inner, length = _read_scalar(stream, "<I"), _read_scalar(stream, "<Q")
    if length > _LONGEST_STRING:
        raise ValueError("array too long")
    return [_read_value(stream, inner) for _ in range(length)]


def _parameters(fields: dict[str, object], size: int) -> float:
    """Number of weights: stated, or read from a label such as "135M" or "8x7B", or from the size.

    The last assumes about 4.8 bits a weight, the usual quantisation, and so errs upwards for files
    of higher precision.
    """
    stated = fields.get("general.parameter_count")
    if isinstance(stated, int) and stated > 0:
        return float(stated)
    label = re.fullmatch(r"(?:(\d+)x)?(\d+(?:\.\d+)?)([KMBT])\S*", str(fields.get("general.size_label", "")))
    if label:
        return int(label[1] or 1) * float(label[2]) * _UNITS[label[3]]
    return size / _BYTES_PER_WEIGHT
