"""Doors for other programs to the same store."""
