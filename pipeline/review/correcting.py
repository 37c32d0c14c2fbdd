"""Corrections at checkpoint 1: who spoke, who moderated, which question a turn answers, what is left out."""

from __future__ import annotations

from pipeline.domain.correction import turn_id
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.segment import OFF_GUIDE
from pipeline.domain.study import Study
from pipeline.domain.transcript import Transcript
from pipeline.review.signing import Signature, signed


def name_speaker(sign: Signature, transcript: Transcript, label: str, name: str) -> Draft:
    """Say who a label of the file stands for; two labels with one name become one speaker."""
    if label not in transcript.speakers:
        raise DecisionRefused(f"No turn is labelled `{label}`. The labels are: {', '.join(transcript.speakers)}.")
    if not name.strip():
        raise DecisionRefused(f"Say whose label `{label}` is: a speaker needs a name.")
    return signed(sign, Kind.SPEAKER, transcript.id, {"label": label, "name": " ".join(name.split())})


def set_moderator(sign: Signature, transcript: Transcript, name: str, *, moderates: bool) -> Draft:
    """Say whether a speaker moderates; what moderators say is kept and shown but carries no code."""
    if not name.strip():
        raise DecisionRefused("Name the speaker who does or does not moderate.")
    return signed(sign, Kind.MODERATOR, transcript.id, {"name": name.strip(), "is": moderates})


def set_question(
    sign: Signature, study: Study, transcript: Transcript, first: int, question: str, *, through: int | None = None
) -> Draft:
    """Say which guide question the turns `first` to `through` (inclusive; one turn if None) answer."""
    last = first if through is None else through
    _require_turn(transcript, first)
    _require_turn(transcript, last)
    if last < first:
        raise DecisionRefused(f"The span ends (turn {last}) before it begins (turn {first}). Swap the two.")
    known = [item.id for item in study.questions]
    if question not in known and question != OFF_GUIDE:
        raise DecisionRefused(f"The guide has no question `{question}`. It has: {', '.join([*known, OFF_GUIDE])}.")
    return signed(sign, Kind.QUESTION, turn_id(transcript.id, first), {"question": question, "through": last})


def omit(sign: Signature, transcript: Transcript, turn: int, *, left_out: bool = True) -> Draft:
    """Leave a turn out of the analysis, or take it back in."""
    _require_turn(transcript, turn)
    return signed(sign, Kind.OMIT, turn_id(transcript.id, turn), {"omit": left_out})


def _require_turn(transcript: Transcript, turn: int) -> None:
    if not 0 <= turn < len(transcript.turns):
        raise DecisionRefused(f"There is no turn {turn}. Turns count from 0 to {len(transcript.turns) - 1}.")
