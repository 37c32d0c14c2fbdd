"""Coding the talk itself in the browser: what a key or click decides, and what is kept from whom before."""

from dataclasses import replace
from html import unescape

import pytest

from pipeline.domain.codebook import RoundKind
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.settings import ReviewSettings, Settings
from pipeline.web.offered import offered
from pipeline.web.places import as_part
from pipeline.web.segment_lists import neighbours, next_to_code, walk_called

from .conftest import Place
from .markup import Markup

BASE = "/studies/made/segments"
CODEBOOK = "/studies/made/codebook"
AT = "2026-03-01T10:00:00+00:00"


def take(place: Place, kind: Kind, subject: str, payload=None, by: str = "ana", book: str = ""):
    count = len(place.study.work.store.decisions.log("made"))
    return place.study.decide(Draft(f"k-{count}", "made", by, AT, kind, subject, payload or {}, book=book))


def codable(place: Place) -> tuple[str, ...]:
    with place.study.looking("ana") as view:
        return view.material.codable


def carried(place: Place, segment: str, person: str = "ana") -> list[str]:
    with place.study.looking(person) as view:
        return [view.book.codes[code].name for code in view.book.codes_of(segment)]


def path(segment: str) -> str:
    return f"{BASE}/{as_part(segment)}"


@pytest.fixture
def codes(place: Place) -> dict[str, str]:
    """Three codes, the first on the first candidate's segments."""
    with place.study.looking("ana") as view:
        first = view.material.found.suggestions[0]
    made = {"waiting": "c-aaaaaaaaaaaa", "courts": "c-bbbbbbbbbbbb", "court dates": "c-cccccccccccc"}
    payload = {"code": made["waiting"], "name": "waiting", "segments": list(first.segments[:-1])}
    take(place, Kind.ACCEPT, first.id, payload)
    for name in ("courts", "court dates"):
        take(place, Kind.CREATE, made[name], {"name": name})
    return made


def sample_round(place: Place, segments: tuple[str, ...]) -> str:
    with place.study.looking("mara") as view:
        sign = Signature("made", "mara", AT, "open")
        draft = rounds.open_sample(sign, view.book, ["ana", "ben"], segments, share=0.1, seed=1)
    return place.study.decide(draft).subject


def propose(place: Place, *proposed: ProposedCoding) -> None:
    """The machine proposes codings, as a run on a late group does."""
    store = place.study.work.store
    with place.study.looking() as view:
        found = view.material.found
    before = store.stages.latest("made", "suggest")
    frozen = store.stages.freeze("made", "suggest", "late", before.summary, AT)
    store.suggestions.freeze("made", frozen.version, found, proposed)


def test_typing_the_beginning_of_a_code_puts_it_on_and_the_cross_takes_it_off(place: Place, codes):
    ana, segment = place.browser("ana"), codable(place)[0]
    assert ana.post(path(segment) + "/apply", {"code": "court d", "at": 4}).status_code == 303
    assert carried(place, segment) == ["waiting", "court dates"]
    ana.post(path(segment) + "/remove", {"code": codes["waiting"], "at": 5})
    assert carried(place, segment) == ["court dates"]


def test_a_name_that_no_code_has_is_offered_as_a_new_code_and_made_on_the_segment(place: Place, codes):
    ana, segment = place.browser("ana"), codable(place)[3]
    answer = ana.post(path(segment) + "/apply", {"code": "shame & silence", "at": 4, "seen": 0})
    assert answer.status_code == 303
    page = unescape(ana.get(answer.headers["location"]).text)
    assert "No code in use is called “shame & silence”." in page
    assert "Make a new code" in page
    assert "in another tab" not in page
    ana.post(path(segment) + "/create", {"name": "shame & silence", "at": 4, "seen": 0})
    assert "shame & silence" in carried(place, segment)


def test_a_beginning_that_fits_two_codes_is_asked_about_and_makes_none(place: Place, codes):
    ana, segment = place.browser("ana"), codable(place)[0]
    answer = ana.post(path(segment) + "/apply", {"code": "court", "at": 4})
    page = ana.get(answer.headers["location"]).text
    assert "Several codes fit" in page
    assert "Make a new code" not in page
    assert carried(place, segment) == ["waiting"]


