"""Decisions in words, for the people who took them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pipeline.domain.acts import Latest
from pipeline.domain.codebook import Codebook
from pipeline.domain.counted import counted
from pipeline.domain.decision import Decision, Kind
from pipeline.report.decisions import in_words
from pipeline.work.workplace import CHECKPOINTS

VERBS: Final[Mapping[Kind, str]] = {
    Kind.ACCEPT: "Accepted a candidate",
    Kind.CREATE: "Made the code",
    Kind.REJECT: "Rejected a candidate",
    Kind.RENAME: "Renamed a code",
    Kind.MERGE: "Merged:",
    Kind.SPLIT: "Split a code",
    Kind.MOVE: "Moved a segment",
    Kind.APPLY: "Put on a segment:",
    Kind.REMOVE: "Took off a segment:",
    Kind.MEMO: "Memo:",
    Kind.STANCE: "Stance:",
    Kind.DEFINE: "Changed a code:",
    Kind.PLACE: "Moved a code",
    Kind.THEME: "Theme",
    Kind.APPROVE: "Approved the checkpoint",
    Kind.UNDO: "Undid a decision",
    Kind.COMMIT: "Coded a segment:",
    Kind.ROUND: "Opened a blind round on",
    Kind.FINISH: "Done with the blind round",
    Kind.CLOSE: "Closed the blind round",
    Kind.SETTLE: "Settled a segment:",
    Kind.SPEAKER: "Named a speaker:",
    Kind.MODERATOR: "Moderator:",
    Kind.QUESTION: "Question span:",
    Kind.OMIT: "Turn",
}


def told(decision: Decision, book: Codebook) -> str:
    """What a decision did, in one line, with codes by their present names; of somebody's latest, how many more an
    undo takes back with it."""
    line = _line(decision, book)
    return f"{line} and {decision.others:,} more" if isinstance(decision, Latest) and decision.others else line


def _line(decision: Decision, book: Codebook) -> str:
    if decision.kind is Kind.APPROVE:
        number = CHECKPOINTS.index(decision.subject) + 1
        return f"Approved checkpoint {number}, version {decision.payload['version']}"
    if decision.kind is Kind.MERGE and decision.subject in book.codes:
        return f"Merged {_merged(decision, book)} into “{book.codes[decision.subject].name}”"
    return f"{VERBS[decision.kind]} {in_words(decision, book)}".strip()


def _merged(decision: Decision, book: Codebook) -> str:
    codes = [f"“{book.codes[code].name}”" for code in decision.payload.get("codes", ()) if code in book.codes]
    candidates = len(decision.payload.get("suggestions", ()))
    if candidates:
        codes.append("a candidate" if candidates == 1 else counted(candidates, "candidate"))
    return " and ".join(codes)
