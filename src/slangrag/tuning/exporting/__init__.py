"""A trained embedder in the forms that engines run: ONNX and its 8 bits, GGUF, a model on Ollama.

`trained` reads the sentence-transformers folder, `reference` runs it; `onnx`, `quantize`, `gguf` and `ollama`
write; `probe` compares what was written, run by the engine that will run it, with the reference.
"""
