"""Retrieval: a question in, ranked entries out. Pure functions over the store; no LLM in here."""

from slangrag.retrieval.naming import Definition, define
from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang_store import SlangStore, open_store

__all__ = ["Definition", "SlangStore", "define", "open_store", "retrieve"]
