"""Ground room: text work that every other room may use. Knows nothing of entries, stores or models."""
