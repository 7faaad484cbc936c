"""What is shown: results to terminal text or to JSON documents. Decides nothing, reads nothing."""
