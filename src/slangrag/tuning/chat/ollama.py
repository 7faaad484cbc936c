"""What Ollama takes of a tuned model, and the Modelfiles for it. Asks no server.

Sources: docs.ollama.com/modelfile (FROM, ADAPTER) and Ollama's `convert/convert.go`, read at 0.13 to 0.33: an
adapter in safetensors is taken for "llama" (Llama, Mistral) and "gemma2" bases, a merged model for the
architectures below. From 0.34.1 on `ollama create` is reported to take no ADAPTER at all. Its conversion of
a Llama's adapter puts queries and keys in another order than llama.cpp does (measured: all other tensors
agree to half precision, these do not), so an adapter in GGUF is the sound one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

ADAPTERS: Final = frozenset({"LlamaForCausalLM", "MistralForCausalLM", "Gemma2ForCausalLM"})
MERGED: Final = ADAPTERS | {
    "GemmaForCausalLM", "Gemma3ForCausalLM", "MixtralForCausalLM", "Phi3ForCausalLM", "Qwen2ForCausalLM",
    "Olmo3ForCausalLM", "CohereForCausalLM",
}  # fmt: skip
NO_ADAPTER_FROM: Final = "0.34.1"


def modelfile(base: str, adapter: str = "") -> str:
    """The Modelfile of a model made `FROM` a base, with an adapter where one is given."""
    lines = [f"FROM {base}", *([f"ADAPTER {adapter}"] if adapter else [])]
    return "\n".join(lines) + "\n"


def adapter_notes(architecture: str, *, folder: bool, gguf: bool) -> list[str]:
    """What is to be known before Ollama is given the adapter; `folder`: its base is one of safetensors."""
    notes = []
    if architecture in {"LlamaForCausalLM", "MistralForCausalLM"} and not gguf:
        notes.append(
            "Ollama misplaces queries and keys of an adapter in safetensors: "
            "better --adapter --gguf BASE.gguf, or --merged"
        )
    if architecture not in ADAPTERS and not gguf:
        notes.append(
            f"Ollama takes adapters of Llama, Mistral and Gemma 2 models, not of {architecture}: --merged"
        )
    notes.append(
        f"Ollama {NO_ADAPTER_FROM} and later are reported to take no ADAPTER: --merged is taken by all"
    )
    if not folder:
        notes.append("the base must be the very model that was trained on, best not quantized")
    return notes


def merged_notes(architecture: str) -> list[str]:
    """What is to be known before Ollama is given the merged model."""
    notes = []
    if architecture not in MERGED:
        notes.append(f"Ollama does not import {architecture}; llama.cpp's convert_hf_to_gguf.py may")
    notes.append(
        "Ollama finds the chat template by itself for known models; look with `ollama show --template`"
    )
    return notes


def following(name: str, modelfile_path: Path) -> list[str]:
    """The commands to type next."""
    return [
        f"ollama create {name} -f {modelfile_path}",
        *asking(name),
    ]


def asking(model: str) -> list[str]:
    """How a model is asked, and compared before it is believed."""
    return [
        f'slangrag ask --model {model} "what does rizz mean"',
        f'slangrag models compare "what does rizz mean" --model BASE --model {model}',
    ]
