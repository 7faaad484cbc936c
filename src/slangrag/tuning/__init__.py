"""Models of one's own: examples from a store, an embedder trained on them, and what it is worth.

Everything lies in one working folder (see `folder`), and each step goes on where it was stopped. Heavy
packages (torch, sentence-transformers) are imported by the steps that train or export, and by no other.
"""
