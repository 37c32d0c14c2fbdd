"""How fast candidates are decided at the review site by keyboard alone, in a real Chromium on this machine.

    python -m benchmarks.review_keys [--acts 100]

Prints decisions a minute over the keyboard journey of 40 candidates, every wait for a page included and no time to
think, and milliseconds from a key going down to the first frame after the next candidate has come in (p50, p95).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browser import review_work, sites
from tests.journeys.browser.conftest import ARGUMENTS, CHROMIUM
from tests.journeys.browser.keyboard import Keyboard
from tests.journeys.browser.sites import PEOPLE, Site

WATCH: Final = """(() => {
  let down = 0;
  window.painted = null;
  document.addEventListener("keydown", () => { down = performance.now(); window.painted = null; }, true);
  document.addEventListener("htmx:afterSettle", () => requestAnimationFrame(() => {
    if (window.painted === null) window.painted = performance.now() - down;
  }));
})()"""
"""Measures in the page itself: from the key going down to the first frame after htmx has settled."""
UNHURRIED: Final = 20
"""Candidates beyond the acts, so that the worklist does not run out."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--acts", type=int, default=100)
    acts = parser.parse_args().acts
    with opened_browser() as browser:
        measure(browser, acts)


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """This machine's Chromium."""
    if not Path(CHROMIUM).is_file():
        sys.exit(f"Chromium is not here: {CHROMIUM} is missing. `apt install chromium`, or set POLYVOCAL_CHROMIUM.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def measure(browser: Browser, acts: int) -> None:
    """Print both figures."""
    _decisions_a_minute(browser)
    _to_paint(browser, acts)


def _decisions_a_minute(browser: Browser) -> None:
    with _coder(browser, review_work.CANDIDATES) as ana:
        began = time.perf_counter()
        done = review_work.decide_on_all(ana)
        took = time.perf_counter() - began
    _print(f"{done} decisions in {took:.1f} s: {done / took * 60:.0f} a minute")


def _to_paint(browser: Browser, acts: int) -> None:
    with _coder(browser, acts + UNHURRIED) as ana:
        ana.page.add_init_script(WATCH)
        ana.open("/studies/made/candidates")
        took = [_painted(ana) for _ in range(acts)]
    median, most = np.percentile(took, (50, 95))
    _print(f"key to paint over {acts} acts: p50 {median:.0f} ms, p95 {most:.0f} ms, most {max(took):.0f} ms")


def _painted(ana: Keyboard) -> float:
    """Milliseconds that accepting one candidate took."""
    ana.page.keyboard.press("a")
    return float(ana.page.wait_for_function("() => window.painted").json_value())


@contextmanager
def _coder(browser: Browser, candidates: int) -> Iterator[Keyboard]:
    """Somebody signed in at a site over a made-up study."""
    with tempfile.TemporaryDirectory(prefix="polyvocal-keys-") as folder:
        place, data = Path(folder) / "study", Path(folder) / "data"
        data.mkdir()
        sites.made(place, candidates)
        site = Site("made", place, data)
        site.enlist(PEOPLE)
        site.start()
        ana = Keyboard(browser, site.address)
        try:
            review_work.sign_in(ana, "ana", review_work.MADE)
            yield ana
        finally:
            ana.close()
            site.stop()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
