"""Tokenizers and models from a folder, by transformers: without network, chatter or foreign code.

transformers and torch are imported here, at the first use (some seconds), and nowhere before.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from slangrag.engines.huggingface.folder import ModelHead
from slangrag.engines.huggingface.hub import missing_packages
from slangrag.errors import EngineMissing, ModelUnfit, UsageError

_QUIET: Final = threading.RLock()
_HALF_FROM: Final = 1e9
"""Parameters from which weights stay as they are stored on a CPU, too: as float32 they take 4 GB and more."""


@contextmanager
def quietly() -> Iterator[None]:
    """transformers without progress bars and remarks; its own settings come back afterwards."""
    from transformers.utils import logging as said_aloud

    logging: Any = said_aloud  # its functions have no types
    with _QUIET:
        verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
    try:
        yield
    finally:
        with _QUIET:
            logging.set_verbosity(verbosity)
            if bars:
                logging.enable_progress_bar()


def load_tokenizer(head: ModelHead, options: Mapping[str, Any]) -> Any:
    """The tokenizer. Raises EngineMissing without transformers, ModelUnfit where it cannot be read."""
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise missing_packages(error) from error
    with _faults(head), quietly():
        return AutoTokenizer.from_pretrained(
            str(head.folder), local_files_only=True, trust_remote_code=_trusts(options)
        )


def load_model(head: ModelHead, options: Mapping[str, Any]) -> Any:
    """The model, ready to generate: on a GPU where there is one, else on the CPU.

    On a CPU a small model is computed in float32, which is faster there than the half precision that most
    are stored in. Raises EngineMissing without torch, ModelUnfit for one that cannot be loaded, UsageError
    for an option that transformers does not take.
    """
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM
    except ImportError as error:
        raise missing_packages(error) from error
    on_gpu = bool(torch.accelerator.is_available())
    small = head.parameters is not None and head.parameters < _HALF_FROM
    given = {
        "dtype": "float32" if small and not on_gpu else "auto",
        **({"device_map": "auto"} if on_gpu else {}),
        **{key: value for key, value in options.items() if key != "revision"},
    }
    given["trust_remote_code"] = _trusts(options)
    if isinstance(given["dtype"], str) and given["dtype"] != "auto":
        dtype = getattr(torch, given["dtype"], None)
        if not isinstance(dtype, torch.dtype):
            raise UsageError(f"dtype={given['dtype']}: torch has no such type", hint="--option dtype=float32")
        given["dtype"] = dtype
    kind = AutoModelForSeq2SeqLM if head.text_to_text else AutoModelForCausalLM
    with _faults(head, options), quietly():
        model = kind.from_pretrained(str(head.folder), local_files_only=True, **given)
    model.eval()
    return model


def _trusts(options: Mapping[str, Any]) -> bool:
    # None would make transformers ask on the terminal.
    return options.get("trust_remote_code") is True


@contextmanager
def _faults(head: ModelHead, options: Mapping[str, Any] | None = None) -> Iterator[None]:
    """What transformers raises while it loads, as the project's errors."""
    from safetensors import SafetensorError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a user's model; nothing in them for who asks a question
            yield
    except ImportError as error:  # a package that this very model needs, such as sentencepiece or accelerate
        raise EngineMissing(
            f"{head.folder} needs a package that is not installed: {_first_line(error)}",
            hint="pip install 'slangrag[huggingface]', or the package that it names",
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError, SafetensorError) as error:
        raise _unfit(head, options or {}, error) from error


def _unfit(head: ModelHead, options: Mapping[str, Any], error: Exception) -> ModelUnfit | UsageError:
    said = _first_line(error)
    if "trust_remote_code" in str(error):
        return ModelUnfit(
            f"{head.folder} brings Python code of its own, which is not run unasked",
            hint="read that code, then --option trust_remote_code=true",
        )
    if blamed := [key for key in options if key in str(error)]:
        return UsageError(
            f"the model does not take the option {blamed[0]}={options[blamed[0]]!r}: {said}",
            hint=f"leave out --option {blamed[0]}=...",
        )
    if "out of memory" in said or isinstance(error, MemoryError):
        return ModelUnfit(f"{head.folder} does not fit into memory: {said}", hint="take a smaller model")
    return ModelUnfit(
        f"transformers cannot load {head.folder}: {said}", hint="--model with the folder of another model"
    )


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[
        :200
    ]
