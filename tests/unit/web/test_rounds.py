"""Blind rounds at the site: opened, worked in, closed, compared and settled; nothing shows before its time."""

import re

import pytest

from pipeline.domain.account import Role
from pipeline.domain.decision import Draft, Kind

from .conftest import Browser, Place

BASE = "/studies/made"
AT = "2026-03-01T10:00:00+00:00"


@pytest.fixture
def open_round(place: Place) -> str:
    """A round of ana and ben on the candidates, opened by jo, who takes no part."""
    answer = place.browser("jo").post(f"{BASE}/rounds/candidates", {"coder": ["ana", "ben"], "at": 1})
    assert answer.headers["location"] == f"{BASE}/agreement"
    return going_on(place)


def going_on(place: Place) -> str:
    with place.study.looking() as view:
        return view.book.open_round.id


def candidates(place: Place) -> list[str]:
    with place.study.looking() as view:
        return [item.id for item in view.material.found.suggestions]


def own(place: Place, coder: str, kind: Kind, subject: str, payload: dict, reason: str = "") -> None:
    """A decision in a coder's own book."""
    book, key = f"{going_on(place)}/{coder}", f"{coder}-{kind}-{subject}"
    place.study.decide(Draft(key, "made", coder, AT, kind, subject, payload, reason, book=book))


def accepts(place: Place, coder: str, candidate: str, name: str) -> None:
    with place.study.looking() as view:
        segments = list(view.material.suggestions[candidate].segments)
    own(place, coder, Kind.ACCEPT, candidate, {"code": f"c-{coder}-{candidate}", "name": name, "segments": segments})


def at(place: Place) -> int:
    with place.study.looking() as view:
        return view.book.version


def settle(place: Place, who: Browser, path: str, **form: object):
    return who.post(path, {"at": at(place), "took_part": ["ana", "ben"], **form})


def names(place: Place) -> set[str]:
    with place.study.looking() as view:
        return {code.name for code in view.book.active_codes}


def divided_on_two(place: Place, round_id: str) -> tuple[str, str]:
    """Closes the round after ana and ben named one candidate differently and agreed on another; answers the two."""
    first, second, *_ = candidates(place)
    accepts(place, "ana", first, "Rent")
    accepts(place, "ben", first, "Homes")
    for coder in ("ana", "ben"):
        own(place, coder, Kind.REJECT, second, {}, "small talk")
    place.browser("jo").post(f"{BASE}/rounds/{round_id}/close", {"at": at(place)})
    return first, second


def test_only_an_adjudicator_opens_and_closes_rounds(place: Place, open_round: str):
    for who in ("ana", "mara", "rea"):
        browser = place.browser(who)
        assert browser.post(f"{BASE}/rounds/candidates", {"coder": ["ana", "ben"]}).status_code == 403
        assert browser.post(f"{BASE}/rounds/{open_round}/close").status_code == 403
        assert "Close the round" not in browser.get(f"{BASE}/agreement").text


def test_coders_are_chosen_among_those_who_can_code_and_there_are_two(place: Place):
    jo = place.browser("jo")
    assert jo.post(f"{BASE}/rounds/candidates", {"coder": ["ana", "rea"], "at": 1}).status_code == 422
    assert jo.post(f"{BASE}/rounds/candidates", {"coder": ["ana"], "at": 1}).status_code == 422
    page = jo.get(f"{BASE}/agreement").text
    assert re.findall(r'name="coder" value="(\w+)"', page) == ["ana", "ben", "jo"]


def test_the_progress_of_coders_shows_to_an_adjudicator_who_takes_no_part_and_to_nobody_else(
    place: Place, open_round: str
):
    accepts(place, "ben", candidates(place)[0], "Rent")
    pages = {who: place.browser(who).get(f"{BASE}/agreement").text for who in ("jo", "ana", "mara", "rea")}
    assert "1 of 8" in pages.pop("jo")
    for page in pages.values():
        assert "goes on" in page
        assert " of 8" not in page
        assert ">ben<" not in page


def test_an_adjudicator_who_takes_part_learns_only_that_others_may_not_be_done(place: Place):
    place.accounts.grant("ana", "made", Role.ADJUDICATOR)
    ana = place.browser("ana")
    ana.post(f"{BASE}/rounds/candidates", {"coder": ["ana", "ben"], "at": 1})
    before = ana.get(f"{BASE}/agreement").text
    assert "Others may not be done" in before
    own(place, "ben", Kind.FINISH, going_on(place), {})
    assert ana.get(f"{BASE}/agreement").text == before


def test_a_round_that_goes_on_is_answered_like_one_that_never_was(place: Place, open_round: str):
    for who in ("ana", "jo", "rea"):
        browser = place.browser(who)
        for more in ("", "/settle", f"/settle/{candidates(place)[0]}"):
            there, nowhere = (browser.get(f"{BASE}/agreement/{name}{more}") for name in (open_round, "r-none"))
            assert there.status_code == nowhere.status_code == 404
            assert there.text.replace(open_round, "r-none") == nowhere.text


