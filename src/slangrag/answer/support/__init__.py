"""How a sentence stands to the sources that it cites."""
