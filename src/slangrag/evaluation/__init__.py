"""Evaluation: questions with known answers put to retrieval, and what the answers are worth."""
