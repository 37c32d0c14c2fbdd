"""Several at work on one study at the same moment: nobody's work is lost, doubled, or signed off by accident."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.decision import Decision, Kind
from pipeline.store import OutboxMessage
from pipeline.work import deciding, running
from pipeline.work import prepare as preparing
from pipeline.work.deciding import approve, decide
from pipeline.work.prepare import Prepared, prepare
from pipeline.work.workplace import CODES, Progress, Workplace
from tests.unit.work.test_second_thoughts import LATE, NORTH, STUDY, desk, last_turn, opened, work

__all__ = ["work"]


def once(act: Callable[[], object], then: Callable[..., Any]) -> Callable[..., Any]:
    """`then`, with `act` right before its first call."""
    acts = [act]

    def call(*args: object, **options: object) -> Any:
        while acts:
            acts.pop()()
        return then(*args, **options)

    return call


def test_a_group_that_somebody_else_prepares_meanwhile_stays(
    work: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The inbox brings south while a correction of north is taken in."""
    (tmp_path / "study.toml").write_text(STUDY + LATE)
    (tmp_path / "south.txt").write_text(NORTH.replace("Ana", "Dov"))
    later = opened(tmp_path)
    decide(later, desk(later).omit(last_turn(later), left_out=True))
    one = preparing._prepare_one
    monkeypatch.setattr(preparing, "_prepare_one", once(lambda: prepare(later, only=["south"]), one))

    prepare(later, only=["north"])

    latest = later.store.stages.latest("harbor", preparing.STAGE)
    assert latest
    assert set(latest.summary["groups"]) == {"north", "south"}
    assert not prepare(later).changed
    later.store.close()


def test_two_who_sign_off_at_the_same_moment_are_answered_alike(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Decision] = []
    second = threading.Thread(target=lambda: answers.append(approve(work, CODES, "ben")))

    def meanwhile() -> None:
        second.start()
        second.join(0.5)

    monkeypatch.setattr(deciding, "now", once(meanwhile, deciding.now))
    answers.append(approve(work, CODES, "ana"))
    second.join()

    log = work.store.decisions.log("harbor")
    approvals = [item for item in log if item.kind is Kind.APPROVE and item.subject == CODES]
    assert len(approvals) == 1
    assert answers == approvals * 2
    assert [item.deployment for item in work.store.outbox.pending("harbor")].count("map_codes") == 1


def test_what_is_asked_for_while_a_run_works_is_not_taken_for_done(
    work: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, meanwhile = (OutboxMessage(f"prepare:harbor:asked:{key}:1", "harbor", "prepare") for key in "ab")
    work.store.outbox.add(before)

    def stage(work: Workplace, progress: Progress) -> Prepared:
        made = prepare(work, progress=progress)
        work.store.outbox.add(meanwhile)
        return made

    monkeypatch.setattr(running, "_STAGES", (("prepare", stage),))
    running.run(work, "ana")

    asked = [item.key for item in work.store.outbox.pending("harbor") if item.deployment == "prepare"]
    assert asked == [meanwhile.key]


def test_a_stage_that_failed_and_was_done_since_is_not_said_to_have_stopped(work: Workplace) -> None:
    """By a run of all, or by one of the same groups; what failed with another group is still to be done."""
    south = {"study": "harbor", "groups": ["south"]}
    failed = (
        OutboxMessage("prepare:harbor:inbox-south:1:1", "harbor", "prepare", south),
        OutboxMessage("suggest:harbor:transcripts:1:1", "harbor", "suggest"),
    )
    for message in failed:
        work.store.outbox.add(message)
        work.store.outbox.sent(message.key, "2026-03-01T10:00:00+00:00", "a run")
        work.store.outbox.ended(message.key, "FAILED")

    def stopped() -> set[str]:
        return {item.key for item in work.store.outbox.stopped("harbor")}

    work.store.outbox.made_good("harbor", "prepare", ["north"])
    assert stopped() == {item.key for item in failed}
    work.store.outbox.made_good("harbor", "prepare", ["south"])
    assert stopped() == {failed[1].key}
    running.run(work, "ana")
    assert stopped() == set()