def test_done_says_that_just_these_codes_fit_and_goes_on_down_the_transcript(place: Place, codes):
    ana, (first, second, *_) = place.browser("ana"), codable(place)
    answer = ana.post(path(first) + "/commit", {"codes": [codes["courts"]], "at": 4, "in": "transcript:group000"})
    assert answer.headers["location"].startswith(path(second))
    assert carried(place, first) == ["courts"]
    with place.study.looking("ana") as view:
        assert (first, "ana") in view.book.committed_by
        assert (first, "ben") not in view.book.committed_by


def test_a_coding_changed_meanwhile_by_somebody_else_is_shown_before_it_is_committed_over(place: Place, codes):
    ana, ben, segment = place.browser("ana"), place.browser("ben"), codable(place)[5]
    ben.post(path(segment) + "/apply", {"code": "courts", "at": 4, "seen": 0})
    assert ana.post(path(segment) + "/commit", {"at": 4, "seen": 0}).status_code == 409
    assert "courts" in carried(place, segment)


def test_down_the_transcript_a_segment_coded_meanwhile_by_somebody_else_is_not_coded_over(place: Place, codes):
    ana, ben, segment = place.browser("ana"), place.browser("ben"), codable(place)[0]
    whole = f"{BASE}?group=group000"
    forms = [form for form in Markup(ana.get(whole).text, whole).forms if form.action.startswith(path(segment))]
    off, on = (next(form for form in forms if act in form.action) for act in ("/remove", "/apply"))
    assert off.sent["seen"] == on.sent["seen"] == ["0"]
    assert ben.post(on.action, {**on.sent, "code": "courts"}).status_code == 303
    for form, code in ((off, codes["waiting"]), (on, "court dates")):
        answer = ana.post(form.action, {**form.sent, "code": code})
        assert answer.status_code == 409
        assert "ben decided" in Markup(answer.text).shown
        assert code.replace(codes["waiting"], "waiting") in answer.text
    assert carried(place, segment) == ["waiting", "courts"]
    again = next(form for form in Markup(ana.get(whole).text, whole).forms if form.action == on.action)
    assert ana.post(again.action, {**again.sent, "code": "court dates"}).status_code == 303
    assert carried(place, segment) == ["waiting", "courts", "court dates"]


def test_the_segments_words_stand_with_the_turns_around_them_and_who_said_them(place: Place, codes):
    segment = codable(place)[4]
    with place.study.looking("ana") as view:
        said = view.material.said[segment]
        turns = view.material.recording_of(said.group).stored.transcript
        around = [turns.said(turns.turns[said.segment.turn + step]) for step in (-1, 1)]
    page = unescape(place.browser("ana").get(path(segment)).text)
    assert all(words in page for words in (said.excerpt, *around, said.speaker, said.group))


def test_the_way_through_a_list_keeps_to_it_even_where_the_segment_has_left_it(place: Place, codes):
    with place.study.looking("ana") as view:
        left = view.material.found.unclear
    take(place, Kind.APPLY, left[1], {"code": codes["courts"]})
    with place.study.looking("ana") as view:
        walk = walk_called(place.study, view, "unclear", "")
        beside = neighbours(view, walk, left[1])
        assert left[1] not in walk.segments
        assert (beside.previous, beside.following, beside.place) == (left[0], left[2], 0)
        assert next_to_code(view, walk, walk.segments[-1]) == walk.segments[0]


def test_a_list_that_is_none_is_the_transcript_of_the_segment(place: Place):
    with place.study.looking("ana") as view:
        assert [
            walk_called(place.study, view, name, "group001").name for name in ("", "sample", "code:c-none", "x")
        ] == ["transcript:group001"] * 4


def test_suggested_are_codes_of_its_candidates_and_what_the_machine_proposes_but_nothing_settled(place: Place, codes):
    with place.study.looking("ana") as view:
        candidate = view.material.found.suggestions[0]
    member, other = candidate.segments[-1], codable(place)[-1]
    propose(place, ProposedCoding(other, codes["courts"], 0.8), ProposedCoding(other, codes["waiting"], 0.4))
    take(place, Kind.REMOVE, other, {"code": codes["waiting"]})
    with place.study.looking("ana") as view:
        assert [(item.name, item.proposed) for item in offered(view, member, None, ())] == [("waiting", False)]
        near = (codes["courts"], codes["court dates"])
        assert [(item.name, item.proposed) for item in offered(view, other, None, near)] == [
            ("courts", True),
            ("court dates", False),
        ]


