"""Where entries come from, and what an entry is."""
