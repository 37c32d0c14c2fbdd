"""Checkpoint 1 in the browser: what is shown of a transcript, what an analyst corrects, and the sign-off."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.domain.account import Role
from pipeline.domain.codebook import Codebook
from pipeline.domain.correction import Corrections, turn_id
from pipeline.domain.decision import Decision, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.segment import OFF_GUIDE, TurnQuestion
from pipeline.domain.study import FocusGroup
from pipeline.review import rounds
from pipeline.review.signing import Signature
from pipeline.store import StoredTranscript
from pipeline.web.pages.transcript_outline import Move, moved, spans_of, turn_at, unsure_beside
from pipeline.web.pages.transcript_talk import COMES_BACK, LEAVES, LEFT_OUT, PER_PAGE, Seen, stretches, where_of
from pipeline.work.deciding import approve
from pipeline.work.live_study import Recording
from pipeline.work.prepare import inputs_of, made_of
from pipeline.work.talk import talk
from pipeline.work.workplace import fingerprint
from tests.unit.mapping.conversation import codebook, heard

from .conftest import Browser, Place
from .markup import Markup

BASE = "/studies/made/transcripts"
TALK = heard("""
== plains
- | Moderator: Welcome, all of you.
Q1 | Moderator: What do you see?
Q1 | Ruth, advocate: {hidden}Nobody sees it next door.{/} It is quiet here.
Q1 | Wade, attorney: I see it in court.
Q2 | Moderator: And what is missing?
Q2 | Ruth, advocate: There is nothing to rent.
""")
PLAINS = TALK.transcripts["plains"]
FOUND = (OFF_GUIDE, "Q1", "Q1", "Q1", "Q2", "Q2")
SURE = (0.9, 0.9, 0.9, 0.4, 0.4, 0.9)
NOTHING = Corrections()


def recording(questions: Sequence[str] = FOUND) -> Recording:
    stored = StoredTranscript(PLAINS, "plains", "plains.txt", "2026-03-01")
    found = tuple(TurnQuestion(turn, *item) for turn, item in enumerate(zip(questions, SURE, strict=True)))
    return Recording(stored, TALK.said, found)


def said(turns: dict[int, str]) -> Corrections:
    """People's word on the question of some turns."""
    return Corrections(questions={turn_id(PLAINS.id, turn): question for turn, question in turns.items()})


def spans(fixed: Corrections = NOTHING):
    return spans_of(TALK.study, recording(), fixed)


def shown(query: dict[str, str] | None = None, fixed: Corrections = NOTHING, book: Codebook | None = None):
    """The turns of a page, one after the other."""
    seen = Seen(TALK.study, book or Codebook(), fixed, frozenset({"Moderator"}))
    found = stretches(seen, recording(), spans(fixed), where_of(query or {}, PLAINS))
    return [turn for stretch in found for turn in stretch.turns]


def lit(turns) -> str:
    return "".join(part.text for turn in turns for cut in turn.cuts for part in cut.parts if part.lit)


def test_neighbouring_turns_with_one_question_are_one_span():
    assert [(span.question, span.first, span.last) for span in spans()] == [
        (OFF_GUIDE, 0, 0),
        ("Q1", 1, 3),
        ("Q2", 4, 5),
    ]


def test_a_span_says_where_the_machine_is_unsure():
    assert [span.unsure for span in spans()] == [(), (3,), (4,)]


def test_what_people_said_of_a_turn_is_sure_and_says_what_the_machine_had():
    corrected = spans(said({3: "Q2", 4: "Q2"}))[2]
    assert (corrected.first, corrected.last, corrected.unsure) == (3, 5, ())
    assert (corrected.corrected, corrected.found) == (2, ("Q1",))
    assert spans(said({4: "Q2", 5: "Q2"}))[2].confidence is None


def test_a_question_that_the_guide_has_no_more_is_passed_over():
    assert spans(said({2: "Q9"})) == spans()


@pytest.mark.parametrize(
    ("to", "move"),
    [(3, Move(3, 3, "Q2")), (5, Move(4, 4, "Q1")), (1, Move(1, 3, "Q2")), (0, Move(0, 3, "Q2"))],
    ids=["a turn earlier", "a turn later", "over the whole span before", "over all before"],
)
def test_moving_where_a_span_begins_gives_the_turns_between_to_it_or_to_the_one_before(to, move):
    assert moved(spans(), 4, to) == move


@pytest.mark.parametrize(("begins", "to"), [(4, 4), (4, 6), (3, 2), (0, 1)])
def test_a_span_moves_only_from_where_it_begins_to_another_turn_that_is_there(begins, to):
    with pytest.raises(DecisionRefused):
        moved(spans(), begins, to)


