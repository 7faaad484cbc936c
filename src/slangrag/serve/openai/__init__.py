"""An API that clients of OpenAI's understand, answered from the store.

Protocol: OpenAI's API reference, chat completions and embeddings, as of November 2026. Beyond it: `citations`
at the top of an answer (as Perplexity has it) and `input_type` for embeddings (as Cohere has it).
"""
