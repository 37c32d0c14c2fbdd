"""Checkpoint 2 in the browser: what a click decides, and what becomes of a second one."""

from pipeline.domain.decision import Kind

from .conftest import Place
from .markup import Markup

BASE = "/studies/made/candidates"


def first(place: Place) -> str:
    with place.study.looking("ana") as view:
        return view.material.found.suggestions[0].id


def log(place: Place):
    return place.study.work.store.decisions.log("made")


def test_the_worklist_leads_to_the_candidate_with_the_best_evidence(place: Place):
    answer = place.browser("ana").get(BASE)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{BASE}/{first(place)}"


def test_an_accepted_candidate_becomes_a_code_and_the_next_one_comes_up(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    answer = ana.post(f"{BASE}/{candidate}/accept", {"name": "No way to court", "at": 1, "seen": 0})
    assert answer.status_code == 303
    assert answer.headers["location"] != f"{BASE}/{candidate}"
    with place.study.looking("ana") as view:
        assert [code.name for code in view.book.active_codes] == ["No way to court"]
        assert view.book.accepted == {candidate: log(place)[-1].payload["code"]}
    assert "No way to court" in ana.get(answer.headers["location"]).text


def test_a_double_click_counts_once(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    form = {"name": "No way to court", "at": 1, "seen": 0}
    answers = [ana.post(f"{BASE}/{candidate}/accept", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [item.kind for item in log(place)] == [Kind.APPROVE, Kind.ACCEPT]


def test_a_stale_form_is_refused_and_what_was_typed_is_shown_again(place: Place):
    ana, ben, candidate = place.browser("ana"), place.browser("ben"), first(place)
    ben.post(f"{BASE}/{candidate}/reject", {"reason": "small talk", "at": 1, "seen": 0})
    answer = ana.post(f"{BASE}/{candidate}/accept", {"name": "Mine & only mine", "at": 1, "seen": 0})
    assert answer.status_code == 409
    assert "Mine &amp; only mine" in answer.text
    assert "ben decided on candidate “idea number 1” after this page was opened" in Markup(answer.text).shown
    assert [item.kind for item in log(place)] == [Kind.APPROVE, Kind.REJECT]


def test_a_name_that_a_code_has_is_refused_and_what_was_typed_is_shown_again(place: Place):
    ana, one = place.browser("ana"), first(place)
    with place.study.looking("ana") as view:
        two = view.material.found.suggestions[1].id
    ana.post(f"{BASE}/{one}/accept", {"name": "Rides", "at": 1, "seen": 0})
    form = {"name": "rides", "definition": "By bus & van", "at": 2, "seen": 0, "back": f"{BASE}/{two}"}
    answer = ana.post(f"{BASE}/{two}/accept", form)
    assert answer.status_code == 422
    assert "There is a code “Rides” already." in answer.text
    (shown,) = [shown for shown in Markup(answer.text).forms if shown.action == f"{BASE}/{two}/accept"]
    assert shown.sent["definition"] == ["By bus & van"]
    assert shown.sent["into"] == ["Rides"], "one press on Merge is left"
    assert len(log(place)) == 2
    assert ana.post(f"{BASE}/{two}/merge", form | {"into": "Rides"}).status_code == 303


def test_undo_takes_back_ones_own_latest_decision_and_no_other(place: Place):
    ana, ben, candidate = place.browser("ana"), place.browser("ben"), first(place)
    ana.post(f"{BASE}/{candidate}/accept", {"name": "A", "at": 1, "seen": 0})
    mine = log(place)[-1].draft.key
    assert ben.post("/studies/made/undo", {"last": mine}).status_code == 422
    assert ana.post("/studies/made/undo", {"last": mine}).status_code == 303
    with place.study.looking("ana") as view:
        assert not view.book.codes


def test_a_split_makes_two_codes_or_none(place: Place):
    """Both decisions stand or fall together: a name that will not do leaves nothing behind."""
    ana, candidate = place.browser("ana"), first(place)
    with place.study.looking("ana") as view:
        one, two, *rest = view.material.suggestions[candidate].segments
    parts = {f"part:{one}": "b", f"part:{two}": "out"} | {f"part:{item}": "a" for item in rest}
    refused = ana.post(f"{BASE}/{candidate}/split", {"name_a": "A", "name_b": " ", "at": 1, "seen": 0, **parts})
    assert refused.status_code == 422
    assert len(log(place)) == 1
    alike = ana.post(f"{BASE}/{candidate}/split", {"name_a": "A", "name_b": "a", "at": 1, "seen": 0, **parts})
    assert "Both codes would be called “a”" in alike.text
    ana.post(f"{BASE}/{candidate}/split", {"name_a": "A", "name_b": "B", "at": 1, "seen": 0, **parts})
    with place.study.looking("ana") as view:
        by_name = {code.name: set(view.book.segments_of(code.id)) for code in view.book.active_codes}
    assert by_name == {"A": set(rest), "B": {one}}


def test_segments_dropped_or_moved_leave_the_candidate_as_it_is_accepted(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    with place.study.looking("ana") as view:
        one, two, *rest = view.material.suggestions[candidate].segments
        other = view.material.found.suggestions[1].id
    ana.post(f"{BASE}/{other}/accept", {"name": "Other", "at": 1, "seen": 0})
    ana.post(f"{BASE}/{candidate}/accept", {"name": "A", "at": 2, "seen": 0, "without": one, f"move:{two}": "oth"})
    with place.study.looking("ana") as view:
        by_name = {code.name: set(view.book.segments_of(code.id)) for code in view.book.active_codes}
    assert by_name["A"] == set(rest)
    assert two in by_name["Other"]


def test_a_candidate_is_merged_into_a_code_without_what_was_left_out_or_moved(place: Place):
    """Enter in the field of the code presses the form's first button, which nobody sees: that merges too."""
    ana = place.browser("ana")
    with place.study.looking("ana") as view:
        one, two, three = view.material.found.suggestions[:3]
    ana.post(f"{BASE}/{one.id}/accept", {"name": "Rent", "at": 1, "seen": 0})
    left_out, moved, *kept = two.segments
    form = {"into": "Rent", "without": left_out, f"move:{moved}": "Rent", "at": 2, "seen": 0}
    assert ana.post(f"{BASE}/{two.id}/merge", form).status_code == 303
    assert ana.post(f"{BASE}/{three.id}/accept", {"name": "x", "into": "rent", "at": 4, "seen": 0}).status_code == 303
    with place.study.looking("ana") as view:
        (code,) = view.book.active_codes
        assert set(view.book.by_code[code.id]) == {*one.segments, moved, *kept, *three.segments}


def test_accept_accepts_whatever_was_typed_into_the_field_for_a_merge(place: Place):
    ana = place.browser("ana")
    with place.study.looking("ana") as view:
        one, two = view.material.found.suggestions[:2]
    ana.post(f"{BASE}/{one.id}/accept", {"name": "Rent", "at": 1, "seen": 0})
    here = f"{BASE}/{two.id}"
    form = next(item for item in Markup(ana.get(here).text, here).forms if item.action == f"{here}/accept")
    assert ana.post(form.action, {**form.sent, "name": "Homes", "into": "Rent"}).status_code == 303
    with place.study.looking("ana") as view:
        assert {code.name for code in view.book.active_codes} == {"Rent", "Homes"}


def test_a_merge_of_a_candidate_that_somebody_decided_on_meanwhile_is_refused(place: Place):
    ana, ben = place.browser("ana"), place.browser("ben")
    with place.study.looking("ana") as view:
        one, two = view.material.found.suggestions[:2]
    ana.post(f"{BASE}/{one.id}/accept", {"name": "Rent", "at": 1, "seen": 0})
    ben.post(f"{BASE}/{two.id}/reject", {"reason": "small talk", "at": 2, "seen": 0})
    assert ana.post(f"{BASE}/{two.id}/merge", {"into": "Rent", "at": 2, "seen": 0}).status_code == 409


def test_what_is_left_for_later_is_told_in_place_of_the_act_before_and_marked_in_the_list(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    ana.post(f"{BASE}/{candidate}/memo", {"text": "Ask Mara", "at": 1})
    after = ana.post(f"{BASE}/{candidate}/later", {"at": 2}).headers["location"]
    page = Markup(ana.get(after).text).shown
    assert "Put off: “idea number 1” comes again at the end." in page
    assert "Memo:" not in page
    assert "idea number 1 later" in page
    assert "Put off" not in place.browser("ben").get(after).text
    assert "Memo:" in ana.get(after.partition("?")[0]).text


def test_the_only_candidate_that_waits_stays_and_is_told_to_be_the_only_one(place: Place):
    ana = place.browser("ana")
    with place.study.looking() as view:
        *others, last = (item.id for item in view.material.found.suggestions)
    for number, candidate in enumerate(others, start=1):
        ana.post(f"{BASE}/{candidate}/reject", {"reason": "small talk", "at": number, "seen": 0})
    after = ana.post(f"{BASE}/{last}/later", {"at": len(others)}).headers["location"]
    assert after.startswith(f"{BASE}/{last}?")
    assert "is the only one that still waits." in ana.get(after).text


def test_what_is_left_for_later_comes_last(place: Place):
    ana, candidate = place.browser("ana"), first(place)
    ana.post(f"{BASE}/{candidate}/later", {"at": 1})
    with place.study.looking("ana") as view:
        second = view.material.found.suggestions[1].id
    assert ana.get(BASE).headers["location"] == f"{BASE}/{second}"
