"""Support by a natural-language-inference model: a cross-encoder in ONNX that the user has.

A directory holds the ONNX file, `tokenizer.json` and `config.json`, as published models do. Premise: the
definition; hypothesis: the sentence. Softmax over three labels, named by `id2label`; without names, the order
contradiction, entailment, neutral of sentence-transformers' "cross-encoder/nli-*".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.answer.support.reading import narrowed
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.errors import EngineMissing, WeightsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENTAILED: Final = 0.8
"""Probability of entailment from which a sentence counts as supported. Not measured on slang."""

_LABELS: Final = ("contradiction", "entailment", "neutral")
_WINDOW: Final = 512
_INT64_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")


class Nli:
    """Implements SupportChecker. onnxruntime and tokenizers are imported when one is made.

    It withholds nothing: what it takes for a contradiction is marked, since none was measured on slang.
    """

    def __init__(self, path: Path) -> None:
        """`path`: the directory, or the ONNX file in it.

        Raises EngineMissing without the packages, WeightsError for a directory that lacks a file, a model
        that cannot be loaded, or labels other than three.
        """
        self.notes: list[str] = []
        model, folder = _locate(path.expanduser())
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise EngineMissing(
                f"checking by an NLI model needs {error.name}, which is not installed",
                hint="pip install 'slangrag[embedded]'",
            ) from error
        self._entailment, self._contradiction = _label_places(folder)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except _faults() as error:
            raise WeightsError(f"onnxruntime cannot load {model}: {error}", hint=_HINT) from error
        self._inputs = {given.name for given in self._session.get_inputs()} & set(_INT64_INPUTS)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_WINDOW, strategy="only_first")
        self._tokenizer.no_padding()

    def judge(
        self,
        claims: Sequence[Claim],
        sources: Sequence[Source],
        question: str,  # noqa: ARG002
    ) -> list[Judgement]:
        """Supported where some cited definition, or all of them together, entails the sentence.

        A sentence that cites nothing is held against each definition. Of a passage, only the sentences are
        read that the claim may rest on: such models are made for short premises.
        """
        return [self._judge(claim, sources) for claim in claims]

    def _judge(self, claim: Claim, sources: Sequence[Source]) -> Judgement:
        cited = [source for source in sources if source.n in claim.numbers]
        kept = tuple(source.n for source in cited)
        premises: list[tuple[str, tuple[int, ...]]] = [
            (f"{s.word}: {narrowed(claim, s).definition}", (s.n,)) for s in cited or sources
        ]
        if len(cited) > 1:
            premises.append(("\n".join(premise for premise, _ in premises), kept))
        read = [(self.probabilities(premise, claim.text), numbers) for premise, numbers in premises]
        if not read:
            return Judgement("own words", "it cites nothing", 0.0, "nli")
        best, numbers = max(read, key=lambda pair: float(pair[0][self._entailment]))
        entailed = float(best[self._entailment])
        if entailed >= ENTAILED:
            return Judgement("supported", "", entailed, "nli", kept or numbers)
        against = float(best[self._contradiction]) > max(0.5, entailed)
        reason = "the NLI model reads the definition otherwise" if against else ""
        return Judgement("own words", reason, entailed, "nli", kept)

    def probabilities(self, premise: str, hypothesis: str) -> NDArray[np.float64]:
        """Softmax of the three logits, in the model's own order."""
        import numpy as np

        encoded = self._tokenizer.encode(premise, hypothesis)
        columns = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        fed: dict[str, Any] = {name: np.array([columns[name]], dtype=np.int64) for name in self._inputs}
        logits = np.asarray(self._session.run(None, fed)[0], dtype=np.float64)[0]
        raised = np.exp(logits - logits.max())
        probabilities: NDArray[np.float64] = raised / raised.sum()
        return probabilities


_HINT: Final = "give a directory with an ONNX file, tokenizer.json and config.json"


def _faults() -> tuple[type[Exception], ...]:
    """What onnxruntime raises for a file that is no model: none of it has a common base."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (
        RuntimeError,
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NoSuchFile,
    )


def _locate(path: Path) -> tuple[Path, Path]:
    """The ONNX file and the directory with its tokenizer."""
    if path.is_file():
        model = path
    else:
        named = [path / "model.onnx", path / "onnx" / "model.onnx", *sorted(path.glob("*.onnx"))]
        found = next((file for file in named if file.is_file()), None)
        if found is None:
            raise WeightsError(f"no ONNX file in {path}", hint=_HINT)
        model = found
    for folder in (model.parent, model.parent.parent):
        if (folder / "tokenizer.json").is_file():
            return model, folder
    raise WeightsError(f"no tokenizer.json beside {model}", hint=_HINT)


def _label_places(folder: Path) -> tuple[int, int]:
    """Where the model puts entailment and contradiction."""
    config = folder / "config.json"
    try:
        read = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
        names = {int(place): str(name).lower() for place, name in dict(read.get("id2label") or {}).items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise WeightsError(f"{config} cannot be read: {error}", hint=_HINT) from error
    labels = [names.get(place, "") for place in range(len(names))]
    if not labels or all(label.startswith("label_") for label in labels):
        labels = list(_LABELS)
    places = [
        next((place for place, label in enumerate(labels) if label.startswith(start)), None)
        for start in ("entail", "contradict")
    ]
    if len(labels) != len(_LABELS) or places[0] is None or places[1] is None:
        raise WeightsError(f"{config} does not name contradiction, entailment and neutral", hint=_HINT)
    return places[0], places[1]
