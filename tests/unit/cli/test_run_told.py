"""A run says when much of the talk is in no candidate, and only then."""

import pytest

from pipeline.cli.run_commands import _little_found


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
    assert _little_found(counts, questions) is said
