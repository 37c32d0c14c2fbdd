"""Codes land on the question their segments answer, counted by segment, speaker and group."""

from dataclasses import replace

from pipeline.domain.decision import Draft, Kind
from pipeline.domain.folding import fold
from pipeline.domain.segment import OFF_GUIDE
from pipeline.mapping.by_question import NO_ROLE, NOT_STATED, map_codes
from tests.unit.mapping.conversation import coded, heard, logged

TALK = heard("""
== plains
Q1 | Moderator: What do you see here?
Q1 | Ruth, advocate: {hidden}Nobody sees it next door.{/} It is quiet out here.
Q1 | Ruth, advocate: {hidden}And nobody asks.{/}
Q2 | Sam, attorney: {housing}There is not one room to rent.{/}
== capital
Q1 | Nadia, advocate: {hidden}They think it is in the movies.{/}
Q2 | Hank: {housing}A waiting list of two years.{/}
- | Hank: {hidden}I did not see it in my own street.{/}
""")


def test_segments_speakers_and_groups_are_counted_apart():
    """Ruth says it twice: two of the three segments, one of the two speakers, one of the two groups."""
    log, ids = coded(TALK)
    mapped = map_codes(TALK.study, fold(log), TALK.said)

    assert mapped.by_question.cell(ids["hidden"], "Q1").weight == (2, 2, 3)
    assert mapped.by_question.cell(ids["hidden"], OFF_GUIDE).speakers == ("capital/Hank",)
    assert mapped.by_question.cell(ids["housing"], "Q1").segments == ()


def test_every_coding_is_in_each_matrix_once():
    """No matrix gains or loses a coding: questions, groups and roles are three cuts of the same talk."""
    log, ids = coded(TALK)
    mapped = map_codes(TALK.study, fold(log), TALK.said)

    for matrix in (mapped.by_question, mapped.by_group, mapped.by_role):
        for code in ids.values():
            spread = [segment for column in matrix.columns for segment in matrix.cell(code, column).segments]
            assert sorted(mapped.totals[code].segments) == sorted(spread)
    assert NO_ROLE in mapped.by_role.columns


def test_answers_put_most_groups_first_then_speakers():
    """What two groups said comes before what one group said three times."""
    talk = heard("""
== plains
Q1 | Ruth: {loud}Once.{/} {loud}Twice.{/} {loud}Thrice.{/}
Q1 | Sam: {loud}Me too, I say.{/} {shared}And this.{/}
== capital
Q1 | Hank: {shared}This, yes.{/}
""")
    log, ids = coded(talk)
    mapped = map_codes(talk.study, fold(log), talk.said)

    assert [ids["shared"], ids["loud"]] == [share.code for share in mapped.answers["Q1"]]


def test_codings_whose_text_was_withdrawn_are_named_not_lost():
    """A segment that is no longer there counts nowhere and is listed."""
    log, ids = coded(TALK)
    gone = Draft("k", "study", "Ana", "2026-03-02", Kind.APPLY, "ffffffffffff:1-2", {"code": ids["hidden"]})
    mapped = map_codes(TALK.study, fold(logged([*(item.draft for item in log), gone])), TALK.said)

    assert mapped.unplaced == ("ffffffffffff:1-2",)
    assert "ffffffffffff:1-2" not in mapped.totals[ids["hidden"]].segments


def test_codes_are_compared_by_whatever_the_study_says_of_people_and_groups():
    """A participant's own attribute before the group's; notes gather nobody, and a single value compares nothing."""
    study = replace(
        TALK.study,
        groups=(
            replace(TALK.study.groups[0], attributes={"region": "west", "note": "cold room", "state": "one"}),
            replace(TALK.study.groups[1], attributes={"state": "one"}),
        ),
        participants=tuple(
            replace(person, attributes={"years": "3", "region": "east"}) if person.id == "Nadia" else person
            for person in TALK.study.participants
        ),
    )
    log, ids = coded(TALK)
    mapped = map_codes(study, fold(log), TALK.said)

    assert {key: matrix.columns for key, matrix in mapped.by_attribute.items()} == {
        "years": ("3", NOT_STATED),
        "region": ("east", "west", NOT_STATED),
    }
    assert mapped.by_attribute["region"].cell(ids["hidden"], "east").speakers == ("capital/Nadia",)
    assert mapped.by_attribute["region"].cell(ids["hidden"], "west").speakers == ("plains/Ruth",)
    assert mapped.by_attribute["region"].cell(ids["hidden"], NOT_STATED).speakers == ("capital/Hank",)
