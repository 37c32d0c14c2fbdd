"""Checkpoint 1: corrections of the analyst, folded from the log; the file is never edited."""

from typing import Any

from pipeline.domain.correction import Corrections, corrections, turn_id
from pipeline.domain.decision import GENESIS, Decision, Draft, Kind, chained

FILE = "0123456789abcdef" * 4


def corrected(*acts: tuple[Kind, str, dict[str, Any]]) -> Corrections:
    log: list[Decision] = []
    for number, (kind, subject, payload) in enumerate(acts, start=1):
        draft = Draft(f"k{number}", "harbor", "ana", "now", kind, subject, payload)
        log.append(chained(draft, number, log[-1].hash if log else GENESIS))
    return corrections(log)


def test_nothing_decided_corrects_nothing() -> None:
    assert corrected() == Corrections()


def test_speakers_and_moderators_are_named_per_transcript_and_the_last_word_counts() -> None:
    fixed = corrected(
        (Kind.SPEAKER, FILE, {"label": "SPK1", "name": "Anna"}),
        (Kind.SPEAKER, FILE[:12], {"label": "SPK1", "name": "Ana"}),
        (Kind.MODERATOR, FILE, {"name": "Ana", "is": True}),
        (Kind.MODERATOR, FILE, {"name": "Ana", "is": False}),
    )
    assert fixed.speakers == {(FILE[:12], "SPK1"): "Ana"}
    assert fixed.moderators == {(FILE[:12], "Ana"): False}


def test_a_question_is_set_for_one_turn_or_through_to_another() -> None:
    fixed = corrected(
        (Kind.QUESTION, turn_id(FILE, 3), {"question": "q2", "through": 5}),
        (Kind.QUESTION, turn_id(FILE, 4), {"question": "q3"}),
    )
    assert fixed.questions == {turn_id(FILE, 3): "q2", turn_id(FILE, 4): "q3", turn_id(FILE, 5): "q2"}


def test_a_turn_left_out_can_be_taken_back_by_decision_or_by_undo() -> None:
    out: tuple[Kind, str, dict[str, Any]] = (Kind.OMIT, turn_id(FILE, 7), {})
    assert corrected(out).omitted == {turn_id(FILE, 7)}
    assert corrected(out, (Kind.OMIT, turn_id(FILE, 7), {"omit": False})).omitted == frozenset()
    assert corrected(out, (Kind.UNDO, "k1", {})).omitted == frozenset()


def test_decisions_about_codes_correct_nothing() -> None:
    assert corrected((Kind.MEMO, turn_id(FILE, 7), {"text": "loud here"})) == Corrections()
