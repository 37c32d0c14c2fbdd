"""Why checkpoint 1 waits again, and what the next run will prepare anew: nobody looks twice unexplained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pipeline.domain.correction import Corrections, corrections
from pipeline.domain.folding import fold
from pipeline.domain.study import FocusGroup
from pipeline.work.prepare import STAGE, inputs_of, made_of
from pipeline.work.workplace import TRANSCRIPTS, Workplace, fingerprint

Groups = Mapping[str, Mapping[str, Any]]
"""What a version of the preparation says of each focus group."""
_NEW: Final = "it is new"
_UNREAD: Final = "its transcript was not read yet"
NAMED: Final = "speakers were named"
"""Shows and counts at once; the preparation goes by the names for who moderates."""
_CHANGED: Final[Mapping[str, str]] = {
    "transcript": "its transcript is another",
    "method": "Polyvocal prepares talk in another way now",
    "model": "another language model is used now",
    "guide": "the guide in study.toml was changed",
    "moderators": "study.toml names other moderators",
    "speakers": NAMED,
    "moderating": "it was decided who moderates",
    "omitted": "turns were left out or taken back in",
}
"""What may have changed, by the parts that a preparation is made of."""


def reasons(work: Workplace) -> dict[str, str]:
    """Per group that differs from what was signed off at checkpoint 1, why; empty where nothing was yet."""
    approval = fold(work.store.decisions.log(work.study.id)).approvals.get(TRANSCRIPTS)
    versions = {item.version: item.summary["groups"] for item in work.store.stages.history(work.study.id, STAGE)}
    if approval is None or approval.version not in versions:
        return {}
    return differing(versions[approval.version], versions[max(versions)])


def differing(signed: Groups, latest: Groups) -> dict[str, str]:
    """The same of two versions of the preparation, given by their groups."""
    return {
        group: _why(signed.get(group), made.get("parts", {}))
        for group, made in latest.items()
        if made.get("inputs") != signed.get(group, {}).get("inputs")
    }


def outdated(work: Workplace) -> dict[str, str]:
    """Per group that the next run prepares, or prepares anew, why; nothing is read or written to tell."""
    latest = work.store.stages.latest(work.study.id, STAGE)
    before: Groups = latest.summary["groups"] if latest else {}
    stored = {item.group: item.transcript.id for item in work.store.transcripts.of_study(work.study.id)}
    fixed = corrections(work.store.decisions.log(work.study.id))
    found: dict[str, str] = {}
    for group in work.groups():
        if group.id not in stored:
            if group.transcript and (work.folder / group.transcript).is_file():
                found[group.id] = _UNREAD
            continue
        if why := overtaken(work, group, stored[group.id], before.get(group.id), fixed):
            found[group.id] = why
    return found


def overtaken(
    work: Workplace, group: FocusGroup, transcript: str, before: Mapping[str, Any] | None, fixed: Corrections
) -> str:
    """Why a group is to be prepared anew that was prepared as `before` says; "" where it is not."""
    parts = made_of(work, group, transcript, fixed)
    if before and before.get("inputs") == inputs_of(parts):
        return ""
    return _why(before, {part: fingerprint(value) for part, value in parts.items()})


def _why(before: Mapping[str, Any] | None, parts: Mapping[str, str]) -> str:
    if before is None:
        return _NEW
    known = before.get("parts", {})
    changed = [said for part, said in _CHANGED.items() if known and known.get(part) != parts.get(part)]
    return ", ".join(changed) or "what it is made of was changed"
