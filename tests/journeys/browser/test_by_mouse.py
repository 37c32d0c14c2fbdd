"""The whole review by mouse: what is not seen is not clicked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.browser import review_work as work
from tests.journeys.browser.conftest import Comes, Serve
from tests.journeys.browser.mouse import Mouse

pytestmark = pytest.mark.slow
PICTURES = "mouse"


def test_a_transcript_is_corrected_and_signed_off(serve: Serve, comes: Comes, candidates_waiting: Path):
    """An analyst signs in, moves a question's beginning, leaves a turn out, takes one thing back, names a speaker and
    signs checkpoint 1 off."""
    ana = comes(Mouse, serve(sample=candidates_waiting), PICTURES)
    work.sign_in(ana, "ana")
    work.correct_a_transcript(ana)


def test_every_kind_of_decision_on_candidates_is_made(serve: Serve, comes: Comes, forty: Path):
    """A coder accepts, rejects, renames, merges, splits, moves a segment and undoes."""
    ana = comes(Mouse, serve(made=forty), PICTURES)
    work.sign_in(ana, "ana", work.MADE)
    work.decide_once_each(ana)


def test_two_coders_work_blind_and_their_differences_are_settled(serve: Serve, comes: Comes, coded: Path):
    """A sample is drawn and coded by two who do not see each other; then their agreement is shown to all, and the
    adjudicator settles where they differ."""
    site = serve(sample=coded)
    ana, ben, jo = (comes(Mouse, site, PICTURES) for _ in range(3))
    for name, who in (("ana", ana), ("ben", ben), ("jo", jo)):
        work.sign_in(who, name)
    work.Round(ana, ben, jo).played()


def test_a_theme_is_made_and_the_report_leads_to_the_talk(serve: Serve, comes: Comes, coded: Path):
    """From the map to the quotes behind a number, to a theme and its approval, to the report; a quote's link lands
    where it was said, highlighted and on the screen."""
    ana = comes(Mouse, serve(sample=coded), PICTURES)
    work.sign_in(ana, "ana")
    work.make_a_theme(ana)
    work.read_the_report(ana)


def test_a_code_is_dragged_under_another(serve: Serve, comes: Comes, coded: Path):
    """In the codebook, a code let go over another stands under it."""
    ana = comes(Mouse, serve(sample=coded), PICTURES)
    assert isinstance(ana, Mouse)
    work.sign_in(ana, "ana")
    ana.follow("Codebook")
    ana.drag("Lack of housing opportunities", onto="Lack of education opportunities")
    under = ana.page.query_selector("li:has(> * [data-code], > [data-code]) li [data-code]")
    assert under
    assert "Lack of housing opportunities" in under.inner_text()
