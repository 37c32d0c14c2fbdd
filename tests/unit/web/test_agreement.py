"""The pages on agreement and settling where something is out of the ordinary: each still says what is so."""

import re
from html import unescape

import pytest

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import SuggestionSet
from pipeline.review import bearing
from pipeline.review.agreement.report import Figure
from pipeline.web.rendering import _environment

from .conftest import Browser, Place
from .markup import Form, Markup
from .test_rounds import AT, BASE, accepts, at, candidates, going_on, names, open_round, own, settle

__all__ = ["open_round"]


def closes(place: Place) -> tuple[Browser, str]:
    """The adjudicator, who closes the round, and the address of what was done in it."""
    jo, round_id = place.browser("jo"), going_on(place)
    jo.post(f"{BASE}/rounds/{round_id}/close", {"at": at(place)})
    return jo, f"{BASE}/agreement/{round_id}"


def posted(browser: Browser, path: str) -> Form:
    """The form on a page that opens a round on a sample."""
    forms = Markup(browser.get(path).text, path).forms
    return next(form for form in forms if (form.method, form.action) == ("post", f"{BASE}/rounds/sample"))


def dividing(page: str) -> str:
    return page.partition('id="divided"')[2].partition("</section>")[0]


def offered_no_more(place: Place, candidate: str) -> None:
    """A later run clustered the talk without that candidate."""
    store = place.study.work.store
    found, before = store.suggestions.of_version("made", 1), store.stages.latest("made", "suggest")
    kept = tuple(item for item in found.suggestions if item.id != candidate)
    summary = {**before.summary, "candidates": len(kept)}
    version = store.stages.freeze("made", "suggest", "another", summary, AT).version
    store.suggestions.freeze("made", version, SuggestionSet(kept, found.unclear), ())


def test_a_candidate_that_one_coder_alone_came_to_divides_nobody_and_waits_to_be_settled(
    place: Place, open_round: str
):
    both, alone, *_ = candidates(place)
    accepts(place, "ana", both, "Rent")
    accepts(place, "ben", both, "Homes")
    accepts(place, "ana", alone, "Only ana's")
    jo, path = closes(place)
    page = dividing(jo.get(path).text)
    assert "Rent" in page
    assert "Only ana" not in page
    assert "2 differences wait" in jo.get(f"{path}/settle").text


def test_what_stands_above_a_kappa_keeps_its_capitals(place: Place):
    """With three coders of whom one left something uncoded it is the mean of every two's."""
    place.study.decide(Draft("make", "made", "ana", AT, Kind.CREATE, "c-00000000000a", {"name": "Rent"}))
    jo = place.browser("jo")
    form = {"share": 1, "seed": 1, "least": 5, "drawn": 5, "coder": ["ana", "ben", "jo"], "at": at(place)}
    assert jo.post(f"{BASE}/rounds/sample", form).status_code == 303
    with place.study.looking() as view:
        one, two, *_ = view.book.open_round.segments
    for coder, segment in (("ana", one), ("ben", one), ("ana", two), ("jo", two)):
        own(place, coder, Kind.COMMIT, segment, {"codes": ["c-00000000000a"]})
    jo, path = closes(place)
    assert ">Mean of Cohen's kappas<" in unescape(jo.get(path).text)


@pytest.fixture
def decided_outside(place: Place, open_round: str) -> tuple[Browser, str, str]:
    """Ana and ben agreed on one candidate and on a second, differed on a third; then ana made codes of the first and
    the third outside of settling. The adjudicator, the way to settling, and the third."""
    first, second, third, *_ = candidates(place)
    for coder in ("ana", "ben"):
        accepts(place, coder, first, "Rent")
        own(place, coder, Kind.REJECT, second, {}, "small talk")
        accepts(place, coder, third, f"Named by {coder}")
    jo, path = closes(place)
    for candidate, name in ((first, "Rents"), (third, "Streets")):
        form = {"name": name, "at": at(place), "seen": 0}
        assert place.browser("ana").post(f"{BASE}/candidates/{candidate}/accept", form).status_code == 303
    return jo, f"{path}/settle", third


def test_what_the_team_decided_outside_of_settling_keeps_nothing_else_from_being_taken_over(place, decided_outside):
    jo, path, _ = decided_outside
    assert "On 1 all agree" in jo.get(path).text
    assert jo.post(path, {"at": at(place), "agreed": 1, "took_part": ["ana"]}).status_code == 303
    assert names(place) == {"Rents", "Streets"}
    left = jo.get(path).text
    assert "Nothing is left to settle" in left
    assert "all agree" not in left


