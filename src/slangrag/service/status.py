"""What somebody who asks from afar wants to know at a glance: which data, which model, on a GPU or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slangrag.errors import SlangragError

if TYPE_CHECKING:
    from slangrag.service.slang import Slang
    from slangrag.store.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Status:
    """engine and model are "" where no model can be had; notes say why. gpu is None where nobody can tell."""

    headwords: int
    rows: int
    complete: bool
    data_until: str | None
    engine: str
    model: str
    capable: bool
    gpu: bool | None
    notes: tuple[str, ...] = ()
    documents: int = 0


def status(lexicon: Lexicon, slang: Slang) -> Status:
    """The state of a store and of the model that answers."""
    from slangrag.service.data_end import data_until

    counts, until, complete = lexicon.counts(), data_until(lexicon), lexicon.as_of().complete
    notes: list[str] = []
    engine = model = ""
    capable, gpu = False, None
    try:
        chosen = slang.chat_model()
    except SlangragError as error:
        notes += ["no model answers: definitions are quoted", error.message]
    else:
        identity = chosen.model.identity
        engine, model, capable = identity.engine, identity.model, identity.capable
        gpu = _on_gpu(slang, engine, model)
        if chosen.note:
            notes.append(chosen.note)
        if not capable:
            notes.append("this model is too small to explain, so the definitions answer")
    if not complete:
        notes.append("the store is not loaded to its end")
    return Status(
        counts["headwords"],
        counts["entries"],
        complete,
        until,
        engine,
        model,
        capable,
        gpu,
        tuple(notes),
        slang.count_documents(),
    )


def _on_gpu(slang: Slang, engine: str, model: str) -> bool | None:
    """Whether Ollama has the model in a GPU's memory; None where nobody can tell."""
    if engine != "ollama":
        return False if engine == "embedded" else None
    from slangrag.engines.ollama import connect
    from slangrag.engines.ollama.models import same_model

    try:
        loaded = connect(slang.settings).loaded()
    except SlangragError:
        return None
    return next((one.size_vram > 0 for one in loaded if same_model(one.name, model)), None)