def test_one_goes_from_unsure_span_to_unsure_span():
    assert [unsure_beside(spans(), turn) for turn in (-1, 3, 4)] == [(None, 3), (None, 4), (3, None)]


def test_every_word_of_a_turn_is_shown_once():
    for turn, spoken in zip(PLAINS.turns, shown(), strict=True):
        assert "".join(part.text for cut in spoken.cuts for part in cut.parts) == PLAINS.said(turn)


def test_a_segment_that_is_asked_for_is_highlighted_in_its_place():
    segment = TALK.said[2].segment
    turns = shown({"at": f"{segment.start}-{segment.end}"})
    assert lit(turns) == "Nobody sees it next door."
    (cut,) = [cut for turn in turns for cut in turn.cuts if cut.parts[0].first]
    assert cut.anchor == f"s{segment.start}-{segment.end}"


def test_words_that_are_no_segment_are_highlighted_too_across_segments_and_turns():
    start = PLAINS.text.index("next door")
    end = PLAINS.text.index("it in court")
    turns = shown({"at": f"{start}-{end}"})
    assert lit(turns) == "next door. It is quiet here.I see "
    assert sum(part.first for turn in turns for cut in turn.cuts for part in cut.parts) == 1


@pytest.mark.parametrize("at", ["", "3", "9-3", "0-99999999999", "x-y", "900000-900001"])
def test_a_place_that_is_none_highlights_nothing(at):
    assert lit(shown({"at": at})) == ""


def test_the_turn_of_a_place_between_two_turns_is_the_next():
    assert turn_at(PLAINS, PLAINS.turns[1].end) == 2
    assert turn_at(PLAINS, 0) == 0
    assert turn_at(PLAINS, len(PLAINS.text)) is None


def test_a_long_transcript_opens_at_the_page_that_is_asked_for():
    turns = tuple(replace(PLAINS.turns[0], index=index) for index in range(2 * PER_PAGE + 1))
    long = replace(PLAINS, turns=turns)
    assert [where_of(query, long).page for query in ({}, {"turn": str(PER_PAGE)}, {"page": "3"}, {"page": "9"})] == [
        1,
        2,
        3,
        1,
    ]
    last = where_of({"page": "3"}, long)
    assert (last.first, last.end, last.pages) == (2 * PER_PAGE, 2 * PER_PAGE + 1, 3)


def test_a_turn_shows_the_codes_that_its_segments_carry():
    (carried,) = [item for turn in shown(book=codebook(TALK)) for item in turn.carried]
    assert carried.words == "Nobody sees it next door."
    assert [name for _, name in carried.codes] == ["hidden"]


def test_a_turn_left_out_says_whether_that_has_taken_effect():
    out = Corrections(omitted=frozenset({turn_id(PLAINS.id, 3)}))
    assert shown(fixed=out)[3].note == LEAVES
    without = replace(recording(), said=tuple(item for item in TALK.said if item.segment.turn != 3))
    for fixed, note in ((out, LEFT_OUT), (NOTHING, COMES_BACK)):
        seen = Seen(TALK.study, Codebook(), fixed, frozenset())
        found = stretches(seen, without, spans(), where_of({}, PLAINS))
        assert [turn.note for stretch in found for turn in stretch.turns][3] == note


def log(place: Place) -> tuple[Decision, ...]:
    return place.study.work.store.decisions.log("made")


def prepared(place: Place) -> None:
    """Let the made-up preparation be what prepare itself would leave, so that nothing waits to be taken in."""
    work = place.study.work
    latest = work.store.stages.latest("made", "prepare")
    assert latest
    with place.study.looking() as view:
        fixed = view.material.fixed
    groups = {}
    for group, made in latest.summary["groups"].items():
        parts = made_of(work, FocusGroup(group, None, ("Moderator",)), made["transcript"], fixed)
        told = {part: fingerprint(value) for part, value in parts.items()}
        groups[group] = {**made, "inputs": inputs_of(parts), "parts": told}
    work.store.stages.freeze("made", "prepare", fingerprint(groups), {"groups": groups, "refused": {}}, "2026-03-01")


def blind(place: Place) -> None:
    with place.study.looking("jo") as view:
        sign = Signature("made", "jo", "2026-03-01T10:00:00+00:00", "open")
        draft = rounds.open_candidates(sign, view.book, ["ana", "ben"])
    place.study.decide(draft)


def speakers(place: Place, turn: int) -> str:
    with place.study.looking() as view:
        return next(said.speaker for said in view.material.recordings[0].said if said.segment.turn == turn)


