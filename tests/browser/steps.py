"""What a person does on the page, in the words of the tests."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page


def box(page: Page) -> Locator:
    """The box that one writes into."""
    return page.locator("[data-box]")


def send(page: Page, text: str) -> None:
    """Write into the box and press Enter."""
    box(page).fill(text)
    box(page).press("Enter")


def ask(page: Page, question: str, phase: str = "done") -> Locator:
    """Ask, and wait until the answer is in that phase; the answer."""
    before = page.locator("article").count()
    send(page, question)
    answer = page.locator("article").nth(before)
    answer.and_(page.locator(f"[data-phase={phase}]")).wait_for()  # looks at each frame; `expect` would not
    return answer


def press(page: Page, name: str, within: Locator | None = None) -> None:
    """Click the button of that name."""
    (within or page).get_by_role("button", name=name, exact=True).click()


def theme(page: Page, wanted: str) -> None:
    """Press the theme's button until it says so."""
    for _ in range(3):
        button = page.get_by_role("button", name=re.compile("^Theme: "))
        if button.get_attribute("aria-label") == f"Theme: {wanted}":
            return
        button.click()
    raise AssertionError(f"no theme is called {wanted}")


def scrolls_sideways(page: Page) -> bool:
    """Whether there is more than the window is wide."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def focused(page: Page) -> dict[str, Any]:
    """What has the focus: tag, name, and whether one can see that it has."""
    found: dict[str, Any] = page.evaluate(
        """() => {
            const at = document.activeElement, style = getComputedStyle(at);
            const name = at.getAttribute("aria-label") || at.innerText || at.labels?.[0]?.innerText || "";
            const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
            const box = at.closest(".box");
            return { tag: at.tagName.toLowerCase(), name: name.trim().replace(/\\s+/g, " "),
                     seen: ring(style) || (box !== null && getComputedStyle(box).boxShadow !== "none") };
        }"""
    )
    return found
