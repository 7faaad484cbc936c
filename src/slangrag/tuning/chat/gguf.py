"""The adapter, or the merged model, as a GGUF file, made with the help of a GGUF file of the base.

Of a merged model, tokenizer, chat template and every tensor that was not trained are taken over as they are;
what was trained is put in as 16-bit numbers. Which tensor is which, and whether its rows stand in llama.cpp's
order (those of a Llama's queries and keys do: `LlamaModel.permute` in llama.cpp's converter) is not believed
but looked up: the base's own weights must be found in its GGUF file first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.errors import EngineMissing, InputFormat, InputMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

_ALIKE: Final = 0.95
"""Cosine of a base's tensor with the same one in its GGUF file, at least. At 4 bits it is .99 and more; a
wrong order of rows, or another model, gives about 0."""
_HINT: Final = "--gguf with a GGUF file of the very base that was trained on"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a trained tensor lies in the GGUF file; heads is 0 where its rows stand as in safetensors."""

    name: str
    heads: int


@dataclass(frozen=True, slots=True)
class Weights:
    """The base's GGUF file, and where in it each trained tensor lies, by its name in the merged model.

    least is the smallest cosine of a trained tensor of the base with the file's.
    """

    source: Path
    places: Mapping[str, _Place]
    least: float

    @classmethod
    def before(cls, model: Any, source: Path) -> Weights:
        """Find the trained tensors of a PeftModel (not merged yet) in a GGUF file of its base.

        Raises EngineMissing, InputMissing, and InputFormat where the file is none of this base.
        """
        gguf = _gguf()
        if not source.is_file():
            raise InputMissing(f"there is no file {source}", hint=_HINT)
        reader = _reader(source)
        architecture = reader.get_field("general.architecture").contents()
        known = {name: arch for arch, name in gguf.MODEL_ARCH_NAMES.items()}
        if architecture not in known:
            raise InputFormat(
                f"{source} holds a {architecture}, which the gguf package does not know", hint=_HINT
            )
        config = model.get_base_model().config
        names = gguf.get_tensor_name_map(known[architecture], config.num_hidden_layers)
        there = {tensor.name: tensor for tensor in reader.tensors}
        places, least = {}, 1.0
        for name, layer in _adapted(model):
            weight = _float32(layer.base_layer.weight)
            mapped = names.get_name(name, try_suffixes=(".weight",))
            if mapped is None or mapped not in there:
                raise InputFormat(f"{source} has no tensor for {name}", hint=_HINT)
            tensor = there[mapped]
            held = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
            heads, alike = _order(weight, held, config, name, source)
            places[name] = _Place(mapped, heads)
            least = min(least, alike)
        return cls(source, places, least)

    def write_adapter(self, model: Any, path: Path) -> None:
        """Write the adapter of the PeftModel alone, as llama.cpp reads one (`--lora`), whole or not at all.

        Rows of lora_b are rows of the tensor that it adds to, so they take its order. Source:
        llama.cpp's convert_lora_to_gguf.py.
        """
        gguf = _gguf()
        config = model.peft_config[model.active_adapter]
        aside = path.with_name(path.name + ".part")
        writer = gguf.GGUFWriter(aside, _reader(self.source).get_field("general.architecture").contents())
        writer.add_type(gguf.GGUFType.ADAPTER)
        writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
        writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(config.lora_alpha))
        for name, module in _adapted(model):
            place = self.places[name]
            down, up = (part[model.active_adapter].weight for part in (module.lora_A, module.lora_B))
            writer.add_tensor(f"{place.name}.lora_a", _float32(down))
            writer.add_tensor(f"{place.name}.lora_b", _in_order(_float32(up), place.heads).copy())
        _finish(writer, aside, path)

    def write(self, merged: Any, path: Path) -> list[str]:
        """Write the file, whole or not at all; what is to be said of it."""
        import numpy as np

        gguf = _gguf()
        reader = _reader(self.source)
        state = {name: tensor for name, tensor in merged.named_parameters() if name in self.places}
        trained = {self.places[name].name: (name, tensor) for name, tensor in state.items()}
        aside = path.with_name(path.name + ".part")
        writer = gguf.GGUFWriter(aside, reader.get_field("general.architecture").contents())
        for field in reader.fields.values():
            if field.name.startswith("GGUF.") or field.name in {"general.architecture", "general.file_type"}:
                continue
            kind = field.types[0]
            inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
        writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
        for tensor in reader.tensors:
            if tensor.name in trained:
                name, weight = trained[tensor.name]
                rows = _in_order(_float32(weight), self.places[name].heads)
                writer.add_tensor(tensor.name, rows.astype(np.float16))
            else:
                writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        _finish(writer, aside, path)
        others = len(reader.tensors) - len(trained)
        return [
            f"GGUF: {len(trained)} trained tensors at 16 bits, the other {others} and the tokenizer as in "
            f"{self.source.name}; its tensors and the base's agree (cosine {self.least:.3f})"
        ]


def _finish(writer: Any, aside: Path, path: Path) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    aside.replace(path)


def _adapted(model: Any) -> Iterator[tuple[str, Any]]:
    """Each adapted tensor's name in the merged model, and its layer."""
    for name, module in model.get_base_model().named_modules():
        if hasattr(module, "lora_A") and hasattr(module, "base_layer"):
            yield f"{name}.weight", module


def _order(weight: Matrix, held: Matrix, config: Any, name: str, source: Path) -> tuple[int, float]:
    """In how many heads the rows of a tensor are reordered in the GGUF file, and how alike they then are.

    Raises InputFormat where neither order gives the base's tensor.
    """
    tried = [0]
    if name.endswith("q_proj.weight"):
        tried.append(config.num_attention_heads)
    elif name.endswith("k_proj.weight"):
        tried.append(config.num_key_value_heads)
    found: list[tuple[float, int]] = []
    if weight.shape == held.shape:
        found = [(_cosine(_in_order(weight, heads), held), heads) for heads in tried]
    alike, heads = max(found, default=(0.0, 0))
    if alike < _ALIKE:
        raise InputFormat(
            f"{source} is no GGUF file of this base: {name} differs (cosine {alike:.2f})",
            hint=_HINT,
        )
    return heads, alike


def _in_order(rows: Matrix, heads: int) -> Matrix:
    """Rows as llama.cpp has them: within each head, the two halves of the rotation interleaved."""
    if not heads:
        return rows
    halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    ordered: Matrix = halves.swapaxes(1, 2).reshape(rows.shape)
    return ordered


def _cosine(a: Matrix, b: Matrix) -> float:
    import numpy as np

    return float((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-12))


def _float32(tensor: Any) -> Matrix:
    array: Matrix = tensor.detach().float().cpu().numpy()
    return array


def _gguf() -> Any:
    try:
        import gguf
    except ImportError as error:
        raise EngineMissing(
            "a GGUF file needs the package gguf, which is not installed", hint="pip install 'slangrag[tune]'"
        ) from error
    return gguf


def _reader(path: Path) -> Any:
    try:
        return _gguf().GGUFReader(path)
    except (ValueError, OSError) as error:
        raise InputFormat(f"{path} is no GGUF file: {error}", hint=_HINT) from error
