"""What each ingredient of a tuning is worth: variants trained alike but for one thing, on unseen headwords.

    python -m benchmarks.tune STORE --eval FOLDER --out DIR [--variant NAME]...

STORE is a store made with MiniLM, FOLDER holds `sentences.dev.jsonl` and `reverse.dev.jsonl`. Half of all
headwords (by hash) are held out. Measured by vectors alone: the questions about held-out headwords against
all entries of these and a sample of others, ranks over distinct headwords. One line a variant, as it is
done; a variant that is in DIR already is not trained again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.engines.ollama.prefixes import Templates
from slangrag.evaluation.questions import Question, read_questions
from slangrag.retrieval.slang_store import open_store
from slangrag.store.lexicon import Lexicon, open_lexicon
from slangrag.text.forms import fold
from slangrag.tuning.collecting import QueryPlan, collect
from slangrag.tuning.examples import Example, held_out, read_examples, text_of, write_examples
from slangrag.tuning.folder import TuneFolder
from slangrag.tuning.mining import MinePlan, mine
from slangrag.tuning.training.plan import TrainPlan
from slangrag.tuning.training.published import minilm
from slangrag.tuning.training.run import load, train

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHARE: Final = 0.5
_LENGTH: Final = 128


@dataclass(frozen=True)
class Variant:
    """kinds: which examples; margin: None for no mining; train: what differs from the plan of all."""

    kinds: tuple[str, ...] = ("message", "pair", "question")
    margin: float | None = 0.05
    masked: float = 0.1
    train: Mapping[str, Any] = field(default_factory=dict)


VARIANTS: Final[Mapping[str, Variant]] = {
    "all": Variant(),
    "messages alone": Variant(kinds=("message",)),
    "pairs alone": Variant(kinds=("pair",)),
    "no hard negatives": Variant(margin=None, train={"group": 0}),
    "two hard negatives": Variant(train={"group": 2}),
    "no margin": Variant(margin=0.0),
    "margin .2": Variant(margin=0.2),
    "temperature .05": Variant(train={"temperature": 0.05}),
    "nothing masked": Variant(masked=0.0),
    "a third masked": Variant(masked=0.33),
    "two epochs": Variant(train={"epochs": 2}),
}


def measure(
    model: Any, documents: Sequence[tuple[str, str]], questions: Sequence[Question]
) -> dict[str, float]:
    """R@1 and R@10 by task, of questions against (headword, text)."""
    texts = model.encode([text for _, text in documents], batch_size=32, show_progress_bar=False)
    words = np.array([word for word, _ in documents])
    asked = model.encode([one.query for one in questions], batch_size=32, show_progress_bar=False)
    cosines: NDArray[np.float32] = asked @ texts.T
    ranks = []
    for row, one in zip(cosines, questions, strict=True):
        order = list(dict.fromkeys(words[np.argsort(-row)[:400]]))
        right = fold(one.headword)
        ranks.append(order.index(right) if right in order else 999)
    found: dict[str, float] = {}
    for task in sorted({one.task for one in questions}):
        own = np.array([rank for rank, one in zip(ranks, questions, strict=True) if one.task == task])
        found |= {f"{task} R@1": float((own < 1).mean()), f"{task} R@10": float((own < 10).mean())}
    return {name: round(value, 4) for name, value in found.items()}


def documents_and_questions(
    lexicon: Lexicon, folder: Path, most: int, each: int
) -> tuple[list[tuple[str, str]], list[Question]]:
    """Entries of the headwords asked about and of others, and the questions about held-out headwords."""
    chance = random.Random(0)
    asked: list[Question] = []
    for name in ("sentences", "reverse"):
        own = [
            one
            for one in read_questions([folder / f"{name}.dev.jsonl"])
            if held_out(one.headword, _SHARE) and lexicon.lookup(one.headword)
        ]
        asked += chance.sample(own, min(each, len(own)))
    words = {fold(one.headword) for one in asked}
    rids = list(range(1, lexicon.last_row() + 1))
    chance.shuffle(rids)
    entries = [entry for word in sorted(words) for entry in lexicon.lookup(word)]
    entries += list(lexicon.entries(rids[:most]).values())
    rows = {one.entry_id: (fold(one.word), text_of(one)) for one in entries}
    return list(rows.values()), asked


def examples_of(variant: Variant, store: Path, work: TuneFolder, files: tuple[Path, ...], most: int) -> None:
    """The variant's examples into its folder: as many of each kind as `most` allows."""
    with open_lexicon(store) as lexicon:
        collect(lexicon, work, QueryPlan(most, files, held_out=_SHARE, masked=variant.masked), None)
    found = [one for one in read_examples(work.queries, hint="") if one.kind in variant.kinds]
    random.Random(0).shuffle(found)
    kept: list[Example] = []
    for kind in variant.kinds:
        own = [one for one in found if one.kind == kind]
        own.sort(key=lambda one: one.source == "data")  # a person's first
        kept += own[: most if kind != "question" else most // 8]
    write_examples(work.queries, kept)


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--variant", action="append", choices=list(VARIANTS))
    parser.add_argument("--most", type=int, default=600, help="examples of a kind")
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--questions", type=int, default=300, help="of a task")
    chosen = parser.parse_args()
    settings = load_settings()
    base = minilm(settings.cache, chosen.out, fetch=True)
    with open_lexicon(chosen.store) as lexicon:
        documents, questions = documents_and_questions(
            lexicon, chosen.eval, chosen.documents, chosen.questions
        )
    print(f"{len(documents)} documents, {len(questions)} questions", flush=True)
    print("untuned", measure(load(str(base)), documents, questions), flush=True)
    embedder = EmbeddedEmbedder(settings)
    for name in chosen.variant or VARIANTS:
        variant = VARIANTS[name]
        work = TuneFolder(chosen.out / name.replace(" ", "-"))
        done = work.root / "figures.json"
        if not done.is_file():
            examples_of(variant, chosen.store, work, (chosen.eval / "sentences.dev.jsonl",), chosen.most)
            if variant.margin is not None:
                with open_store(chosen.store, lambda: embedder) as store:
                    mine(store, work, MinePlan(negatives=2, margin=variant.margin, depth=100))
            plan = replace(TrainPlan(passage_length=_LENGTH), **variant.train)
            began = time.monotonic()
            note = train(work, plan, "minilm", str(base), Templates())
            took = time.monotonic() - began
            figures = measure(load(str(work.model)), documents, questions)
            done.write_text(json.dumps({"examples": note.examples, "seconds": round(took), **figures}))
        print(name, done.read_text(), flush=True)


if __name__ == "__main__":
    main()
