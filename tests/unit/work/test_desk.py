"""A coder's desk takes what people read on the screen: turn ids for segments and spans, names that are there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.bootstrap import open_workplace
from pipeline.domain.correction import corrections
from pipeline.domain.decision import Decision, Draft
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.segment import Segment
from pipeline.domain.study import Participant, Study
from pipeline.domain.suggestion import SuggestionSet
from pipeline.settings import InboxSettings, Settings
from pipeline.work.deciding import approve, decide, signature
from pipeline.work.desk import Desk
from pipeline.work.due import Due, due
from pipeline.work.prepare import new_transcript
from pipeline.work.reporting import gathered
from pipeline.work.talk import warnings_of
from pipeline.work.telling import telling
from pipeline.work.workplace import TRANSCRIPTS, Workplace, now
from tests.unit.work.test_second_thoughts import STUDY

NORTH = """\
Moderator: What is missing in this region?
Ana: Beds. There are no beds for a boy of sixteen.
Ben: Nobody answers after five. And who would drive that far at night?
"""


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workplace]:
    """A study whose transcript is read and cut: one segment of Ana's, two of Ben's."""
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "north.txt").write_text(NORTH)
    with open_workplace(tmp_path, settings=Settings(inbox=InboxSettings(settle=0.0))) as work:
        read = new_transcript(work, work.study.groups[0], tmp_path / "north.txt", {})
        assert read
        work.store.transcripts.add("harbor", "north", read, "north.txt", now())
        asks, ana, ben = read.turns
        half = read.text.index("And who")
        work.store.segments.put(
            "harbor",
            read.id,
            [
                Segment.of(read.id, 0, asks.start, asks.end, moderator=True),
                Segment.of(read.id, 1, ana.start, ana.end),
                Segment.of(read.id, 2, ben.start, half - 1),
                Segment.of(read.id, 2, half, ben.end),
            ],
        )
        yield work


def desk(work: Workplace, key: str = "k") -> Desk:
    return Desk(work, signature(work, "ana", key=key))


def turn(work: Workplace, index: int) -> str:
    return f"{work.store.transcripts.of_study('harbor')[0].transcript.id[:12]}:t{index}"


def taken(work: Workplace, draft: Draft) -> tuple[Decision, str]:
    decision = decide(work, draft)
    return decision, telling(work.store.decisions.log("harbor"))(decision)


def test_a_turn_stands_for_what_can_be_coded_in_it(work: Workplace) -> None:
    segments = [item.id for item in work.store.segments.of_study("harbor")]
    made, told = taken(work, desk(work).create("Nobody comes", "", [turn(work, 1), turn(work, 2), segments[1]]))
    assert list(made.payload["segments"]) == segments[1:]
    assert told == f"created “Nobody comes”, 3 segments: {made.subject}"

    removed, told = taken(work, desk(work, "r").remove(turn(work, 1), made.subject))
    assert removed.subject == segments[1]
    assert told == f"{segments[1]} does not carry “Nobody comes”"


def test_a_turn_that_could_mean_several_segments_or_none_is_refused_with_them(work: Workplace) -> None:
    made, _ = taken(work, desk(work).create("Nobody comes", "", []))
    segments = [item.id for item in work.store.segments.of_study("harbor")]
    with pytest.raises(DecisionRefused, match=f"2 segments.*{segments[2]}, {segments[3]}"):
        desk(work, "a").apply(turn(work, 2), made.subject)
    with pytest.raises(DecisionRefused, match="can carry a code"):
        desk(work, "a").apply(turn(work, 0), made.subject)


def test_a_turn_is_named_by_its_group_as_people_read_it(work: Workplace) -> None:
    """Wherever its id is taken: a question, a span's end, what is left out, a segment, a memo."""
    ids = [item.id for item in work.store.segments.of_study("harbor")]
    question = taken(work, desk(work, "q").question("north:t1", "q1", "north:t2"))[0]
    assert (question.subject, question.payload["through"]) == (turn(work, 1), 2)
    assert taken(work, desk(work, "o").omit("north:t2", left_out=True))[0].subject == turn(work, 2)
    assert taken(work, desk(work, "c").create("Beds", "", ["north:t1"]))[0].payload["segments"] == [ids[1]]
    assert taken(work, desk(work, "m").memo("north:t1", "Ask her."))[0].subject == turn(work, 1)
    with pytest.raises(DecisionRefused, match=r"no turn `south:t1`.*as north:t12"):
        desk(work).omit("south:t1", left_out=True)


