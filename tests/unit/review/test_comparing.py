"""What coders did in a closed round stands side by side as it was when the round was closed, and stays so."""

from pipeline.domain.decision import Kind
from pipeline.domain.folding import fold
from pipeline.review import deciding, settling
from pipeline.review.agreement.report import agreement
from pipeline.review.comparing import ACCEPTED, compare, overlaps, ratings
from pipeline.review.deciding import Part
from pipeline.review.versions import About, Did

from .blind_rounds import BUSES, HOUSING, PHONES, SEGMENTS, Team


def did(unit):
    return {version.coder: version.did for version in unit.versions}


def ended(unit, coder):
    return [(end.code.name, end.segments) for end in unit.version_of(coder).ends]


def team_with_codes() -> tuple[Team, str, str]:
    """A team whose codebook has two codes, on the first segment each."""
    team = Team()
    rent = team.does("jo", deciding.create, "rent", segments=[SEGMENTS[0]]).subject
    fear = team.does("jo", deciding.create, "fear", segments=[SEGMENTS[1]]).subject
    return team, rent, fear


def test_each_coder_has_a_version_of_each_candidate_that_somebody_decided_on():
    team = Team()
    round_id = team.opens_candidates("ana", "ben")
    code = team.accepts("ana", HOUSING, without=[SEGMENTS[3]])
    team.does("ana", deciding.merge, code, suggestions=[PHONES.id])
    team.does("ben", deciding.reject, HOUSING.id, reason="two ideas in one")
    compared = team.closes()

    housing, phones = (compared.by_subject[item.id] for item in (HOUSING, PHONES))
    assert did(housing) == {"ana": Did.ACCEPTED, "ben": Did.REJECTED}
    assert ended(housing, "ana") == [("nothing to rent", SEGMENTS[:3])]
    assert housing.version_of("ben").reason == "two ideas in one"
    assert did(phones) == {"ana": Did.MERGED, "ben": Did.NOTHING}
    assert ended(phones, "ana") == [("nothing to rent", SEGMENTS[4:8])]
    assert BUSES.id not in compared.by_subject
    assert compared.round == team.past(round_id)


def test_a_split_candidate_ends_in_several_codes_and_a_merged_code_takes_its_candidates_along():
    team = Team()
    team.opens_candidates("ana", "ben")
    housing = team.accepts("ana", HOUSING)
    team.does("ana", deciding.split, housing, [Part("evictions", SEGMENTS[:2])])
    phones = team.accepts("ben", PHONES, name="calls")
    buses = team.accepts("ben", BUSES)
    team.does("ben", deciding.merge, buses, codes=[phones])
    compared = team.closes()

    assert did(compared.by_subject[HOUSING.id])["ana"] is Did.SPLIT
    assert ended(compared.by_subject[HOUSING.id], "ana") == [
        ("nothing to rent", SEGMENTS[2:4]),
        ("evictions", SEGMENTS[:2]),
    ]
    assert did(compared.by_subject[PHONES.id])["ben"] is Did.MERGED
    assert ended(compared.by_subject[PHONES.id], "ben") == [("no bus to court", SEGMENTS[4:8])]


def test_segments_that_came_to_a_code_by_hand_are_told_apart_from_those_of_its_candidate():
    team = Team()
    team.opens_candidates("ana", "ben")
    code = team.accepts("ana", HOUSING)
    team.does("ana", deciding.apply, SEGMENTS[11], code)
    team.does("ana", deciding.remove, SEGMENTS[0], code)
    (end,) = team.closes().by_subject[HOUSING.id].version_of("ana").ends
    assert (end.segments, end.more) == (SEGMENTS[1:4], (SEGMENTS[11],))


def test_a_code_of_a_coders_own_is_a_unit_unless_it_went_into_a_candidates():
    team = Team()
    team.opens_candidates("ana", "ben")
    code = team.accepts("ana", HOUSING)
    kept = team.does("ana", deciding.create, "grandmothers", segments=[SEGMENTS[10]]).subject
    merged = team.does("ana", deciding.create, "aunts", segments=[SEGMENTS[11]]).subject
    team.does("ana", deciding.merge, code, codes=[merged])
    compared = team.closes()
    assert [unit.subject for unit in compared.units if unit.about is About.CODE] == [kept]
    assert did(compared.by_subject[kept]) == {"ana": Did.MADE, "ben": Did.NOTHING}
    assert compared.by_subject[HOUSING.id].version_of("ana").ends[0].more == (SEGMENTS[11],)


