"""Exports of a trained adapter: as it is for Ollama's ADAPTER, merged into its base, merged as GGUF.

What is merged is loaded again and compared with base and adapter before it is called done.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from slangrag.errors import InputFormat, UsageError
from slangrag.tuning.chat import loading, ollama
from slangrag.tuning.chat.pairs import read_pairs
from slangrag.tuning.chat.places import ChatPlaces

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from slangrag.tuning.chat.gguf import Weights

Form = Literal["adapter", "merged", "gguf"]
Told = Callable[[str, int, int], None]
"""Hears the stage in a word or two, and how many of its parts are done."""

_PROBED: Final = 8
"""Texts whose logits are compared."""
_LEAST_SAME: Final = 0.95
"""Share of places at which both must hold the same token likeliest. Rounding to 16 bits moves a few."""


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """What is to be written. name is what Ollama is to call it, base_in_ollama what it calls the base.

    gguf_of is a GGUF file of the base: its tokenizer, template and whatever was not trained are taken over.
    threads are of the CPU; 0 leaves them to torch.
    """

    folder: Path
    form: Form = "merged"
    name: str = "slang-tuned"
    base_in_ollama: str | None = None
    gguf_of: Path | None = None
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Probe:
    """Base and adapter against what was merged and loaded again, over the answers of `texts` pairs.

    max_difference is of logits, same_token the share of `tokens` places with the same likeliest token.
    """

    texts: int
    tokens: int
    max_difference: float
    same_token: float


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written: path is the folder or file, size in bytes; following the commands to type next.

    modelfile is for `ollama create`. probe is None for a bare adapter, which is not changed.
    """

    form: Form
    path: Path
    modelfile: Path
    size: int
    architecture: str
    probe: Probe | None
    following: tuple[str, ...]
    notes: tuple[str, ...] = ()


def export(plan: ExportPlan, *, told: Told) -> ExportReport:
    """Write what `plan` says, whole or not at all.

    Raises ModelMissing where there is no adapter or its base is gone, EngineMissing, UsageError, InputFormat
    where the merged model does not say what base and adapter do, or the GGUF file is none of the base.
    """
    places = ChatPlaces.of(plan.folder)
    base = loading.adapter_base(places.adapter)
    if plan.form == "gguf" and plan.gguf_of is None:
        raise UsageError("a GGUF file needs one of its base", hint="--gguf BASE.gguf")
    loading.quieten()
    architecture = loading.architecture(base)
    places.exported.mkdir(parents=True, exist_ok=True)
    if plan.form == "adapter":
        return _adapter(plan, places, base, architecture)
    return _merged(plan, places, base, architecture, told)


def _adapter(plan: ExportPlan, places: ChatPlaces, base: str, architecture: str) -> ExportReport:
    gguf = plan.gguf_of is not None
    target = places.exported / ("adapter.gguf" if gguf else "adapter")
    if gguf:
        _adapter_as_gguf(plan, places, base, target)
    else:
        aside = _aside(target)
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            shutil.copyfile(places.adapter / name, aside / name)
        _put(aside, target)
    folder = loading.is_folder(base)
    named = plan.base_in_ollama or (base if folder else None)
    notes = ollama.adapter_notes(architecture, folder=plan.base_in_ollama is None and folder, gguf=gguf)
    if plan.base_in_ollama is None and plan.gguf_of is not None:
        named = str(plan.gguf_of.expanduser().resolve())
    if named is None:
        named = "BASE"
        notes.insert(0, f"put what Ollama calls {base} in the place of BASE, or say --base-in-ollama NAME")
    file = places.exported / "Modelfile.adapter"
    file.write_text(ollama.modelfile(named, f"./{target.name}"), encoding="utf-8")
    following = ollama.following(plan.name, file)
    return ExportReport(
        "adapter", target, file, _size(target), architecture, None, tuple(following), tuple(notes)
    )


def _adapter_as_gguf(plan: ExportPlan, places: ChatPlaces, base: str, path: Path) -> None:
    from slangrag.tuning.chat import gguf

    try:
        from peft import PeftModel
    except ImportError as error:
        raise loading.missing(error) from error
    assert plan.gguf_of is not None
    model: Any = loading.load_model(base, dtype="auto")
    with loading.old_names():
        whole = PeftModel.from_pretrained(model, places.adapter)
    gguf.Weights.before(whole, plan.gguf_of).write_adapter(whole, path)


