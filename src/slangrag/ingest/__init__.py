"""A CSV into a store: reader, embedder and writer, with a ledger."""
