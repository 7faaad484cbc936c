"""What every door opens: the facade `Slang` over one store and its engines, and the JSON documents.

Prints nothing and speaks no HTTP.
"""