def test_what_was_undone_in_the_round_was_not_done():
    team = Team()
    team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING)
    team.take(deciding.undo(team.log, team.sign("ana"), len(team.log)))
    team.does("ben", deciding.reject, HOUSING.id, reason="small talk")
    assert did(team.closes().by_subject[HOUSING.id]) == {"ana": Did.NOTHING, "ben": Did.REJECTED}


def test_what_the_team_decided_before_the_round_is_no_coders_version():
    team = Team()
    team.accepts("jo", HOUSING)
    team.opens_candidates("ana", "ben")
    team.accepts("ana", PHONES)
    assert set(team.closes().by_subject) == {PHONES.id}


def test_what_the_team_split_off_a_code_before_the_round_is_no_coders_split():
    """Ana only merges into the code that is left; the part is nothing that she gave."""
    team = Team()
    costs = team.does("jo", deciding.create, "costs", segments=SEGMENTS[:2]).subject
    team.does("jo", deciding.split, costs, [Part("rent", SEGMENTS[:1])])
    team.opens_candidates("ana", "ben")
    team.does("ana", deciding.merge, costs, suggestions=[HOUSING.id])
    housing = team.closes().by_subject[HOUSING.id]
    assert did(housing)["ana"] is Did.MERGED
    assert ended(housing, "ana") == [("costs", SEGMENTS[:4])]


def test_changes_of_earlier_codes_belong_to_no_unit_and_are_told_besides():
    team, rent, _ = team_with_codes()
    team.opens_candidates("ana", "ben")
    team.does("ana", deciding.rename, rent, "rents and deposits")
    team.does("ben", deciding.merge, rent, suggestions=[HOUSING.id])
    compared = team.closes()
    assert [(item.draft.coder, item.kind) for item in compared.besides] == [("ana", Kind.RENAME)]
    assert ended(compared.by_subject[HOUSING.id], "ben") == [("rent", SEGMENTS[:4])]


def test_all_agree_where_each_who_came_to_it_did_the_same_and_there_were_two():
    team = Team()
    team.opens_candidates("ana", "ben", "cleo")
    for coder in ("ana", "ben"):
        team.accepts(coder, HOUSING, name="Nothing to RENT" if coder == "ben" else None)
        team.does(coder, deciding.reject, PHONES.id, reason=f"{coder}'s own reason")
    team.accepts("cleo", BUSES)
    compared = team.closes()
    assert {unit.subject for unit in compared.agreed} == {HOUSING.id, PHONES.id}
    assert {unit.subject for unit in compared.divided} == {BUSES.id}


def test_an_accepted_candidate_of_which_nothing_was_kept_is_not_a_rejected_one():
    team = Team()
    team.opens_candidates("ana", "ben")
    code = team.accepts("ana", BUSES)
    for segment in BUSES.segments:
        team.does("ana", deciding.remove, segment, code)
    team.does("ben", deciding.reject, BUSES.id, reason="small talk")
    assert not team.closes().by_subject[BUSES.id].agreed


def test_a_segment_that_a_coder_did_not_commit_is_missing_and_no_code_is_an_answer():
    team, rent, fear = team_with_codes()
    team.opens_sample(SEGMENTS[:3], "ana", "ben")
    team.does("ana", deciding.commit, SEGMENTS[0], [rent])
    team.does("ana", deciding.commit, SEGMENTS[0], [rent, fear])
    team.does("ana", deciding.commit, SEGMENTS[1], [])
    team.does("ben", deciding.commit, SEGMENTS[0], [fear])
    compared = team.closes()

    data = ratings(compared)
    assert data.units == SEGMENTS[:3]
    assert data.codes == (rent, fear)
    assert data.applied == {
        (SEGMENTS[0], "ana"): {rent, fear},
        (SEGMENTS[1], "ana"): frozenset(),
        (SEGMENTS[0], "ben"): {fear},
    }
    assert did(compared.by_subject[SEGMENTS[1]]) == {"ana": Did.CODED, "ben": Did.NOTHING}
    assert SEGMENTS[2] not in compared.by_subject