def test_done_is_said_once_taken_back_by_undo_and_said_again(place: Place, open_round: str):
    ana = place.browser("ana")
    for _ in range(2):
        assert ana.post(f"{BASE}/rounds/finish", {"back": "/"}).status_code == 303
    assert "You said that you are done" in ana.get(f"{BASE}/agreement").text
    with place.study.looking("ana") as view:
        last = view.last.draft.key
    ana.post(f"{BASE}/undo", {"last": last, "back": f"{BASE}/agreement"})
    assert "You take part" in ana.get(f"{BASE}/agreement").text
    ana.post(f"{BASE}/rounds/finish", {"back": "/"})
    with place.study.looking("ana") as view:
        assert (open_round, "ana") in view.book.finished


def test_who_takes_no_part_cannot_be_done(place: Place, open_round: str):
    assert place.browser("jo").post(f"{BASE}/rounds/finish").status_code == 422


def test_the_sample_that_was_shown_is_the_one_that_is_opened(place: Place):
    candidate = candidates(place)[0]
    place.browser("ana").post(f"{BASE}/candidates/{candidate}/accept", {"name": "Rent", "at": 1, "seen": 0})
    jo, asked = place.browser("jo"), {"share": "25", "seed": "3", "least": "0"}
    page = jo.get(f"{BASE}/rounds/sample?share=25&seed=3&least=0").text
    (drawn,) = re.findall(r'name="drawn" value="(\d+)"', page)
    form = {**asked, "coder": ["ana", "ben"], "at": at(place)}
    assert jo.post(f"{BASE}/rounds/sample", {**form, "drawn": int(drawn) + 1}).status_code == 422
    assert jo.post(f"{BASE}/rounds/sample", {**form, "drawn": drawn}).status_code == 303
    with place.study.looking() as view:
        opened = view.book.open_round
        assert len(opened.segments) == int(drawn)
        assert (opened.share, opened.seed) == (0.25, 3)


@pytest.mark.parametrize("asked", ["share=lots", "share=-1", "share=nan", "share=10&seed=x", "share=0&least=0"])
def test_a_share_that_is_none_is_answered_on_the_form(place: Place, asked: str):
    answer = place.browser("jo").get(f"{BASE}/rounds/sample?{asked}")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert "Open the round with" not in answer.text


def test_a_closed_round_shows_every_version_to_every_reader(place: Place, open_round: str):
    divided_on_two(place, open_round)
    page = place.browser("rea").get(f"{BASE}/agreement/{open_round}").text
    for said in ("Rent", "Homes", "before anybody talked", "100% of the cases", "it takes 20 candidates", "1.00"):
        assert said in page


