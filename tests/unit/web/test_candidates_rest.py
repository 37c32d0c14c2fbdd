"""Candidates say what else waits at checkpoint 2, and offer no act that would be refused."""

from html import escape

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review import rounds
from pipeline.review.influence import is_control
from pipeline.review.signing import Signature
from pipeline.settings import ReviewSettings
from pipeline.web.resting import OTHERS_AT_WORK, SAID_DONE

from .conftest import Place
from .test_candidates import BASE, first
from .test_influence import HALF, set_to
from .test_segments import AT, codable, codes, propose, take

__all__ = ["codes"]

ACTS = ("accept", "reject", "merge", "split", "later", "memo")


def offered_acts(place: Place, person: str) -> list[str]:
    """The acts that a candidate's page offers."""
    page = place.browser(person).get(f"{BASE}/{first(place)}").text
    return [act for act in ACTS if f"/{act}" in page.partition('id="main"')[2]]


def blind(place: Place) -> str:
    """A blind round of ana and jo on the candidates; ben takes no part."""
    with place.study.looking("mara") as view:
        draft = rounds.open_candidates(Signature("made", "mara", AT, "open"), view.book, ["ana", "jo"])
    return place.study.decide(draft).subject


def all_decided(place: Place) -> None:
    with place.study.looking() as view:
        candidates = [item.id for item in view.material.found.suggestions if not view.book.decided(item.id)]
    for item in candidates:
        place.study.decide(Draft(f"no-{item}", "made", "ana", AT, Kind.REJECT, item, {}, "small talk"))


def test_who_takes_no_part_in_a_blind_round_is_told_so_and_offered_nothing(place: Place):
    assert offered_acts(place, "ben") == list(ACTS)
    blind(place)
    ben, page = place.browser("ben"), f"{BASE}/{first(place)}"
    for path in (page, f"{page}/split"):
        assert f'<p class="note">{escape(OTHERS_AT_WORK)}' in ben.get(path).text.replace("&#39;", "&#x27;")
        assert "<form" not in ben.get(path).text.partition('id="main"')[2]
    assert offered_acts(place, "ben") == []
    assert offered_acts(place, "ana") == list(ACTS)


def test_who_said_that_they_are_done_is_told_how_to_go_on(place: Place):
    round_id = blind(place)
    take(place, Kind.FINISH, round_id, {}, by="ana", book=f"{round_id}/ana")
    assert SAID_DONE in place.browser("ana").get(f"{BASE}/{first(place)}").text
    assert offered_acts(place, "ana") == []


@pytest.mark.parametrize("control", [False, True])
def test_codings_to_confirm_are_told_where_every_candidate_is_decided(place: Place, codes, control: bool):  # noqa: FBT001 - a case
    propose(place, *(ProposedCoding(item, codes["courts"], 0.8) for item in codable(place)[-20:]))
    all_decided(place)
    set_to(place, HALF if control else ReviewSettings(control=0.0))
    page = place.browser("ana").get(BASE).text
    assert "Every candidate is decided" in page
    assert "Late groups: 20 codings " in page
    assert 'href="/studies/made/segments/proposed" autofocus' in page
    assert ("held back" in page) is control


@pytest.mark.parametrize("path", ["", "/segments", "/segments/proposed", "/codebook", "/candidates"])
def test_the_numbers_of_proposed_codings_add_up_and_are_the_same_on_every_page(place: Place, codes, path: str):
    """What the lot holds back is said, not left out of the number."""
    segments = codable(place)[-20:]
    propose(place, *(ProposedCoding(item, codes["courts"], 0.8) for item in segments))
    all_decided(place)
    set_to(place, HALF)
    held = sum(is_control("made", item, 0.5) for item in segments)
    told = f"20 codings are proposed on 1 code: {20 - held} wait to be confirmed, {held} are held back until"
    assert told in place.browser("ana").get(f"/studies/made{path}").text
