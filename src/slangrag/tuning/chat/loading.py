"""Base models and tokenizers of Hugging Face's, loaded without a word and without code of theirs.

Never runs code that comes with a model (`trust_remote_code` is False everywhere), and a folder is loaded
without the network.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.engines.protocols import Message
from slangrag.errors import EngineMissing, ModelMissing, ModelUnfit

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_HINT: Final = "--base FOLDER (config.json, safetensors, tokenizer), or a name on the Hugging Face hub"


def quieten() -> None:
    """No bars and no advice from the packages, and no word from them to anybody else.

    trl reports each training to the hub's statistics unless it is told not to.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    try:
        import datasets
        import transformers
        from huggingface_hub import constants
    except ImportError as error:
        raise missing(error) from error
    constants.HF_HUB_DISABLE_TELEMETRY = True  # it was read when the package was imported
    told: Any = transformers.logging
    told.set_verbosity_error()
    told.disable_progress_bar()
    datasets.disable_progress_bars()
    import logging

    for package in ("trl", "peft", "accelerate", "huggingface_hub"):
        logging.getLogger(package).setLevel(logging.ERROR)


@contextmanager
def old_names() -> Iterator[None]:
    """While peft and trl call transformers by names that it has begun to rename, nothing is said of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"`\w*gradient_checkpointing\w*` is deprecated", FutureWarning)
        yield


def missing(error: ImportError) -> EngineMissing:
    """The error of a package that is not installed."""
    return EngineMissing(
        f"`tune chat` needs {error.name or 'packages'}, which is not installed",
        hint="pip install 'slangrag[tune]'",
    )


def is_folder(base: str) -> bool:
    """Whether a base is a folder here, and not a name on the hub."""
    return Path(base).expanduser().is_dir()


def located(base: str) -> str:
    """A base as transformers is to be given it: a folder by its whole path."""
    return str(Path(base).expanduser().resolve()) if is_folder(base) else base


def load_tokenizer(base: str) -> PreTrainedTokenizerBase:
    """The tokenizer. Raises ModelMissing, and ModelUnfit where it has no chat template."""
    from transformers import AutoTokenizer

    with _Faults(base):
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            located(base), trust_remote_code=False, local_files_only=is_folder(base)
        )
    if not tokenizer.chat_template:
        raise ModelUnfit(
            f"{base} has no chat template: it is no model that was taught to answer",
            hint="--base with an instruct model",
        )
    return tokenizer


def load_model(base: str, **options: Any) -> PreTrainedModel:
    """The model, for the options of transformers' from_pretrained. Raises ModelMissing, ModelUnfit."""
    from transformers import AutoModelForCausalLM

    with _Faults(base):
        model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
            located(base), trust_remote_code=False, local_files_only=is_folder(base), **options
        )
    return model


def architecture(base: str) -> str:
    """The architecture's name as its config has it ("LlamaForCausalLM"); "" where it has none."""
    from transformers import AutoConfig

    with _Faults(base):
        config = AutoConfig.from_pretrained(
            located(base), trust_remote_code=False, local_files_only=is_folder(base)
        )
    return next(iter(config.architectures or ()), "")


def as_turns(messages: Sequence[Message], *, with_system: bool) -> list[dict[str, str]]:
    """Messages as a chat template takes them; without a system turn, it stands before the user's first."""
    rows = [{"role": one.role, "content": one.content} for one in messages]
    if with_system or not rows or rows[0]["role"] != "system":
        return rows
    system, first, *rest = rows
    return [{"role": first["role"], "content": f"{system['content']}\n\n{first['content']}"}, *rest]


def takes_system(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether its template has a place for a system message (Gemma's has none, and refuses one)."""
    from jinja2 import TemplateError

    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    with suppress(TemplateError):
        tokenizer.apply_chat_template(turns, tokenize=False)
        return True
    return False


def tokens_of(
    tokenizer: PreTrainedTokenizerBase, turns: Sequence[dict[str, str]], *, asks: bool = False
) -> list[int]:
    """Token ids of turns under the chat template; `asks` opens the answer's turn."""
    found: Any = tokenizer.apply_chat_template(
        list(turns), tokenize=True, add_generation_prompt=asks, return_dict=True
    )
    ids: list[int] = list(found["input_ids"])
    return ids


def adapter_base(adapter: Path) -> str:
    """The base that an adapter was trained on. Raises ModelMissing where there is no adapter."""
    config = adapter / "adapter_config.json"
    if not config.is_file():
        raise ModelMissing(f"there is no adapter in {adapter}", hint="slangrag tune chat train --base FOLDER")
    return str(json.loads(config.read_text(encoding="utf-8"))["base_model_name_or_path"])


class _Faults:
    """Turns what transformers raises for a model that it cannot load into the project's errors."""

    def __init__(self, base: str) -> None:
        self._base = base

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if not isinstance(error, OSError | ValueError | KeyError):
            return
        said = " ".join(str(error).split())
        if "trust_remote_code" in said:
            raise ModelUnfit(
                f"{self._base} wants to run code of its own, which is never done", hint=_HINT
            ) from error
        raise ModelMissing(f"{self._base} cannot be loaded: {said[:200]}", hint=_HINT) from error
