"""Somebody who works by keyboard alone: Tab and Shift+Tab, Enter, Space, arrows, and the single keys a page shows."""

from __future__ import annotations

from playwright.sync_api import ElementHandle

from tests.journeys.browser.looking import KEY_SHOWN, MARK, is_shown, look_for, wait_for_page
from tests.journeys.browser.visitor import Visitor

WHERE = """(node) => {
  const at = document.activeElement;
  if (at === node) return "here";
  if (node.type === "radio" && at.type === "radio" && at.name === node.name && at.form === node.form) return "group";
  return at.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING ? "back" : "on";
}"""
TYPING = """() => { const at = document.activeElement;
  return /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && !/^(checkbox|radio)$/.test(at.type); }"""
ENTER_PRESSES = """(button) => { const at = document.activeElement;
  return at.tagName === "INPUT" && at.form && at.form === button.form
    && [...at.form.elements].find((item) => item.type === "submit") === button; }"""
FARTHEST = 1500


class Keyboard(Visitor):
    """Touches nothing but keys. What stands under a single key is done by it, as the page shows."""

    def follow(self, name: str, after: str = "") -> None:
        self._use("link", name, after)

    def press(self, name: str, after: str = "") -> None:
        self._use("button", name, after)

    def write(self, label: str, text: str, after: str = "") -> None:
        self._go_to(look_for(self.page, "field", label, after))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, label: str, start: str, after: str = "") -> None:
        self._go_to(look_for(self.page, "field", label, after))
        self.page.keyboard.type(start)

    def tick(self, label: str, after: str = "") -> None:
        box = look_for(self.page, "box", label, after)
        if box.is_checked():
            return
        key = box.evaluate(KEY_SHOWN)
        if key:
            self._leave_field()
            self.page.keyboard.press(key)
        else:
            self._tab_to(box)
            self.page.keyboard.press("Space")
        assert box.is_checked(), label

    def unfold(self, name: str) -> None:
        summary = look_for(self.page, "summary", name)
        if not summary.evaluate("(node) => node.parentElement.open"):
            self._tab_to(summary)
            self.page.keyboard.press("Enter")

    def pick_turn(self, number: int) -> None:
        link = look_for(self.page, "link", f"Turn {number}")
        self._tab_to(link)
        self.page.keyboard.press("Enter")
        assert link.get_attribute("aria-current") == "true"

    def begin_later(self, question: str, turn: int) -> None:
        assert is_shown(self.page, "link", f"Turn {turn}")
        self.press(f"{question} begins one turn later")

    def key(self, key: str) -> None:
        """A single key that leads to another page."""
        self._leave_field()
        self._led_on(key)

    def _use(self, kind: str, name: str, after: str) -> None:
        wanted = look_for(self.page, kind, name, after)
        if kind == "button" and wanted.evaluate(ENTER_PRESSES):
            self._led_on("Enter")
            return
        key = wanted.evaluate(KEY_SHOWN)
        if key:
            self.key(key)
            return
        self._tab_to(wanted)
        self._led_on("Enter")

    def _led_on(self, key: str) -> None:
        self.page.evaluate(MARK)
        self.page.keyboard.press(key)
        wait_for_page(self.page)
        self.arrived()

    def _go_to(self, field: ElementHandle) -> None:
        key = field.evaluate(KEY_SHOWN)
        if key and field.evaluate(WHERE) != "here":
            self._leave_field()
            self.page.keyboard.press(key)
        self._tab_to(field)

    def _leave_field(self) -> None:
        if self.page.evaluate(TYPING):
            self.page.keyboard.press("Escape")

    def _tab_to(self, wanted: ElementHandle) -> None:
        """On or back, whichever way it lies; within radio buttons by the arrows."""
        steps = {"on": "Tab", "back": "Shift+Tab", "group": "ArrowDown"}
        for _ in range(FARTHEST):
            where = wanted.evaluate(WHERE)
            if where == "here":
                return
            self.page.keyboard.press(steps[where])
        raise AssertionError(f"the keyboard does not come to {wanted.evaluate('(node) => node.outerHTML')[:200]}")
