"""When something was decided, by the clock of whoever reads it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import review_work as work
from tests.journeys.browser.conftest import Comes, Serve
from tests.journeys.browser.keyboard import Keyboard
from tests.journeys.browser.without_script import WithoutScript

pytestmark = pytest.mark.slow
FIRST = "ol.entries time >> nth=0"


def test_times_go_by_the_readers_own_clock_and_without_a_script_by_utc(serve: Serve, comes: Comes, forty: Path):
    site = serve(made=forty)
    ana, ben = comes(Keyboard, site), comes(WithoutScript, site)
    for who, name in ((ana, "ana"), (ben, "ben")):
        work.sign_in(who, name, work.MADE)
    clock = ana.context.new_cdp_session(ana.page)
    clock.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    for who in (ana, ben):
        who.page.goto(f"{who.address}/studies/made/log")
    at = datetime.fromisoformat(ana.page.locator(FIRST).get_attribute("datetime") or "")
    expect(ana.page.locator(FIRST)).to_have_text(at.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M"))
    expect(ben.page.locator(FIRST)).to_have_text(at.strftime("%Y-%m-%d %H:%M UTC"))