def test_what_the_team_decided_outside_of_settling_waits_for_nobody(place, decided_outside):
    jo, path, third = decided_outside
    assert "to settle" not in jo.get("/").text
    assert "No difference waits" in jo.get(path).text
    page = jo.get(f"{path}/{third}").text
    assert "outside of settling: <bdi>accepted as “Streets”</bdi>. That stands" in page
    assert "Take this" not in page
    refused = settle(place, jo, f"{path}/{third}", choice="take:ana")
    assert refused.status_code == 422
    assert "candidate “idea number 3” was accepted already, as “Streets”" in refused.text
    with place.study.looking("ana") as view:
        last = view.last.draft.key
    place.browser("ana").post(f"{BASE}/undo", {"last": last, "back": BASE})
    assert "1 disagreement to settle" in jo.get("/").text
    assert "Take this" in jo.get(f"{path}/{third}").text


def test_a_candidate_that_is_offered_no_more_still_has_something_to_be_called(place: Place, open_round: str):
    first, *_ = candidates(place)
    own(place, "ana", Kind.REJECT, first, {}, "small talk")
    jo, path = closes(place)
    offered_no_more(place, first)
    page = jo.get(f"{path}/settle/{first}").text
    assert "<h1><bdi>a candidate of an earlier run</bdi></h1>" in page
    assert f"<bdi>{first}</bdi>" not in page


def test_who_codes_a_sample_is_not_told_by_an_earlier_round_what_others_put_a_segment_under(
    place: Place, open_round: str
):
    """As the candidates rest meanwhile: they show how the team coded."""
    first, *_ = candidates(place)
    accepts(place, "ana", first, "Rent")
    accepts(place, "ben", first, "Homes")
    jo, path = closes(place)
    settle(place, jo, f"{path}/settle/{first}", choice="take:ben")
    with place.study.looking() as view:
        (hidden, seen), said = view.material.suggestions[first].segments[:2], view.material.said
    payload = {"kind": "sample", "coders": ["ana", "ben"], "codebook": 1, "segments": [hidden]}
    place.study.decide(Draft("again", "made", "jo", AT, Kind.ROUND, "r-again", payload))
    for person, shown in (("ana", False), ("jo", True)):
        page = unescape(place.browser(person).get(f"{path}/settle/{first}").text)
        assert said[seen].excerpt in page
        assert (said[hidden].excerpt in page) is shown


def test_an_undo_leads_to_its_candidate_only_while_that_is_offered(place: Place):
    ana, (first, second, *_) = place.browser("ana"), candidates(place)
    for candidate in (first, second):
        ana.post(f"{BASE}/candidates/{candidate}/accept", {"name": candidate, "at": at(place), "seen": 0})
    offered_no_more(place, second)
    for lands, back in ((f"{BASE}/codebook", f"{BASE}/codebook"), (f"{BASE}/candidates/{first}", "")):
        with place.study.looking("ana") as view:
            last = view.last.draft.key
        answer = ana.post(f"{BASE}/undo", {"last": last, "back": back})
        assert answer.headers["location"].startswith(lands)
        assert ana.get(answer.headers["location"]).status_code == 200


def test_a_sample_that_would_be_another_by_now_is_not_opened_though_it_is_as_large(place: Place):
    """A run makes other candidates meanwhile, and with them another draw."""
    place.study.decide(Draft("make", "made", "ana", AT, Kind.CREATE, "c-00000000000a", {"name": "Rent"}))
    jo, path = place.browser("jo"), f"{BASE}/rounds/sample?share=1&least=12"
    form = posted(jo, path)
    sent = {**form.sent, "coder": ["ana", "ben"]}
    offered_no_more(place, candidates(place)[0])
    refused = jo.post(form.action, sent)
    assert refused.status_code == 422
    assert "Draw it again" in refused.text
    again = posted(jo, path)
    assert again.sent["drawn"] == form.sent["drawn"]
    assert jo.post(again.action, {**again.sent, "coder": ["ana", "ben"]}).status_code == 303


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("share=150", "The share in percent is a number from 0 to 100; “150” is none."),
        ("share=0&least=0", "Write a larger share, or a least number."),
        ("seed=1.5", "The seed is a whole number from 0 on, of nine digits at most; “1.5” is none."),
        ("least=2.7", "The least number is a whole number"),
    ],
)
def test_what_is_wrong_with_a_sample_is_said_in_the_terms_of_its_form(place: Place, asked: str, sentence: str):
    """The form asks for percent: a share such as 0.2 would draw next to nothing."""
    page = place.browser("jo").get(f"{BASE}/rounds/sample?{asked}").text
    (told,) = re.findall(r'role="alert">(.*?)</p>', page)
    assert sentence in told
    assert "0.2" not in told


def test_a_figure_that_rounds_to_nothing_has_no_minus():
    """On the page as in the sentences, which report and workbook share."""
    figure = Figure(-0.001, -0.0049, 0.5)
    page = str(_environment().get_template("agreeing.html.j2").module.figure(figure))
    assert re.findall(r"-?\d\.\d\d", page) == ["0.00", "0.00", "0.50"]
    assert bearing.shown(figure) == "0.00 (0.00 to 0.50)"
    assert bearing.shown(Figure(-0.2, None, None)) == "-0.20"