def test_a_code_and_a_theme_are_named_as_they_are_called(work: Workplace) -> None:
    """By an unambiguous name in whatever capitals, wherever their id is taken."""
    beds = taken(work, desk(work, "1").create("No beds", "", ["north:t1", "north:t2"]))[0].subject
    drive = taken(work, desk(work, "2").create("A long drive", "", []))[0].subject
    two = [item.id for item in work.store.segments.of_study("harbor")][2:]
    drafts = desk(work, "x")
    theme = taken(work, desk(work, "3").theme("Far away", ["no BEDS", "A long  drive"], "", ""))[0].subject

    assert drafts.rename("no beds", "Beds", None).subject == beds
    assert drafts.stance("a long drive", "gap").subject == drive
    assert drafts.apply("north:t1", "A long drive").payload == {"code": drive}
    assert drafts.remove("north:t1", "no beds").payload == {"code": beds}
    assert drafts.move("north:t1", "no beds", "a long drive").payload == {"from": beds, "to": drive}
    assert drafts.merge("no beds", ["a long drive"]).payload["codes"] == [drive]
    assert drafts.split("no beds", ["Nights=north:t2"]).payload["parts"][0]["segments"] == two
    assert drafts.memo("no beds", "Ask.").subject == beds
    assert desk(work, "y").theme("Nights", ["No beds"], "", "far AWAY").subject == theme
    assert desk(work, "y").dissolve("far away").payload["codes"] == []


def test_a_name_that_nothing_or_several_have_is_refused_with_those_that_may_be_meant(work: Workplace) -> None:
    drafts = [desk(work, str(n)).create(name, "", []) for n, name in enumerate(("Beds", "beds", "Rides"))]
    made = [work.store.decisions.append(draft).subject for draft in drafts]  # as before names were held apart
    with pytest.raises(DecisionRefused, match=f"2 codes are called `BEDS`: {made[0]}, {made[1]}"):
        desk(work, "x").stance("BEDS", "gap")
    with pytest.raises(DecisionRefused, match=rf"no code `ride`. Did you mean `Rides` \({made[2]}\)\?.*create NAME"):
        desk(work, "x").stance("ride", "gap")
    with pytest.raises(DecisionRefused, match="no theme `Nights`"):
        desk(work, "x").dissolve("Nights")


def test_a_name_that_appears_once_is_named_until_somebody_says_who_it_is(work: Workplace) -> None:
    def warnings() -> tuple[str, ...]:
        (stored,) = work.store.transcripts.of_study("harbor")
        return warnings_of(work.study, stored, corrections(work.store.decisions.log("harbor")))

    ana, ben = warnings()
    assert ben == "`Ben` appears only once and was taken as a speaker (line 3): check it."
    decide(work, desk(work).speaker("north", "Ben", "Ana"))
    assert warnings() == (ana,)


def test_a_moderator_who_never_speaks_is_named_until_somebody_says_who_moderates(work: Workplace) -> None:
    """Misspelt in study.toml: her own questions would be counted as a participant's talk."""

    def warnings(study: Study) -> tuple[str, ...]:
        (stored,) = work.store.transcripts.of_study("harbor")
        return warnings_of(study, stored, corrections(work.store.decisions.log("harbor")))

    misspelt = replace(work.study, groups=(replace(work.study.groups[0], moderators=("Modertor",)),))
    (said,) = set(warnings(misspelt)) - set(warnings(work.study))
    assert said.startswith("`Modertor`, a moderator in study.toml, never speaks here.")
    decide(work, desk(work).moderator("north", "Moderator", moderates=True))
    assert set(warnings(misspelt)) == set(warnings(work.study))


def test_a_label_given_to_somebody_nobody_has_heard_of_is_taken_and_noted(work: Workplace) -> None:
    noted = desk(work).unheard("north", "Ben", "Anna")
    assert noted == (
        "Nobody else in group north is called `Anna`, nor does study.toml list the name. Did you mean `Ana`?"
    )
    assert desk(work).unheard("north", "Ben", "Ana") == ""
    assert "Did you mean" not in desk(work).unheard("north", "Ben", "Inez")


