"""The overview in a real browser while runs go on: it renews itself and leaves focus, scroll and choices alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.bootstrap import open_workplace
from pipeline.store import OutboxMessage
from pipeline.store.outbox import Outbox
from tests.journeys.browser import review_work as work
from tests.journeys.browser.conftest import Comes, Serve
from tests.journeys.browser.keyboard import Keyboard
from tests.journeys.browser.sites import Site
from tests.journeys.browser.visitor import Visitor
from tests.journeys.browser.without_script import WithoutScript

pytestmark = pytest.mark.slow
AT = "2026-03-01T10:00:00+00:00"
KEY, RUN = "suggest:made:asked:1:1", "5a4c5c5e-5b1f-4b5e-9d0e-0123456789ab"
SAID = """() => {
  window.heard = [];
  new MutationObserver(() => window.heard.push(document.getElementById("said").textContent))
    .observe(document.getElementById("said"), {childList: true, characterData: true, subtree: true});
}"""


@contextmanager
def outbox_of(site: Site) -> Iterator[Outbox]:
    """What the dispatcher writes while somebody looks at the site."""
    with open_workplace(site.folder) as work:
        yield work.store.outbox


def goes_on(page: Page) -> str:
    return page.locator("#run-list").inner_text()


def test_a_run_is_followed_to_its_end_without_a_reload(serve: Serve, comes: Comes, forty: Path):
    """What is chosen and where the focus is stays; of the three states only the end is said."""
    site = serve(made=forty)
    with outbox_of(site) as outbox:
        follow_to_the_end(comes(Keyboard, site), outbox)


def follow_to_the_end(ana: Visitor, outbox: Outbox) -> None:
    outbox.add(OutboxMessage(KEY, "made", "suggest", {"study": "made"}))
    work.sign_in(ana, "ana", work.MADE)
    page = ana.page
    assert "waits to be started" in goes_on(page)
    assert "This page renews itself. Look again" in goes_on(page)
    page.evaluate(SAID)
    link = page.get_by_role("link", name="1. Transcripts")
    link.focus()
    page.evaluate("scrollTo(0, 40)")
    at = page.evaluate("scrollY")
    page.evaluate("document.getElementById('stage').value = 'prepare'")
    page.evaluate("window.same = true")

    outbox.sent(KEY, AT, RUN)
    expect(page.locator("#run-list")).to_contain_text("running", timeout=15_000)
    assert page.evaluate("window.heard") == []
    outbox.ended(KEY, "COMPLETED")
    expect(page.locator("#run-list")).to_contain_text("completed", timeout=15_000)
    expect(page.locator("[data-renews]")).to_have_count(0)
    expect(page.get_by_role("link", name="Look again")).to_have_count(0)
    assert page.evaluate("window.same")
    assert page.evaluate("window.heard") == ["Suggest candidate codes completed"]
    assert page.evaluate("document.activeElement.textContent") == "1. Transcripts"
    assert (page.evaluate("scrollY"), page.locator("#stage").input_value()) == (at, "prepare")


def test_without_a_script_it_says_that_it_stands_still_and_leads_to_another_look(
    serve: Serve, comes: Comes, forty: Path
):
    site = serve(made=forty)
    ana = comes(WithoutScript, site)
    with outbox_of(site) as outbox:
        outbox.add(OutboxMessage(KEY, "made", "suggest", {"study": "made"}))
        work.sign_in(ana, "ana", work.MADE)
        assert "This page shows how it was when it was opened. Look again" in goes_on(ana.page)
        outbox.sent(KEY, AT, RUN)
    ana.follow("Look again")
    assert "running" in goes_on(ana.page)
