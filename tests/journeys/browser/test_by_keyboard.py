import pytest
from tests.journeys.browser import review_work as work
from tests.journeys.browser.keyboard import Keyboard
pytestmark = pytest.mark.slow
J="keyboard"

def test_a_transcript_is_corrected_and_signed_off(serve, comes, candidates_waiting):
    ana = comes(Keyboard, serve(sample=candidates_waiting), J)
    work.sign_in(ana, "ana")
    work.correct_a_transcript(ana)

def test_forty(serve, comes, forty):
    ana = comes(Keyboard, serve(made=forty), J)
    work.sign_in(ana, "ana", "A made-up study")
    work.decide_on_all(ana)

def test_round(serve, comes, coded):
    site = serve(sample=coded)
    ana, ben, jo = (comes(Keyboard, site, J) for _ in range(3))
    for name, who in (("ana", ana), ("ben", ben), ("jo", jo)):
        work.sign_in(who, name)
    r = work.Round(ana, ben, jo)
    r.opened(); r.coded(); r.closed(); r.compared(); r.settled()

def test_map_report(serve, comes, coded):
    ana = comes(Keyboard, serve(sample=coded), J)
    work.sign_in(ana, "ana")
    work.make_a_theme(ana)
    work.read_the_report(ana)
