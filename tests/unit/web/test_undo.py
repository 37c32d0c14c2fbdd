"""Undo at the site: an act is told, with its undo, where such acts are done and nowhere else; each undo says what it
undid."""

import re
from urllib.parse import quote

import pytest

from pipeline.domain.decision import Draft, Kind

from .conftest import Browser, Place
from .test_rounds import accepts, going_on, open_round

__all__ = ["open_round"]
BASE = "/studies/made"
AT = "2026-03-01T10:00:00+00:00"
CODE = "c-00000000000a"
BAR = re.compile(r'<div class="done"><span>(.*?)</span>', re.DOTALL)


def decide(place: Place, kind: Kind, subject: str, payload=None, *, coder: str = "ana", reason: str = "") -> None:
    key = f"k{place.study.work.store.decisions.head('made')[0]}"
    place.study.decide(Draft(key, "made", coder, AT, kind, subject, payload or {}, reason))


def first(place: Place) -> str:
    with place.study.looking() as view:
        return view.material.found.suggestions[0].id


def segment(place: Place) -> str:
    with place.study.looking() as view:
        return view.material.codable[0]


def last_key(place: Place, person: str) -> str:
    with place.study.looking(person) as view:
        return view.last.draft.key


def told_on(browser: Browser, path: str) -> bool:
    """Whether this page tells of the last act, with a button and a key that undo it."""
    page = browser.get(f"{BASE}{path}").text
    told = 'class="done"' in page
    assert [sign in page for sign in ("Undo", 'data-key="u"')] == [told, told], path
    return told


def undone(place: Place, browser: Browser, back: str = "", **more: str) -> str:
    """The page that an undo leads to."""
    form = {"last": last_key(place, browser.person), "back": back or f"{BASE}/codebook", **more}
    path = browser.post(f"{BASE}/undo", form).headers["location"]
    while (answer := browser.get(path)).status_code == 303:
        path = answer.headers["location"]
    return answer.text


@pytest.mark.parametrize(
    ("kind", "payload", "here", "elsewhere"),
    [
        (Kind.REJECT, {}, ("/candidates",), ("/codebook", "/segments")),
        (Kind.ACCEPT, {"code": "c-1", "name": "Rent", "segments": []}, ("/candidates",), ("/codebook", "/map")),
        (Kind.RENAME, {"name": "Beds"}, ("/codebook", f"/codebook/{CODE}"), ("/candidates", "/segments", "/map")),
        (Kind.APPLY, {"code": CODE}, ("/segments", "/codebook"), ("/candidates", "/map")),
        (Kind.THEME, {"name": "A theme", "codes": [CODE]}, ("/map", "/map/themes"), ("/candidates", "/codebook")),
        (Kind.MERGE, {"codes": ["c-00000000000b"]}, ("/codebook",), ("/candidates", "/segments")),
    ],
)
def test_an_act_is_told_and_undone_only_on_pages_where_such_acts_are_done(
    place: Place, kind: Kind, payload: dict, here: tuple[str, ...], elsewhere: tuple[str, ...]
):
    for code in (CODE, "c-00000000000b"):
        decide(place, Kind.CREATE, code, {"name": code})
    subject = {Kind.REJECT: first(place), Kind.ACCEPT: first(place), Kind.APPLY: segment(place)}.get(kind, CODE)
    decide(place, kind, "t-00000000000a" if kind is Kind.THEME else subject, payload, reason="small talk")
    ana = place.browser("ana")
    candidate = f"/candidates/{first(place)}"
    at = {path: told_on(ana, candidate if path == "/candidates" else path) for path in (*here, *elsewhere)}
    assert at == {**dict.fromkeys(here, True), **dict.fromkeys(elsewhere, False)}


def test_a_sign_off_is_undone_by_no_key_and_only_after_asking(place: Place):
    """Sent as a page of before would send it, the form leads to the page that asks; there it takes a second press."""
    jo = place.browser("jo")
    decide(place, Kind.CREATE, CODE, {"name": "Rent"}, coder="jo")
    jo.post(f"{BASE}/codebook/approve", {"version": 1, "at": 2})
    before = place.study.work.store.decisions.head("made")
    for path in (f"/candidates/{first(place)}", "/codebook", "/segments", "/map"):
        page = jo.get(f"{BASE}{path}").text
        assert (f'href="{BASE}/undo?back=' in page) == (path == "/codebook")
        assert 'data-key="u"' not in page
    answer = jo.post(f"{BASE}/undo", {"last": last_key(place, "jo"), "back": f"{BASE}/map"})
    assert place.study.work.store.decisions.head("made") == before
    asks = jo.get(answer.headers["location"]).text
    assert "Undo this?" in asks
    assert "Approved checkpoint 2, version 1" in asks
    assert f'href="{BASE}/map"' in asks
    assert 'name="sure"' in asks
    page = undone(place, jo, sure="yes")
    assert BAR.findall(page)[0] == "<bdi>Undone: approved checkpoint 2, version 1</bdi>"
    with place.study.looking() as view:
        assert "codes" not in view.book.approvals


