"""A focus group taken out again, as far as nothing rests on its talk yet: a file dropped in the inbox by mistake."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipeline.domain.decision import Decision, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.domain.segment import text_hash
from pipeline.store import StoredTranscript
from pipeline.work import prepare as preparing
from pipeline.work.inbox import message_key
from pipeline.work.workplace import TRANSCRIPTS, Workplace, fingerprint, now


def forget(work: Workplace, group: str, coder: str, reason: str = "") -> StoredTranscript:
    """Delete what was read from a group's file, its vectors included, and note with the files set aside who did.

    The file itself stays where it lies. What is left of the study waits at checkpoint 1 where it was prepared before.

    Raises:
        DecisionRefused: there is no such group, study.toml describes it, or people signed off or decided something
            about its talk; nothing was deleted.
    """
    if not coder.strip():
        raise DecisionRefused("Taking a focus group out needs to say who does it. Give your name.")
    with work.store.atomically(work.study.id):
        stored = _stored(work, group)
        _nothing_rests_on(work, stored)
        hashes = _hashes(work, stored) - _needed_elsewhere(work, stored)
        work.store.transcripts.forget(work.study.id, stored.transcript.id)
        work.store.vectors.forget(hashes)
        work.store.outbox.forget(message_key(work.study.id, group, stored.transcript.id))
        because = f": {reason.strip()}" if reason.strip() else ""
        said = f"{coder.strip()} took group {group} out of the study again{because}"
        work.store.transcripts.refuse(work.study.id, stored.filename, stored.transcript.id, said, now())
        _frozen_without(work, group)
    return stored


def _stored(work: Workplace, group: str) -> StoredTranscript:
    found = {item.group: item for item in work.store.transcripts.of_study(work.study.id)}
    if group not in found:
        there = f"There are: {', '.join(sorted(found))}." if found else "None was read yet."
        raise DecisionRefused(f"There is no focus group `{group}` whose file was read. {there}")
    if work.study.group(group):
        raise DecisionRefused(
            f"study.toml describes `{group}`, and the next run would read its file again. Take its [[group]] out of "
            "study.toml first."
        )
    return found[group]


def _nothing_rests_on(work: Workplace, stored: StoredTranscript) -> None:
    history = work.store.stages.history(work.study.id, preparing.STAGE)
    prepared = {item.version: item.summary["groups"] for item in history}
    for decision in work.store.decisions.log(work.study.id):
        if _signs_off(decision, stored.group, prepared):
            raise DecisionRefused(
                f"{decision.draft.coder} signed `{stored.group}` off at checkpoint `{TRANSCRIPTS}`, and candidates "
                "and decisions may rest on its talk since. A study without it begins anew: with --home DIR."
            )
        if stored.transcript.id[:12] in f"{decision.subject} {json.dumps(dict(decision.payload))}":
            raise DecisionRefused(
                f"{decision.draft.coder} decided something about the talk of `{stored.group}`, and no decision is "
                "ever deleted. A study without it begins anew: with --home DIR."
            )


def _signs_off(decision: Decision, group: str, prepared: Mapping[int, Mapping[str, Any]]) -> bool:
    signs = decision.kind is Kind.APPROVE and decision.subject == TRANSCRIPTS
    return signs and group in prepared.get(int(decision.payload["version"]), {})


def _hashes(work: Workplace, stored: StoredTranscript, study: str = "") -> set[str]:
    """What the vectors of a transcript's segments are kept under."""
    segments = work.store.segments.of_transcript(study or work.study.id, stored.transcript.id)
    return {text_hash(stored.transcript.text[segment.start : segment.end]) for segment in segments}


def _needed_elsewhere(work: Workplace, stored: StoredTranscript) -> set[str]:
    """Those of all other transcripts of the database: "Yes." is said in each, and vectors are shared."""
    found: set[str] = set()
    for study in work.store.studies.ids():
        for other in work.store.transcripts.of_study(study):
            if (study, other.transcript.id) != (work.study.id, stored.transcript.id):
                found |= _hashes(work, other, study)
    return found


def _frozen_without(work: Workplace, group: str) -> None:
    """The preparation without the group, as its next version: what waits must not be signed off with it."""
    latest = work.store.stages.latest(work.study.id, preparing.STAGE)
    if latest and group in latest.summary["groups"]:
        groups = {name: made for name, made in latest.summary["groups"].items() if name != group}
        summary = {**latest.summary, "groups": groups}
        work.store.stages.freeze(work.study.id, preparing.STAGE, fingerprint(groups), summary, now())