def test_the_most_divided_come_first():
    team, rent, fear = team_with_codes()
    team.opens_sample(SEGMENTS[:3], "ana", "ben")
    for segment, ana, ben in ((0, [rent], [rent]), (1, [rent, fear], [rent]), (2, [rent], [fear])):
        team.does("ana", deciding.commit, SEGMENTS[segment], ana)
        team.does("ben", deciding.commit, SEGMENTS[segment], ben)
    assert [unit.subject for unit in team.closes().units] == [SEGMENTS[2], SEGMENTS[1], SEGMENTS[0]]


def test_a_candidates_acceptance_is_nominal_data_and_merging_accepts():
    team = Team()
    team.opens_candidates("ana", "ben")
    code = team.accepts("ana", HOUSING)
    team.does("ana", deciding.merge, code, suggestions=[PHONES.id])
    team.does("ben", deciding.reject, PHONES.id, reason="small talk")
    team.does("ben", deciding.create, "grandmothers")
    data = ratings(team.closes())
    assert set(data.units) == {HOUSING.id, PHONES.id}
    assert data.codes == (ACCEPTED,)
    assert data.applied == {
        (HOUSING.id, "ana"): {ACCEPTED},
        (PHONES.id, "ana"): {ACCEPTED},
        (PHONES.id, "ben"): frozenset(),
    }
    assert agreement(data, seed=0).codes[0].percent.value == 0.0


def test_overlap_is_jaccards_of_the_segments_kept_of_what_both_accepted():
    team = Team()
    team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING, without=SEGMENTS[3:4])
    team.accepts("ben", HOUSING, without=SEGMENTS[:1], name="other words")
    team.accepts("ana", PHONES)
    team.does("ben", deciding.reject, PHONES.id, reason="small talk")
    (overlap,) = overlaps(team.closes())
    assert (overlap.first, overlap.second, overlap.n, overlap.jaccard) == ("ana", "ben", 1, 0.5)


def test_memos_of_coders_come_along():
    team = Team()
    team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING)
    team.take(deciding.memo(team.sign("ben"), HOUSING.id, "is this one idea?"))
    unit = team.closes().by_subject[HOUSING.id]
    assert [version.memos for version in unit.versions] == [(), ("is this one idea?",)]


def test_nothing_that_comes_later_changes_a_comparison():
    team = Team()
    round_id = team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING)
    team.accepts("ben", HOUSING, name="rents")
    before = team.closes()
    team.take(*settling.take(team.meets(round_id), before.by_subject[HOUSING.id], "ben"))
    team.does("jo", deciding.rename, team.book().active_codes[0].id, "renamed since")
    assert team.compared(round_id) == before


def test_a_coders_version_is_what_their_own_book_held():
    """Read off the fold of that book, up to the closing."""
    team = Team()
    round_id = team.opens_candidates("ana", "ben")
    code = team.accepts("ana", HOUSING)
    team.does("ana", deciding.move, SEGMENTS[0], code, team.accepts("ana", PHONES))
    compared = team.closes()
    book = fold([item for item in team.log if item.seq < team.past(round_id).closed], f"{round_id}/ana")
    for item in (HOUSING, PHONES):
        for end in compared.by_subject[item.id].version_of("ana").ends:
            assert {*end.segments, *end.more} == set(book.segments_of(end.code.id))


def test_the_log_of_other_rounds_is_not_needed():
    team = Team()
    team.opens_candidates("ana", "ben")
    team.accepts("ana", HOUSING)
    team.closes()
    second = team.opens_candidates("ana", "ben")
    team.accepts("ben", PHONES)
    whole = team.closes()
    books = {"", f"{second}/ana", f"{second}/ben"}
    assert compare([item for item in team.log if item.draft.book in books], team.past(second)) == whole
