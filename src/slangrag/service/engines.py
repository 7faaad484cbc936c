"""The models that a door needs, made as the settings say.

Weights of the embedded engine that are not here yet are fetched only where the door says how to show it
(`Fetching`); elsewhere that is an error that names `slangrag models pull`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.engines.choose import Chosen
    from slangrag.engines.embedded.wheels import Progress
    from slangrag.engines.protocols import ChatModel, Embedder, EmbedderIdentity

    Fetching = Callable[[], AbstractContextManager[Progress]]
    """Opens something that shows a download; what it gives is called with each step."""


def chat_model(settings: Settings, fetching: Fetching | None = None) -> Chosen[ChatModel]:
    """The chat model that the settings mean; raises what `choose_chat` raises."""
    from slangrag.engines.choose import choose_chat

    if fetching is None:
        return choose_chat(settings)
    with fetching() as progress:
        return choose_chat(settings, fetch=True, progress=progress)


def embedder(
    settings: Settings, stored: EmbedderIdentity | None, fetching: Fetching | None = None
) -> Chosen[Embedder]:
    """The embedder of a store (`stored`) or of a new one; raises what `choose_embedder` raises."""
    from slangrag.engines.choose import choose_embedder

    if fetching is None:
        return choose_embedder(settings, stored=stored)
    with fetching() as progress:
        return choose_embedder(settings, stored=stored, fetch=True, progress=progress)
