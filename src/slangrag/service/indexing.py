"""The Chroma index that the settings want, for whoever opens, makes or looks at a store."""

from __future__ import annotations

from slangrag.config import Settings
from slangrag.store.index.choice import IndexChoice


def index_choice(settings: Settings) -> IndexChoice:
    """Where it is to be, and what is to be in it. Raises ConfigError for a place that is none."""
    return IndexChoice(settings.index, settings.index_token or "", settings.index_documents)


def index_opens(settings: Settings) -> bool:
    """Whether the index can be opened and asked; True where none is wanted. Raises StoreError."""
    from slangrag.store.index import index_of
    from slangrag.store.lexicon import open_lexicon

    with open_lexicon(settings.store) as lexicon:
        index = index_of(settings.store, lexicon, index_choice(settings))
        return index is None or index.opens()
