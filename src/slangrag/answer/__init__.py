"""Hits to a grounded, cited answer."""