def _merged(plan: ExportPlan, places: ChatPlaces, base: str, architecture: str, told: Told) -> ExportReport:
    try:
        import torch
        from peft import PeftModel
    except ImportError as error:
        raise loading.missing(error) from error
    notes = _trained_in(places)
    if plan.threads:
        torch.set_num_threads(plan.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    told("base", 0, 3)
    tokenizer = loading.load_tokenizer(base)
    texts = _texts(places, tokenizer)
    model: Any = loading.load_model(base, dtype="auto").to(device)  # type: ignore[arg-type]
    with loading.old_names():
        whole: Any = PeftModel.from_pretrained(model, places.adapter)
    wanted = _logits(whole, texts)
    told("merge", 1, 3)
    weights = None
    if plan.gguf_of is not None:
        from slangrag.tuning.chat import gguf

        weights = gguf.Weights.before(whole, plan.gguf_of)
    merged = whole.merge_and_unload(safe_merge=True)
    target = places.exported / "merged"
    aside = _aside(target)
    merged.save_pretrained(aside)
    # Ollama looks for the template in tokenizer_config.json, not in a file of its own.
    tokenizer.save_pretrained(aside, save_jinja_files=False)
    told("compare", 2, 3)
    del merged, whole, model
    again: Any = loading.load_model(str(aside), dtype="auto").to(device)  # type: ignore[arg-type]
    found = _logits(again, texts)
    probe = _compared(wanted, found)
    if probe.same_token < _LEAST_SAME:
        shutil.rmtree(aside)
        raise InputFormat(
            f"the merged model says the same token as base and adapter at {probe.same_token:.0%} of "
            f"{probe.tokens} places only: it was not kept",
            hint="slangrag tune chat train --fresh, in the precision of the base",
        )
    _put(aside, target)
    if weights is not None:
        told("gguf", 3, 3)
        return _gguf(plan, places, architecture, probe, notes, weights, again)
    file = places.exported / "Modelfile.merged"
    file.write_text(ollama.modelfile("./merged"), encoding="utf-8")
    notes += ollama.merged_notes(architecture)
    following = [
        *ollama.following(plan.name, file),
        f'slangrag ask --model huggingface:{target} "what does rizz mean"',
    ]
    return ExportReport(
        "merged", target, file, _size(target), architecture, probe, tuple(following), tuple(notes)
    )


def _gguf(
    plan: ExportPlan,
    places: ChatPlaces,
    architecture: str,
    probe: Probe,
    notes: list[str],
    weights: Weights,
    merged: PreTrainedModel,
) -> ExportReport:
    path = places.exported / f"{plan.name}.gguf"
    notes += weights.write(merged, path)
    file = places.exported / "Modelfile.gguf"
    file.write_text(ollama.modelfile(f"./{path.name}"), encoding="utf-8")
    following = [*ollama.asking(str(path)), f"ollama create {plan.name} -f {file}"]
    return ExportReport(
        "gguf", path, file, path.stat().st_size, architecture, probe, tuple(following), tuple(notes)
    )


def _trained_in(places: ChatPlaces) -> list[str]:
    """What is to be said of how the adapter was trained."""
    told = json.loads(places.training.read_text(encoding="utf-8")) if places.training.is_file() else {}
    if told.get("identity", {}).get("four_bit"):
        return ["trained over the base in 4 bits, merged into the whole one: they differ a little"]
    return []


def _texts(places: ChatPlaces, tokenizer: PreTrainedTokenizerBase) -> list[tuple[list[int], int]]:
    """Token ids of some pairs, and where the answer begins in each; held-out ones first."""
    found = []
    with_system = loading.takes_system(tokenizer)
    for path in (places.held_out, places.pairs):
        found += read_pairs(path, hint="slangrag tune chat pairs") if path.is_file() else []
    if not found:
        raise UsageError("there is no pair to compare by", hint="slangrag tune chat pairs")
    texts = []
    for pair in found[:_PROBED]:
        prompt = loading.as_turns(pair.prompt, with_system=with_system)
        turns = [*prompt, {"role": "assistant", "content": pair.completion}]
        begins = len(loading.tokens_of(tokenizer, prompt, asks=True))
        texts.append((loading.tokens_of(tokenizer, turns), begins))
    return texts


def _logits(model: PreTrainedModel, texts: Sequence[tuple[list[int], int]]) -> list[Any]:
    """The logits at each answer's places, one float32 tensor of shape (places, vocabulary) for each text."""
    import torch

    found = []
    model.train(False)
    with torch.inference_mode():
        for ids, begins in texts:
            logits = model(input_ids=torch.tensor([ids], device=model.device)).logits[0]
            found.append(logits[begins - 1 : -1].float().cpu())
    return found


def _compared(wanted: Sequence[Any], found: Sequence[Any]) -> Probe:
    difference = max(float((a - b).abs().max()) for a, b in zip(wanted, found, strict=True))
    same = sum(int((a.argmax(-1) == b.argmax(-1)).sum()) for a, b in zip(wanted, found, strict=True))
    tokens = sum(len(one) for one in wanted)
    return Probe(len(wanted), tokens, difference, same / tokens)


def _aside(target: Path) -> Path:
    aside = target.with_name(target.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    return aside


def _put(aside: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    aside.replace(target)


def _size(folder: Path) -> int:
    if folder.is_file():
        return folder.stat().st_size
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
