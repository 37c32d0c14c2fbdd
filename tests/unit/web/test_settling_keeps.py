"""Settling takes no code off silently that the team's book has on a segment."""

import re
from collections.abc import Sequence
from html import unescape

import httpx
import pytest

from pipeline.domain.decision import Draft, Kind

from .conftest import Place
from .test_rounds import AT, BASE, at, candidates, going_on, own, settle

RENT, FEAR, TIES, TAKEN = (f"c-00000000000{letter}" for letter in "abcd")
ROUND = "r-keeps"
SETTLE = f"{BASE}/agreement/{ROUND}/settle"


def read(answer: httpx.Response) -> str:
    """The words of a page as they are read, one space between them."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", re.sub("</?(?:b|bdi)>", "", answer.text))).split())


def by_team(place: Place, kind: Kind, subject: str, payload: dict, who: str = "mara") -> None:
    place.study.decide(Draft(f"{kind}-{subject}", "made", who, AT, kind, subject, payload))


def carried(place: Place, segment: str) -> set[str]:
    with place.study.looking() as view:
        return set(view.book.codes_of(segment))


def sampled(place: Place, segments: Sequence[str]) -> None:
    sample = {"kind": "sample", "coders": ["ana", "ben"], "codebook": 1, "segments": list(segments)}
    by_team(place, Kind.ROUND, ROUND, sample, "jo")


@pytest.fixture
def closed(place: Place) -> tuple[str, ...]:
    """A closed round on four segments. Mara put “ties” on the first, second and third before it; the third and the
    fourth carry “taken”, which came with a candidate. Coders differ on the first and agree on “rent” on all others,
    on the third besides on “ties”."""
    for code, name in ((RENT, "rent"), (FEAR, "fear"), (TIES, "ties")):
        by_team(place, Kind.CREATE, code, {"name": name})
    with place.study.looking() as view:
        candidate = view.material.suggestions[candidates(place)[0]]
        free = [item for item in view.material.codable if item not in view.material.candidates_of]
    segments = (*free[:2], *candidate.segments[:2])
    payload = {"code": TAKEN, "name": "taken", "segments": list(candidate.segments)}
    by_team(place, Kind.ACCEPT, candidate.id, payload)
    for segment in segments[:3]:
        by_team(place, Kind.APPLY, segment, {"code": TIES})
    sampled(place, segments)
    for coder, first in (("ana", RENT), ("ben", FEAR)):
        own(place, coder, Kind.COMMIT, segments[0], {"codes": [first]})
        own(place, coder, Kind.COMMIT, segments[1], {"codes": [RENT]})
        own(place, coder, Kind.COMMIT, segments[2], {"codes": [RENT, TIES]})
        own(place, coder, Kind.COMMIT, segments[3], {"codes": [RENT]})
    place.browser("jo").post(f"{BASE}/rounds/{going_on(place)}/close", {"at": at(place)})
    return segments


def test_the_page_of_a_segment_says_what_the_team_has_on_it_and_what_each_choice_takes_off(place: Place, closed):
    first, _, third, _ = closed
    page = read(place.browser("jo").get(f"{SETTLE}/{first}"))
    assert "In the team's book this segment carries now: ties, which mara put on it outside the round" in page
    assert page.count("Taking this takes “ties” off, which mara put on it outside the round.") == 2
    assert page.count("Keeping both takes “ties” off, which mara put on it outside the round.") == 1
    assert "on it now; left unticked, it goes off" in page
    of_third = read(place.browser("jo").get(f"{SETTLE}/{third}"))
    assert "“ties” off" not in of_third
    assert of_third.count("Taking this takes “taken” off, which came with a candidate that mara took.") == 2
    settle(place, place.browser("jo"), f"{SETTLE}/{first}", choice="codes", code=[RENT, TIES])
    assert carried(place, first) == {RENT, TIES}
    assert "takes “ties” off" not in read(place.browser("jo").get(f"{SETTLE}/{first}"))


def test_who_only_looks_sees_what_is_on_it_and_no_choice(place: Place, closed):
    page = read(place.browser("rea").get(f"{SETTLE}/{closed[0]}"))
    assert "carries now: ties" in page
    assert "takes “ties” off" not in page


def test_what_is_taken_over_at_once_takes_nothing_off_that_somebody_put_on_by_hand(place: Place, closed):
    _, second, third, fourth = closed
    jo = place.browser("jo")
    page = read(jo.get(SETTLE))
    assert "On 2 all agree" in page
    assert "2 segments among them lose a code that came with a candidate" in page
    assert "1 segment on which all agree waits to be settled one by one" in page
    assert "loses a code that somebody put on by hand" in page
    assert "“ties”, which mara put on it" in page
    assert jo.post(SETTLE, {"at": at(place), "agreed": 2, "took_part": ["jo"]}).status_code == 303
    assert carried(place, second) == {TIES}
    assert carried(place, third) == {RENT, TIES}
    assert carried(place, fourth) == {RENT}

    left = jo.get(SETTLE).text
    assert "Take over the" not in left
    assert f'href="{SETTLE}/{second}"' in left
    refused = jo.post(SETTLE, {"at": at(place), "agreed": 1, "took_part": ["jo"]})
    assert refused.status_code == 422
    assert "put on by hand outside the round" in unescape(refused.text)
    assert carried(place, second) == {TIES}


def test_what_would_lose_a_code_is_taken_over_where_the_form_says_so_of_just_these(place: Place, closed):
    second, jo = closed[1], place.browser("jo")
    assert "Take it over, and take those codes off" in jo.get(SETTLE).text
    form = {"at": at(place), "took_part": ["jo"]}
    stale = jo.post(SETTLE, form | {"held": 2})
    assert stale.status_code == 409
    assert "Other segments wait now than the page showed." in stale.text
    assert jo.post(SETTLE, form | {"held": 1}).status_code == 303
    assert carried(place, second) == {RENT}
    assert "On 2 all agree" in read(jo.get(SETTLE)), "what all agree on besides still waits"
    assert "to be settled one by one" not in jo.get(SETTLE).text


def test_what_waits_comes_after_the_differences_and_is_settled_like_them(place: Place, closed):
    first, second, *_ = closed
    jo = place.browser("jo")
    leads = settle(place, jo, f"{SETTLE}/{first}", choice="take:ana").headers["location"]
    assert leads.startswith(f"{SETTLE}/{second}?")
    settle(place, jo, f"{SETTLE}/{second}", choice="take:ana")
    assert carried(place, second) == {RENT}
    assert "to be settled one by one" not in jo.get(SETTLE).text


def test_a_code_that_came_with_a_candidate_and_that_somebody_kept_is_put_on_by_hand(place: Place, closed):
    """Whoever said “done: just these” looked at the segment; so did the team that settled it in another round."""
    by_team(place, Kind.COMMIT, closed[3], {"codes": [TAKEN]}, "ben")
    jo = place.browser("jo")
    assert "On 1 all agree" in read(jo.get(SETTLE))
    said = "Taking this takes “taken” off, which ben kept on it outside the round."
    assert said in read(jo.get(f"{SETTLE}/{closed[3]}"))
    jo.post(SETTLE, {"at": at(place), "agreed": 1, "took_part": ["jo"]})
    assert carried(place, closed[3]) == {TAKEN}


def test_who_codes_again_is_not_told_what_the_team_has_on_a_segment(place: Place, closed):
    """Neither by the page of the segment nor by how many wait: those are the segments that carry a code."""
    by_team(place, Kind.CREATE, "c-00000000000e", {"name": "another"})
    again = {"kind": "sample", "coders": ["ana", "ben"], "codebook": 1, "segments": list(closed[:2])}
    place.study.decide(Draft("again", "made", "jo", AT, Kind.ROUND, "r-again", again))
    ana = place.browser("ana")
    for path in (SETTLE, *(f"{SETTLE}/{segment}" for segment in closed[:2])):
        page = ana.get(path).text
        assert "ties" not in page
        assert "one by one" not in page
        assert "carries now" not in page
    assert "carries now" not in ana.get(f"{SETTLE}/{closed[2]}").text, "of the book that she works in"
    assert "On 3 all agree" in read(ana.get(SETTLE))


def test_a_segment_is_settled_with_the_talk_around_it(place: Place, closed):
    """What was asked, and what was answered, is read on the spot: a sentence alone divides a team for no reason."""
    with place.study.looking() as view:
        said = view.material.said[closed[0]]
        transcript = view.material.recording_of(said.group).stored.transcript
        around = [transcript.turns[said.segment.turn + step] for step in (-1, 1)]
    page = read(place.browser("jo").get(f"{SETTLE}/{closed[0]}"))
    for turn in around:
        assert " ".join(transcript.said(turn).split()) in page
