"""An embedder trained on examples: which model it begins with, the run itself, and what is noted of it."""
