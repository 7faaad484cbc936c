"""What a training tells while it runs, and how it hears the wish to stop: a callback of transformers'."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from slangrag.ingest.stop import StopFlag

if TYPE_CHECKING:
    from transformers import TrainerCallback


def watching(told: Callable[[str, int, int, float], None], stop: StopFlag) -> TrainerCallback:
    """A callback that tells of each step, and has the trainer keep a checkpoint and end where `stop` is set.

    While losses are measured, nothing is there to be kept: then it raises what `stop.leave` gives.
    """
    from transformers import TrainerCallback

    class Watching(TrainerCallback):
        """See `watching`."""

        began = 0.0
        first = 0
        measured = 0

        def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            self.began, self.first = time.monotonic(), state.global_step
            told("train", state.global_step, state.max_steps, 0.0)

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            seconds = time.monotonic() - self.began
            rate = (state.global_step - self.first) / seconds if seconds > 0 else 0.0
            told("train", state.global_step, state.max_steps, rate)
            if stop.requested and state.global_step < state.max_steps:
                control.should_save = control.should_training_stop = True

        def on_prediction_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            self.measured += 1
            told("loss of held-out pairs", self.measured, len(kwargs["eval_dataloader"]), 0.0)
            if stop.requested:
                raise stop.leave("all steps are kept" if state.global_step else "nothing is trained yet")

        def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
            self.measured = 0

    return Watching()
