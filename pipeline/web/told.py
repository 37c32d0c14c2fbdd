"""Decisions in words, for the people who took them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipeline.domain.acts import Latest
from pipeline.domain.codebook import Codebook
from pipeline.domain.counted import counted
from pipeline.domain.decision import Decision, Kind
from pipeline.report.decisions import in_words
from pipeline.work.live_study import Material, View
from pipeline.work.workplace import CHECKPOINTS

A_CANDIDATE: Final = "a candidate"
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


PROPOSED: Final = "proposed"
"""Marks, in its payload, a decision that took nothing off a segment: a no to what the machine proposed."""


def told(decision: Decision, book: Codebook, material: Material | None = None) -> str:
    """What a decision did, in one line, with codes by their present names and candidates by theirs, where they are
    at hand; of somebody's latest, how many more an undo takes back with it."""
    line = _line(decision, book, material)
    if not isinstance(decision, Latest):
        return line
    if decision.kind is Kind.ACCEPT and decision.split_off:
        line = told_split(decision, decision.split_off, material)
    others = decision.others - (line.startswith(_SPLIT) and len(decision.split_off))
    return f"{line} and {others:,} more" if others else line


def told_last(view: View) -> str:
    """What somebody decided last; "" where there is nothing to undo."""
    return told(view.last, view.book, view.material) if view.last else ""


def told_split(accepted: Decision, parts: Sequence[Mapping[str, Any]], material: Material | None) -> str:
    """A candidate that was accepted as several codes at once, each with the segments that it got."""
    gone = {segment for part in parts for segment in part["segments"]}
    kept = [segment for segment in accepted.payload["segments"] if segment not in gone]
    made = [(accepted.payload["name"], kept), *((part["name"], part["segments"]) for part in parts)]
    codes = [f"“{name}”, {counted(len(segments), 'segment')}" for name, segments in made]
    return f"{_SPLIT}{_candidate(accepted.subject, material)} into {', and '.join(codes)}"


_SPLIT: Final = "Split "


def _line(decision: Decision, book: Codebook, material: Material | None) -> str:
    if decision.kind is Kind.APPROVE:
        number = CHECKPOINTS.index(decision.subject) + 1
        return f"Approved checkpoint {number}, version {decision.payload['version']}"
    if decision.kind is Kind.MERGE and decision.subject in book.codes:
        return f"Merged {_merged(decision, book, material)} into “{book.codes[decision.subject].name}”"
    verb, said = VERBS[decision.kind], in_words(decision, book)
    if decision.kind in {Kind.ACCEPT, Kind.REJECT}:
        name = _candidate(decision.subject, material)
        line = f"{verb.replace(A_CANDIDATE, name)} {said}".strip()
        return line.replace(f"{name} as {name}", name)  # under the name that it had
    if decision.kind is Kind.REMOVE and decision.payload.get(PROPOSED):
        verb = "Said no to a proposed coding:"
    return f"{verb} {said}".strip()


def _candidate(name: str, material: Material | None) -> str:
    found = material.suggestions.get(name) if material else None
    return f"“{found.name}”" if found else A_CANDIDATE


def _merged(decision: Decision, book: Codebook, material: Material | None) -> str:
    codes = [f"“{book.codes[code].name}”" for code in decision.payload.get("codes", ()) if code in book.codes]
    candidates = decision.payload.get("suggestions", ())
    if candidates:
        alone = len(candidates) == 1
        codes.append(_candidate(candidates[0]["id"], material) if alone else counted(len(candidates), "candidate"))
    return " and ".join(codes)