def test_the_list_shows_every_group_and_every_file_set_aside(place: Place):
    place.study.work.store.transcripts.refuse("made", "talk.doc", "0" * 64, "It is a .doc: save it as .docx.", "2026")
    text = place.browser("rea").get(BASE).text
    assert all(f"group00{number}" in text for number in range(3))
    assert "talk.doc" in text
    assert "save it as .docx" in text
    assert "Approve transcripts" not in text


def test_a_question_said_in_the_browser_counts_at_once_and_can_be_taken_back(place: Place):
    mara = place.browser("mara")
    form = {"from": 1, "through": 3, "question": "Q3", "at": 1}
    answer = mara.post(f"{BASE}/group000/question", form)
    assert answer.headers["location"] == f"{BASE}/group000?turn=1#t1"
    with place.study.looking() as view:
        found = {item.segment.turn: item.question for item in view.material.recordings[0].said}
    assert [found[turn] for turn in range(5)] == ["Q1", "Q3", "Q3", "Q3", "Q2"]
    page = mara.get(f"{BASE}/group000?turn=1").text
    assert "Turns 1 to 3: Q3" in page
    assert "corrected from" in page
    mara.post(f"{BASE}/undo", {"last": log(place)[-1].draft.key, "back": f"{BASE}/group000"})
    assert log(place)[-1].kind is Kind.UNDO
    assert "corrected from" not in mara.get(f"{BASE}/group000").text


def test_a_boundary_is_moved_turn_by_turn(place: Place):
    place.browser("mara").post(f"{BASE}/group000/boundary", {"begins": 4, "to": 3, "at": 1})
    assert log(place)[-1].payload == {"question": "Q2", "through": 3}
    assert place.browser("mara").post(f"{BASE}/group000/boundary", {"begins": 4, "to": 5}).status_code == 422


def test_a_form_of_a_page_that_somebody_corrected_since_is_refused(place: Place):
    mara = place.browser("mara")
    page = mara.get(f"{BASE}/group000?turn=2").text
    known = page.partition('name="known" value="')[2].partition('"')[0]
    assert mara.post(f"{BASE}/group000/omit", {"turn": 2, "omit": "yes", "known": known}).status_code == 303
    answer = mara.post(f"{BASE}/group000/question", {"from": 1, "through": 3, "question": "Q3", "known": known})
    assert answer.status_code == 409
    assert "This transcript was corrected meanwhile" in answer.text


def test_a_moderator_who_is_renamed_goes_on_moderating(place: Place):
    """Codes rest on participants' talk alone: a new name must not let the moderator's talk in."""
    mara = place.browser("mara")
    assert mara.post(f"{BASE}/group000/speaker", {"label": 0, "name": "Erin", "seen": 0}).status_code == 303
    assert [item.kind for item in log(place)[1:]] == [Kind.MODERATOR, Kind.SPEAKER]
    assert log(place)[1].payload == {"name": "Erin", "is": True}
    assert speakers(place, 0) == "Erin"


def test_who_is_renamed_keeps_the_role_and_the_page_says_where_it_comes_from(place: Place):
    mara = place.browser("mara")
    mara.post(f"{BASE}/group000/speaker", {"label": 1, "name": "Arthur", "seen": 0})
    page = mara.get(f"{BASE}/group000").text
    (role,) = {said.role for said in talk(place.study.work).said if said.speaker == "Arthur"}
    assert role
    assert f"<bdi>{role}</bdi>, as study.toml says of <bdi>“Speaker 1”</bdi>" in page


def test_two_labels_with_one_name_are_one_speaker(place: Place):
    mara = place.browser("mara")
    mara.post(f"{BASE}/group000/speaker", {"label": 1, "name": "Speaker 2", "seen": 0})
    assert speakers(place, 1) == speakers(place, 2) == "Speaker 2"
    assert mara.post(f"{BASE}/group000/speaker", {"label": 1, "name": "Ben", "seen": 0}).status_code == 409


def test_what_waits_for_the_next_preparation_is_said_and_comes_before_the_sign_off(place: Place):
    prepared(place)
    mara = place.browser("mara")
    assert "to be prepared again" not in mara.get(BASE).text
    mara.post(f"{BASE}/group000/moderator", {"label": 1, "moderates": "yes", "seen": 0})
    assert "The next preparation takes in: it was decided who moderates." in mara.get(f"{BASE}/group000").text
    text = mara.get(BASE).text
    assert "Take the corrections in" in text
    assert "disabled" in text


