"""The options that Ollama knows, by its own names: it passes over all others in silence.

Source: `Options` and `Runner` in Ollama's api/types.go, versions 0.13 to 0.32, and docs/modelfile.mdx there.
"""

from __future__ import annotations

from typing import Final

KNOWN: Final = frozenset({
    # how the model is loaded; another value than the loaded one's loads it again
    "main_gpu", "num_batch", "num_gpu", "use_mmap",
    # how it generates
    "frequency_penalty", "min_p", "num_keep", "presence_penalty", "repeat_last_n", "repeat_penalty", "seed",
    "stop", "top_k", "top_p", "typical_p",
    # of older versions; newer ones pass over them
    "embedding_only", "f16_kv", "logits_all", "low_vram", "mirostat", "mirostat_eta", "mirostat_tau", "numa",
    "penalize_newline", "tfs_z", "use_mlock", "vocab_only",
})  # fmt: skip
"""Without those that are settings: num_ctx, num_predict, num_thread, temperature."""
