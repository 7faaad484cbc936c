"""XML: what repeats in a file, its records as rows of our fields, and entries written as XML.

`records` reads, `look` finds out what there is to read, `writing` is the way back. Files are streamed: memory
does not grow with them. Knows nothing of stores.
"""
