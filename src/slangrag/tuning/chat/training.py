"""The training: LoRA by peft in trl's SFTTrainer, the loss on the answers only.

Stopped between two steps it keeps a checkpoint, and the same call goes on from it. The loss of held-out
pairs is measured before and after.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.errors import EngineMissing, InputMissing, InputUnreadable, UsageError
from slangrag.ingest.stop import StopFlag
from slangrag.tuning.chat import loading
from slangrag.tuning.chat.pairs import Pair, read_pairs
from slangrag.tuning.chat.places import ChatPlaces
from slangrag.tuning.chat.plans import TrainPlan, TrainReport
from slangrag.tuning.running import newest_checkpoint, precision_for

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase
    from trl.trainer.sft_trainer import SFTTrainer

    Row = dict[str, list[dict[str, str]]]

Told = Callable[[str, int, int, float], None]
"""Hears the stage ("train", "held out"), steps or batches done and in all, and how many come in a second."""

_MEASURED: Final = 200
"""Held-out pairs whose loss is measured, at most."""
_KEEP_EVERY: Final = 50
"""Steps after which a checkpoint is kept: what a kill without a word can lose."""
_WARM_UP: Final = 0.03
_HINT: Final = "slangrag tune chat pairs"


def train(plan: TrainPlan, *, told: Told, stop: StopFlag) -> TrainReport:
    """Train the adapter of `plan`, or go on with it, and write it with `training.json` beside it.

    Raises InputMissing without pairs, UsageError where checkpoints of another training are there or the
    precision is none of this device's, EngineMissing, ModelMissing, ModelUnfit, what StopFlag.leave gives.
    """
    places = ChatPlaces.of(plan.folder)
    pairs = read_pairs(places.pairs, hint=_HINT)
    if not pairs:
        raise InputMissing(f"there is no pair in {places.pairs}", hint=_HINT)
    identity = {**plan.identity(), "pairs": sha256(places.pairs.read_bytes()).hexdigest()}
    if not plan.fresh and (done := _finished(places, identity)) is not None:
        return done
    began = time.monotonic()
    loading.quieten()
    kept = _checkpoints_of(places, identity, fresh=plan.fresh)
    held_out = read_pairs(places.held_out, hint=_HINT)[:_MEASURED] if places.held_out.is_file() else []
    tokenizer = loading.load_tokenizer(plan.base)
    fitted, too_long, notes = _fitted(pairs, tokenizer, plan.max_length)
    measured, _, _ = _fitted(held_out, tokenizer, plan.max_length)
    if not fitted:
        raise UsageError(
            f"none of {len(pairs):,} pairs fits into {plan.max_length} tokens",
            hint=f"--max-length {2 * plan.max_length}, or fewer definitions: tune chat pairs -k 3 --fresh",
        )
    trainer = _trainer(plan, places, tokenizer, fitted, measured, told, stop)
    before = kept["before"] if kept else _loss(trainer, measured)
    if not kept:
        _write(places.checkpoints / "run.json", {"identity": identity, "before": before})
    with loading.old_names():
        trainer.train(resume_from_checkpoint=newest_checkpoint(places.checkpoints))
    state = trainer.state
    if state.global_step < state.max_steps:
        raise stop.leave(f"{state.global_step:,} of {state.max_steps:,} steps are done and kept")
    after = _loss(trainer, measured)
    model: Any = trainer.model
    trained, parameters = model.get_nb_trainable_parameters()
    report = TrainReport(
        base=plan.base,
        adapter=places.adapter,
        steps=state.global_step,
        epochs=round(float(state.epoch or 0), 3),
        pairs=len(fitted),
        held_out=len(measured),
        too_long=too_long,
        trained=trained,
        parameters=parameters,
        device=trainer.args.device.type,
        precision=_precision_of(trainer),
        losses=tuple((int(one["step"]), float(one["loss"])) for one in state.log_history if "loss" in one),
        before=before,
        after=after,
        seconds=round(time.monotonic() - began, 1),
        notes=notes,
    )
    words = sorted({pair.headword for pair in pairs})
    _keep(trainer, places, report, identity, words)
    return report


def _fitted(
    pairs: Sequence[Pair], tokenizer: PreTrainedTokenizerBase, most: int
) -> tuple[list[Row], int, tuple[str, ...]]:
    """The pairs as trl's rows, those that fit; how many do not; and what is to be said of the template.

    trl would cut a long one at its end, which is the answer.
    """
    with_system = loading.takes_system(tokenizer)
    rows: list[Row] = []
    too_long = 0
    same_opening = True
    for pair in pairs:
        prompt = loading.as_turns(pair.prompt, with_system=with_system)
        answer = [{"role": "assistant", "content": pair.completion}]
        whole = loading.tokens_of(tokenizer, [*prompt, *answer])
        opening = loading.tokens_of(tokenizer, prompt, asks=True)
        same_opening &= whole[: len(opening)] == opening
        if len(whole) > most:
            too_long += 1
        else:
            rows.append({"prompt": prompt, "completion": answer})
    notes = []
    if not with_system:
        notes.append("the model's template takes no system message: it stands before the question")
    if not same_opening:
        notes.append(
            "the model's template opens an answer otherwise when it is trained than when it is asked"
        )
    if too_long:
        notes.append(f"{too_long:,} pairs are longer than {most:,} tokens and were left out")
    return rows, too_long, tuple(notes)


def _trainer(
    plan: TrainPlan,
    places: ChatPlaces,
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[Row],
    held_out: Sequence[Row],
    told: Told,
    stop: StopFlag,
) -> SFTTrainer:
    try:
        import torch
        from datasets import Dataset
        from peft import LoraConfig
        from transformers.trainer_callback import PrinterCallback
        from trl.trainer.sft_config import SFTConfig
        from trl.trainer.sft_trainer import SFTTrainer
    except ImportError as error:
        raise loading.missing(error) from error
    from slangrag.tuning.chat.watching import watching

    if plan.threads:
        torch.set_num_threads(plan.threads)
    gpu = torch.cuda.is_available()
    if gpu and torch.cuda.device_count() > 1:
        raise UsageError(
            f"{torch.cuda.device_count()} GPUs are visible, and one is trained on",
            hint="CUDA_VISIBLE_DEVICES=0 slangrag tune chat train ...",
        )
    precision = precision_for(plan.precision)
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[precision]
    model = loading.load_model(plan.base, dtype=dtype, **_four_bit(plan, torch, dtype))
    model.config.use_cache = False
    recomputing: dict[str, Any] = {_recomputing(SFTConfig): gpu}
    arguments = SFTConfig(
        output_dir=str(places.checkpoints),
        max_length=plan.max_length,
        completion_only_loss=True,
        num_train_epochs=plan.epochs,
        max_steps=plan.steps or -1,
        per_device_train_batch_size=plan.batch,
        per_device_eval_batch_size=plan.batch,
        gradient_accumulation_steps=plan.accumulate,
        **recomputing,
        learning_rate=plan.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=_WARM_UP,
        bf16=precision == "bf16",
        fp16=precision == "fp16",
        seed=plan.seed,
        logging_steps=1,
        save_strategy="steps",
        save_steps=_KEEP_EVERY,
        save_total_limit=2,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=gpu,
    )
    lora = LoraConfig(
        r=plan.rank,
        lora_alpha=plan.alpha,
        lora_dropout=plan.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    with loading.old_names():
        trainer = SFTTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_list(list(rows)),
            eval_dataset=Dataset.from_list(list(held_out)) if held_out else None,
            processing_class=tokenizer,
            peft_config=lora,
            callbacks=[watching(told, stop)],
        )
    trainer.remove_callback(PrinterCallback)  # it prints every loss as a dictionary
    return trainer


def _recomputing(config: type) -> str:
    """What a trainer's arguments call trading time for memory; the older name warns beside the newer."""
    newer, older = "activation_checkpointing", "gradient_checkpointing"
    return newer if newer in config.__dataclass_fields__ else older  # type: ignore[attr-defined]


