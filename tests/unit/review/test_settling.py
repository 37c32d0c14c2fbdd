"""The team settles what divided coders: each settlement is a decision of the group, and can be taken back."""

from dataclasses import replace

import pytest

from pipeline.domain.codebook import Stance
from pipeline.domain.decision import Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.review import deciding, settling
from pipeline.review.deciding import Part

from .blind_rounds import BUSES, HOUSING, PHONES, SEGMENTS, Team


@pytest.fixture
def team() -> Team:
    return Team()


def sampled(team: Team, ana, ben):
    """A closed round on one segment, which ana and ben gave these codes, named "rent" and "fear"."""
    codes = {name: team.does("jo", deciding.create, name).subject for name in ("rent", "fear")}
    round_id = team.opens_sample(SEGMENTS[:1], "ana", "ben")
    for coder, names in (("ana", ana), ("ben", ben)):
        team.does(coder, deciding.commit, SEGMENTS[0], [codes[name] for name in names])
    return round_id, team.closes().units[0], codes


def test_taking_a_coders_codes_brings_the_segment_to_carry_just_these(team):
    round_id, unit, codes = sampled(team, ["rent"], ["fear"])
    team.does("jo", deciding.apply, SEGMENTS[0], codes["fear"])
    draft = team.take(*settling.take(team.meets(round_id, "ana", "ben"), unit, "ana"))
    assert draft.kind is Kind.SETTLE
    assert draft.payload["took_part"] == ["ana", "ben"]
    assert team.book().codes_of(SEGMENTS[0]) == (codes["rent"],)
    assert (round_id, SEGMENTS[0]) in team.book().settled


def test_keeping_both_is_the_union_and_offered_only_where_there_are_two_to_keep(team):
    round_id, unit, codes = sampled(team, ["rent"], ["rent", "fear"])
    team.take(*settling.keep_both(team.meets(round_id), unit))
    assert team.book().codes_of(SEGMENTS[0]) == (codes["rent"], codes["fear"])


def test_there_are_no_two_versions_where_one_coder_gave_no_code(team):
    round_id, unit, _ = sampled(team, ["rent"], [])
    assert not settling.can_keep_both(unit)
    with pytest.raises(DecisionRefused, match="no two versions"):
        settling.keep_both(team.meets(round_id), unit)


def test_a_segment_can_be_written_anew_with_a_code_merged_since_or_none_at_all(team):
    round_id, unit, codes = sampled(team, ["rent"], ["fear"])
    team.does("jo", deciding.merge, codes["fear"], codes=[codes["rent"]])
    team.take(*settling.take(team.meets(round_id), unit, "ana"))
    assert team.book().codes_of(SEGMENTS[0]) == (codes["fear"],)
    team.take(*settling.write_codes(team.meets(round_id), unit, []))
    assert team.book().codes_of(SEGMENTS[0]) == ()


def test_a_code_that_was_split_since_asks_for_a_choice(team):
    round_id, unit, codes = sampled(team, ["rent"], ["fear"])
    for segment in SEGMENTS[5:7]:
        team.does("jo", deciding.apply, segment, codes["rent"])
    parts = [Part("deposits", SEGMENTS[5:6]), Part("evictions", SEGMENTS[6:7])]
    team.does("jo", deciding.split, codes["rent"], parts)
    with pytest.raises(DecisionRefused, match="“rent” was split since"):
        settling.take(team.meets(round_id), unit, "ana")


def test_somebody_took_part(team):
    sampled(team, ["rent"], ["fear"])
    with pytest.raises(DecisionRefused, match="tick at least one coder"):
        settling.Meeting(team.sign("jo"), team.book(), "r-1", ())


def test_a_coder_without_a_version_has_none_to_take(team):
    team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING)
    unit = team.closes().by_subject[HOUSING.id]
    with pytest.raises(DecisionRefused, match="ben has no version"):
        settling.take(team.meets(unit.subject), unit, "ben")


