"""For doors whose callers may leave: how the work for them is ended from another thread."""

from __future__ import annotations

from slangrag.engines.cancelling import Cancel, cancellable_by

__all__ = ["Cancel", "cancellable_by"]