def test_figures_stay_as_they_were_before_discussion(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    path, jo = f"{BASE}/agreement/{open_round}", place.browser("jo")

    def figures() -> str:
        return re.sub(r"Settle: \d of \d done", "", jo.get(path).text)

    before = figures()
    settle(place, jo, f"{path}/settle/{first}", choice="take:ana")
    assert figures() == before


def test_a_version_is_taken_and_the_next_difference_comes_up(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle"
    answer = settle(place, jo, f"{path}/{first}", choice="take:ben", seen=0)
    assert answer.headers["location"].partition("?")[0] == path
    assert names(place) == {"Homes"}
    page = jo.get(f"{path}/{first}").text
    assert "Settled:" in page
    assert "Take this" not in page
    assert jo.post(f"{path}/{first}/undo", {"at": at(place)}).status_code == 303
    assert names(place) == set()
    assert "Take this" in jo.get(f"{path}/{first}").text


@pytest.mark.parametrize(
    ("form", "made"),
    [
        ({"choice": "both"}, {"Rent", "Homes"}),
        ({"choice": "name", "name": "Housing"}, {"Housing"}),
        ({"choice": "written", "name": "Housing"}, {"Housing"}),
        ({"choice": "reject"}, None),
        ({"choice": "reject", "reason": "small talk"}, set()),
        ({"choice": "written"}, None),
        ({"choice": "take:cleo"}, None),
        ({"choice": "take:ana", "took_part": []}, None),
        ({"choice": "take:ana", "took_part": ["nobody here"]}, None),
        ({"choice": "merge", "into": "no such code"}, None),
    ],
)
def test_what_the_group_can_make_of_a_candidate(place: Place, open_round: str, form: dict, made: set[str] | None):
    """`made` are the team's codes then, None where it is refused and nothing is written."""
    first, _ = divided_on_two(place, open_round)
    path = f"{BASE}/agreement/{open_round}/settle/{first}"
    answer = settle(place, place.browser("jo"), path, seen=0, **form)
    assert answer.status_code == (422 if made is None else 303)
    assert names(place) == (made or set())


def test_what_is_left_to_settle_waits_for_who_may_settle_and_for_nobody_else(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    way, path = f"{BASE}/agreement/{open_round}/settle", re.compile("disagreements? to settle")
    for page in ("/", BASE):
        assert re.search(f'href="{way}"[^>]*>1 disagreement to settle', place.browser("jo").get(page).text)
        for who in ("ana", "mara", "rea"):
            assert not path.search(place.browser(who).get(page).text)
    settle(place, place.browser("jo"), f"{way}/{first}", choice="take:ben")
    assert not path.search(place.browser("jo").get("/").text)


def test_while_a_round_goes_on_nothing_waits_to_be_settled_and_what_is_done_in_it_changes_no_task(
    place: Place, open_round: str
):
    jo = place.browser("jo")
    before = jo.get("/").text, jo.get(BASE).text
    accepts(place, "ana", candidates(place)[0], "Rent")
    accepts(place, "ben", candidates(place)[0], "Homes")
    assert (jo.get("/").text, jo.get(BASE).text) == before
    jo.post(f"{BASE}/rounds/{open_round}/close", {"at": at(place)})
    assert "1 disagreement to settle" in jo.get("/").text
    jo.post(f"{BASE}/rounds/candidates", {"coder": ["ana", "ben"], "at": at(place)})
    assert "to settle" not in jo.get("/").text


def test_a_settlement_written_meanwhile_is_not_written_over(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle/{first}"
    settle(place, jo, path, choice="take:ana", seen=0)
    answer = settle(place, jo, path, choice="take:ben", seen=0)
    assert answer.status_code == 409
    assert names(place) == {"Rent"}


def test_what_all_agree_on_is_taken_over_once(place: Place, open_round: str):
    _, second = divided_on_two(place, open_round)
    jo, path = place.browser("jo"), f"{BASE}/agreement/{open_round}/settle"
    assert "Take over the 1" in jo.get(path).text
    form = {"at": at(place), "agreed": 1, "took_part": ["ana", "ben"]}
    assert [jo.post(path, form).status_code for _ in range(2)] == [303, 303]
    with place.study.looking() as view:
        assert view.book.rejected == {second: "small talk"}
        assert view.book.settled.keys() == {(open_round, second)}


def test_readers_and_coders_look_at_settling_and_only_adjudicators_settle(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    path = f"{BASE}/agreement/{open_round}/settle/{first}"
    for who in ("rea", "ana"):
        browser = place.browser(who)
        page = browser.get(path)
        assert "Rent" in page.text
        assert "Take this" not in page.text
        assert settle(place, browser, path, choice="take:ana").status_code == 403
        assert browser.post(f"{path}/undo").status_code == 403


def test_a_segments_codes_are_written_anew_by_ticks_and_typed_names(place: Place):
    ana, jo = place.browser("ana"), place.browser("jo")
    for name, candidate in zip(("Rent", "Fear", "Buses"), candidates(place), strict=False):
        ana.post(f"{BASE}/candidates/{candidate}/accept", {"name": name, "at": at(place), "seen": 0})
    with place.study.looking() as view:
        codes = {code.name: code.id for code in view.book.active_codes}
    (drawn,) = re.findall(r'name="drawn" value="(\d+)"', jo.get(f"{BASE}/rounds/sample?least=5&share=1").text)
    form = {"share": 1, "seed": 1, "least": 5, "drawn": drawn, "coder": ["ana", "ben"], "at": at(place)}
    jo.post(f"{BASE}/rounds/sample", form)
    round_id = going_on(place)
    with place.study.looking() as view:
        segment = view.book.open_round.segments[0]
    own(place, "ana", Kind.COMMIT, segment, {"codes": [codes["Rent"]]})
    own(place, "ben", Kind.COMMIT, segment, {"codes": []})
    jo.post(f"{BASE}/rounds/{round_id}/close", {"at": at(place)})
    path = f"{BASE}/agreement/{round_id}/settle/{segment}"
    assert "Keep both" not in jo.get(path).text

    def carried() -> set[str]:
        with place.study.looking() as view:
            return {view.book.codes[code].name for code in view.book.codes_of(segment)}

    before = carried()
    for refused in ({"choice": "codes"}, {"choice": "codes", "none": "yes", "typed": "rent"}, {"choice": "reject"}):
        assert settle(place, jo, path, **refused).status_code == 422
    assert carried() == before
    assert settle(place, jo, path, choice="written", code=[codes["Rent"]], typed=["fea", ""]).status_code == 303
    assert carried() == {"Rent", "Fear"}
    jo.post(f"{path}/undo", {"at": at(place)})
    assert carried() == before
    assert settle(place, jo, path, choice="codes", none="yes").status_code == 303
    assert carried() == set()
    assert "no code" in jo.get(path).text

    jo.post(f"{BASE}/rounds/sample", {**form, "at": at(place)})
    assert "yet to code this segment" in ana.get(path).text  # whoever codes it again is not told what came before
    assert "Rent" not in ana.get(path).text
    assert "Rent" not in ana.get(f"{BASE}/agreement/{round_id}").text.partition('id="divided"')[2]


def test_while_another_round_goes_on_nothing_is_settled(place: Place, open_round: str):
    first, _ = divided_on_two(place, open_round)
    jo = place.browser("jo")
    jo.post(f"{BASE}/rounds/candidates", {"coder": ["ana", "ben"], "at": at(place)})
    path = f"{BASE}/agreement/{open_round}/settle/{first}"
    assert "Settle when it is closed" in jo.get(path).text
    assert settle(place, jo, path, choice="take:ana").status_code == 422
    assert names(place) == set()
