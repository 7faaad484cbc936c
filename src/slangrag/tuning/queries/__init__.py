"""Where queries come from (the data itself, a chat model, a file of one's own), and what one must be."""
