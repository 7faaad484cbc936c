"""One module a kind of document, each with `parse(source: Source) -> ParsedDocument`.

They run in the child process of `reading`, and raise InputFormat for what is not what it should be.
"""
