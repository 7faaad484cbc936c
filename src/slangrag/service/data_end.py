"""Where a store's data ends in time: what was coined later cannot be in it."""

from __future__ import annotations

import json
from typing import Final

from slangrag.store.lexicon import Lexicon

KAGGLE_ENDS: Final = "May 2016"
_KAGGLE: Final = "urban"  # urbandict-word-defs.csv, urban_dictionary_2016.csv: a part of the file's name


def data_until(lexicon: Lexicon) -> str | None:
    """Where the store's data ends, in words; None where nobody can know.

    The Kaggle file was written up to May 2016. A store that holds anything else (the sample, a file of
    another name or with mapped columns) has no such end.
    """
    kaggle = [
        _KAGGLE in load.name.lower() and not json.loads(load.options)["columns"] for load in lexicon.loads()
    ]
    return KAGGLE_ENDS if kaggle and all(kaggle) else None
