"""Somebody who works by mouse: wheel, click and drag. Letters are typed only where a text is asked for."""

from __future__ import annotations

from playwright.sync_api import ElementHandle

from tests.journeys.browser.looking import MARK, look_for, wait_for_page
from tests.journeys.browser.visitor import WIDE, Visitor

PLACE = """(node) => {
  const {left, top, width, height} = node.getClientRects()[0];
  const x = left + Math.min(width, 300) / 2, y = top + height / 2;
  const met = document.elementFromPoint(x, y);
  let frame = node.parentElement;
  const scrolls = (at) => /auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight + 1;
  while (frame && !scrolls(frame)) frame = frame.parentElement;
  const within = frame ? frame.getBoundingClientRect() : {left: 0, top: 0, right: innerWidth, bottom: innerHeight};
  const inside = y > within.top + 4 && y < within.bottom - 4;
  const label = met && met.closest("label");
  const seen = met && (node === met || node.contains(met) || (label && label.control === node));
  const middle = (Math.max(0, within.top) + Math.min(innerHeight, within.bottom)) / 2;
  const over = {x: (within.left + Math.min(within.right, innerWidth)) / 2, y: middle};
  return {x, y, seen, inside, over, middle, page: {x: 8, y: innerHeight / 2}};
}"""
TURNS_OF_THE_WHEEL = 200


class Mouse(Visitor):
    """Clicks what can be seen, after turning the wheel until it can."""

    def follow(self, name: str, after: str = "") -> None:
        self._lead_on(look_for(self.page, "link", name, after))

    def press(self, name: str, after: str = "") -> None:
        self._lead_on(look_for(self.page, "button", name, after))

    def write(self, label: str, text: str, after: str = "") -> None:
        x, y = self._come_to(look_for(self.page, "field", label, after))
        self.page.mouse.click(x, y, click_count=3)
        self.page.keyboard.type(text)

    def choose(self, label: str, start: str, after: str = "") -> None:
        """A list drops down outside of the page, where no test's mouse reaches: clicked, then typed as text is."""
        self.page.mouse.click(*self._come_to(look_for(self.page, "field", label, after)))
        self.page.keyboard.type(start)
        self.page.keyboard.press("Enter")

    def tick(self, label: str, after: str = "") -> None:
        box = look_for(self.page, "box", label, after)
        if not box.is_checked():
            self.page.mouse.click(*self._come_to(box))
        assert box.is_checked(), label

    def unfold(self, name: str) -> None:
        summary = look_for(self.page, "summary", name)
        if not summary.evaluate("(node) => node.parentElement.open"):
            self.page.mouse.click(*self._come_to(summary))

    def pick_turn(self, number: int) -> None:
        link = look_for(self.page, "link", f"Turn {number}")
        self.page.mouse.click(*self._come_to(link))
        assert link.get_attribute("aria-current") == "true"

    def begin_later(self, question: str, turn: int) -> None:
        """The handle of the span is dragged from its turn to the next."""
        handle = look_for(self.page, "button", "Drag to the turn", after=f"{question}")
        for grip in self.page.query_selector_all("[data-begins]"):
            if grip.get_attribute("data-begins") == str(turn):
                handle = grip
        from_x, from_y = self._come_to(handle)
        target = look_for(self.page, "link", f"Turn {turn + 1}").bounding_box()
        assert target
        self.page.evaluate(MARK)
        self.page.mouse.move(from_x, from_y)
        self.page.mouse.down()
        self.page.mouse.move(from_x + 4, from_y + 12, steps=4)
        self.page.mouse.move(target["x"] + 4, target["y"] + 8, steps=12)
        self.page.wait_for_timeout(120)
        self.page.mouse.up()
        wait_for_page(self.page)
        self.arrived()

    def drag(self, name: str, onto: str) -> None:
        """One code onto another that can be seen with it, in the codebook."""
        from_x, from_y = self._come_to(look_for(self.page, "link", name))
        self.page.evaluate(MARK)
        self.page.mouse.move(from_x, from_y + 1)
        self.page.mouse.down()
        target = look_for(self.page, "link", onto).bounding_box()
        assert target
        assert 0 < target["y"] < WIDE["height"], f"{onto} is not on the screen"
        self.page.mouse.move(from_x + 6, from_y + 8, steps=4)
        self.page.mouse.move(target["x"] + 12, target["y"] + 8, steps=12)
        self.page.mouse.up()
        wait_for_page(self.page)
        self.arrived()

    def _lead_on(self, wanted: ElementHandle) -> None:
        place = self._come_to(wanted)
        self.page.evaluate(MARK)
        self.page.mouse.click(*place)
        wait_for_page(self.page)
        self.arrived()

    def _come_to(self, wanted: ElementHandle) -> tuple[float, float]:
        """Turn the wheel until it is in view and nothing lies over it; answers where it is."""
        for _ in range(TURNS_OF_THE_WHEEL):
            place = wanted.evaluate(PLACE)
            if place["seen"]:
                return place["x"], place["y"]
            over = place["page"] if place["inside"] else place["over"]
            self.page.mouse.move(over["x"], over["y"])
            far = place["y"] - place["middle"]
            self.page.mouse.wheel(0, max(-700, min(700, far)) or 60)
            self.page.wait_for_timeout(25)
        raise AssertionError(f"the mouse does not come to {wanted.evaluate('(node) => node.outerHTML')[:200]}")
