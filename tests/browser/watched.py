"""Pages that are watched: whatever one does that none may do is remembered, whoever caused it."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Browser, BrowserContext, Dialog, Page

_TELL_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
WAIT_MS: Final = 10_000


class Watched:
    """Contexts of one browser. origin: the only one that a request may go to.

    faults: errors and warnings in the console (among them each violation of the CSP), exceptions, dialogs,
    windows that were opened, requests to anywhere else.
    """

    def __init__(self, browser: Browser, origin: str) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self.requests: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def page(
        self,
        path: str | None = "/",
        *,
        size: tuple[int, int] = (1280, 860),
        dark: bool = False,
        still: bool = False,
        touch: bool = False,
    ) -> Page:
        """A page in a context of its own, at `path` once the foot of the page says what the server is.

        still: reduced motion is asked for. A path of None opens nothing yet.
        """
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if still else "no-preference",
            has_touch=touch,
            is_mobile=touch,
            locale="en-GB",
        )
        self._contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.origin)
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("request", lambda request: self._asked(request.url))
        page = context.new_page()
        page.on("console", lambda said: self._said(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.on("popup", lambda other: self.faults.append(f"window: {other.url}"))
        page.on("dialog", self._talked)
        if path is not None:
            self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        """Open an address of the server, and wait until its status has come."""
        page.goto(self.origin + path)
        page.locator(".foot", has_text="definitions of").wait_for()

    def expect(self, fault: str) -> None:
        """Take faults that hold these words away; there must be one. For what a test means to happen."""
        found = [one for one in self.faults if fault in one]
        assert found, self.faults
        self.faults = [one for one in self.faults if fault not in one]

    def close(self) -> None:
        """Close every context; what they still had to say is heard."""
        for context in self._contexts:
            for page in context.pages:
                page.evaluate("0")
            context.close()

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        if not url.startswith((f"{self.origin}/", f"blob:{self.origin}/")):
            self.faults.append(f"request: {url}")

    def _talked(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.faults.append(f"{kind}: {text}")
