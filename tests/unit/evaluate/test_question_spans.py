"""Question spans are scored over the turns that the reference covers."""

import pytest

from pipeline.evaluate.question_spans import GroupQuestions, reference_questions, score_question_spans
from pipeline.evaluate.reference import QuestionSpan

TURNS = [(0, 10), (10, 20), (20, 30), (30, 40), (40, 50), (50, 60)]
REFERENCE = [QuestionSpan("north", 0, 20, "Q1"), QuestionSpan("north", 20, 46, "Q2")]


def score(*found: str):
    return score_question_spans([GroupQuestions(TURNS, found, REFERENCE)])


def test_a_turns_middle_decides() -> None:
    assert reference_questions(TURNS, REFERENCE) == ("Q1", "Q1", "Q2", "Q2", "Q2", None)


def test_a_perfect_path() -> None:
    """What the path says of turns that the reference leaves open does not count."""
    perfect = score("Q1", "Q1", "Q2", "Q2", "Q2", "Q3")
    assert (
        perfect.turn_accuracy,
        perfect.macro_f1,
        perfect.boundary_error_turns_median,
        perfect.boundary_error_turns_p90,
        perfect.turns,
    ) == (1.0, 1.0, 0.0, 0.0, 5)


def test_a_question_entered_late() -> None:
    late = score("Q1", "Q1", "Q1", "Q1", "Q2", "Q2")
    assert pytest.approx(late.turn_accuracy) == 3 / 5
    assert pytest.approx(late.macro_f1) == (4 / 6 + 2 / 4) / 2
    assert late.boundary_error_turns_median == 2


def test_a_question_never_entered_errs_by_its_length() -> None:
    assert score("Q1", "Q1", "Q1", "Q1", "Q1", "Q1").boundary_error_turns_median == 3


def test_no_reference_no_score() -> None:
    assert score_question_spans([GroupQuestions(TURNS, ["Q1"] * 6, [])]).turns == 0
