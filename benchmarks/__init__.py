"""Measurements of what the project claims; each is run by itself."""
