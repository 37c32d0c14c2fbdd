"""The forms of a blind round say what they will do: what is drawn, and what is left when somebody is done."""

import re
from html import unescape

import pytest

from pipeline.domain.decision import Draft, Kind

from .conftest import Place
from .markup import Form, Markup
from .test_rounds import AT, BASE, going_on, own

SAMPLE = f"{BASE}/rounds/sample"
RENT = "c-00000000000a"


@pytest.fixture
def a_code(place: Place) -> None:
    place.study.decide(Draft("make", "made", "mara", AT, Kind.CREATE, RENT, {"name": "rent"}))


@pytest.fixture
def sample(place: Place, a_code: None) -> tuple[str, ...]:
    """The segments of a round of ana and ben on a sample."""
    with place.study.looking() as view:
        segments = view.material.codable[:4]
    payload = {"kind": "sample", "coders": ["ana", "ben"], "codebook": 1, "segments": list(segments)}
    place.study.decide(Draft("open", "made", "jo", AT, Kind.ROUND, "r-asking", payload))
    return tuple(segments)


def form_of(page: str, method: str, path: str) -> Form:
    return next(form for form in Markup(page, path).forms if (form.method, form.action) == (method, path))


def opening(page: str) -> dict[str, list[str]]:
    return {name: list(values) for name, values in form_of(page, "post", SAMPLE).sent.items()}


@pytest.mark.usefixtures("a_code")
def test_a_refused_form_keeps_the_very_draw_that_was_sent(place: Place):
    jo = place.browser("jo")
    drawn = opening(jo.get(f"{SAMPLE}?share=5&least=22&seed=7").text)
    assert drawn["drawn"] == ["22"]
    refused = jo.post(SAMPLE, drawn)
    assert refused.status_code == 422
    assert "at least two coders" in refused.text
    asked = form_of(refused.text, "get", SAMPLE).sent
    assert {name: asked[name] for name in ("share", "least", "seed")} == {
        "share": ["5"],
        "least": ["22"],
        "seed": ["7"],
    }
    again = opening(refused.text)
    assert again == drawn
    assert jo.post(SAMPLE, {**again, "coder": ["ana", "ben"]}).status_code == 303
    with place.study.looking() as view:
        opened = view.book.open_round
        assert (len(opened.segments), opened.share, opened.seed) == (22, 0.05, 7)


@pytest.mark.usefixtures("a_code")
def test_the_form_says_which_part_of_the_talk_is_drawn_and_which_of_its_fields_decides(place: Place):
    with place.study.looking() as view:
        of = len(view.material.codable)
    jo = place.browser("jo")

    def told(asked: str) -> str:
        page = jo.get(f"{SAMPLE}?{asked}").text.partition('class="drawn"')[2].partition("</p>")[0]
        return unescape(re.sub("<[^>]+>", "", page)).partition(">")[2]

    raised = told("share=10&least=22")
    assert raised.startswith(f"22 of {of} segments, {100 * 22 / of:.0f}%: ")
    assert raised.endswith(f"The share alone would draw {-(-of // 10)}; “At least” asks for more, so it decides.")
    assert told(f"share=10&least={10 * of}").startswith(f"{of} of {of} segments, 100%: ")
    assert "The share alone" not in told("share=50&least=5")


def test_who_codes_a_sample_sees_their_own_progress_and_nothing_of_others(place: Place, sample):
    own(place, "ana", Kind.COMMIT, sample[0], {"codes": [RENT]})
    ana = place.browser("ana")
    before = ana.get(f"{BASE}/agreement").text
    assert "<b>1</b> of <b>4</b> coded" in before
    assert "3 segments are not coded yet. Be done all the same" in before
    for segment in sample:
        own(place, "ben", Kind.COMMIT, segment, {"codes": []})
    own(place, "ben", Kind.FINISH, going_on(place), {})
    assert ana.get(f"{BASE}/agreement").text == before
    for who in ("mara", "rea"):
        assert " coded " not in place.browser(who).get(f"{BASE}/agreement").text.partition("going-on")[2]


def test_who_is_not_through_with_a_sample_is_asked_before_they_are_done(place: Place, sample):
    own(place, "ana", Kind.COMMIT, sample[0], {"codes": [RENT]})
    ana, path = place.browser("ana"), f"{BASE}/rounds/finish"
    sent = form_of(ana.get(f"{BASE}/agreement").text, "post", path).sent
    refused = ana.post(path, sent)
    assert refused.status_code == 422
    assert "3 segments of the sample are not coded yet" in refused.text
    assert form_of(refused.text, "post", path), "it is asked on the page itself"
    with place.study.looking("ana") as view:
        assert not view.book.finished
    assert ana.post(path, {**sent, "all_the_same": "yes"}).status_code == 303
    assert "You said that you are done" in ana.get(f"{BASE}/agreement").text


def test_who_coded_all_of_a_sample_is_done_without_being_asked(place: Place, sample):
    for segment in sample:
        own(place, "ana", Kind.COMMIT, segment, {"codes": []})
    ana, path = place.browser("ana"), f"{BASE}/rounds/finish"
    page = ana.get(f"{BASE}/agreement").text
    assert "<b>4</b> of <b>4</b> coded" in page
    assert "not coded yet" not in page
    assert ana.post(path, form_of(page, "post", path).sent).status_code == 303
    with place.study.looking("ana") as view:
        assert (going_on(place), "ana") in view.book.finished
