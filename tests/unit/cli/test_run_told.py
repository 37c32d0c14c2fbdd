"""A run, and the site, say when much of the talk is in no candidate, and only then."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeline.cli.run_commands import _tell_suggested
from pipeline.work.few_candidates import little_found, why_few


@pytest.mark.parametrize(
    ("segments", "unclear", "candidates", "questions", "said"),
    [
        (10, 4, 5, 3, True),
        (10, 3, 5, 3, False),
        (10, 1, 2, 3, True),
        (10, 0, 2, 3, False),
        (0, 0, 0, 3, False),
    ],
    ids=["much unclear", "little unclear", "few candidates", "all in candidates", "no talk"],
)
def test_little_was_found(segments: int, unclear: int, candidates: int, questions: int, said: bool) -> None:  # noqa: FBT001 - a case
    counts = {"segments": segments, "unclear": unclear, "candidates": candidates}
    assert little_found(counts, questions) is said
    assert bool(why_few(counts, questions)) is said


def test_it_is_said_how_much_talk_there_was_and_what_a_candidate_takes() -> None:
    said = why_few({"segments": 1_200, "unclear": 1_100, "candidates": 1}, 3)
    assert said.startswith("1,100 of 1,200 segments of talk fit no candidate: ")
    assert "only where it recurs" in said


def test_what_was_proposed_for_a_late_group_is_not_said_to_wait_whole(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Some of it may be held back: how many wait is said once, with those, at the end of the run."""
    counts = {"mode": "added", "candidates": 3, "codes_gaining": 2, "proposed_codings": 9, "decisions_touched": 0}
    suggested = SimpleNamespace(changed=True, embedded=4, summary=counts)
    ran = SimpleNamespace(stages={"suggest": suggested, "prepare": SimpleNamespace(embedded=0)})
    _tell_suggested(cast("Any", None), cast("Any", ran), "S")
    told = "3 new candidates, 2 codes gained segments (9 codings proposed), 0 decisions touched."
    assert capsys.readouterr().out.strip().splitlines()[0] == told
