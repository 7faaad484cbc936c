"""An ONNX embedder's weights as 8-bit integers, a scale for each 32 of them: a quarter of the size.

As ggml's Q8_0. The numbers are made whole again as the file is loaded, so vectors lose little and the speed
stays. onnxruntime's own dynamic quantization rounds what flows between the layers too, at one scale for a
whole batch: on MiniLM it is 1.6 times as fast, but its mean cosine is .992 where this one's is .9998
(docs/tune.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.errors import EngineMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GROUP: Final = 32
"""Weights that share a scale."""

_SMALLEST: Final = 4096
"""Numbers in a matrix below which nothing is won."""
_LARGEST: Final = 127


def write_int8(source: Path, to: Path) -> None:
    """Write the ONNX file `source` with its matrices in 8 bits. Raises EngineMissing without onnx."""
    try:
        import onnx
        from onnx import TensorProto, numpy_helper
    except ImportError as error:
        raise EngineMissing(
            "8 bits are written by onnx, which is not installed", hint="pip install 'slangrag[tune]'"
        ) from error

    model = onnx.load(source)
    graph = model.graph
    matrices = [
        one
        for one in graph.initializer
        if one.data_type == TensorProto.FLOAT
        and len(one.dims) == 2
        and one.dims[0] * one.dims[1] >= _SMALLEST
    ]
    nodes = []
    for matrix in matrices:
        whole = numpy_helper.to_array(matrix)
        # Groups run along a matrix product's inputs, and along a table's rows: what one sum takes together.
        axis = 0 if whole.shape[0] % GROUP == 0 and _is_multiplied(graph, matrix.name) else 1
        if whole.shape[axis] % GROUP:
            continue
        small, scales, shape = eight_bits(whole, axis)
        graph.initializer.remove(matrix)
        for name, values in (("small", small), ("scales", scales), ("shape", shape)):
            graph.initializer.append(numpy_helper.from_array(values, f"{matrix.name}.{name}"))
        nodes += _restoring(matrix.name)
    for place, node in enumerate(nodes):
        graph.node.insert(place, node)
    onnx.checker.check_model(model)
    to.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, to)


def eight_bits(
    whole: NDArray[np.float32], axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float16], NDArray[np.int64]]:
    """A matrix as integers in groups along `axis`, their scales, and its own shape.

    Integers times scales, reshaped, is the matrix to within half a scale (and the scale's own rounding).
    """
    import numpy as np

    rows, columns = whole.shape
    grouped = whole.reshape((rows // GROUP, GROUP, columns) if axis == 0 else (rows, columns // GROUP, GROUP))
    within = 1 if axis == 0 else 2
    # In 16 bits, as in ggml; and never 0, which would divide.
    scales = (np.abs(grouped).max(axis=within, keepdims=True) / _LARGEST).astype(np.float16)
    scales = np.maximum(scales, np.finfo(np.float16).tiny)
    small = np.clip(np.round(grouped / scales.astype(np.float32)), -_LARGEST, _LARGEST).astype(np.int8)
    return small, scales, np.asarray(whole.shape, dtype=np.int64)


def _is_multiplied(graph: Any, name: str) -> bool:
    """Whether a matrix is the right side of a matrix product, and not a table that rows are taken from."""
    return any(node.op_type in {"MatMul", "Gemm"} and name in node.input for node in graph.node)


def _restoring(name: str) -> list[Any]:
    """The nodes that make the matrix again. onnxruntime runs them once, while it loads: all their inputs are
    constant.

    (It would run a DequantizeLinear with every batch, which takes half as long again.)
    """
    from onnx import TensorProto, helper

    whole, scale, product = (f"{name}.{part}" for part in ("whole", "scale", "product"))
    return [
        helper.make_node("Cast", [f"{name}.small"], [whole], to=TensorProto.FLOAT),
        helper.make_node("Cast", [f"{name}.scales"], [scale], to=TensorProto.FLOAT),
        helper.make_node("Mul", [whole, scale], [product]),
        helper.make_node("Reshape", [product, f"{name}.shape"], [name]),
    ]
