"""An undo takes back all that was decided in one act, and nothing where something later builds on it."""

from dataclasses import replace

import pytest

from pipeline.domain.decision import Decision, Draft, Kind, chained, effective
from pipeline.domain.errors import DecisionRefused
from pipeline.review import deciding, settling, undoing
from pipeline.review.signing import signed
from pipeline.review.undoing import as_one, whole_act

from .blind_rounds import HOUSING, PHONES, Team


@pytest.fixture
def settled() -> Team:
    """A round in which ana and ben call two candidates alike, with a stance, and a team that took that over."""
    team = Team()
    opened = team.opens_candidates("ana", "ben")
    for coder in ("ana", "ben"):
        for item in (HOUSING, PHONES):
            code = team.accepts(coder, item)
            team.does(coder, deciding.stance, code, "gap")
    agreed = team.closes().agreed
    team.take(*settling.take_over(team.meets(opened), agreed))
    return team


def undo(team: Team, back: int, coder: str = "jo") -> list[Draft]:
    """The undo of the decision that is so many from the end of the log."""
    undone = team.log[-back].draft.key
    return whole_act(team.log, signed(team.sign(coder), Kind.UNDO, undone))


def problem(team: Team, drafts: list[Draft]) -> str:
    """Append them as one, unless that is refused."""
    check, before = as_one(drafts), list(team.log)
    for draft in drafts:
        decision = chained(draft, len(team.log) + 1, team.log[-1].hash)
        if why := check(lambda: team.log, decision):
            team.log[:] = before
            return why
        team.log.append(decision)
    return ""


@pytest.mark.parametrize("back", [1, 2, 3, 4])
def test_whichever_of_its_decisions_is_named_the_whole_act_goes_and_comes_back(settled: Team, back: int):
    both = settled.names()
    assert set(both) == {HOUSING.name, PHONES.name}

    drafts = undo(settled, back)
    assert [draft.subject for draft in drafts] == [item.draft.key for item in reversed(settled.log[-4:])]
    assert problem(settled, drafts) == ""
    assert settled.names() == {}

    assert problem(settled, undo(settled, back)) == ""
    assert settled.names() == both


def test_an_undo_sent_again_is_the_same(settled: Team):
    """It is drafted on the log as it was before, so that the store answers what was done."""
    mine = signed(settled.sign("jo"), Kind.UNDO, settled.log[-1].draft.key)
    drafts = whole_act(settled.log, mine)
    assert drafts == whole_act(settled.log, mine)
    assert [draft.key for draft in drafts] == [mine.key, *(f"{mine.key}:{place}" for place in (1, 2, 3))]


def test_what_was_taken_back_already_is_left_as_it_is(settled: Team):
    """One unit was undone on its own; the rest of the act follows."""
    stance, accepted = settled.log[-1].draft.key, settled.log[-2].draft.key
    settled.take(*(signed(settled.sign("jo"), Kind.UNDO, key) for key in (stance, accepted)))
    assert set(settled.names()) == {HOUSING.name}
    assert problem(settled, undo(settled, 6)) == ""
    assert settled.names() == {}
    assert problem(settled, undo(settled, 8)).endswith("was undone already.")


def test_nothing_goes_where_a_later_decision_builds_on_part_of_it(settled: Team):
    """The numbers are those of the book: what coders decided blind is not counted."""
    (code, *_) = settled.book().active_codes
    settled.does("jo", deciding.rename, code.id, "Homes")
    log, names = list(settled.log), settled.names()
    assert problem(settled, undo(settled, 2)).startswith("Decision 7 builds on decision 3; undo 7 first.")
    assert (settled.log, settled.names()) == (log, names)


def test_a_part_of_nobodys_act_stands_alone():
    team = Team()
    team.accepts("jo", HOUSING)
    team.accepts("jo", PHONES)
    assert problem(team, undo(team, 1)) == ""
    assert set(team.names()) == {HOUSING.name}
    assert "no such decision" in problem(team, whole_act(team.log, signed(team.sign("jo"), Kind.UNDO, "nothing")))


def test_too_much_to_be_taken_back_at_once_is_refused(settled: Team, monkeypatch: pytest.MonkeyPatch):
    """All others wait meanwhile."""
    monkeypatch.setattr(undoing, "MOST", 3)
    with pytest.raises(DecisionRefused, match=r"That settlement took 4 decisions; no more than 3 .* page Agreement"):
        undo(settled, 1)
    monkeypatch.setattr(undoing, "MOST", 1)
    made = settled.take(deciding.create(settled.seen(), settled.sign("jo"), "own"))
    settled.take(replace(made, key=f"{made.key}+1", kind=Kind.STANCE, payload={"stance": "gap"}))
    with pytest.raises(DecisionRefused, match=r"That `create` took 2 decisions; .* by further decisions"):
        undo(settled, 1)


def counting(log: list[Decision]) -> list[str]:
    return [item.draft.key for item in effective(log)]


def test_undoing_as_one_and_one_by_one_come_to_the_same(settled: Team):
    drafts = undo(settled, 1)
    one_by_one = Team()
    one_by_one.log = list(settled.log)
    one_by_one.take(*drafts)
    assert problem(settled, drafts) == ""
    assert counting(settled.log) == counting(one_by_one.log)
