"""The Urban Dictionary CSV as a source: every row read, repaired and accounted for."""
