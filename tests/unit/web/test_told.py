"""A line on a decision says what was done, to which candidate, and the number of segments that a code then holds."""

import re

from pipeline.domain.suggestion import ProposedCoding

from .conftest import Browser, Place
from .markup import Markup
from .test_candidates import BASE, first
from .test_segments import propose

LOG = "/studies/made/log"


def shown(browser: Browser, path: str) -> str:
    return Markup(browser.get(path).text).shown


def test_a_split_is_told_with_what_each_code_holds(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    with place.study.looking() as view:
        one, two, *rest = view.material.suggestions[candidate].segments
    form = {"name_a": "A", "name_b": "B", f"part:{one}": "b", f"part:{two}": "b", "at": 1, "seen": 0}
    after = ana.post(f"{BASE}/{candidate}/split", form).headers["location"]
    said = f"Split “idea number 1” into “A”, {len(rest)} segments, and “B”, 2 segments"
    for path in (after, LOG, "/studies/made/undo"):
        assert said in shown(ana, path)
        assert "and 1 more" not in shown(ana, path)


def test_a_candidate_accepted_under_its_own_name_is_named_once(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    form = {"name": "idea number 1", "at": 1, "seen": 0}
    after = ana.post(f"{BASE}/{candidate}/accept", form).headers["location"]
    assert "Accepted “idea number 1”, 6 segments" in shown(ana, after)


def test_a_rejected_candidate_is_named_in_message_and_log(place: Place):
    ana = place.browser("ana")
    form = {"reason": "small talk", "at": 1, "seen": 0}
    after = ana.post(f"{BASE}/{first(place)}/reject", form).headers["location"]
    assert "Rejected “idea number 1”" in shown(ana, after)
    assert "Rejected “idea number 1”" in shown(ana, LOG)


def test_a_no_to_a_proposed_coding_takes_nothing_off_and_says_so(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    ana.post(f"{BASE}/{candidate}/accept", {"name": "Courts", "at": 1, "seen": 0})
    with place.study.looking() as view:
        (code,) = view.book.codes
        inside = view.book.segments_of(code)[0]
        outside = next(item for item in view.material.codable if item not in view.book.segments_of(code))
    propose(place, ProposedCoding(outside, code, 0.8))
    ana.post("/studies/made/segments/proposed/no", {"segment": outside, "code": code, "at": 2, "seen": 0})
    assert "Said no to a proposed coding: “Courts”" in shown(ana, "/studies/made/segments/proposed")
    assert "Took off a segment: " not in shown(ana, LOG)
    ana.post(f"/studies/made/segments/{inside}/remove", {"code": code})
    assert "Took off a segment: “Courts”" in shown(ana, LOG)


def test_the_list_beside_a_candidate_calls_it_what_people_made_of_it(place: Place):
    """In the reader's own book: what another does blind changes no name here."""
    ana, ben, candidate = place.browser("ana"), place.browser("ben"), first(place)
    place.browser("jo").post("/studies/made/rounds/candidates", {"coder": ["ana", "ben"], "at": 1})
    ana.post(f"{BASE}/{candidate}/accept", {"name": "No way to court", "seen": 0})
    for who, name in ((ana, "No way to court"), (ben, "idea number 1")):
        page = who.get(who.get(BASE).headers["location"]).text
        assert re.search(f'<a href="{BASE}/{candidate}"[^>]*><bdi>{name}</bdi>', page)
        assert (who is ana) == ("No way to court" in page)
