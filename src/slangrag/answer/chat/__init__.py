"""A conversation: follow-ups, what was said, and where it is kept."""
