"""One export after the other: written aside, run by its own engine, and put in place if it is right."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from slangrag.config import Settings
from slangrag.engines.ollama import OllamaEmbedder, OllamaServer
from slangrag.errors import EngineUnreachable, InputUnreadable, ModelUnfit, SlangragError
from slangrag.tuning.exporting.gguf import check_writable, write_gguf
from slangrag.tuning.exporting.older_names import write_older_names
from slangrag.tuning.exporting.onnx import FILE, write_onnx
from slangrag.tuning.exporting.probe import Probe, check, probe, trained_vectors
from slangrag.tuning.exporting.quantize import write_int8
from slangrag.tuning.exporting.reference import Reference
from slangrag.tuning.exporting.trained import TrainedModel

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder

Form = Literal["onnx", "int8", "gguf", "ollama"]
Told = Callable[[str], None]

INT8_RECOMMENDED: Final = 0.999
"""The mean cosine from which 8 bits are named for use; below, full precision is."""
INT8_LEAST: Final = 0.99
"""The mean cosine below which the 8-bit file is refused."""

GGUF_FILE: Final = "model.gguf"
MODELFILE: Final = "Modelfile"


@dataclass(frozen=True, slots=True)
class ExportedModel:
    """One form of the model. path: a folder, a GGUF file, or on Ollama the Modelfile. bytes: of the whole.

    embed_model: what `--embed-model` takes for it.
    """

    form: Form
    path: Path
    bytes: int
    probe: Probe
    embed_model: str


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was exported. fault: why something that was asked for is not there, None where all is.

    of_folder: it is the working folder's own model, in its own place.
    """

    model: TrainedModel
    exports: tuple[ExportedModel, ...]
    fault: SlangragError | None = None
    of_folder: bool = False

    @property
    def best(self) -> ExportedModel | None:
        """The one to use: Ollama's where wanted, 8 bits where they lose little, else full precision."""
        made = {one.form: one for one in self.exports}
        small = made.get("int8")
        if small is not None and small.probe.mean < INT8_RECOMMENDED:
            del made["int8"]
        return next((made[form] for form in ("ollama", "int8", "onnx", "gguf") if form in made), None)


class Exporter:
    """Writes the forms of one trained model into one folder."""

    def __init__(
        self, model: TrainedModel, to: Path, texts: Sequence[str], settings: Settings, told: Told
    ) -> None:
        """texts: what every form is compared on. told is called with each step's words."""
        self.model, self._to, self._texts, self._told = model, to, texts, told
        # Prefixes of this machine's settings are not the model's.
        self._settings = replace(settings, query_prefix=None, document_prefix=None)
        told("loading the trained model")
        self._reference = Reference(model)
        self._trained = trained_vectors(self._reference, model.identity, texts)

    def onnx(self, forms: Sequence[Form]) -> Iterator[ExportedModel]:
        """ONNX in full precision, in 8 bits, or both: 8 bits are made from the other. Each as it is in its
        place.

        Raises EngineMissing, ModelUnfit for a network that cannot be exported or an export that is not the
        model.
        """
        from slangrag.engines.embedded.embedder import EmbeddedEmbedder

        with self._aside("onnx") as whole:
            self._told("writing ONNX")
            write_onnx(self.model, self._reference.network, whole)
            if "onnx" in forms:
                found = self._probed("onnx", EmbeddedEmbedder(self._settings, file=whole))
                yield self._placed("onnx", whole, found)
            source = (self._to / "onnx" if "onnx" in forms else whole) / FILE
            if "int8" in forms:
                with self._aside("int8") as small:
                    self._told("writing 8 bits")
                    write_int8(source, small / FILE)
                    write_older_names(self.model, small)
                    found = self._probed("int8", EmbeddedEmbedder(self._settings, file=small))
                    yield self._placed("int8", small, found)

    def gguf(self) -> ExportedModel:
        """A GGUF file with its Modelfile. Raises EngineMissing, ModelUnfit as `onnx` does."""
        from slangrag.engines.embedded.gguf_embedder import GgufEmbedder

        check_writable(self.model)
        with self._aside("gguf") as folder:
            self._told("writing GGUF")
            folder.mkdir(parents=True)
            write_gguf(self.model, self._reference.weights(), folder / GGUF_FILE)
            (folder / MODELFILE).write_text(f"FROM ./{GGUF_FILE}\n", encoding="utf-8")
            with closing(GgufEmbedder(self._settings, folder / GGUF_FILE)) as embedder:
                found = self._probed("gguf", embedder)
            return self._placed("gguf", folder, found)

    def ollama(self, gguf: ExportedModel, name: str, server: OllamaServer) -> ExportedModel:
        """A model on Ollama from the GGUF file. A model that is not right is removed again.

        Raises EngineUnreachable with the command that would make it, EngineReply where the server refuses,
        ModelUnfit.
        """
        modelfile = gguf.path.parent / MODELFILE
        if not server.answers():
            raise EngineUnreachable(
                f"no Ollama answers at {server.address}: {gguf.path} is written, "
                f"the model {name!r} was not created",
                hint=f"ollama create {name} -f {modelfile}",
            )
        self._told(f"creating {name} on Ollama")
        server.create(name, gguf.path)
        try:
            found = self._probed("ollama", OllamaEmbedder(server, name))
        except ModelUnfit:
            server.delete(name)
            raise
        return ExportedModel("ollama", modelfile, gguf.bytes, found, name)

    def _probed(self, form: Form, embedder: Embedder) -> Probe:
        self._told(f"comparing {form} with the trained model on {len(self._texts)} texts")
        found = probe(self._trained, self.model.identity, embedder, self._texts)
        if form != "int8":
            check(found, f"the {form} export", own_tokenizer=form != "onnx")
        elif found.mean < INT8_LEAST:
            raise ModelUnfit(
                f"8 bits lose too much of this model: the mean cosine is {found.mean:.3f}",
                hint="slangrag tune export --onnx",
            )
        return found

    @contextmanager
    def _aside(self, form: Form) -> Iterator[Path]:
        """A folder to write into. What the block refuses is left as FORM.refused, to be looked at."""
        folder, refused = self._to / f"{form}.part", self._to / f"{form}.refused"
        for old in (folder, refused):
            shutil.rmtree(old, ignore_errors=True)
        try:
            self._to.mkdir(parents=True, exist_ok=True)
            yield folder
        except ModelUnfit:
            if folder.is_dir():
                folder.rename(refused)
            raise
        except OSError as error:
            raise InputUnreadable(
                f"{folder} cannot be written: {error.strerror or error}", hint="--to DIR"
            ) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _placed(self, form: Form, folder: Path, found: Probe) -> ExportedModel:
        """Put a probed folder where the last export of this form was."""
        place = self._to / form
        shutil.rmtree(place, ignore_errors=True)
        folder.rename(place)
        path = place / GGUF_FILE if form == "gguf" else place
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        return ExportedModel(form, path, size, found, str(path))
