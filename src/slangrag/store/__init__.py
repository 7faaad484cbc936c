"""The store directory: lexicon (SQLite, the truth) and index (Chroma, derived from it)."""
