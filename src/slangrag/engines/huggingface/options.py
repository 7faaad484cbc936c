"""The options that a Hugging Face model takes: some where it is loaded, some with each answer.

Source: `GenerationConfig` in transformers 5 (a test compares), and the parameters of `from_pretrained`.
"""

from __future__ import annotations

from typing import Final

AT_LOAD: Final = frozenset({"attn_implementation", "device_map", "dtype", "revision", "trust_remote_code"})
"""trust_remote_code runs Python that comes with the model; without it none is run."""

IN_GENERATION: Final = frozenset({
    "assistant_confidence_threshold", "bad_words_ids", "begin_suppress_tokens", "bos_token_id",
    "cache_implementation", "decoder_start_token_id", "disable_compile", "do_sample", "dola_layers",
    "early_stopping", "encoder_no_repeat_ngram_size", "encoder_repetition_penalty", "eos_token_id",
    "epsilon_cutoff", "eta_cutoff", "exponential_decay_length_penalty", "forced_bos_token_id",
    "forced_eos_token_id", "guidance_scale", "length_penalty", "max_length", "max_matching_ngram_size",
    "max_time", "min_length", "min_new_tokens", "min_p", "no_repeat_ngram_size", "num_beams", "pad_token_id",
    "prefill_chunk_size", "prompt_lookup_num_tokens", "remove_invalid_values", "renormalize_logits",
    "repetition_penalty", "sequence_bias", "suppress_tokens", "token_healing", "top_h", "top_k", "top_p",
    "typical_p", "use_cache",
})  # fmt: skip
"""Not among them: temperature, max_new_tokens and stop_strings, which the program says itself; what gives
several answers or another kind of result (num_return_sequences, output_...); what needs code beside the model
(constraints, custom generation, a second model)."""

KNOWN: Final = AT_LOAD | IN_GENERATION
