"""Whether codes and codings may be changed by somebody now, and the sentence that says why they rest."""

from __future__ import annotations

from typing import Final

from pipeline.domain.codebook import RoundKind
from pipeline.work.live_study import View

OTHERS_AT_WORK: Final = (
    "Coders are at work blind to each other. The team's codebook rests until that round is closed."
)
SAID_DONE: Final = "You said that you are done with this round. Undo that to go on."
ONLY_THE_SAMPLE: Final = "In this blind round you code the sample, and codes stay as they are until it is closed."


def resting(view: View) -> str:
    """Why this person can change no code and no coding now; "" where they can.

    It says beforehand, for the page, what the log would answer to a decision.
    """
    going_on = view.book.open_round
    if going_on is None:
        return ""
    if view.blind is None:
        return OTHERS_AT_WORK
    if (going_on.id, view.person) in view.book.finished:
        return SAID_DONE
    return ONLY_THE_SAMPLE if going_on.kind is RoundKind.SAMPLE else ""