def test_in_a_round_on_a_sample_the_page_holds_no_suggestion_and_no_code_before_the_coder_committed(
    place: Place, codes
):
    """Neither what the machine suggests nor what the team has put on: both would sway."""
    with place.study.looking("ana") as view:
        member = view.material.found.suggestions[0].segments[0]
    sample_round(place, (member,))
    ana = place.browser("ana")
    before = ana.get(path(member)).text
    assert "Suggested" not in before
    assert "checked" not in before
    assert "are shown once you have coded it" in before
    listed = ana.get(f"{BASE}?group=group000").text
    assert "In your sample, not coded yet." in listed
    assert member not in ana.get(f"/studies/made/codebook/{codes['waiting']}").text
    ana.post(path(member) + "/commit", {"codes": [codes["courts"]], "at": 5, "seen": 0, "in": "sample"})
    after = ana.get(path(member)).text
    assert "are shown once you have coded it" not in after
    assert carried(place, member) == ["courts"]
    assert carried(place, member, "jo") == ["waiting"]


def test_in_a_round_on_a_sample_the_transcript_names_no_code_of_a_segment_before_the_coder_committed(
    place: Place, codes
):
    """The segment's page leads to its place in the transcript, where codes stand under every turn."""
    with place.study.looking("ana") as view:
        member = view.material.found.suggestions[0].segments[0]
        said = view.material.said[member]
    sample_round(place, (member,))
    at = f"{said.segment.start}-{said.segment.end}"

    def codes_there(person: str) -> list[str]:
        page = place.browser(person).get(f"/studies/made/transcripts/{said.group}?at={at}").text
        turn = page.partition(f'id="s{at}"')[2].partition("</li>\n")[0]
        return [code for code in codes.values() if f"/codebook/{code}" in turn]

    assert codes_there("ana") == []
    assert codes_there("jo") == [codes["waiting"]]
    place.browser("ana").post(path(member) + "/commit", {"codes": [codes["courts"]], "at": 5, "seen": 0})
    assert codes_there("ana") == [codes["courts"]]


def test_in_a_round_on_a_sample_what_others_noted_on_a_segment_shows_once_the_coder_committed(place: Place, codes):
    segment = codable(place)[0]
    take(place, Kind.MEMO, segment, {"text": "surely about courts"}, by="ben")
    take(place, Kind.MEMO, segment, {"text": "look at this again"})
    sample_round(place, (segment,))
    ana = place.browser("ana")
    page = ana.get(path(segment)).text
    assert "surely about courts" not in page
    assert "look at this again" in page
    ana.post(path(segment) + "/commit", {"at": 7, "seen": 0})
    assert "surely about courts" in ana.get(path(segment)).text


def test_what_was_left_out_of_the_talk_since_waits_for_nobody_in_a_sample(place: Place, codes):
    """An analyst may leave a turn out while coders work blind: nobody can code it any more."""
    segment = codable(place)[0]
    sample_round(place, (segment, "ffffffffffff:1-2"))
    for person in ("ana", "ben"):
        assert "1 segment of the sample to code" in place.browser(person).get("/studies/made").text
    place.browser("ana").post(path(segment) + "/commit", {"at": 5, "seen": 0})
    assert "0 segments of the sample to code" in place.browser("ana").get("/studies/made").text
    progress = place.browser("jo").get("/studies/made/agreement").text
    assert [f"{done} of 1 <progress" in progress for done in (0, 1)] == [True, True]


def test_a_study_may_withhold_suggestions_in_any_case(place: Place, codes):
    with place.study.looking("ana") as view:
        member = view.material.found.suggestions[0].segments[-1]
    place.study.work = replace(place.study.work, settings=Settings(review=ReviewSettings(withhold=True)))
    ana = place.browser("ana")
    assert "its candidate became this code" not in ana.get(path(member)).text
    ana.post(path(member) + "/commit", {"at": 4, "seen": 0})
    place.browser("ben").post(path(member) + "/memo", {"text": "hm", "at": 5})
    assert "are shown once you have coded it" not in ana.get(path(member)).text
    assert "are shown once you have coded it" in place.browser("ben").get(path(member)).text


def test_a_sample_is_gone_through_to_its_end_and_codes_outside_it_rest(place: Place, codes):
    one, two, outside = codable(place)[0], codable(place)[8], codable(place)[2]
    sample_round(place, (one, two))
    ana = place.browser("ana")
    assert ana.get(f"{BASE}/sample").headers["location"].startswith(path(one))
    follows = ana.post(path(one) + "/commit", {"at": 5, "in": "sample"}).headers["location"]
    assert follows.startswith(path(two))
    ends = ana.post(path(two) + "/commit", {"code": "courts", "at": 6, "in": "sample"}).headers["location"]
    assert ends == f"{BASE}/sample"
    assert "The sample is coded" in ana.get(ends).text
    assert ana.post(path(outside) + "/apply", {"code": "courts", "at": 7}).status_code == 422
    assert place.browser("jo").get(f"{BASE}/sample").status_code == 409


