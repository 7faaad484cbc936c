"""Passages of documents: found by words and by meaning, and when they speak beside the dictionary."""
