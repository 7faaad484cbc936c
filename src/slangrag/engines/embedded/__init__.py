"""The embedded engine: MiniLM through onnxruntime, llama.cpp in process."""
