"""`polyvocal status` speaks of a run that stopped, with its reason, until a newer run of the same stage was done."""

import pytest

from pipeline.cli.main import main
from pipeline.store import OutboxMessage
from pipeline.work.running import run
from pipeline.work.workplace import Workplace
from tests.unit.work.test_second_thoughts import work

__all__ = ["work"]

AT = "2026-03-01T10:00:00+00:00"


def ran(work: Workplace, number: int, outcome: str, why: str = "") -> None:
    """A run of the preparation, as the dispatcher notes it."""
    study = work.study.id
    message = OutboxMessage(f"prepare:{study}:asked:{number}:1", study, "prepare")
    work.store.outbox.begun(message, AT, f"run-{number}")
    work.store.outbox.stopped_because(study, f"run-{number}", why)
    work.store.outbox.ended(message.key, outcome)


def told(work: Workplace, screen: pytest.CaptureFixture[str]) -> list[str]:
    """What status says of runs that stopped."""
    screen.readouterr()
    assert main(["status", str(work.folder)]) == 0
    return [line.strip() for line in screen.readouterr().out.splitlines() if " ended as " in line]


def test_a_later_run_of_the_stage_ends_it(work: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    ran(work, 1, "FAILED", "The file is gone.")
    again = f"start it again: polyvocal trigger {work.folder} prepare"
    assert told(work, capsys) == [f"prepare ended as failed (The file is gone.); {again}"]
    ran(work, 2, "COMPLETED")
    assert told(work, capsys) == []


def test_so_does_the_same_work_done_from_the_command_line(
    work: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    ran(work, 1, "FAILED")
    assert told(work, capsys)
    run(work, "ana")
    assert told(work, capsys) == []
    latest = work.store.outbox.latest("harbor", 99)
    run(work, "ana")
    assert work.store.outbox.latest("harbor", 99) == latest, "nothing is noted where nothing had stopped"