def test_a_taken_candidate_becomes_a_code_that_says_whose_it_was(team):
    round_id = team.opens_candidates("ana", "ben")
    own = team.accepts("ana", HOUSING, definition="rents and deposits", without=[SEGMENTS[3]])
    team.does("ana", deciding.define, own, includes="deposits", excludes="hotels")
    team.does("ana", deciding.stance, own, "gap")
    team.does("ben", deciding.reject, HOUSING.id, reason="two ideas")
    unit = team.closes().by_subject[HOUSING.id]

    team.take(*settling.take(team.meets(round_id), unit, "ana"))
    settlement = team.settled(round_id)[HOUSING.id]
    assert settlement.decision.payload["from"] == [{"coder": "ana", "code": own}]
    (code,) = team.book().active_codes
    assert (code.name, code.definition, code.includes, code.excludes) == (
        "nothing to rent",
        "rents and deposits",
        "deposits",
        "hotels",
    )
    assert code.stance is Stance.GAP
    assert code.id != own
    assert team.names() == {"nothing to rent": set(SEGMENTS[:3])}
    assert (round_id, HOUSING.id) in team.book().settled


def test_a_coders_second_candidate_goes_into_the_code_that_came_of_the_first(team):
    """In whichever order the team comes to them, and also where the team gave the code another name."""
    round_id = team.opens_candidates("ana", "ben")
    own = team.accepts("ana", HOUSING)
    team.does("ana", deciding.merge, own, suggestions=[PHONES.id, BUSES.id])
    compared = team.closes()
    team.take(*settling.take(team.meets(round_id), compared.by_subject[PHONES.id], "ana"))
    housing = compared.by_subject[HOUSING.id]
    team.take(*settling.take(team.meets(round_id), housing, "ana"))
    assert team.names() == {"nothing to rent": set(SEGMENTS[:8])}
    (code,) = team.book().active_codes
    team.does("jo", deciding.rename, code.id, "housing")
    team.take(*settling.take(team.meets(round_id), compared.by_subject[BUSES.id], "ana"))
    assert team.names() == {"housing": set(SEGMENTS[:10])}
    assert {HOUSING.id, PHONES.id, BUSES.id} == set(team.settled(round_id))
    assert {(round_id, item.id) for item in (HOUSING, PHONES, BUSES)} <= team.book().settled.keys()


def test_a_code_merged_since_still_takes_what_comes_of_the_same_coders_code(team):
    round_id = team.opens_candidates("ana", "ben")
    own = team.accepts("ana", HOUSING)
    team.does("ana", deciding.merge, own, suggestions=[PHONES.id])
    compared = team.closes()
    team.take(*settling.take(team.meets(round_id), compared.by_subject[HOUSING.id], "ana"))
    other = team.does("jo", deciding.create, "homes").subject
    team.does("jo", deciding.merge, other, codes=[team.settled(round_id)[HOUSING.id].decision.payload["code"]])
    team.take(*settling.take(team.meets(round_id), compared.by_subject[PHONES.id], "ana"))
    assert team.names() == {"homes": set(SEGMENTS[:8])}


def test_a_split_is_taken_with_all_its_parts(team):
    round_id = team.opens_candidates("ana", "ben")
    own = team.accepts("ana", HOUSING)
    team.does("ana", deciding.split, own, [Part("evictions", SEGMENTS[:2])])
    unit = team.closes().by_subject[HOUSING.id]
    team.take(*settling.take(team.meets(round_id), unit, "ana"))
    assert team.names() == {"nothing to rent": set(SEGMENTS[2:4]), "evictions": set(SEGMENTS[:2])}


def test_both_names_of_a_candidate_can_be_kept_and_one_name_gathers_both_choices(team):
    round_id = team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING, without=SEGMENTS[:1])
    team.accepts("ben", HOUSING, without=SEGMENTS[3:4], name="rents")
    team.accepts("ana", PHONES, without=SEGMENTS[4:5])
    team.accepts("ben", PHONES, without=SEGMENTS[7:8], name="Phones at night")
    compared = team.closes()
    for item in (HOUSING, PHONES):
        team.take(*settling.keep_both(team.meets(round_id), compared.by_subject[item.id]))
    assert team.names() == {
        "nothing to rent": set(SEGMENTS[1:4]),
        "rents": set(SEGMENTS[:3]),
        "phones at night": set(SEGMENTS[4:8]),
    }


