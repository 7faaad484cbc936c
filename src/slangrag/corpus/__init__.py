"""CSV to Entry: reading, cleaning, normal forms, quality. Knows nothing of stores or models."""
