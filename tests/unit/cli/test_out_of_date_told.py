"""`polyvocal status` says when map and report are older than what was decided, and what brings them up to date."""

import pytest

from pipeline.cli.next_steps import now
from pipeline.work.deciding import approve, codebook, decide, new_key
from pipeline.work.mapping import map_codes
from pipeline.work.reporting import report
from pipeline.work.workplace import MAP, Workplace
from pipeline.work.workplace import now as moment
from tests.unit.work.test_second_thoughts import desk, work
from tests.unit.work.test_since import written

__all__ = ["work", "written"]


@pytest.fixture(autouse=True)
def done(work: Workplace, written: str) -> None:
    """The report is written and nothing waits to be sent."""
    for message in work.store.outbox.pending("harbor"):
        work.store.outbox.sent(message.key, moment(), "done here")


def told(work: Workplace) -> list[str]:
    return list(now(work, "S"))


def test_nothing_waits_where_nothing_changed(work: Workplace, written: str) -> None:
    assert told(work) == ["nothing waits for anybody"]


def test_a_memo_makes_the_report_old_and_not_the_map(work: Workplace, written: str) -> None:
    """And then it is not said that nothing waits."""
    decide(work, desk(work, new_key()).memo(written, "Ask about Tuesdays."))
    (line,) = told(work)
    assert line.startswith("the report of 20")
    assert line.endswith("Since then people took 1 decision. To write it anew: polyvocal run S")


def test_a_decision_on_a_code_makes_both_old_and_the_next_run_asks_for_the_map(work: Workplace, written: str) -> None:
    decide(work, desk(work, new_key()).remove(codebook(work).segments_of(written)[-1], written))
    first, second = told(work)[-2:]
    assert first.startswith("the map is out of date. Since ana approved the map on 20")
    assert first.endswith("people took 1 decision on what it shows. To bring it up to date: polyvocal run S")
    assert "the report of" in second
    map_codes(work)
    assert "To write it anew: approve checkpoint `map`, then polyvocal run S" in told(work)[-1]
    approve(work, MAP, "ana")
    report(work)
    assert not any("out of date" in line for line in told(work))
