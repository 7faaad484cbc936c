"""A question to ranked hits. Pure functions over the store; no LLM in here."""
