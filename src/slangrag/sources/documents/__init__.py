"""Documents: a file's bytes to a title, a text, its pages and headings, cut into passages.

`reading` is the way in, `passages` cuts. Knows nothing of the network, the store and embedders.
"""
