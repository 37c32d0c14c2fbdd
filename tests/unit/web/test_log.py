"""The log in the browser: every decision in words, to each person what they may see, however long it is."""

import re

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web.pages.log import PER_PAGE

from .conftest import Place

BASE = "/studies/made/log"
AT = "2026-03-01T10:00:00+00:00"
CODE = "c-000000000001"


def decide(place: Place, key: str, kind: Kind, subject: str, payload=None, **more: str) -> None:
    fields = {"coder": "mara", "reason": "", "book": ""} | more
    place.study.decide(
        Draft(key, "made", fields["coder"], AT, kind, subject, payload or {}, fields["reason"], book=fields["book"])
    )


@pytest.fixture
def coded(place: Place) -> Place:
    """After the approval of checkpoint 1: a code, a segment that carries it, and a rejected candidate."""
    with place.study.looking() as view:
        able, candidates = view.material.codable, view.material.found.suggestions
    decide(place, "make", Kind.CREATE, CODE, {"name": "No way to court", "segments": [able[0]]})
    decide(place, "put", Kind.APPLY, able[1], {"code": CODE}, coder="ana")
    decide(place, "no", Kind.REJECT, candidates[0].id, coder="ben", reason="small talk")
    return place


def entries(page: str) -> list[tuple[str, str]]:
    """Number and sentence of each."""
    found = re.findall(r'aria-hidden="true">([\d,]+)</span>.*?class="what"><bdi>(.*?)</bdi>', page, re.DOTALL)
    return [(number, sentence) for number, sentence in found]


def open_round(place: Place, segments: tuple[str, ...] = ()) -> str:
    with place.study.looking() as view:
        sign = Signature("made", "jo", AT, f"open {view.book.version}")
        if segments:
            draft = rounds.open_sample(sign, view.book, ["ana", "ben"], segments, share=0.1, seed=1)
        else:
            draft = rounds.open_candidates(sign, view.book, ["ana", "ben"])
    return place.study.decide(draft).subject


def test_decisions_are_told_newest_first_with_who_why_and_what(coded: Place):
    page = coded.browser("ana").get(BASE).text
    assert entries(page) == [
        ("4", "Rejected “idea number 1”"),
        ("3", "Put on a segment: “No way to court”"),
        ("2", "Made the code “No way to court”, 1 segment"),
        ("1", "Approved checkpoint 1, version 1"),
    ]
    assert "because: <bdi>small talk</bdi>" in page
    assert f'href="/studies/made/codebook/{CODE}"' in page
    assert re.search(r'href="/studies/made/transcripts/group\d+\?at=[^"]+" class="said"', page)
    assert 'href="/studies/made/candidates/' in page
    assert 'href="/studies/made/candidates/' not in coded.browser("rea").get(BASE).text


def test_what_was_undone_says_so_until_the_undo_is_undone(coded: Place):
    decide(coded, "back", Kind.UNDO, "put", coder="ana")
    page = coded.browser("rea").get(BASE).text
    assert entries(page)[0] == ("5", "Undid a decision: Put on a segment: “No way to court”")
    assert re.findall(r'<li class="undone">\s*<span[^>]*>(\d+)', page) == ["3"]
    decide(coded, "again", Kind.UNDO, "back", coder="ana")
    assert re.findall(r'<li class="undone">\s*<span[^>]*>(\d+)', coded.browser("rea").get(BASE).text) == ["5"]


def test_it_is_turned_page_by_page_and_back(coded: Place):
    for number in range(2 * PER_PAGE):
        decide(coded, f"memo {number}", Kind.MEMO, CODE, {"text": f"note {number}"})
    rea = coded.browser("rea")
    first = rea.get(BASE).text
    assert [number for number, _ in entries(first)] == [str(n) for n in range(104, 54, -1)]
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = rea.get(older[1].replace("&amp;", "&")).text
    assert [number for number, _ in entries(second)] == [str(n) for n in range(54, 4, -1)]
    newer = re.search(r'rel="prev" href="([^"]+)"', second)
    assert newer
    assert entries(rea.get(newer[1]).text) == entries(first)
    assert 'rel="prev"' not in first


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("coder=ana", ["3"]),
        ("kind=reject", ["4"]),
        ("about=no+way", ["3", "2"]),
        ("about=idea+number+1", ["4"]),
        ("about=transcripts", ["1"]),
        ("coder=ana&kind=reject", []),
        ("about=zzyzx", []),
        ("kind=nonsense", ["4", "3", "2", "1"]),
    ],
)
def test_a_filter_lets_through_what_it_names(coded: Place, query: str, numbers: list[str]):
    assert [number for number, _ in entries(coded.browser("rea").get(f"{BASE}?{query}").text)] == numbers


def test_it_is_found_by_the_words_that_were_said(coded: Place):
    """Whatever touched a segment that holds them."""
    with coded.study.looking() as view:
        excerpt = view.material.said[view.material.codable[1]].excerpt
    page = coded.browser("rea").get(BASE + "?about=" + excerpt.rstrip(".").replace(" ", "+")).text
    assert ("3", "Put on a segment: “No way to court”") in entries(page)


def test_in_an_open_round_each_sees_the_teams_decisions_and_their_own_numbered_as_if_there_were_no_others(
    coded: Place,
):
    round_id = open_round(coded)
    with coded.study.looking() as view:
        second = view.material.found.suggestions[1].id
    for number in range(3):
        decide(coded, f"b{number}", Kind.MEMO, second, {"text": "ben's"}, coder="ben", book=f"{round_id}/ben")
    decide(coded, "a", Kind.MEMO, second, {"text": "ana's"}, coder="ana", book=f"{round_id}/ana")
    told = {person: entries(coded.browser(person).get(BASE).text) for person in ("ana", "ben", "rea")}
    assert told["ana"][0] == ("6", "Memo: ana&#39;s")
    assert [sentence for _, sentence in told["ben"][:3]] == ["Memo: ben&#39;s"] * 3
    assert told["rea"][0][0] == "5"
    assert told["rea"] == told["ana"][1:]
    assert entries(coded.browser("ana").get(f"{BASE}?before=b1").text) == told["ana"]
    with coded.study.looking() as view:
        draft = rounds.close(Signature("made", "jo", AT, "close"), view.book, round_id)
    coded.study.decide(draft)
    assert len(entries(coded.browser("rea").get(BASE).text)) == 10


def test_while_a_sample_is_coded_blind_the_log_shows_a_coder_their_own_decisions_alone(coded: Place):
    """The team's would tell how it coded the sample: by their words, and by which of them a filter finds."""
    with coded.study.looking() as view:
        segment = view.material.codable[1]
    round_id = open_round(coded, (segment,))
    ana = coded.browser("ana")
    assert entries(ana.get(BASE).text) == []
    decide(coded, "c", Kind.COMMIT, segment, {"codes": []}, coder="ana", book=f"{round_id}/ana")
    assert [words for _, words in entries(ana.get(BASE).text)] == ["Coded a segment: no code"]
    assert entries(ana.get(f"{BASE}?about=No+way+to+court").text) == []


def test_the_analyst_has_the_log_verified(coded: Place):
    answer = coded.browser("mara").post(f"{BASE}/verify")
    assert "The log is whole" in answer.text
    assert coded.browser("ana").post(f"{BASE}/verify").status_code == 403
