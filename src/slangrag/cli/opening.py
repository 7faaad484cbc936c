"""Opening a store for questions: the lexicon now, its own embedder only if a question needs one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from slangrag.config import Settings
from slangrag.retrieval.slang_store import SlangStore, open_store

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder


@contextmanager
def open_slang(settings: Settings) -> Iterator[SlangStore]:
    """The store that the settings name, with the embedder that made its vectors on call.

    Raises StoreMissing, StoreMismatch, StoreDamaged.
    """

    def make_embedder() -> Embedder:
        from slangrag.cli.engines import embedder
        from slangrag.store.fingerprint import stored_identity

        return embedder(settings, stored_identity(settings.store)).model

    with open_store(settings.store, make_embedder) as slang:
        say_if_unfinished(slang)
        yield slang


def say_if_unfinished(slang: SlangStore) -> None:
    """A note that not all is there yet: a word that is missing may only not have been read."""
    if not slang.lexicon.as_of().complete:
        from slangrag.cli.render.terminal import note

        note("this store is not loaded to its end (slangrag store info)")


KAGGLE_ENDS: Final = "May 2016"
_KAGGLE: Final = "urban"  # urbandict-word-defs.csv, urban_dictionary_2016.csv: a part of the file's name


def data_until(slang: SlangStore) -> str | None:
    """Where the store's data ends, in words; None where nobody can know.

    The Kaggle file was written up to May 2016. A store that holds anything else (the sample, a file of
    another name or with mapped columns) has no such end.
    """
    from slangrag.store.ledger import loads

    kaggle = [
        _KAGGLE in load.name.lower() and not json.loads(load.options)["columns"]
        for load in loads(slang.lexicon.connection)
    ]
    return KAGGLE_ENDS if kaggle and all(kaggle) else None
