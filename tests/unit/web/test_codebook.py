"""The codebook in the browser: reorganised, defined, split, merged, approved, and compared with what it was."""

import re
from html import unescape

import pytest

from pipeline.domain.account import Role
from pipeline.domain.codebook import Codebook, Stance
from pipeline.domain.decision import Draft, Kind
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.web.code_counts import Counts, counts
from pipeline.web.pages.codebook_versions import moments

from .conftest import Place
from .markup import Markup

BASE = "/studies/made/codebook"
AT = "2026-03-01T10:00:00+00:00"
WAITING, COURTS = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb"


def book(place: Place, person: str = "ana") -> Codebook:
    with place.study.looking(person) as view:
        return view.book


def log(place: Place):
    return place.study.work.store.decisions.log("made")


@pytest.fixture
def segments(place: Place) -> tuple[str, ...]:
    """Two codes; the first on four segments of the first candidate, which are answered."""
    with place.study.looking("ana") as view:
        candidate = view.material.found.suggestions[0]
    payload = {"code": WAITING, "name": "waiting", "segments": list(candidate.segments[:4])}
    place.study.decide(Draft("one", "made", "ana", AT, Kind.ACCEPT, candidate.id, payload))
    place.study.decide(Draft("two", "made", "ana", AT, Kind.CREATE, COURTS, {"name": "courts"}))
    return candidate.segments[:4]


def test_everybody_may_look_and_only_who_decides_may_change(place: Place, segments):
    rea = place.browser("rea")
    for path in (BASE, f"{BASE}/{WAITING}", f"{BASE}/versions"):
        page = rea.get(path)
        assert page.status_code == 200
        assert 'method="post" action="/studies' not in page.text
    assert rea.post(BASE, {"name": "mine"}).status_code == 403
    assert place.browser("mara").post(f"{BASE}/{WAITING}/rename", {"name": "mine"}).status_code == 403


def test_the_tree_shows_what_stands_under_what_and_on_how_much_talk_it_rests(place: Place, segments):
    ana = place.browser("ana")
    assert ana.post(f"{BASE}/place", {"code": COURTS, "parent": WAITING, "at": 3}).status_code == 303
    assert book(place).codes[COURTS].parent == WAITING
    page = ana.get(BASE).text
    assert page.index(f"{BASE}/{WAITING}") < page.index('<ul class="tree">') < page.index(f"{BASE}/{COURTS}")
    with place.study.looking("ana") as view:
        voices = {(view.material.said[item].group, view.material.said[item].speaker) for item in segments}
        assert counts(view.material, WAITING, segments) == Counts(4, len(voices), len({group for group, _ in voices}))


def test_a_code_never_comes_to_stand_under_itself(place: Place, segments):
    ana = place.browser("ana")
    ana.post(f"{BASE}/place", {"code": COURTS, "parent": WAITING, "at": 3})
    answer = ana.post(f"{BASE}/place", {"code": WAITING, "parent": COURTS, "at": 4})
    assert answer.status_code == 422
    assert "cannot stand under itself" in answer.text


def test_a_code_of_ones_own_is_made_and_opened(place: Place):
    answer = place.browser("ana").post(BASE, {"name": "shame", "definition": "said in a low voice", "at": 1})
    (made,) = book(place).active_codes
    assert (made.name, made.definition) == ("shame", "said in a low voice")
    assert answer.headers["location"] == f"{BASE}/{made.id}"


def test_what_a_code_means_and_where_it_ends_is_written_in_one_go(place: Place, segments):
    ana = place.browser("ana")
    form = {"definition": "time lost", "includes": "the list", "excludes": "being late", "at": 3, "seen": 1}
    assert ana.post(f"{BASE}/{WAITING}/define", form).status_code == 303
    code = book(place).codes[WAITING]
    assert (code.definition, code.includes, code.excludes) == ("time lost", "the list", "being late")
    page = ana.get(f"{BASE}/{WAITING}").text
    assert all(text in page for text in ("time lost", "the list", "being late"))


def test_what_somebody_else_changed_meanwhile_is_not_written_over(place: Place, segments):
    place.browser("ben").post(f"{BASE}/{WAITING}/rename", {"name": "queues", "at": 3, "seen": 1})
    answer = place.browser("ana").post(f"{BASE}/{WAITING}/rename", {"name": "delay", "at": 3, "seen": 1})
    assert answer.status_code == 409
    assert "delay" in answer.text
    assert book(place).codes[WAITING].name == "queues"


