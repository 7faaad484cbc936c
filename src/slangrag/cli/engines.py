"""The models that a command needs; weights that are not here yet are fetched if somebody watches.

On a terminal a missing model of the embedded engine is fetched with a progress bar. In a script or a
batch job nothing is fetched unasked: that is an error that names `slangrag models pull`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.cli.render.progress import Meter
    from slangrag.engines.choose import Chosen
    from slangrag.engines.embedded.catalogue import WeightsFile
    from slangrag.engines.embedded.wheels import Progress
    from slangrag.engines.protocols import ChatModel, Embedder, EmbedderIdentity


def chat_model(settings: Settings) -> Chosen[ChatModel]:
    """The chat model that the settings mean; raises what `choose_chat` raises."""
    from slangrag.engines.choose import choose_chat

    with download_meter() as progress:
        return choose_chat(settings, fetch=_is_watched(), progress=progress)


def embedder(settings: Settings, stored: EmbedderIdentity | None) -> Chosen[Embedder]:
    """The embedder of a store (`stored`) or of a new one; raises what `choose_embedder` raises."""
    from slangrag.engines.choose import choose_embedder

    with download_meter() as progress:
        return choose_embedder(settings, stored=stored, fetch=_is_watched(), progress=progress)


@contextmanager
def download_meter() -> Iterator[Progress]:
    """A progress callback for weights; its bar is drawn at the first byte, so most runs never see it."""
    with ExitStack() as bars:
        shown: list[Meter] = []

        def progress(file: WeightsFile, done: int, total: int) -> None:
            if not shown:
                from slangrag.cli.render.progress import meter

                shown.append(bars.enter_context(meter("MB", decimals=True)))
            shown[0].update(f"fetching {file.name}", done / 1e6, total / 1e6)

        yield progress


def _is_watched() -> bool:
    import sys

    return sys.stderr is not None and sys.stderr.isatty()