def test_who_is_renamed_keeps_role_and_attributes_in_all_that_is_made_of_the_talk(work: Workplace) -> None:
    ana = Participant("Ana", "north", "nurse", {"age": "younger"})
    listed = ana, Participant("Ben", "north", "driver", {"age": "older"})
    work = replace(work, study=replace(work.study, participants=listed))
    assert desk(work).standing("north", "Ben", "Arthur") == (
        "What study.toml says of `Ben` goes on counting, for `Arthur`."
    )
    decide(work, desk(work).speaker("north", "Ben", "Arthur"))
    decide(work, desk(work, "own").create("Nights", "", [turn(work, 2)]))
    source = gathered(work)
    (code,) = source.book.codes

    assert {(item.speaker, item.role) for item in source.said} == {
        ("Moderator", ""),
        ("Ana", "nurse"),
        ("Arthur", "driver"),
    }
    assert source.mapped.by_role.cell(code, "driver").speakers == ("north/Arthur",)
    assert source.mapped.by_attribute["age"].cell(code, "older").speakers == ("north/Arthur",)


def test_who_stands_for_two_participants_is_told_at_the_rename_and_afterwards(work: Workplace) -> None:
    listed = Participant("Ben", "north", "driver"), Participant("Ana", "north", "nurse")
    work = replace(work, study=replace(work.study, participants=listed))
    decide(work, desk(work).speaker("north", "Ben", "Arthur"))
    doubt = desk(work, "next").standing("north", "Ana", "Arthur")
    assert doubt.startswith("“Arthur” stands for “Ana” and “Ben”")
    decide(work, desk(work, "next").speaker("north", "Ana", "Arthur"))
    (stored,) = work.store.transcripts.of_study("harbor")
    assert warnings_of(work.study, stored, corrections(work.store.decisions.log("harbor")))[-1] == doubt


@pytest.mark.parametrize("by_id", [True, False])
def test_a_span_ends_at_a_turn_named_by_id_or_number(work: Workplace, by_id: bool) -> None:  # noqa: FBT001 - a case
    decision, told = taken(work, desk(work).question(turn(work, 1), "q1", turn(work, 2) if by_id else "2"))
    assert decision.payload["through"] == 2
    assert told.startswith("question of turns t1\u2013t2 is q1")


@pytest.mark.parametrize("last", ["later", "-2", "0123456789ab:t2"])
def test_a_span_that_ends_nowhere_is_refused(work: Workplace, last: str) -> None:
    with pytest.raises(DecisionRefused, match="no turn"):
        desk(work).question(turn(work, 1), "q1", last)


def test_nobody_moderates_who_was_not_there(work: Workplace) -> None:
    with pytest.raises(DecisionRefused, match="Moderator, Ana, Ben"):
        desk(work).moderator("north", "Eva", moderates=True)
    assert desk(work).moderator("north", "Eva", moderates=False).payload["is"] is False

    decide(work, desk(work, "s").speaker("north", "Ben", "Eva"))
    assert desk(work, "m").moderator("north", "Eva", moderates=True).payload["name"] == "Eva"


def test_an_undo_is_told_by_its_number(work: Workplace) -> None:
    decide(work, desk(work).create("Nobody comes", "", []))
    assert taken(work, desk(work, "u").undo(1))[1] == "took back decision 1"


def test_it_is_told_whether_the_next_run_has_anything_to_do(work: Workplace) -> None:
    assert due(work) is Due.YES  # nothing was prepared

    work.store.stages.freeze("harbor", "prepare", "made here", {"groups": {}}, "2020-01-01T00:00:00+00:00")
    decide(work, desk(work).omit(turn(work, 1), left_out=True))
    assert due(work) is Due.NO  # checkpoint 1 waits, and that is what it waits for


def test_an_approval_is_followed_up_and_what_is_decided_after_it_perhaps(work: Workplace) -> None:
    work.store.stages.freeze("harbor", "suggest", "made here", {"builds_on": None}, "2020-01-01T00:00:00+00:00")
    work.store.suggestions.freeze("harbor", 1, SuggestionSet((), ()))
    work.store.stages.freeze(
        "harbor", "prepare", "made here", {"groups": {"elsewhere": {}}}, "2020-01-01T00:00:00+00:00"
    )
    for checkpoint, key in ((TRANSCRIPTS, "first"), ("codes", "second")):
        approve(work, checkpoint, "ana", key)
    assert due(work) is Due.YES

    for message in work.store.outbox.pending("harbor"):
        work.store.outbox.sent(message.key, now(), "done here")
    assert due(work) is Due.NO

    decide(work, desk(work).memo("north", "a note changes nothing"))
    assert due(work) is Due.NO

    decide(work, desk(work, "c").create("Nobody comes", "", []))
    assert due(work) is Due.PERHAPS
