"""Why a run stopped is kept in the study, where people may read it, and not in what Prefect gets."""

import re
from pathlib import Path

import pytest

from pipeline.domain.errors import NotReady
from pipeline.flows.guarded import StageFailed, guarded
from pipeline.flows.studies import VARIABLE, announce
from pipeline.store import OutboxMessage
from pipeline.work.workplace import Workplace
from tests.made_study import made_study

SENTENCE = "Checkpoint `map` waits for approval of version 2."


@pytest.mark.parametrize(
    ("problem", "kept"),
    [
        (NotReady(SENTENCE), re.escape(SENTENCE)),
        (ValueError("Ana: she never told anybody."), r"report failed: ValueError at .*test_why_it_stopped:\d+\."),
    ],
    ids=["a sentence for people", "an error made of talk"],
)
def test_the_sentence_is_kept_with_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: Exception, kept: str
) -> None:
    """The whole of one that is for people; of any other error its kind and place alone."""
    monkeypatch.setenv(VARIABLE, "")

    def fail(_work: Workplace) -> None:
        raise problem

    with made_study(tmp_path / "study") as work:
        announce({"made": (tmp_path / "study", None)})
        work.store.outbox.begun(OutboxMessage("report:made:map:1:1", "made", "report"), "2026-03-01", "run-1")
        with pytest.raises(StageFailed) as caught:
            guarded("made", "report", fail, "run-1")
        (message,) = work.store.outbox.running("made")
    assert re.fullmatch(kept, message.problem)
    assert str(problem) not in str(caught.value)
