"""Corrections at checkpoint 1 name labels, turns and questions that are there."""

import pytest

from pipeline.domain.correction import corrections
from pipeline.domain.errors import DecisionRefused
from pipeline.review import correcting
from pipeline.review.signing import Signature
from tests.unit.mapping.conversation import heard, logged

TALK = heard("""
== plains
Q1 | Moderator: What do you see?
Q1 | SPEAKER_1: Nobody sees it.
Q2 | SPEAKER_1: There is nothing to rent.
""")
TRANSCRIPT = TALK.transcripts["plains"]


def sign(key: str = "k") -> Signature:
    return Signature("study", "Ana", "2026-03-01T10:00:00Z", key)


def test_corrections_are_in_force_once_logged():
    fixed = corrections(
        logged(
            [
                correcting.name_speaker(sign("1"), TRANSCRIPT, "SPEAKER_1", "Ruth"),
                correcting.set_moderator(sign("2"), TRANSCRIPT, "Ruth", moderates=False),
                correcting.set_question(sign("3"), TALK.study, TRANSCRIPT, 1, "Q2", through=2),
                correcting.omit(sign("4"), TRANSCRIPT, 0),
            ]
        )
    )
    short = TRANSCRIPT.id[:12]

    assert fixed.speakers == {(short, "SPEAKER_1"): "Ruth"}
    assert fixed.moderators == {(short, "Ruth"): False}
    assert fixed.questions == {f"{short}:t1": "Q2", f"{short}:t2": "Q2"}
    assert fixed.omitted == {f"{short}:t0"}


def test_a_correction_of_what_is_not_there_is_refused():
    wrong = {
        "No turn is labelled `Rut`": lambda: correcting.name_speaker(sign(), TRANSCRIPT, "Rut", "Ruth"),
        "a speaker needs a name": lambda: correcting.name_speaker(sign(), TRANSCRIPT, "SPEAKER_1", " "),
        "There is no turn 3": lambda: correcting.omit(sign(), TRANSCRIPT, 3),
        "no question `Q9`": lambda: correcting.set_question(sign(), TALK.study, TRANSCRIPT, 1, "Q9"),
        "ends .* before it begins": lambda: correcting.set_question(
            sign(), TALK.study, TRANSCRIPT, 2, "Q1", through=1
        ),
    }
    for sentence, act in wrong.items():
        with pytest.raises(DecisionRefused, match=sentence):
            act()