def test_what_was_ticked_is_still_ticked_when_a_typed_code_is_not_understood(place: Place, codes):
    segment = codable(place)[0]
    sample_round(place, (segment,))
    ana = place.browser("ana")
    answer = ana.post(path(segment) + "/commit", {"codes": [codes["courts"]], "code": "nonsense", "at": 5})
    page = ana.get(answer.headers["location"]).text
    assert page.count(" checked") == 1
    assert "No code in use is called" in page
    assert "Make a new code" not in page


def test_a_proposed_coding_counts_after_a_yes_and_never_comes_back_after_a_no(place: Place, codes):
    first, second = codable(place)[-2:]
    propose(place, ProposedCoding(first, codes["courts"], 0.8), ProposedCoding(second, codes["courts"], 0.6))
    ana = place.browser("ana")
    assert "80% sure" in ana.get(f"{BASE}/proposed").text
    assert carried(place, first) == []
    for answer, segment in (("yes", first), ("no", second)):
        ana.post(f"{BASE}/proposed/{answer}", {"segment": segment, "code": codes["courts"], "at": 4, "seen": 0})
    assert (carried(place, first), carried(place, second)) == (["courts"], [])
    assert "No proposed coding waits." in ana.get(f"{BASE}/proposed").text


def test_proposed_codings_are_kept_back_while_the_sample_is_coded_blind(place: Place, codes):
    propose(place, ProposedCoding(codable(place)[-1], codes["courts"], 0.8))
    sample_round(place, codable(place)[:2])
    assert place.browser("ana").get(f"{BASE}/proposed").status_code == 409


def test_how_much_of_each_group_is_coded_is_counted_in_ones_own_book(place: Place, codes):
    with place.study.looking("mara") as view:
        draft = rounds.open_candidates(Signature("made", "mara", AT, "open"), view.book, ["ana", "ben"])
    book = f"{place.study.decide(draft).subject}/ben"
    before = place.browser("ana").get(BASE).text
    take(place, Kind.APPLY, codable(place)[-1], {"code": codes["courts"]}, by="ben", book=book)
    assert place.browser("ana").get(BASE).text == before
    assert place.browser("ben").get(BASE).text != before


def test_a_reader_cannot_code_and_an_unknown_segment_is_not_found(place: Place):
    assert place.browser("rea").get(BASE).status_code == 403
    assert place.browser("ana").get(f"{BASE}/none:1-2").status_code == 404
    assert place.browser("ana").get(f"{BASE}?group=nowhere").status_code == 404


def test_kinds_of_rounds_are_the_two_that_pages_know():
    """A third kind would need a word in `withholding` and `resting`."""
    assert set(RoundKind) == {RoundKind.CANDIDATES, RoundKind.SAMPLE}


def test_where_two_codes_have_one_name_it_is_said_what_to_do(place: Place, codes):
    """More letters of the name tell neither from the other. Logs of earlier releases hold such codes."""
    twin = Draft("twin", "made", "ana", AT, Kind.CREATE, "c-dddddddddddd", {"name": "Courts"})
    place.study.work.store.decisions.append(twin)
    ana, segment = place.browser("ana"), codable(place)[0]
    for typed, sentence in (
        ("courts", "2 codes are called “courts”. Rename or merge one of them in the codebook first."),
        ("court", "Several codes fit “court”: “courts”, “court dates”, “Courts”. Type more"),
    ):
        answer = ana.post(path(segment) + "/apply", {"code": typed, "at": 5, "seen": 0})
        assert sentence in ana.get(answer.headers["location"]).text


def test_two_who_make_one_new_code_at_once_make_one(place: Place, codes):
    """The second is told of the first, and can use it; the form of the codebook is answered alike."""
    ana, ben, (one, two, *_) = place.browser("ana"), place.browser("ben"), codable(place)
    assert ben.post(path(one) + "/create", {"name": "Night buses", "at": 4}).status_code == 303
    for form, address in (({"name": " night  Buses"}, path(two) + "/create"), ({"name": "NIGHT BUSES"}, CODEBOOK)):
        answer = ana.post(address, {**form, "at": 4})
        assert answer.status_code == 422
        assert "There is a code “Night buses” already." in answer.text
    assert carried(place, two) == []
