"""Somebody whose browser runs no scripts: plain links, forms and pages."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import ElementHandle

from tests.journeys.browser.looking import look_for
from tests.journeys.browser.visitor import Visitor


class WithoutScript(Visitor):
    """What they do, the browser does by itself."""

    scripts = False

    def follow(self, name: str, after: str = "") -> None:
        self._lead_on(look_for(self.page, "link", name, after).click)

    def press(self, name: str, after: str = "") -> None:
        self._lead_on(look_for(self.page, "button", name, after).click)

    def write(self, label: str, text: str, after: str = "") -> None:
        look_for(self.page, "field", label, after).fill(text)

    def choose(self, label: str, start: str, after: str = "") -> None:
        field = look_for(self.page, "field", label, after)
        for option in field.query_selector_all("option"):
            if option.inner_text().startswith(start):
                field.select_option(option.get_attribute("value"))
                return
        raise AssertionError(f"no choice “{start}” in “{label}”")

    def tick(self, label: str, after: str = "") -> None:
        look_for(self.page, "box", label, after).check()

    def unfold(self, name: str) -> None:
        summary = look_for(self.page, "summary", name)
        if not _is_open(summary):
            summary.click()

    def pick_turn(self, number: int) -> None:
        self.follow(f"Turn {number}")

    def begin_later(self, question: str, turn: int) -> None:
        self.press(f"{question} begins one turn later")

    def _lead_on(self, click: Callable[[], None]) -> None:
        with self.page.expect_navigation():
            click()
        self.arrived()


def _is_open(summary: ElementHandle) -> bool:
    return summary.evaluate("(node) => node.parentElement.open")
