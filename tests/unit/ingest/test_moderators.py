"""Moderators are proposed from what they do, whatever they are called."""

import textwrap

from pipeline.domain.study import Question
from pipeline.domain.transcript import Transcript
from pipeline.ingest import text
from pipeline.ingest.composing import ReadOptions
from pipeline.ingest.moderators import propose_moderators

GUIDE = (Question("Q1", "What helped you most after the flood?"), Question("Q2", "What was missing in the village?"))


def transcript(conversation: str) -> Transcript:
    reading = text.read(textwrap.dedent(conversation).encode(), options=ReadOptions(".txt"))
    return Transcript("0" * 64, reading.text, reading.turns, reading.account, "txt")


def test_who_asks_the_guides_questions_comes_first():
    proposed = propose_moderators(
        transcript(
            """\
            Ruth: So, what helped most after the flood?
            Ana: My neighbours came with food and blankets every day for a month.
            Jo: Did they? Nobody came to us for a week, and we lived on tins.
            Ruth: And what was missing here in the village?
            Ana: Water. You could not get clean water until the second Sunday.
            """
        ),
        GUIDE,
    )

    assert proposed[0][0] == "Ruth"
    assert proposed[0][1] >= 2 * proposed[1][1]
    assert all(0 <= score <= 1 for _, score in proposed)


def test_a_name_that_says_so_counts_without_a_guide():
    conversation = transcript("Ana: Shall I begin?\nFacilitator: Please do.\nAna: It rained.\nFacilitator: Go on.\n")

    assert propose_moderators(conversation, ())[0][0] == "Facilitator"


def test_nobody_is_proposed_where_nobody_is_named():
    assert propose_moderators(transcript("It rained.\n\nFor a week.\n"), GUIDE) == ()
