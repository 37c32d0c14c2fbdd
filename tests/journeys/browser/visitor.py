"""Somebody in front of a browser of their own. What goes wrong in it is noted; every page is pictured."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from pipeline.web.routes import ENDPOINTS
from tests.conftest import ROOT
from tests.journeys.browser.looking import text_of

SCREENS = ROOT / "data" / "outbox" / "screens"
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
LOOKS = [(size, scheme) for size in (WIDE, NARROW) for scheme in SCHEMES]
REPORTS = """document.addEventListener("securitypolicyviolation",
  (event) => console.error("CSP", event.violatedDirective, event.blockedURI));"""

IN_SIGHT = (
    "() => document.activeElement !== document.body && document.activeElement.scrollIntoView({block: 'center'})"
)
"""A narrower page is longer: what had the focus is brought back onto the screen, as whoever is there would do."""


def kind_of_page(url: str) -> str:
    """Which address of the site it is, as a file name: ids and queries left out."""
    path = "/" + url.split("/", 3)[3].partition("?")[0].partition("#")[0]
    for endpoint in sorted(ENDPOINTS, key=lambda item: item.path.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", endpoint.path), path):
            short = endpoint.path.replace("/studies/{study}", "").replace("{", "one-").replace("}", "")
            return short.strip("/").replace("/", "-") or ("overview" if "study" in endpoint.path else "home")
    return "elsewhere"


class Visitor(ABC):
    """A browser window and the one way in which this person works it. `journey` names the folder of pictures."""

    scripts = True

    def __init__(self, browser: Browser, address: str, journey: str = "") -> None:
        self.address, self.journey = address, journey
        self.context = browser.new_context(viewport=WIDE, java_script_enabled=self.scripts, reduced_motion="reduce")
        self.context.set_default_timeout(60_000)
        if self.scripts:
            self.context.add_init_script(REPORTS)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.pictured: set[str] = set()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("dialog", lambda dialog: self.problems.append(f"{self.page.url}: asks {dialog.message}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{self.page.url}: {message.text}")

    def open(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.address + path)
        self.arrived()

    def arrived(self) -> None:
        """A new page is there: take its pictures, the first time."""
        self.picture(kind_of_page(self.page.url))

    def picture(self, name: str) -> None:
        """The screen, wide and narrow, light and dark."""
        if not self.journey or name in self.pictured:
            return
        self.pictured.add(name)
        folder = SCREENS / self.journey
        folder.mkdir(parents=True, exist_ok=True)
        down = self.page.evaluate("() => scrollY")
        for size, scheme in LOOKS:
            self.look(size, scheme)
            if down:
                self.page.evaluate(IN_SIGHT)
            path: Path = folder / f"{name}-{size['width']}-{scheme}.png"
            self.page.screenshot(path=path, caret="initial")
        self.look(WIDE, "light")
        self.page.evaluate("(down) => scrollTo(0, down)", down)

    def look(self, size: ViewportSize, scheme: Scheme) -> None:
        """Through a window of this size, in this colour scheme."""
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    @property
    def text(self) -> str:
        """What the page says."""
        return text_of(self.page)

    def close(self) -> None:
        self.context.close()

    @abstractmethod
    def follow(self, name: str, after: str = "") -> None:
        """Take a link to another page."""

    @abstractmethod
    def press(self, name: str, after: str = "") -> None:
        """Press a button, which leads to another page."""

    @abstractmethod
    def write(self, label: str, text: str, after: str = "") -> None:
        """Put a text into a field instead of what stands there."""

    @abstractmethod
    def choose(self, label: str, start: str, after: str = "") -> None:
        """Choose of a list what begins so."""

    @abstractmethod
    def tick(self, label: str, after: str = "") -> None:
        """Tick a box, or choose one of several."""

    @abstractmethod
    def unfold(self, name: str) -> None:
        """Open what is folded."""

    @abstractmethod
    def pick_turn(self, number: int) -> None:
        """Choose a turn of a transcript, so that it can be corrected."""

    @abstractmethod
    def begin_later(self, question: str, turn: int) -> None:
        """Let the span of a question that begins at a turn begin one turn later."""
