"""Retrieval: a question in, ranked entries out. Pure functions over the store; no LLM in here.

Callers import `retrieval.retrieve.retrieve`, `retrieval.naming.define` and
`retrieval.slang_store.open_store`: each pulls in only what it needs.
"""
