"""The training run: sentence-transformers' trainer with cached in-batch negatives, stopped and gone on with.

Loss: InfoNCE over the batch (van den Oord et al. 2018, arXiv:1807.03748), its gradients cached so that a
large batch fits a small memory (Gao et al. 2021, arXiv:2101.06983).
"""

from __future__ import annotations

import shutil
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.engines.ollama.prefixes import Templates
from slangrag.errors import EngineMissing, InputMissing, ModelMissing
from slangrag.ingest.plan import Report
from slangrag.ingest.progress import Meter
from slangrag.ingest.stop import StopFlag
from slangrag.text.forms import fold
from slangrag.tuning.examples import Example, read_examples
from slangrag.tuning.folder import TuneFolder
from slangrag.tuning.running import newest_checkpoint, precision_for
from slangrag.tuning.training.picture import draw
from slangrag.tuning.training.plan import Loss, TrainingNote, TrainPlan, write_note
from slangrag.tuning.training.rows import batches, columns

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer

_KEY: Final = "training.key"
_SAVES: Final = 10  # checkpoints in a run
_FEWEST: Final = 20  # steps between two of them: each is three times the size of the model
_NOTED: Final = 60  # losses in a run
_CHATTER: Final = r"(torch|transformers|sentence_transformers|accelerate|datasets|huggingface_hub)(\..*)?"


