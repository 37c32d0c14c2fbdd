"""The plain way to find question spans, kept to be measured against: the last clear match is carried forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.segment import OFF_GUIDE, TurnQuestion
from pipeline.domain.study import Question
from pipeline.domain.transcript import Turn

THRESHOLD: Final = 0.4
"""The cosine from which a turn counts as putting a question."""


def forward_fill(
    turns: Sequence[Turn],
    is_moderator: Sequence[bool],
    turn_vectors: NDArray[np.float32],
    questions: Sequence[Question],
    question_vectors: NDArray[np.float32],
    threshold: float = THRESHOLD,
) -> tuple[TurnQuestion, ...]:
    """The nearest question at the last moderator's turn that came near enough to one, OFF_GUIDE before the first.

    Vectors (t, d) and (q, d) are of unit length. Where nobody moderates every turn counts. The confidence is the
    cosine at that turn, 0 before the first.
    """
    cosines = turn_vectors @ question_vectors.T
    anyone = not any(is_moderator)
    current, sure = OFF_GUIDE, 0.0
    spans = []
    for turn, moderates, row in zip(turns, is_moderator, cosines, strict=True):
        if len(questions) and (anyone or moderates) and row.max() >= threshold:
            current, sure = questions[int(row.argmax())].id, min(1.0, float(row.max()))
        spans.append(TurnQuestion(turn.index, current, sure))
    return tuple(spans)
