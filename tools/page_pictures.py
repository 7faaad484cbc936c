"""Take the README's pictures of the page of `slangrag serve`.

    python -m tools.page_pictures [--images DIR]

The server, the page and the sample are real; the model is not: a script behind the Ollama stand-in says
what Llama 3.1 might say (tests/browser/scripted.py). It needs the embedded engine's weights and a Chromium
on PATH.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page
from tests.browser import chromium
from tests.browser.scripted import GHOST, MESSAGE, REWRITTEN, Model, Script
from tests.browser.steps import ask, send
from tests.serving import served
from tests.standin import StandIn, chat_model

from slangrag import ingest
from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.service.slang import Slang

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
_COLOURS = 64
_LARGEST = 150_000


@contextmanager
def serving(model: Model) -> Iterator[str]:
    """The address of a server over the sample that `model` answers."""
    embedder = EmbeddedEmbedder(load_settings())
    with tempfile.TemporaryDirectory() as folder, StandIn([chat_model("llama3.1", chat=model)]) as ollama:
        store = Path(folder) / "store"
        ingest.run(ingest.IngestPlan(ROOT / "data" / "sample_slang.csv", store), embedder)
        flags = {"store": store, "engine": "ollama", "ollama_host": ollama.url, "check": "words"}
        with (
            Slang(load_settings(flags, environ={}, cwd=Path(folder)), embedder=embedder) as slang,
            served(slang) as server,
        ):
            yield server.url


def answer(page: Page, _model: Model) -> None:
    """A question, its answer, and the source of the first sentence opened."""
    answer = ask(page, GHOST)
    answer.get_by_role("button", name="Source 1: ghost").click()
    page.locator("mark").wait_for()


def withheld(page: Page, _model: Model) -> None:
    """The answer with what was withheld, and why."""
    ask(page, GHOST).get_by_text("1 sentence withheld").click()


def phone(page: Page, _model: Model) -> None:
    """The same as a phone shows it first."""
    ask(page, GHOST)


def translation(page: Page, model: Model) -> None:
    """A message, what it says, and what one of its words means."""
    model.script.says = REWRITTEN
    page.get_by_role("link", name="Translate").click()
    send(page, MESSAGE)
    page.get_by_role("button", name="bussin").click()


PICTURES: dict[str, tuple[Callable[[Page, Model], None], tuple[int, int], bool]] = {
    "page-light": (answer, (1120, 720), False),
    "page-dark": (withheld, (1120, 720), True),
    "page-translate": (translation, (1120, 860), False),
    "page-phone": (phone, (390, 844), True),
}
"""What is done, how large the window is, whether it is dark."""


def take(browser: Browser, url: str, name: str, model: Model) -> bytes:
    """One picture as PNG."""
    reach, (width, height), dark = PICTURES[name]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1.0 if name == "page-phone" else 1.5,  # pages show it as large as it is
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    page.locator(".foot", has_text="definitions of").wait_for()
    reach(page, model)
    page.mouse.move(0, 0)
    page.evaluate("scrollTo(0, 0)")
    taken = page.screenshot()
    context.close()
    return taken


def main() -> int:
    """Take all of them."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--images", type=Path, default=IMAGES, help="where pictures go")
    images = options.parse_args().images
    program = chromium.found()
    if program is None:
        sys.stdout.write("no Chromium is on PATH: the pictures of the page are left as they were\n")
        return 0
    model, largest = Model(), 0
    with serving(model) as url, chromium.launched(program) as browser:
        for name in PICTURES:
            model.script = Script()
            whole = Image.open(io.BytesIO(take(browser, url, name, model)))
            path = images / f"{name}.png"
            whole.convert("RGB").quantize(_COLOURS).save(path, optimize=True)
            largest = max(largest, path.stat().st_size)
            sys.stdout.write(f"{path.name} ({path.stat().st_size / 1000:.0f} kB)\n")
    return 0 if largest <= _LARGEST else 1


if __name__ == "__main__":
    sys.exit(main())