def test_a_code_moved_meanwhile_by_somebody_else_is_not_moved_again_unseen(place: Place, segments):
    """The list of codes says at which version it showed each; mouse, keys and the bare form send the same."""
    ana, ben = place.browser("ana"), place.browser("ben")
    mine = next(form for form in Markup(ana.get(BASE).text, BASE).forms if form.action == f"{BASE}/place")
    assert ben.post(f"{BASE}/place", {"code": f"{COURTS}@1", "parent": WAITING, "at": 3}).status_code == 303
    answer = ana.post(mine.action, {**mine.sent, "code": f"{COURTS}@1", "parent": ""})
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "ben decided on “courts” after this page was opened: 2" in Markup(answer.text).shown
    assert "<dt>code</dt><dd><bdi>“courts”</bdi>" in page
    assert book(place).codes[COURTS].parent == WAITING
    assert f'<option value="{COURTS}@2"' in ana.get(BASE).text
    assert ana.post(mine.action, {**mine.sent, "code": f"{COURTS}@2", "parent": ""}).status_code == 303
    assert book(place).codes[COURTS].parent == ""


def test_a_code_that_changed_meanwhile_is_not_merged_away(place: Place, segments):
    place.browser("ben").post(f"{BASE}/{WAITING}/rename", {"name": "queues", "at": 3, "seen": 1})
    answer = place.browser("ana").post(f"{BASE}/{WAITING}/merge", {"into": "courts", "at": 3, "seen": 1})
    assert answer.status_code == 409
    assert book(place).codes[WAITING].active


def test_a_star_makes_a_segment_an_example_and_takes_it_back(place: Place, segments):
    ana, path = place.browser("ana"), f"{BASE}/{WAITING}/example"
    ana.post(path, {"segment": segments[1], "example": "yes", "seen": 1, "seen_code": 1, "at": 3})
    assert book(place).codes[WAITING].examples == (segments[1],)
    assert "★" in ana.get(f"{BASE}/{WAITING}").text
    ana.post(path, {"segment": segments[1], "example": "no", "seen": 1, "seen_code": 2, "at": 4})
    assert book(place).codes[WAITING].examples == ()


def test_segments_are_taken_off_or_moved_to_the_code_that_was_meant(place: Place, segments):
    ana = place.browser("ana")
    ana.post(f"{BASE}/{WAITING}/move", {"segment": segments[0], "to": "cour", "at": 3})
    ana.post(f"{BASE}/{WAITING}/remove", {"segment": segments[1], "at": 4})
    assert book(place).segments_of(COURTS) == (segments[0],)
    assert book(place).segments_of(WAITING) == segments[2:]


def test_a_split_takes_the_ticked_segments_into_a_new_code_and_a_merge_brings_them_back(place: Place, segments):
    ana = place.browser("ana")
    assert ana.post(f"{BASE}/{WAITING}/split", {"name": "lists", "at": 3}).status_code == 422
    form = {"name": "lists", "segments": list(segments[:2]), "at": 3, "seen": 1}
    new = ana.post(f"{BASE}/{WAITING}/split", form).headers["location"].rpartition("/")[2]
    assert (book(place).codes[new].name, book(place).segments_of(new)) == ("lists", segments[:2])
    answer = ana.post(f"{BASE}/{new}/merge", {"into": "waiting", "at": 4, "seen": 1})
    assert answer.headers["location"] == f"{BASE}/{WAITING}"
    assert set(book(place).segments_of(WAITING)) == set(segments)
    gone = unescape(ana.get(f"{BASE}/{new}").text)
    assert "no longer in use" in gone
    assert f'href="{BASE}/{WAITING}"' in gone


def test_stance_and_memo_are_kept_and_a_memo_is_never_stale(place: Place, segments):
    ana = place.browser("ana")
    ana.post(f"{BASE}/{WAITING}/stance", {"stance": "gap", "at": 3, "seen": 1})
    assert book(place).codes[WAITING].stance is Stance.GAP
    answer = ana.post(f"{BASE}/{WAITING}/memo", {"text": "ask the team", "at": 4, "seen": 1})
    assert answer.status_code == 303
    assert "ask the team" in ana.get(f"{BASE}/{WAITING}").text


def test_the_adjudicator_approves_and_the_next_stage_is_asked_for_once(place: Place, segments):
    form = {"version": 1, "at": 3}
    assert place.browser("ana").post(f"{BASE}/approve", form).status_code == 403
    for _ in range(2):
        assert place.browser("jo").post(f"{BASE}/approve", form).status_code == 303
    assert [item.draft.coder for item in log(place) if item.subject == "codes"] == ["jo"]
    assert [item.deployment for item in place.study.work.store.outbox.pending("made")] == ["map_codes"]
    assert "is approved by <bdi>jo</bdi>" in place.browser("ana").get(BASE).text


