"""The engine in this very process: llama.cpp for answers, MiniLM for vectors. No server, no network.

catalogue   models by name, with pinned checksums
weights     finding, fetching and verifying their files
gguf        what a GGUF file says of itself
embedder    EmbeddedEmbedder
chat        EmbeddedChat
"""
