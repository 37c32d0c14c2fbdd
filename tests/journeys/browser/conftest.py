"""Chromium, and sites to visit with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browser import sites
from tests.journeys.browser.sites import PEOPLE, Site
from tests.journeys.browser.visitor import Visitor

CHROMIUM = os.environ.get("POLYVOCAL_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]

Serve = Callable[..., Site]
Comes = Callable[..., Visitor]


# A module's, not the session's: while Playwright's driver lives, its event loop runs in this thread, and
# nothing else there may call `asyncio.run`.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser. Where there is none the test is skipped by name, and in CI it fails."""
    if not Path(CHROMIUM).is_file():
        sentence = f"Chromium is not here: {CHROMIUM} is missing. `apt install chromium`, or set POLYVOCAL_CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def candidates_waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("studies") / "waiting"
    sites.candidates_waiting(place)
    return place


@pytest.fixture(scope="session")
def coded(candidates_waiting: Path) -> Path:
    place = candidates_waiting.parent / "coded"
    sites.coded(place, candidates_waiting)
    return place


@pytest.fixture(scope="session")
def late_group(coded: Path) -> Path:
    place = coded.parent / "late"
    sites.late_group(place, coded)
    return place


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """A site over copies of study folders, by study id; stopped when the test is over."""
    with ExitStack() as stack:

        def start(people: dict = PEOPLE, **places: Path) -> Site:
            data = tmp_path / "data"
            data.mkdir()
            folders = {}
            for name, place in places.items():
                shutil.copytree(place, tmp_path / name)
                folders[name] = sites.study_in(tmp_path / name) if name == "sample" else tmp_path / name
            first, *_ = folders
            site = Site(first, folders.pop(first), data, others=folders)
            if people:
                site.enlist(people)
            stack.callback(site.stop)
            site.start()
            return site

        yield start


@pytest.fixture
def comes(chromium: Browser) -> Iterator[Comes]:
    """Somebody with a browser of their own. When they leave, nothing may have gone wrong in it."""
    visitors: list[Visitor] = []

    def come(kind: type[Visitor], site: Site, journey: str = "") -> Visitor:
        visitors.append(kind(chromium, site.address, journey))
        return visitors[-1]

    yield come
    problems = [problem for visitor in visitors for problem in visitor.problems]
    for visitor in visitors:
        visitor.close()
    assert problems == []


@pytest.fixture(scope="session")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("studies") / "made"
    sites.made(place, candidates=40)
    return place