def test_a_second_name_that_the_team_has_already_gathers_there(team):
    """Ben's code came to the team with the first candidate; keeping both of the second adds to it."""
    round_id = team.opens_candidates("ana", "ben")
    ben = team.accepts("ben", HOUSING, name="homes")
    team.does("ben", deciding.merge, ben, suggestions=[PHONES.id])
    team.accepts("ana", PHONES)
    compared = team.closes()
    team.take(*settling.take(team.meets(round_id), compared.by_subject[HOUSING.id], "ben"))
    team.take(*settling.keep_both(team.meets(round_id), compared.by_subject[PHONES.id]))
    assert team.names() == {"homes": set(SEGMENTS[:8]), "phones at night": set(SEGMENTS[4:8])}


def test_a_rejection_carries_the_groups_reason_or_else_a_coders(team):
    round_id = team.opens_candidates("ana", "ben")
    team.does("ana", deciding.reject, HOUSING.id, reason="small talk")
    team.accepts("ben", HOUSING)
    team.does("ben", deciding.create, "grandmothers", segments=[SEGMENTS[11]])
    compared = team.closes()
    team.take(*settling.take(team.meets(round_id), compared.by_subject[HOUSING.id], "ana"))
    assert team.book().rejected == {HOUSING.id: "small talk"}
    made = compared.units[-1]
    with pytest.raises(DecisionRefused, match="needs a reason"):
        settling.reject(team.meets(round_id), made)
    team.take(*settling.reject(team.meets(round_id, reason="one voice only"), made))
    assert (round_id, made.subject) in team.book().settled


def test_a_code_of_a_coders_own_is_taken_renamed_or_gathered(team):
    round_id = team.opens_candidates("ana", "ben")
    for place, name in enumerate(("one", "two", "three")):
        team.does("ana", deciding.create, name, segments=[SEGMENTS[place]])
    one, two, three = team.closes().units
    team.take(*settling.take(team.meets(round_id), one, "ana"))
    team.take(*settling.write_name(team.meets(round_id), two, " second ", segments=SEGMENTS[1:2]))
    (code,) = (code.id for code in team.book().active_codes if code.name == "second")
    team.take(*settling.merge_into(team.meets(round_id), three, code, SEGMENTS[2:3]))
    assert team.names() == {"one": {SEGMENTS[0]}, "second": set(SEGMENTS[1:3])}
    assert set(team.settled(round_id)) == {one.subject, two.subject, three.subject}


def test_nothing_is_made_of_no_segment(team):
    round_id = team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING)
    unit = team.closes().by_subject[HOUSING.id]
    with pytest.raises(DecisionRefused, match="No segment is left"):
        settling.write_name(team.meets(round_id), unit, "rents", segments=[])


def test_what_all_agree_on_is_taken_over_in_one_act_one_decision_each(team):
    """Candidates that all gathered under one code stay together."""
    round_id = team.opens_candidates("ana", "ben")
    for coder in ("ana", "ben"):
        own = team.accepts(coder, HOUSING)
        team.does(coder, deciding.merge, own, suggestions=[PHONES.id])
        team.does(coder, deciding.reject, BUSES.id, reason="small talk")
    compared = team.closes()
    drafts = settling.take_over(team.meets(round_id), compared.agreed)
    team.take(*drafts)
    assert len({draft.key for draft in drafts}) == 3
    assert team.names() == {"nothing to rent": set(SEGMENTS[:8])}
    assert set(team.settled(round_id)) == {HOUSING.id, PHONES.id, BUSES.id}
    with pytest.raises(DecisionRefused, match="settled already"):
        settling.take_over(team.meets(round_id), [])


