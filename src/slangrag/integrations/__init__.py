"""Doors for other frameworks over the same store."""
