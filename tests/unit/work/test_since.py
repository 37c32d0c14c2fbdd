"""Nobody takes an old map or an old report for a new one: what changed since is counted, and what did not is not."""

import pytest

from pipeline.domain.decision import Decision, Kind
from pipeline.domain.errors import NotReady
from pipeline.review import rounds
from pipeline.review.signing import signed
from pipeline.work.deciding import approve, codebook, decide, new_key, signature
from pipeline.work.inbox import scan
from pipeline.work.mapping import map_codes
from pipeline.work.prepare import prepare
from pipeline.work.reporting import gathered, report
from pipeline.work.since import REPORT, map_since, since_signed_off, since_written, unsigned
from pipeline.work.suggesting import suggest
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS, Workplace
from tests.unit.work.test_second_thoughts import NORTH, accepted, desk, last_turn, work

__all__ = ["work"]


@pytest.fixture
def written(work: Workplace) -> str:
    """The map is approved and the report written; answers the one code."""
    code: str = accepted(work).payload["code"]
    approve(work, CODES, "ana")
    map_codes(work)
    approve(work, MAP, "ana")
    report(work)
    return code


def drops(work: Workplace, code: str) -> Decision:
    """Ana takes the code off what was said last."""
    return decide(work, desk(work, new_key()).remove(codebook(work).segments_of(code)[-1], code))


def late_group(work: Workplace) -> None:
    (work.inbox / "south.txt").write_text(NORTH.replace("Ana", "Dov"))
    scan(work)
    prepare(work)


def closed(work: Workplace, round_id: str) -> None:
    decide(work, rounds.close(signature(work, "jo", key=new_key()), codebook(work), round_id))


def accepted_by_hand(work: Workplace) -> str:
    return decide(work, desk(work, new_key()).create("Nobody answers", "", [])).subject


def open_on_sample(work: Workplace, code: str) -> str:
    segments = [item.segment.id for item in gathered(work).said if not item.segment.moderator][:2]
    assert code in codebook(work).codes
    draft = rounds.open_sample(
        signature(work, "jo", key=new_key()), codebook(work), ["ana", "ben"], segments, share=1.0, seed=1
    )
    return decide(work, draft).subject


def blind_commit(work: Workplace, round_id: str, code: str) -> None:
    for segment in codebook(work).rounds[round_id].segments:
        decide(work, signed(signature(work, "ben", key=new_key()), Kind.COMMIT, segment, {"codes": [code]}))


def test_before_anything_was_approved_or_written_there_is_nothing_to_say(work: Workplace) -> None:
    accepted(work)
    assert since_signed_off(work) is None
    assert since_written(work) is None
    assert unsigned(work) == ""


def test_right_after_the_report_was_written_nothing_changed(work: Workplace, written: str) -> None:
    assert since_signed_off(work) is None
    assert since_written(work) is None


def test_a_decision_on_coded_talk_makes_both_out_of_date(work: Workplace, written: str) -> None:
    drops(work, written)
    signed_off, made = since_signed_off(work), since_written(work)
    assert signed_off
    assert made
    assert (signed_off.by, signed_off.decisions, made.decisions) == ("ana", 1, 1)
    assert map_since(signed_off).endswith(", people took 1 decision on what it shows.")
    assert made.told() == "people took 1 decision"


def test_a_decision_taken_back_in_the_meantime_changed_nothing(work: Workplace, written: str) -> None:
    decision = drops(work, written)
    undo = decide(work, desk(work, new_key()).undo(decision.seq))
    assert since_signed_off(work) is None
    assert since_written(work) is None
    decide(work, desk(work, new_key()).undo(undo.seq))
    assert since_signed_off(work)


def test_an_undo_of_what_the_report_tells_is_a_change(work: Workplace) -> None:
    code = accepted(work).payload["code"]
    dropped = drops(work, code)
    approve(work, CODES, "ana")
    map_codes(work)
    approve(work, MAP, "ana")
    report(work)
    decide(work, desk(work, new_key()).undo(dropped.seq))
    signed_off, made = since_signed_off(work), since_written(work)
    assert signed_off
    assert made
    assert signed_off.decisions == made.decisions == 1


def test_a_memo_is_news_to_the_report_and_not_to_the_map(work: Workplace, written: str) -> None:
    decide(work, desk(work, new_key()).memo(written, "Ask about Tuesdays."))
    made = since_written(work)
    assert since_signed_off(work) is None
    assert made
    assert made.decisions == 1


