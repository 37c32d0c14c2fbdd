"""What somebody typed stays: while they look up a key, when the form is refused, and until they mean to leave it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.browser import review_work as work
from tests.journeys.browser.barriers import barriers
from tests.journeys.browser.conftest import Comes, Serve
from tests.journeys.browser.keyboard import Keyboard
from tests.journeys.browser.looking import heading
from tests.journeys.browser.visitor import Visitor

pytestmark = pytest.mark.slow
REFUSAL = "the server responded with a status of 422"
ASKED = ": asks "
"""What a visitor notes of a page that asked something."""


def at_a_candidate(serve: Serve, comes: Comes, forty: Path) -> Visitor:
    ana = comes(Keyboard, serve(made=forty))
    work.sign_in(ana, "ana", work.MADE)
    ana.follow("Candidates")
    return ana


def test_the_keys_are_shown_over_a_form_that_keeps_what_was_typed(serve: Serve, comes: Comes, forty: Path):
    ana = at_a_candidate(serve, comes, forty)
    here, shown = ana.page.url, ana.page.locator("dialog")
    ana.page.fill("#name", "A name of ours")
    ana.page.keyboard.press("Escape")
    ana.page.keyboard.press("?")
    shown.wait_for()
    assert "Accept the candidate" in shown.inner_text()
    assert "Settling: keep both" not in shown.inner_text(), "only what this page offers"
    assert barriers(ana.page) == []
    ana.page.keyboard.press("a")
    ana.page.keyboard.press("Escape")
    shown.wait_for(state="detached")
    assert (ana.page.url, ana.page.input_value("#name")) == (here, "A name of ours")


def test_a_key_leads_into_a_field_and_the_quotes_stay_where_they_are(serve: Serve, comes: Comes, forty: Path):
    """The panel that the fields stand in is on the screen at all times."""
    ana = at_a_candidate(serve, comes, forty)
    for key, field in (("e", "name"), ("r", "reason"), ("m", "into")):
        ana.page.keyboard.press(key)
        ana.page.keyboard.type("x")
        assert ana.page.evaluate("() => [document.activeElement.id, scrollY]") == [field, 0]
        ana.page.keyboard.press("Escape")


def test_from_the_page_of_the_keys_one_goes_back_to_where_one_was(serve: Serve, comes: Comes, forty: Path):
    ana = at_a_candidate(serve, comes, forty)
    here = heading(ana.page)
    ana.follow("Keys")
    ana.press("Keep these keys")
    ana.follow("Back")
    assert heading(ana.page) == here


def test_a_refused_split_comes_back_as_it_was_filled(serve: Serve, comes: Comes, forty: Path):
    ana = at_a_candidate(serve, comes, forty)
    ana.page.keyboard.press("s")
    ana.page.wait_for_url("**/split")
    ana.page.fill("#b", "The other half")
    out = ana.page.locator("input[value=out]")
    out.first.check()
    ana.page.fill("#a", "One half")
    ana.page.keyboard.press("Enter")
    ana.page.locator("[role=alert]").wait_for()
    assert "Choose B for at least one" in ana.text
    assert (ana.page.input_value("#a"), ana.page.input_value("#b")) == ("One half", "The other half")
    assert out.first.is_checked()
    assert ana.page.url.endswith("/split")
    assert barriers(ana.page) == []
    ana.problems[:] = [problem for problem in ana.problems if REFUSAL not in problem]


@pytest.mark.parametrize("field", ["#memo", "#definition"])
def test_the_browser_asks_before_typed_text_is_left(serve: Serve, comes: Comes, forty: Path, field: str):
    """Whether a link leads away or the window is closed; once it is sent, nothing asks any more."""
    ana = at_a_candidate(serve, comes, forty)
    here = ana.page.url
    ana.unfold("Memos")
    ana.page.fill(field, "Ask about the buses")
    ana.page.once("dialog", lambda dialog: dialog.dismiss())
    ana.page.get_by_role("link", name="Codebook", exact=True).click(no_wait_after=True)
    ana.page.wait_for_timeout(300)
    assert (ana.page.url, ana.page.input_value(field)) == (here, "Ask about the buses")
    assert len(asked(ana)) == 1
    ana.press("Keep memo" if field == "#memo" else "Accept")
    ana.follow("Codebook")
    assert len(asked(ana)) == 1
    ana.problems[:] = [problem for problem in ana.problems if problem not in asked(ana)]


def asked(who: Visitor) -> list[str]:
    return [problem for problem in who.problems if ASKED in problem]