def _four_bit(plan: TrainPlan, torch: Any, dtype: Any) -> dict[str, Any]:
    """What from_pretrained needs to hold the base in 4 bits; nothing where that is not wanted."""
    if not plan.four_bit:
        return {}
    import importlib.util

    if importlib.util.find_spec("bitsandbytes") is None:
        raise EngineMissing(
            "--four-bit needs bitsandbytes, which is not installed", hint="pip install bitsandbytes"
        )
    if not torch.cuda.is_available():
        raise UsageError("--four-bit needs a GPU", hint="leave out --four-bit")
    import transformers

    configure: Any = transformers.BitsAndBytesConfig
    quantized = configure(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
    return {"quantization_config": quantized, "device_map": {"": 0}}


def _loss(trainer: SFTTrainer, rows: Sequence[Row]) -> float | None:
    """The mean loss a token of the held-out answers; None where there are none."""
    return round(float(trainer.evaluate()["eval_loss"]), 6) if rows else None


def _precision_of(trainer: SFTTrainer) -> str:
    return "bf16" if trainer.args.bf16 else "fp16" if trainer.args.fp16 else "fp32"


def _finished(places: ChatPlaces, identity: dict[str, Any]) -> TrainReport | None:
    """The report of this very training, if it has come to its end."""
    if not places.training.is_file():
        return None
    told = json.loads(places.training.read_text(encoding="utf-8"))
    if told["identity"] != identity:
        return None
    report = told["report"]
    report["losses"] = tuple((step, loss) for step, loss in report["losses"])
    report["notes"] = tuple(report["notes"])
    return TrainReport(**{**report, "adapter": places.adapter, "nothing_to_do": True})


def _checkpoints_of(places: ChatPlaces, identity: dict[str, Any], *, fresh: bool) -> dict[str, Any] | None:
    """What is known of a training under way; None where none is. Raises UsageError where it is another."""
    noted = places.checkpoints / "run.json"
    if fresh or not noted.is_file() or newest_checkpoint(places.checkpoints) is None:
        shutil.rmtree(places.checkpoints, ignore_errors=True)
        return None
    run: dict[str, Any] = json.loads(noted.read_text(encoding="utf-8"))
    changed = [name for name, value in identity.items() if run["identity"].get(name) != value]
    if changed:
        raise UsageError(
            f"a training is under way in {places.checkpoints} with another {', '.join(changed)}",
            hint="the same command as before goes on; --fresh begins anew",
        )
    return run


def _keep(
    trainer: SFTTrainer, places: ChatPlaces, report: TrainReport, identity: dict[str, Any], words: list[str]
) -> None:
    """Write the adapter and what is known of it, whole or not at all; the checkpoints are done with."""
    from importlib.metadata import version

    aside = places.adapter.with_name("adapter.part")
    shutil.rmtree(aside, ignore_errors=True)
    model: Any = trainer.model
    model.save_pretrained(aside)
    told = {name: getattr(report, name) for name in TrainReport.__slots__}
    told["adapter"] = str(report.adapter)
    packages = ("torch", "transformers", "peft", "trl")
    versions = {package: version(package) for package in packages}
    _write(
        aside / places.training.name,
        {"identity": identity, "report": told, "versions": versions, "headwords": words},
    )
    shutil.rmtree(places.adapter, ignore_errors=True)
    aside.replace(places.adapter)
    shutil.rmtree(places.checkpoints, ignore_errors=True)


def _write(path: Path, document: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be written: {error.strerror}", hint="--dir DIR") from error
