"""What waits is said with its reason, and no two lines contradict each other."""

from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.cli.next_steps import after_run, now
from pipeline.domain.suggestion import ProposedCoding, SuggestionSet
from pipeline.work import suggesting
from pipeline.work.deciding import approve, codebook, decide
from pipeline.work.inbox import scan
from pipeline.work.mapping import map_codes
from pipeline.work.prepare import prepare
from pipeline.work.talk import talk
from pipeline.work.workplace import CODES, MAP, TRANSCRIPTS, Workplace
from pipeline.work.workplace import now as moment
from tests.unit.work.test_second_thoughts import LATE, NORTH, STUDY, accepted, desk, opened, work

__all__ = ["work"]


def told(work: Workplace) -> list[str]:
    return list(now(work, "S"))


def late_group(work: Workplace) -> None:
    """South arrives by the inbox: it is read, and found to stand as it should."""
    (work.inbox / "south.txt").write_text(NORTH.replace("Ana", "Dov").replace("Moderator", "Host"))
    scan(work)
    prepare(work)
    approve(work, TRANSCRIPTS, "ana")


def proposals(work: Workplace, code: str) -> None:
    """The machine puts a code on what Dov said and finds no new candidate."""
    (dov,) = [item.segment.id for item in talk(work).codable if item.speaker == "Dov"]
    transcripts = [item.transcript.id for item in work.store.transcripts.of_study("harbor")]
    work.store.stages.freeze("harbor", "suggest", "added", {"builds_on": 1, "all_transcripts": transcripts}, moment())
    work.store.suggestions.freeze("harbor", 2, SuggestionSet((), ()), (ProposedCoding(dov, code, 0.8),))


def sent(work: Workplace) -> None:
    for message in work.store.outbox.pending("harbor"):
        work.store.outbox.sent(message.key, moment(), "done here")


def test_describing_a_group_that_came_by_the_inbox_says_why_checkpoint_1_waits_again(
    work: Workplace, tmp_path: Path
) -> None:
    """Before the run that prepares it, at its end, and afterwards; signed off, nothing more is said of it."""
    late_group(work)
    sent(work)
    why = "study.toml names other moderators"
    (tmp_path / "study.toml").write_text(
        STUDY + LATE.replace('"Moderator"', '"Host"').replace("transcript", "# file")
    )
    later = opened(tmp_path)
    assert told(later) == [
        "there is work to do: polyvocal run S",
        f"  it prepares south: {why}",
        "  then checkpoint `transcripts` waits for a look at it, before anything else goes on",
        "checkpoint `codes` waits (version 1, 1 candidate undecided)",
    ]
    prepare(later)
    assert f"  south is to be looked at: {why}" in list(after_run(later, TRANSCRIPTS, "S"))
    assert told(later)[:2] == ["checkpoint `transcripts` waits (version 3)", f"  south: {why}"]

    approve(later, TRANSCRIPTS, "ana")
    assert not any(why in line for line in told(later))


def test_a_run_is_not_said_to_have_work_that_a_checkpoint_holds_back(work: Workplace, tmp_path: Path) -> None:
    accepted(work)
    sent(work)
    approve(work, CODES, "ana")
    (work.inbox / "south.txt").write_text(NORTH.replace("Ana", "Dov"))
    scan(work)
    prepare(work)
    for message in work.store.outbox.pending("harbor"):
        if message.deployment == "prepare":
            work.store.outbox.sent(message.key, moment(), "done here")

    assert told(work) == ["checkpoint `transcripts` waits (version 2)", "  south: it is new"]


def test_proposed_codings_wait_on_the_sheet_applied_also_without_new_candidates(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is asked which candidates are codes where there are none, nor told that nothing waits."""
    code = accepted(work).payload["code"]
    late_group(work)
    proposals(work, code)
    waits = "1 coding proposed on 1 code waits to be confirmed"
    lines = list(after_run(work, CODES, "S"))
    assert "Checkpoint 2 waits for the coders. No candidate is undecided." in lines
    assert f"  {waits} (say yes or no on the sheet Applied)" in lines
    assert not any("accept CANDIDATE" in line or "Which are codes" in line for line in lines)

    approve(work, CODES, "ana")
    map_codes(work)
    approve(work, MAP, "ana")
    sent(work)
    assert told(work) == [f"{waits} (sheet Applied of `polyvocal review export`)"]

    assert main(["show", str(work.folder), "candidates"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[:2] == [
        "0 candidates to decide on, 1 decided.",
        f"{waits} (sheet Applied of `polyvocal review export`).",
    ]
    assert f"(accepted: {code}  beds)" in shown[-1]


def test_open_candidates_are_shown_first_and_decided_ones_by_what_became_of_them(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    (candidate,) = suggesting.current(work)[0].suggestions
    assert main(["show", str(work.folder), "candidates"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("1 candidate to decide on, 0 decided.")
    assert "Decided already" not in shown

    decide(work, desk(work).reject(candidate.id))
    assert candidate.id in codebook(work).rejected
    assert main(["show", str(work.folder), "candidates"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "Decided already:",
        f"  {candidate.id}  beds  (rejected: because)",
    ]


def test_nothing_waits_is_said_where_nothing_does(work: Workplace) -> None:
    accepted(work)
    approve(work, CODES, "ana")
    map_codes(work)
    approve(work, MAP, "ana")
    sent(work)
    assert told(work) == ["nothing waits for anybody"]


def test_checkpoint_3_says_how_a_theme_is_made(work: Workplace) -> None:
    assert any("decide S theme NAME CODE CODE" in line for line in after_run(work, MAP, "S"))


def test_who_approves_the_codes_is_told_what_nobody_decided_on(
    work: Workplace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    left = "Note: 1 candidate undecided; what nobody decided on is left out."
    assert main(["approve", str(tmp_path), "codes", "--as", "ana"]) == 0
    assert left in capsys.readouterr().out
    accepted(work)
    assert main(["approve", str(tmp_path), "codes", "--as", "ana"]) == 0
    assert left not in capsys.readouterr().out