def test_who_decides_nothing_is_shown_no_undo(place: Place):
    """The analyst signed checkpoint 1 off; only coders undo at the site, and mara is none."""
    assert "Undo" not in place.browser("mara").get(f"{BASE}/codebook").text


def test_where_nothing_can_be_undone_the_page_says_so(place: Place):
    assert "Nothing to undo" in place.browser("ana").get(f"{BASE}/undo").text


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_page_that_asks_leads_nowhere_but_to_this_site(place: Place, back: str):
    page = place.browser("ana").get(f"{BASE}/undo?back={quote(back, safe='')}").text
    assert "evil" not in page
    assert "javascript" not in page


def test_an_undo_says_what_was_undone(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    ana.post(f"{BASE}/candidates/{candidate}/reject", {"reason": "small talk", "at": 1, "seen": 0})
    assert BAR.findall(undone(place, ana))[0] == "<bdi>Undone: rejected “idea number 1”</bdi>"
    ana.post(f"{BASE}/candidates/{candidate}/accept", {"name": "Rent", "at": 3, "seen": 2})
    said = BAR.findall(undone(place, ana))[0]
    assert said == "<bdi>Undone: accepted “idea number 1” as “Rent”, 6 segments</bdi>"
    ana.post(f"{BASE}/codebook", {"name": "Beds", "at": 5})
    assert BAR.findall(undone(place, ana))[0] == "<bdi>Undone: made the code “Beds”, 0 segments</bdi>"


def test_of_an_act_of_several_decisions_it_says_how_many_more(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    with place.study.looking() as view:
        one = view.material.suggestions[candidate].segments[0]
    parts = {"name_a": "A", "name_b": "B", f"part:{one}": "b", "at": 1}
    ana.post(f"{BASE}/candidates/{candidate}/split", parts)
    assert "Undone: split “idea number 1” into “A”, 5 segments, and “B”, 1 segment" in undone(place, ana)


def test_a_correction_taken_back_is_told_with_its_turn(place: Place):
    mara = place.browser("mara")
    mara.post(f"{BASE}/transcripts/group000/omit", {"turn": 3, "at": 1})
    form = {"last": last_key(place, "mara"), "back": f"{BASE}/transcripts/group000?turn=3"}
    page = mara.get(mara.post(f"{BASE}/transcripts/undo", form).headers["location"]).text
    assert "Undone: turn left out (group000, turn 3)" in page


def test_the_word_of_an_undo_reaches_the_page_that_the_first_leads_on_to(place: Place):
    """The worklist leads to its first candidate at once."""
    ana = place.browser("ana")
    ana.post(f"{BASE}/codebook", {"name": "Beds", "at": 1})
    assert "Undone: made the code" in undone(place, ana, back=f"{BASE}/candidates")


def test_nobody_else_is_told_and_nothing_but_an_undo(place: Place):
    ana = place.browser("ana")
    ana.post(f"{BASE}/codebook", {"name": "Beds", "at": 1})
    act = last_key(place, "ana")
    answer = ana.post(f"{BASE}/undo", {"last": act, "back": f"{BASE}/codebook"})
    path = answer.headers["location"]
    assert "Undone" in ana.get(path).text
    assert "Undone" not in place.browser("ben").get(path).text
    for key in (act, "no such key"):
        assert "Undone" not in ana.get(f"{BASE}/codebook?undone={quote(key)}").text


def test_what_was_undone_in_ones_own_book_is_told_there_and_not_after_the_round(place: Place, open_round: str):
    accepts(place, "ana", first(place), "Rent")
    ana = place.browser("ana")
    form = {"last": last_key(place, "ana"), "back": f"{BASE}/codebook"}
    path = ana.post(f"{BASE}/undo", form).headers["location"]
    assert "Undone: accepted" in ana.get(path).text
    place.browser("jo").post(f"{BASE}/rounds/{going_on(place)}/close", {"at": 2})
    assert "Undone" not in ana.get(path).text