def test_approving_again_is_no_news_and_ends_what_was(work: Workplace, written: str) -> None:
    drops(work, written)
    map_codes(work)
    assert since_signed_off(work)
    approve(work, MAP, "ben")
    assert since_signed_off(work) is None
    report(work)
    assert since_written(work) is None


def test_a_theme_made_later_is_a_change_of_the_map(work: Workplace, written: str) -> None:
    """Though it takes the approval away, it is known what was approved before."""
    decide(work, desk(work, new_key()).theme("Nights", [written], "", ""))
    assert MAP not in codebook(work).approvals
    signed_off = since_signed_off(work)
    assert signed_off
    assert (signed_off.by, signed_off.decisions) == ("ana", 1)


def test_a_group_that_came_since_is_named(work: Workplace, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.work.prepare.now", lambda: "2099-01-01T10:00:00+00:00")  # the map goes by the clock
    late_group(work)
    signed_off, made = since_signed_off(work), since_written(work)
    assert signed_off
    assert made
    assert signed_off.groups == made.groups == {"south": ""}
    assert made.told() == "the talk of south was added"


def test_a_group_prepared_anew_is_named_with_the_reason(work: Workplace, written: str) -> None:
    decide(work, desk(work, new_key()).omit(last_turn(work), left_out=True))
    prepare(work)
    approve(work, TRANSCRIPTS, "ana")
    made = since_written(work)
    assert made
    assert made.told() == "people took 1 decision and north was prepared anew (turns were left out or taken back in)"


def test_blind_decisions_change_nothing_before_their_round_is_closed(work: Workplace, written: str) -> None:
    """Neither what is told nor a report written meanwhile: not a byte of it."""
    other = accepted_by_hand(work)
    report_before = since_written(work)
    round_id = open_on_sample(work, other)
    opened = since_signed_off(work), since_written(work), gathered(work)
    blind_commit(work, round_id, other)
    assert (since_signed_off(work), since_written(work), gathered(work)) == opened
    assert since_written(work) == report_before, "that a round is open is no news to the report"
    closed(work, round_id)
    made = since_written(work)
    assert made
    assert made.rounds == 1
    assert "a blind round was closed" in made.told()


def test_writing_the_same_report_again_notes_nothing_new(work: Workplace, written: str) -> None:
    page = (work.outbox / "report.html").read_bytes()
    book = (work.outbox / "report.xlsx").read_bytes()
    report(work)
    assert (work.outbox / "report.html").read_bytes() == page
    assert (work.outbox / "report.xlsx").read_bytes() == book
    assert [item.version for item in work.store.stages.history("harbor", REPORT)] == [1]


def test_a_report_written_without_a_new_approval_says_so_itself(work: Workplace, written: str) -> None:
    assert "Nobody has signed off the map" not in (work.outbox / "report.html").read_text()
    drops(work, written)
    report(work)
    page = (work.outbox / "report.html").read_text()
    assert "Since ana approved the map on" in page
    assert "Nobody has signed off the map with that." in page
    assert since_written(work) is None


def test_the_report_says_of_a_closed_round_what_it_was(work: Workplace, written: str) -> None:
    code = accepted_by_hand(work)
    round_id = open_on_sample(work, code)
    blind_commit(work, round_id, code)
    closed(work, round_id)
    report(work)
    page = (work.outbox / "report.html").read_text()
    assert "Blind round on a sample of 2 segments" in page
    assert "not assessable: no segment was coded by two coders or more" in page


def test_a_map_is_not_signed_off_while_what_it_stands_on_waits(work: Workplace, written: str) -> None:
    """A late group waits for a look: a report of the map as it was before would be old as written."""
    late_group(work)
    assert approve(work, MAP, "ana").draft.coder == "ana", "what is approved already stays so"
    drops(work, written)
    with pytest.raises(NotReady, match="checkpoint `transcripts` waits, and the map is made anew after it"):
        approve(work, MAP, "ana")
    approve(work, TRANSCRIPTS, "ana")
    suggest(work)
    with pytest.raises(NotReady, match="checkpoint `codes` waits"):
        approve(work, MAP, "ana")
    approve(work, CODES, "ana")
    map_codes(work)
    assert approve(work, MAP, "ana").payload["version"] == 2
