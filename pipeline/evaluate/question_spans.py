"""How often the guide question found for a turn is the one people found, and how far off the boundaries are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import numpy as np

from pipeline.evaluate.reference import QuestionSpan

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GroupQuestions:
    """One group: its turns as (start, end) of the transcript in order, the question found for each, and the
    reference's spans."""

    turns: Sequence[Span]
    found: Sequence[str]
    reference: Sequence[QuestionSpan]


@dataclass(frozen=True, slots=True)
class QuestionSpanScore:
    """Pooled over groups. `turns` counts the turns the reference covers; the shares are of those.

    Boundary errors are in turns, over the reference spans that begin after the first turn; 0.0 without any.
    """

    turn_accuracy: float
    macro_f1: float
    boundary_error_turns_median: float
    boundary_error_turns_p90: float
    turns: int


def score_question_spans(groups: Sequence[GroupQuestions]) -> QuestionSpanScore:
    """The score over all groups; all zeros where the reference covers no turn."""
    pairs = [
        (true, found)
        for group in groups
        for true, found in zip(reference_questions(group.turns, group.reference), group.found, strict=True)
        if true is not None
    ]
    if not pairs:
        return QuestionSpanScore(0.0, 0.0, 0.0, 0.0, 0)
    errors = [error for group in groups for error in _boundary_errors(group)] or [0]
    return QuestionSpanScore(
        turn_accuracy=fmean(true == found for true, found in pairs),
        macro_f1=_macro_f1(pairs),
        boundary_error_turns_median=float(np.median(errors)),
        boundary_error_turns_p90=float(np.percentile(errors, 90)),
        turns=len(pairs),
    )


def reference_questions(turns: Sequence[Span], reference: Sequence[QuestionSpan]) -> tuple[str | None, ...]:
    """The question of the first span that covers the middle of each turn, or None where none does."""
    return tuple(
        next((span.question for span in reference if 2 * span.start <= start + end < 2 * span.end), None)
        for start, end in turns
    )


def _macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """The mean F1 over the questions that the reference holds."""
    scores = []
    for question in dict.fromkeys(true for true, _ in pairs):
        both = sum(true == found == question for true, found in pairs)
        either = sum((true == question) + (found == question) for true, found in pairs)
        scores.append(2 * both / either)
    return fmean(scores)


def _boundary_errors(group: GroupQuestions) -> list[int]:
    """Per reference span, the turns between its first turn and the nearest turn at which the same question is
    entered. A question that is never entered errs by the whole length of the span."""
    true = reference_questions(group.turns, group.reference)
    entered = [(before, after) for before, after in pairwise(("", *group.found))]
    errors = []
    for first, last in _runs(true):
        if first == 0:
            continue
        starts = [turn for turn, (before, after) in enumerate(entered) if after == true[first] != before]
        length = last - first + 1
        errors.append(min((abs(turn - first) for turn in starts), default=length))
    return errors


def _runs(labels: Sequence[str | None]) -> list[tuple[int, int]]:
    """(first, last) of each unbroken run of one question."""
    changes = [turn for turn in range(len(labels)) if turn == 0 or labels[turn] != labels[turn - 1]]
    ends = [turn - 1 for turn in changes[1:]] + [len(labels) - 1]
    return [(first, last) for first, last in zip(changes, ends, strict=True) if labels[first] is not None]
