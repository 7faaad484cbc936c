"""The store directory: lexicon (SQLite, the truth) and index (derived from it)."""