def train(
    folder: TuneFolder,
    plan: TrainPlan,
    base: str,
    place: str,
    templates: Templates,
    *,
    threads: int = 0,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> TrainingNote:
    """Train on the folder's triples (or its queries, where none were mined) into `folder.model`.

    base: what the model is called, place: where it is loaded from (a folder, or the hub). templates: the
    prefixes that it is used with. threads: on a CPU; 0 leaves it to torch. A run that was stopped or killed
    goes on from its last checkpoint. Raises InputMissing without examples, EngineMissing without the extra,
    ModelMissing, StoppedEarly.
    """
    stop = stop or StopFlag()
    source = folder.triples if folder.triples.is_file() else folder.queries
    examples = read_examples(source, hint="slangrag tune queries")
    if len(examples) < 2:
        raise InputMissing(f"{source} has too few examples to train on", hint="slangrag tune queries")
    began = time.monotonic()
    with _quiet():
        model = load(place)
        window = model.max_seq_length
        model.max_seq_length = min(plan.passage_length, window or plan.passage_length)
        trainer, losses = _trainer(model, folder, plan, examples, templates, threads, progress, stop)
        _check_key(folder, plan.key(base, examples))
        trainer.train(resume_from_checkpoint=newest_checkpoint(folder.checkpoints))
        if stop.requested and trainer.state.global_step < trainer.state.max_steps:
            raise stop.leave(
                f"{trainer.state.global_step} of {trainer.state.max_steps} steps are done and kept"
            )
        note = TrainingNote(
            base=base,
            plan={name: getattr(plan, name) for name in plan.__slots__},
            document_template=templates.document,
            query_template=templates.query,
            examples=len(examples),
            kinds=dict(Counter(one.kind for one in examples)),
            losses=tuple(losses(trainer)),
            steps=trainer.state.global_step,
            seconds=round(time.monotonic() - began, 1),
            device=str(model.device),
            headwords=tuple(sorted({fold(one.headword) for one in examples})),
        )
        model.max_seq_length = window  # the cut was for speed: what is longer may still be read
        _save(model, folder, note)
    return note


def load(place: str) -> SentenceTransformer:
    """The model to begin with. Never runs code of its own.

    Raises EngineMissing without the extra, ModelMissing where it is not there.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EngineMissing(
            f"training needs {error.name}, which is not installed", hint="pip install 'slangrag[tune]'"
        ) from error
    try:
        model = SentenceTransformer(str(Path(place).expanduser()), trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise ModelMissing(
            f"{place} cannot be loaded: {' '.join(str(error).split())[:200]}",
            hint="slangrag tune train --base FOLDER (on a machine with a network: hf download NAME)",
        ) from error
    return model


def _trainer(
    model: SentenceTransformer,
    folder: TuneFolder,
    plan: TrainPlan,
    examples: Sequence[Example],
    templates: Templates,
    threads: int,
    progress: Report,
    stop: StopFlag,
) -> tuple[SentenceTransformerTrainer, Callable[[SentenceTransformerTrainer], Iterator[Loss]]]:
    import torch
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from sentence_transformers.sentence_transformer.losses import CachedMultipleNegativesRankingLoss
    from transformers import TrainerCallback

    if threads:
        torch.set_num_threads(threads)
    headwords = [one.headword for one in examples]

    class HeadwordBatches(DefaultBatchSampler):
        """The batches of `rows.batches`, dealt anew in each epoch."""

        def __len__(self) -> int:
            return len(batches(headwords, plan.batch, plan.seed))

        def __iter__(self) -> Iterator[list[int]]:
            return iter(batches(headwords, plan.batch, plan.seed + self.epoch))

    class Trainer(SentenceTransformerTrainer):
        """With our batches. Not by an argument: arguments are pickled with every checkpoint."""

        def add_model_card_callback(self, _: Any) -> None:
            """None: nobody reads the card, and it shows a bar."""

        def get_batch_sampler(self, *given: Any, **named: Any) -> Any:
            return HeadwordBatches(*given, **named)

    class Telling(TrainerCallback):
        """Tells of every step, and ends the run where a stop is wanted."""

        def __init__(self) -> None:
            self.meter = Meter("train", progress)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:  # noqa: ARG002
            self.meter.tell(state.global_step, state.max_steps)
            if stop.requested:
                control.should_save = control.should_training_stop = True
            return control

    steps = plan.steps or len(batches(headwords, plan.batch, plan.seed)) * plan.epochs
    precision = precision_for(plan.precision)
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder.checkpoints),
        num_train_epochs=plan.epochs,
        max_steps=plan.steps or -1,
        per_device_train_batch_size=plan.batch,
        learning_rate=plan.learning_rate,
        warmup_steps=round(plan.warmup * steps),
        bf16=precision == "bf16",
        fp16=precision == "fp16",
        seed=plan.seed,
        data_seed=plan.seed,
        save_strategy="steps",
        save_steps=max(steps // _SAVES, _FEWEST),
        save_total_limit=1,
        logging_steps=max(steps // _NOTED, 1),
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=torch.cuda.is_available(),
    )
    tokenizer = model.tokenizer

    def cut(query: str) -> str:
        found = tokenizer(query, truncation=True, max_length=plan.query_length, return_offsets_mapping=True)
        return query[: max((end for _, end in found["offset_mapping"]), default=0)] or query

    rows = columns(
        examples,
        negatives=plan.group,
        query_template=templates.query,
        document_template=templates.document,
        cut=cut,
        seed=plan.seed,
    )
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_dict(rows),
        loss=CachedMultipleNegativesRankingLoss(
            model, scale=1 / plan.temperature, mini_batch_size=plan.memory_batch
        ),
        callbacks=[Telling()],
    )
    from transformers.trainer_callback import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    return trainer, _losses


def _losses(trainer: SentenceTransformerTrainer) -> Iterator[Loss]:
    for row in trainer.state.log_history:
        if "loss" in row:
            yield Loss(int(row["step"]), round(float(row["loss"]), 4))


def _check_key(folder: TuneFolder, key: str) -> None:
    """Remove the checkpoints of another training; note which one this is."""
    kept = folder.checkpoints / _KEY
    if not (kept.is_file() and kept.read_text(encoding="utf-8") == key):
        shutil.rmtree(folder.checkpoints, ignore_errors=True)
        folder.checkpoints.mkdir(parents=True)
        kept.write_text(key, encoding="utf-8")


def _save(model: SentenceTransformer, folder: TuneFolder, note: TrainingNote) -> None:
    """Put the model in its place, whole; what was made of an older one does not count any more."""
    aside = folder.model.with_name(folder.model.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    model.save(str(aside), create_model_card=False)
    write_note(note, aside / folder.training.name)
    shutil.rmtree(folder.model, ignore_errors=True)
    # What was exported and compared was an older model, which saw other headwords.
    folder.best.unlink(missing_ok=True)
    folder.verdict.unlink(missing_ok=True)
    aside.replace(folder.model)
    draw(note.losses, folder.curve)
    shutil.rmtree(folder.checkpoints, ignore_errors=True)


@contextmanager
def _quiet() -> Iterator[None]:
    """Neither the packages' warnings nor their bars; what matters is raised."""
    try:
        from transformers.utils import logging
    except ImportError:  # `load` says so
        yield
        return
    before = logging.get_verbosity()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=_CHATTER)
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            logging.set_verbosity(before)
