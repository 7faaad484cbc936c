"""Binary codes: one bit a dimension of every vector, in one file beside the lexicon, scanned whole.

The index that questions use. A scan of 2.58 million codes of 384 bits takes 20 ms and no loading; what
it leaves is compared exactly with the lexicon's vectors. Like any index it is derived: the lexicon's
rows that the file does not have yet are compared exactly, so a store answers as soon as its vectors
are there, and nothing is lost with the file.

`file` is the format, `scan` chooses candidates, `search` asks and `keeping` writes.
"""
