"""Grouping texts of similar length, so that little is padded and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from slangrag.engines.embedded.embedder import BATCH_TOKENS, WINDOW, _batches


@given(st.lists(st.integers(min_value=2, max_value=WINDOW)))
def test_every_text_is_in_one_batch_and_no_batch_is_too_wide(lengths: list[int]) -> None:
    batches = _batches(lengths)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) * max(lengths[row] for row in batch) <= BATCH_TOKENS


HEAVY = {
    "numpy",
    "onnxruntime",
    "tokenizers",
    "xllamacpp",
    "langchain",
    "langchain_core",
    "ollama",
    "filelock",
}


def test_choosing_an_engine_imports_none(tmp_path: object) -> None:
    """The first token of `ask` would wait for packages that it does not need."""
    code = (
        "import slangrag.engines.choose, slangrag.engines.langchain, slangrag.engines.embedded.chat, "
        "slangrag.engines.embedded.embedder, sys; print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ.copy()
    )
    assert not HEAVY & set(done.stdout.split())
