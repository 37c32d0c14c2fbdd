"""A code of a coder's own is told in the log by whose it was, once its round is closed, and never before."""

import re

from pipeline.domain.decision import Draft, Kind

from .conftest import Place
from .test_rounds import AT, BASE, accepts, at, candidates, open_round, own, settle

__all__ = ["open_round"]


def about(place: Place, person: str = "rea") -> str:
    """What stands on the log, all of it."""
    page = place.browser(person).get(f"{BASE}/log").text
    return " ".join(re.findall(r'<p class="(?:what|about)">(.*?)</p>', page))


def closed(place: Place, round_id: str) -> None:
    place.browser("jo").post(f"{BASE}/rounds/{round_id}/close", {"at": at(place)})


def test_of_a_closed_round_it_says_whose_code_it_was_and_links_to_the_round(place: Place, open_round: str):
    candidate = candidates(place)[0]
    accepts(place, "ana", candidate, "Rent")
    own(place, "ana", Kind.RENAME, f"c-ana-{candidate}", {"name": "Rent too high"})
    closed(place, open_round)
    page = about(place)
    link = f'<a href="{BASE}/agreement/{open_round}"><bdi>ana&#39;s own code “Rent too high”, from the blind round'
    assert link in page
    assert "another book" not in page
    assert place.browser("rea").get(f"{BASE}/agreement/{open_round}").status_code == 200


def test_one_that_went_out_of_use_in_the_round_is_told_without_a_name(place: Place, open_round: str):
    one, two, *_ = candidates(place)
    for candidate in (one, two):
        accepts(place, "ana", candidate, f"Name of {candidate}")
    own(place, "ana", Kind.MERGE, f"c-ana-{one}", {"codes": [f"c-ana-{two}"], "suggestions": []})
    closed(place, open_round)
    link = f'<a href="{BASE}/agreement/{open_round}"><bdi>a code of ana&#39;s own, from the blind round of '
    assert link in about(place)


def test_a_settlement_names_the_codes_that_it_was_made_of(place: Place, open_round: str):
    first = candidates(place)[0]
    accepts(place, "ana", first, "Rent")
    accepts(place, "ben", first, "Homes")
    closed(place, open_round)
    settle(place, place.browser("jo"), f"{BASE}/agreement/{open_round}/settle/{first}", choice="take:ana")
    page = about(place)
    assert "&#39;coder&#39;:" not in page
    assert page.count("ana&#39;s own code “Rent”") >= 2


def test_in_an_open_round_nothing_is_said_of_anothers_code(place: Place, open_round: str):
    """As the log stands for everybody while ben has made a code, it stands where he has not."""
    before = {who: about(place, who) for who in ("ana", "jo", "rea")}
    accepts(place, "ben", candidates(place)[0], "Homes")
    assert {who: about(place, who) for who in ("ana", "jo", "rea")} == before
    made = f"c-ben-{candidates(place)[0]}"
    for who in ("ana", "jo", "rea"):
        there, nowhere = (place.browser(who).get(f"{BASE}/codebook/{code}") for code in (made, "c-none"))
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace(made, "c-none") == nowhere.text


def test_a_code_of_the_teams_that_was_taken_back_is_told_as_that(place: Place):
    draft = Draft("make", "made", "ana", AT, Kind.CREATE, "c-00000000000a", {"name": "Rent"})
    place.study.decide(draft)
    place.study.decide(Draft("back", "made", "ana", AT, Kind.UNDO, "make"))
    assert "a code that was taken back since" in about(place)