def test_what_one_gathers_under_a_code_of_the_team_and_another_names_like_it_is_one_code(team):
    """Both are the same to whoever compares them, so taking them over makes no second code of that name."""
    code = team.does("jo", deciding.create, "nothing to rent").subject
    round_id = team.opens_candidates("ana", "ben")
    team.does("ana", deciding.merge, code, suggestions=[HOUSING.id])
    team.accepts_namesake("ben", HOUSING, "Nothing to rent")
    team.does("ana", deciding.merge, code, suggestions=[PHONES.id], without=SEGMENTS[4:5])
    team.accepts_namesake("ben", PHONES, "nothing to rent")
    compared = team.closes()
    assert [unit.subject for unit in compared.agreed] == [HOUSING.id]
    team.take(*settling.take_over(team.meets(round_id), compared.agreed))
    team.take(*settling.keep_both(team.meets(round_id), compared.by_subject[PHONES.id]))
    assert [code.name for code in team.book().active_codes] == ["nothing to rent"]
    assert team.names() == {"nothing to rent": set(SEGMENTS[:8])}


def test_one_name_is_one_code_whoever_gave_it_and_to_which_candidate(team):
    """What the team has a code of already gathers there, whether it is settled one by one or taken over at once."""
    there = team.does("jo", deciding.create, "No bus").subject
    round_id = team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING, name="costs")
    team.accepts("ben", PHONES, name="Costs")
    team.accepts_namesake("ana", BUSES, "no  bus")
    compared = team.closes()
    for item, coder in ((HOUSING, "ana"), (PHONES, "ben"), (BUSES, "ana")):
        team.take(*settling.take(team.meets(round_id), compared.by_subject[item.id], coder))
    assert team.names() == {"costs": set(SEGMENTS[:8]), "No bus": set(SEGMENTS[8:10])}
    assert team.book().segments_of(there) == SEGMENTS[8:10]


def test_one_name_is_one_code_in_what_is_taken_over_at_once(team):
    round_id = team.opens_candidates("ana", "ben")
    for coder in ("ana", "ben"):
        team.accepts(coder, HOUSING, name="costs")
    compared = team.closes()
    housing, phones = compared.by_subject[HOUSING.id], replace(compared.by_subject[HOUSING.id], subject=PHONES.id)
    team.take(*settling.take_over(team.meets(round_id), [housing, phones]))
    assert team.names() == {"costs": set(SEGMENTS[:4])}
    assert {HOUSING.id, PHONES.id} == set(team.settled(round_id))


def test_a_name_that_the_team_has_already_is_not_written_again(team):
    team.does("jo", deciding.create, "costs")
    round_id = team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING)
    unit = team.closes().by_subject[HOUSING.id]
    with pytest.raises(DecisionRefused, match=r"There is a code “costs” already\. Merge"):
        settling.write_name(team.meets(round_id), unit, "COSTS", segments=SEGMENTS[:1])


def test_undoing_a_settlement_takes_back_all_that_belongs_to_it(team):
    round_id = team.opens_candidates("ana", "ben")
    own = team.accepts("ana", HOUSING)
    team.does("ana", deciding.split, own, [Part("evictions", SEGMENTS[:2])])
    team.does("ana", deciding.stance, own, "gap")
    unit = team.closes().by_subject[HOUSING.id]
    team.take(*settling.take(team.meets(round_id), unit, "ana"))
    assert len(team.settled(round_id)[HOUSING.id].decisions) == 3
    team.take(*settling.undo(team.sign("jo"), team.settled(round_id)[HOUSING.id]))
    assert team.names() == {}
    assert team.settled(round_id) == {}
    assert team.book().settled == {}
    team.take(*settling.take(team.meets(round_id), unit, "ana"))
    assert set(team.names()) == {"nothing to rent", "evictions"}


def test_settlements_of_another_round_are_its_own(team):
    round_id, unit, _ = sampled(team, ["rent"], ["fear"])
    team.take(*settling.take(team.meets(round_id), unit, "ana"))
    assert set(team.settled(round_id)) == {SEGMENTS[0]}
    assert team.settled("r-other") == {}


def test_the_opening_and_the_closing_of_a_round_are_not_undone(team):
    """Whoever could reopen a closed round could go on coding "blind" with everything seen."""
    team.opens_candidates("ana", "ben")
    team.closes()
    for seq in (1, 2):
        assert "stays closed" in team.why_not(deciding.undo(team.log, team.sign("jo"), seq))
