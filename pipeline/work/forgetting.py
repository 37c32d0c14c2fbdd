"""A focus group taken out again, as far as nothing rests on its talk yet: a file dropped in the inbox by mistake."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.domain.decision import Decision, Kind
from pipeline.domain.errors import DecisionRefused, NotReady
from pipeline.domain.segment import text_hash
from pipeline.store import StoredTranscript
from pipeline.work import prepare as preparing
from pipeline.work.deciding import codebook
from pipeline.work.inbox import copies, message_key
from pipeline.work.workplace import TRANSCRIPTS, Workplace, fingerprint, now


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out; the files of the same bytes that still lie in the inbox or where it puts what it read; and
    whether the deleted talk is out of the database's own files already."""

    filename: str
    copies: tuple[Path, ...]
    scrubbed: bool


def forget(work: Workplace, group: str, coder: str, reason: str = "") -> Forgotten:
    """Delete what was read from a group's file, its vectors included, and note with the files set aside who did.

    The file itself stays where it lies. What is left of the study waits at checkpoint 1.

    Raises:
        DecisionRefused: there is no such group, study.toml describes it, or people signed off or decided something
            about its talk, or do so blind just now; nothing was deleted.
        NotReady: the group was not prepared yet.
    """
    if not coder.strip():
        raise DecisionRefused("Taking a focus group out needs to say who does it. Give your name.")
    study, stored = work.study.id, _stored(work, group)
    _nothing_rests_on(work, stored)  # what no edit of study.toml would mend is said first
    _not_described(work, group)
    which = stored.transcript.id
    others, kept = _others(work, which)  # before anybody has to wait for this one's turn to write
    hashes = _hashes(work, study, stored) | _of_sentences(work, stored)
    with work.store.atomically(study):
        _nothing_rests_on(work, stored)
        _, since = _others(work, which, but=others)
        because = f": {reason.strip()}" if reason.strip() else ""
        said = f"{coder.strip()} took group {group} out of the study again{because}"
        work.store.transcripts.forget(study, which)
        work.store.vectors.forget(hashes - kept - since)
        work.store.outbox.forget(message_key(study, group, which))
        work.store.transcripts.refuse(study, stored.filename, which, said, now())
        _frozen_without(work, group)
        work.store.stages.strike(study, preparing.STAGE, group)
    return Forgotten(stored.filename, tuple(copies(work, which)), work.store.scrub())


def _stored(work: Workplace, group: str) -> StoredTranscript:
    found = {item.group: item for item in work.store.transcripts.of_study(work.study.id)}
    if group not in found:
        there = f"There are: {', '.join(sorted(found))}." if found else "None was read yet."
        raise DecisionRefused(f"There is no focus group `{group}` whose file was read. {there}")
    return found[group]


def _not_described(work: Workplace, group: str) -> None:
    if work.study.group(group):
        raise DecisionRefused(
            f"study.toml describes `{group}`, and the next run would read its file again. Take its [[group]] out of "
            "study.toml first."
        )


def _nothing_rests_on(work: Workplace, stored: StoredTranscript) -> None:
    if codebook(work).open_round:
        raise DecisionRefused("Coders are at work blind to each other: take the group out once the round is closed.")
    history = work.store.stages.history(work.study.id, preparing.STAGE)
    prepared = {item.version: item.summary["groups"] for item in history}
    if stored.group not in prepared.get(max(prepared, default=0), {}):
        raise NotReady(f"`{stored.group}` is still being read: run the study once, then take it out.")
    for decision in work.store.decisions.log(work.study.id):
        if _signs_off(decision, stored.group, prepared):
            raise DecisionRefused(
                f"{decision.draft.coder} signed `{stored.group}` off at checkpoint `{TRANSCRIPTS}`, and candidates "
                "and decisions may rest on its talk since. A study without it begins anew: with --home DIR."
            )
        if stored.transcript.id[:12] in f"{decision.subject} {json.dumps(dict(decision.payload))}":
            raise DecisionRefused(
                f"{decision.draft.coder} decided something about the talk of `{stored.group}`, and no decision is "
                "ever deleted, not even one taken back. A study without it begins anew: with --home DIR."
            )


def _signs_off(decision: Decision, group: str, prepared: Mapping[int, Mapping[str, Any]]) -> bool:
    signs = decision.kind is Kind.APPROVE and decision.subject == TRANSCRIPTS
    return signs and group in prepared.get(int(decision.payload["version"]), {})


def _hashes(work: Workplace, study: str, stored: StoredTranscript) -> set[str]:
    """What the vectors of a transcript's segments are kept under."""
    segments = work.store.segments.of_transcript(study, stored.transcript.id)
    return {text_hash(stored.transcript.text[segment.start : segment.end]) for segment in segments}


def _of_sentences(work: Workplace, stored: StoredTranscript) -> set[str]:
    """The same of its sentences: those of moderators have vectors of their own; who moderates may have changed."""
    said = [stored.transcript.said(turn) for turn in stored.transcript.turns]
    found = zip(said, work.splitter().sentences(said), strict=True)
    return {text_hash(words[start:end]) for words, spans in found for start, end in spans}


def _others(work: Workplace, which: str, but: Collection[str] = ()) -> tuple[set[str], set[str]]:
    """All other transcripts of the database `but` those, and what vectors of theirs are kept under: "Yes." is said in
    each, and vectors are shared."""
    others: set[str] = set()
    hashes: set[str] = set()
    for study in work.store.studies.ids():
        new = work.store.transcripts.ids(study).difference(but, {which} if study == work.study.id else ())
        for other in work.store.transcripts.of_study(study) if new else ():
            if other.transcript.id in new:
                hashes |= _hashes(work, study, other)
        others |= new
    return others, hashes


def _frozen_without(work: Workplace, group: str) -> None:
    """The preparation without the group, as its next version: what waits must not be signed off with it."""
    latest = work.store.stages.latest(work.study.id, preparing.STAGE)
    if latest and group in latest.summary["groups"]:
        groups = {name: made for name, made in latest.summary["groups"].items() if name != group}
        summary = {**latest.summary, "groups": groups}
        work.store.stages.freeze(work.study.id, preparing.STAGE, fingerprint(groups), summary, now())
