"""The whole review in a browser that runs no script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.browser import review_work as work
from tests.journeys.browser.conftest import Comes, Serve
from tests.journeys.browser.visitor import NARROW
from tests.journeys.browser.without_script import WithoutScript

pytestmark = pytest.mark.slow
PICTURES = "without_script"
QUOTE_FIRST = """() => {
  const quote = document.querySelector("blockquote").getBoundingClientRect();
  return scrollY === 0 && quote.top >= 0 && quote.top < innerHeight;
}"""


def test_a_transcript_is_corrected_and_signed_off(serve: Serve, comes: Comes, candidates_waiting: Path):
    """An analyst signs in, moves a question's beginning, leaves a turn out, takes one thing back, names a speaker and
    signs checkpoint 1 off."""
    ana = comes(WithoutScript, serve(sample=candidates_waiting), PICTURES)
    work.sign_in(ana, "ana")
    work.correct_a_transcript(ana)


def test_on_a_phone_a_page_opens_with_the_quote_in_view(serve: Serve, comes: Comes, forty: Path):
    """Not scrolled on to the first button, as an autofocus would have it."""
    ana = comes(WithoutScript, serve(made=forty))
    ana.look(NARROW, "light")
    work.sign_in(ana, "ana", work.MADE)
    ana.follow("Candidates")
    assert ana.page.evaluate(QUOTE_FIRST)
    ana.follow("Segments")
    ana.follow("What fits nowhere")
    ana.follow("Go through them one at a time")
    assert ana.page.evaluate(QUOTE_FIRST)


def test_every_kind_of_decision_on_candidates_is_made(serve: Serve, comes: Comes, forty: Path):
    """A coder accepts, rejects, renames, merges, splits, moves a segment and undoes."""
    ana = comes(WithoutScript, serve(made=forty), PICTURES)
    work.sign_in(ana, "ana", work.MADE)
    work.decide_once_each(ana)


def test_two_coders_work_blind_and_their_differences_are_settled(serve: Serve, comes: Comes, coded: Path):
    """A sample is drawn and coded by two who do not see each other; then their agreement is shown to all, and the
    adjudicator settles where they differ."""
    site = serve(sample=coded)
    ana, ben, jo = (comes(WithoutScript, site, PICTURES) for _ in range(3))
    for name, who in (("ana", ana), ("ben", ben), ("jo", jo)):
        work.sign_in(who, name)
    work.Round(ana, ben, jo).played()


def test_a_theme_is_made_and_the_report_leads_to_the_talk(serve: Serve, comes: Comes, coded: Path):
    """From the map to the quotes behind a number, to a theme and its approval, to the report; a quote's link lands
    where it was said, highlighted and on the screen."""
    ana = comes(WithoutScript, serve(sample=coded), PICTURES)
    work.sign_in(ana, "ana")
    work.make_a_theme(ana)
    work.read_the_report(ana)
