"""The options that llama.cpp takes: some where a model is loaded, some with each request.

Sources: xllamacpp's CommonParams (the plain ones that say how a model lies in memory), and POST /completion
in llama.cpp's tools/server/README.md.
"""

from __future__ import annotations

from typing import Final

AT_LOAD: Final = frozenset({
    "check_tensors", "main_gpu", "n_batch", "n_gpu_layers", "n_ubatch", "no_kv_offload", "no_op_offload",
    "rope_freq_base", "rope_freq_scale", "swa_full", "yarn_attn_factor", "yarn_beta_fast", "yarn_beta_slow",
    "yarn_ext_factor", "yarn_orig_ctx",
})  # fmt: skip
"""By the names of CommonParams."""

IN_REQUEST: Final = frozenset({
    "dry_allowed_length", "dry_base", "dry_multiplier", "dry_penalty_last_n", "dry_sequence_breakers",
    "dynatemp_exponent", "dynatemp_range", "frequency_penalty", "ignore_eos", "logit_bias", "min_keep",
    "min_p", "mirostat", "mirostat_eta", "mirostat_tau", "n_indent", "n_keep", "presence_penalty",
    "repeat_last_n", "repeat_penalty", "samplers", "t_max_predict_ms", "top_k", "top_n_sigma", "top_p",
    "typical_p", "xtc_probability", "xtc_threshold",
})  # fmt: skip
"""By the names of /completion. Not among them: what the program says itself (grammar, n_predict, stream)."""

KNOWN: Final = AT_LOAD | IN_REQUEST
