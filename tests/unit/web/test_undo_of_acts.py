"""At the site too an undo takes back the whole of what one button did."""

import re
from dataclasses import replace

from pipeline.domain.decision import Draft, Kind

from .conftest import Browser, Place
from .test_rounds import BASE, accepts, at, candidates, names, open_round, own

__all__ = ["open_round"]


def undone_last(place: Place, browser: Browser) -> int:
    with place.study.looking(browser.person) as view:
        last = view.last.draft.key
    return browser.post(f"{BASE}/undo", {"last": last, "back": f"{BASE}/agreement", "at": at(place)}).status_code


def shown_last(browser: Browser, page: str) -> str:
    """What stands beside the button that undoes it."""
    (sentence,) = re.findall(r'<div class="done"><span>(.*?)</span>', browser.get(f"{BASE}/{page}").text)
    return sentence


def test_what_was_settled_in_several_decisions_goes_at_once(place: Place, open_round: str):
    """A code with its stance, taken over from both coders; twice the same click is one undo."""
    two = candidates(place)[:2]
    for coder in ("ana", "ben"):
        for candidate in two:
            accepts(place, coder, candidate, f"Name of {candidate}")
            own(place, coder, Kind.STANCE, f"c-{coder}-{candidate}", {"stance": "gap"})
    jo = place.browser("jo")
    jo.post(f"{BASE}/rounds/{open_round}/close", {"at": at(place)})
    jo.post(f"{BASE}/agreement/{open_round}/settle", {"at": at(place), "took_part": ["ana", "ben"]})
    assert names(place) == {f"Name of {candidate}" for candidate in two}
    settled = len(place.study.work.store.decisions.log(place.study.id))
    with place.study.looking("jo") as view:
        assert (view.last.kind, view.last.subject) == (Kind.ACCEPT, two[0])

    assert undone_last(place, jo) == 303
    assert names(place) == set()
    log = place.study.work.store.decisions.log(place.study.id)
    assert [item.kind for item in log[settled:]] == [Kind.UNDO] * 4
    with place.study.looking("jo") as view:
        assert view.last is None


def test_an_accepted_candidate_goes_with_the_passages_it_gave_away(place: Place):
    ana, candidate = place.browser("ana"), candidates(place)[0]
    with place.study.looking("ana") as view:
        one, *_ = view.material.suggestions[candidate].segments
    ana.post(
        f"{BASE}/candidates/{candidate}/split", {"name_a": "A", "name_b": "B", f"part:{one}": "b", "at": at(place)}
    )
    assert names(place) == {"A", "B"}
    told = shown_last(ana, f"candidates/{candidate}")
    assert "Split “idea number 1” into “A”, 5 segments, and “B”, 1 segment" in told
    assert undone_last(place, ana) == 303
    assert names(place) == set()


def test_a_long_act_goes_whatever_of_it_was_undone_alone(place: Place):
    """Its first decision was; what is left is found from its last, and nothing before it goes."""
    with place.study.looking() as view:
        segment = view.material.codable[0]
    draft = Draft("act", place.study.id, "ana", "2026-03-01T10:00:00+00:00", Kind.CREATE, "c-own", {"name": "Own"})
    part = replace(draft, kind=Kind.APPLY, subject=segment, payload={"code": "c-own"})
    place.study.decide(
        replace(draft, key="before"), replace(draft, key="else", subject="c-else", payload={"name": "Else"})
    )
    place.study.decide(
        replace(part, key="act", kind=Kind.MEMO, payload={"text": "note"}),
        *(replace(part, key=f"act:{n}") for n in range(1, 90)),
    )
    place.study.decide(replace(draft, key="alone", kind=Kind.UNDO, subject="act", payload={}))
    ana = place.browser("ana")
    assert "and 88 more" in shown_last(ana, "codebook")
    before = len(place.study.work.store.decisions.log(place.study.id))
    assert undone_last(place, ana) == 303
    assert len(place.study.work.store.decisions.log(place.study.id)) == before + 89
    with place.study.looking("ana") as view:
        assert view.last.draft.key == "else"
        assert (set(view.book.codes), view.book.codings) == ({"c-own", "c-else"}, {})


def test_what_was_signed_off_since_is_undone_by_no_key(place: Place):
    """A candidate accepted days ago, in a codebook that the team has approved by now."""
    ana, candidate = place.browser("ana"), candidates(place)[0]
    ana.post(f"{BASE}/candidates/{candidate}/accept", {"name": "Rent", "at": at(place)})
    following = f"candidates/{candidates(place)[1]}"
    assert "Rent" in shown_last(ana, following)
    place.study.decide(Draft("off", "made", "jo", "2099-01-01T00:00:00+00:00", Kind.APPROVE, "codes", {"version": 1}))
    assert '<div class="done">' not in ana.get(f"{BASE}/{following}").text
    with place.study.looking("ana") as view:
        assert view.last is None
    with place.study.looking("jo") as view:
        assert view.last.kind is Kind.APPROVE, "a sign-off of one's own can be taken back"