def test_a_new_name_counts_already_and_the_page_says_what_the_preparation_has_to_do_with_it(place: Place):
    prepared(place)
    mara = place.browser("mara")
    mara.post(f"{BASE}/group000/speaker", {"label": 1, "name": "Arthur", "seen": 0})
    page = mara.get(f"{BASE}/group000").text
    assert "New names show and count already; by them the next preparation works out who moderates." in page
    assert "The next preparation takes in" not in page


def test_a_sign_off_asks_for_the_next_stage(place: Place):
    prepared(place)
    mara = place.browser("mara")
    assert "Approve transcripts" in mara.get(BASE).text
    answer = mara.post(f"{BASE}/approve", {"seen": 2, "reason": "read it all"})
    assert answer.headers["location"] == f"{BASE}?now=off"
    assert (log(place)[-1].kind, log(place)[-1].payload, log(place)[-1].draft.reason) == (
        Kind.APPROVE,
        {"version": 2},
        "read it all",
    )
    (message,) = place.study.work.store.outbox.pending("made")
    assert message.deployment == "suggest"
    assert "it was asked for and starts by itself" in mara.get(answer.headers["location"]).text


def test_nothing_is_signed_off_or_prepared_while_coders_work_blind(place: Place):
    """What they work on stays as it is; what is wrong in a transcript can still be corrected."""
    prepared(place)
    blind(place)
    mara = place.browser("mara")
    before = log(place)
    assert "blind to each other" in mara.get(BASE).text
    for act in ("approve", "prepare"):
        assert mara.post(f"{BASE}/{act}", {"seen": 2}).status_code == 422
    with pytest.raises(DecisionRefused, match="blind"):
        approve(place.study.work, "transcripts", "mara")
    assert log(place) == before
    assert mara.post(f"{BASE}/group000/question", {"from": 1, "question": "Q3"}).status_code == 303


def test_an_analyst_who_codes_blind_corrects_in_the_book_of_all(place: Place):
    place.accounts.grant("ana", "made", Role.ANALYST)
    blind(place)
    answer = place.browser("ana").post(f"{BASE}/group000/speaker", {"label": 1, "name": "Ruth", "seen": 0})
    assert answer.status_code == 303
    assert log(place)[-1].draft.book == ""
    assert "Ruth" in place.browser("rea").get(f"{BASE}/group000").text


def test_a_reader_reads_and_is_offered_nothing_to_correct(place: Place):
    text = place.browser("rea").get(f"{BASE}/group000?turn=2").text
    assert "Speaker 2" in text
    assert "<form" not in text.partition("<main")[2]


def test_a_highlighted_place_is_on_the_page_without_any_script(place: Place):
    with place.study.looking() as view:
        segment = view.material.recordings[1].said[5].segment
    rea: Browser = place.browser("rea")
    text = rea.get(f"{BASE}/group001?at={segment.start}-{segment.end}").text
    assert text.count("<mark") == 1
    assert f'id="s{segment.start}-{segment.end}"' in text
    odd = rea.get(f"{BASE}/group001?at={segment.start + 2}-{segment.end + 9}").text
    assert f'<mark id="s{segment.start + 2}-{segment.end + 9}"' in odd


def test_what_was_left_out_is_listed_by_kind_and_by_people(place: Place):
    place.browser("mara").post(f"{BASE}/group000/omit", {"turn": 2, "omit": "yes"})
    text = place.browser("rea").get(f"{BASE}/group000/dropped").text
    assert "Every character is accounted for" in text
    assert 0 < text.index("Turn 2") < text.index("By the reader"), "what people did stands first"


def test_there_is_no_page_of_a_group_that_was_not_read(place: Place):
    assert place.browser("rea").get(f"{BASE}/nowhere").status_code == 404
    assert place.browser("mara").post(f"{BASE}/nowhere/omit", {"turn": 1}).status_code == 404


@pytest.mark.parametrize("proposed", [["Moderator"], []])
def test_of_proposed_moderators_the_page_says_how_they_are_marked_or_that_there_are_none(
    place: Place, proposed: list[str]
):
    store = place.study.work.store
    made = dict(store.stages.latest("made", "prepare").summary)
    made["groups"] = {
        name: {**group, "moderators": proposed, "moderators_proposed": True} for name, group in made["groups"].items()
    }
    store.stages.freeze("made", "prepare", "another", made, "2026-03-01T10:00:00+00:00")
    page = Markup(place.browser("mara").get("/studies/made/transcripts/group000").text).shown
    assert ("took those marked “moderator, proposed” for the moderators" in page) == bool(proposed)
    assert (page.count("moderator, proposed") > 1) == bool(proposed)
    assert ("could tell of nobody that they moderate" in page) != bool(proposed)