def test_any_coder_approves_in_a_study_without_an_adjudicator(place: Place, segments):
    place.accounts.revoke("jo", "made", Role.ADJUDICATOR)
    assert "Approve the codebook" in place.browser("ana").get(BASE).text
    assert place.browser("ana").post(f"{BASE}/approve", {"version": 1, "at": 3}).status_code == 303


def test_a_version_that_nobody_looked_at_is_not_approved(place: Place, segments):
    assert place.browser("jo").post(f"{BASE}/approve", {"version": 7, "at": 3}).status_code == 409
    assert place.browser("jo").post(f"{BASE}/approve", {"at": 3}).status_code == 422


def test_codes_that_were_changed_since_the_page_was_shown_are_not_approved_unseen(place: Place, segments):
    """Codings come at all times and hold up no sign-off."""
    jo, ana = place.browser("jo"), place.browser("ana")

    def shown():
        return next(form for form in Markup(jo.get(BASE).text, BASE).forms if form.action == f"{BASE}/approve")

    form = shown()
    ana.post(f"{BASE}/{WAITING}/rename", {"name": "queues", "at": 3})
    refused = jo.post(form.action, form.sent)
    assert refused.status_code == 409
    assert "What you sent" not in refused.text
    assert not place.study.work.store.outbox.pending("made")
    form = shown()
    ana.post(f"{BASE}/{WAITING}/remove", {"segment": segments[0], "at": 4})
    assert jo.post(form.action, form.sent).status_code == 303
    assert place.study.work.store.outbox.pending("made")


def test_nothing_is_approved_while_coders_are_at_work_blind(place: Place, segments):
    with place.study.looking("mara") as view:
        draft = rounds.open_candidates(Signature("made", "mara", AT, "open"), view.book, ["ana", "ben"])
    place.study.decide(draft)
    answer = place.browser("jo").post(f"{BASE}/approve", {"version": 1, "at": 4})
    assert answer.status_code == 422
    assert "blind" in answer.text
    assert not place.study.work.store.outbox.pending("made")
    assert "Approve the codebook" not in place.browser("jo").get(BASE).text


def test_the_moments_are_approvals_and_rounds_and_none_that_was_undone(place: Place, segments):
    jo = place.browser("jo")
    jo.post(f"{BASE}/approve", {"version": 1, "at": 3})
    assert [(item.number, item.by) for item in moments(log(place))] == [(4, "jo")]
    jo.post("/studies/made/undo", {"last": log(place)[-1].draft.key, "sure": "yes"})
    assert moments(log(place)) == ()


def test_two_versions_side_by_side_tell_what_changed_whatever_order_they_are_named_in(place: Place, segments):
    ana = place.browser("ana")
    ana.post(f"{BASE}/{WAITING}/rename", {"name": "queues", "at": 3})
    for asked in ("from=3&to=4", "from=4&to=3"):
        page = ana.get(f"{BASE}/versions?{asked}").text
        assert "1 renamed" in page
        assert "<del><bdi>waiting</bdi></del>" in page
        assert "new code" not in page
    assert "2 new codes" in ana.get(f"{BASE}/versions?from=0").text
    assert "Nothing changed." in ana.get(f"{BASE}/versions?from=4&to=4").text


def test_what_others_decide_blind_moves_no_number_of_ones_own_versions(place: Place, segments):
    with place.study.looking("mara") as view:
        draft = rounds.open_candidates(Signature("made", "mara", AT, "open"), view.book, ["ana", "ben"])
    opened = place.study.decide(draft).subject
    before = place.browser("ana").get(f"{BASE}/versions?from=0").text
    own = {"name": "mine"}
    place.study.decide(Draft("x", "made", "ben", AT, Kind.CREATE, "c-dddddddddddd", own, book=f"{opened}/ben"))
    assert place.browser("ana").get(f"{BASE}/versions?from=0").text == before
    assert "mine" in place.browser("ben").get(f"{BASE}/versions?from=0").text


def test_who_decided_meanwhile_themselves_is_told_so_and_when(place: Place, segments):
    """In another tab, say; what they typed in this one stands on the page that refuses it."""
    ana, path = place.browser("ana"), f"{BASE}/{COURTS}/rename"
    assert ana.post(path, {"name": "Courts far off", "seen": 1, "at": 3}).status_code == 303
    answer = ana.post(path, {"name": "Far courts", "seen": 1, "at": 3})
    assert answer.status_code == 409
    page = Markup(answer.text).shown
    said = "You decided on “Courts far off” yourself after this page was opened, perhaps in another tab: "
    assert re.search(said + r"\d{4}-\d\d-\d\d \d\d:\d\d UTC ?\. Nothing was changed", page)
    assert "Far courts" in page
    assert "version 1" not in page
