"""slangrag: a slang translator that retrieves before it answers, and cites what it found."""

__version__ = "0.1.0"
