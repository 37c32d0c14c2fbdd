"""Stage one: read each transcript, find who moderates, cut turns into segments, say which question each answers."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.correction import Corrections, corrections, turn_id
from pipeline.domain.errors import FileRefused
from pipeline.domain.segment import OFF_GUIDE, Segment, TurnQuestion
from pipeline.domain.study import FocusGroup
from pipeline.domain.transcript import Transcript
from pipeline.ingest.moderators import propose_moderators
from pipeline.ingest.reading import read_file
from pipeline.ingest.study_toml import encoding_of, known_speakers
from pipeline.segment.guide_match import Sentences
from pipeline.segment.question_path import question_spans, unreached
from pipeline.segment.units import segments as cut
from pipeline.work.embedding import vectors
from pipeline.work.talk import speaker_name
from pipeline.work.workplace import Progress, Workplace, fingerprint, now, silent

STAGE: Final = "prepare"
METHOD: Final = "units.v1+question-path.v3"
"""Named in the fingerprint: a change of method prepares every transcript anew."""
SURE: Final = 0.5
"""A speaker proposed as moderator counts as one from this score on, until checkpoint 1 says otherwise."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What prepare made: the frozen version, whether anything was done, the groups worked on, vectors computed."""

    version: int
    changed: bool
    groups: tuple[str, ...]
    embedded: int
    summary: dict[str, Any] = field(default_factory=dict)


def prepare(work: Workplace, only: Collection[str] | None = None, progress: Progress = silent) -> Prepared:
    """Bring every focus group that has a transcript (or `only` those named) to checkpoint 1.

    Running again does only what is new: a file already read, a group already cut, a text already embedded
    stay as they are, and no id changes. A file that cannot be read is listed in the summary and stops no other.
    """
    latest = work.store.stages.latest(work.study.id, STAGE)
    before: dict[str, Any] = dict(latest.summary["groups"]) if latest else {}
    refused = _read_new(work, only, progress)
    fixed = corrections(work.store.decisions.log(work.study.id))
    groups = {group.id: group for group in work.groups()}
    made: dict[str, Any] = {}
    embedded = 0
    stored = [item for item in work.store.transcripts.of_study(work.study.id) if only is None or item.group in only]
    for done, item in enumerate(stored):
        progress("preparing", done, len(stored))
        parts = made_of(work, groups[item.group], item.transcript.id, fixed)
        inputs = inputs_of(parts)
        if before.get(item.group, {}).get("inputs") == inputs:
            continue
        made[item.group], new = _prepare_one(work, groups[item.group], item.transcript, fixed, progress)
        made[item.group] |= {"inputs": inputs, "parts": {part: fingerprint(value) for part, value in parts.items()}}
        embedded += new
    progress("preparing", len(stored), len(stored))
    return _frozen(work, made, refused, embedded)


def _frozen(work: Workplace, made: Mapping[str, Any], refused: Mapping[str, str], embedded: int) -> Prepared:
    """The next version: the groups made now, beside all that somebody else may have made meanwhile."""
    with work.store.atomically(work.study.id):
        latest = work.store.stages.latest(work.study.id, STAGE)
        there = work.store.transcripts.ids(work.study.id)  # without what was taken out meanwhile
        made = {group: item for group, item in made.items() if item["transcript"] in there}
        groups = {**(latest.summary["groups"] if latest else {}), **made}
        summary = {"groups": groups, "refused": refused}
        print_of = fingerprint(groups)  # a refused file changes nothing that was approved
        if latest and latest.fingerprint == print_of:
            return Prepared(latest.version, changed=False, groups=(), embedded=0, summary=summary)
        frozen = work.store.stages.freeze(work.study.id, STAGE, print_of, summary, now())
    return Prepared(frozen.version, changed=True, groups=tuple(made), embedded=embedded, summary=summary)


def _read_new(work: Workplace, only: Collection[str] | None, progress: Progress) -> dict[str, str]:
    """Import every transcript file not yet read; returns the sentence for each group whose file was refused."""
    known = {item.transcript.id: item.group for item in work.store.transcripts.of_study(work.study.id)}
    groups = [group for group in work.study.groups if group.transcript and (only is None or group.id in only)]
    refused: dict[str, str] = {}
    for done, group in enumerate(groups):
        progress("reading", done, len(groups))
        path = work.folder / str(group.transcript)
        if group.id in known.values() and not path.exists():
            continue  # read before, and moved since: the store has it
        try:
            transcript = new_transcript(work, group, path, known)
        except FileRefused as problem:
            refused[group.id] = str(problem)
            continue
        if transcript:
            work.store.transcripts.add(work.study.id, group.id, transcript, path.name, now())
            known[transcript.id] = group.id
    progress("reading", len(groups), len(groups))
    return refused


def new_transcript(work: Workplace, group: FocusGroup, path: Path, known: Mapping[str, str]) -> Transcript | None:
    """Read one file; None where the group was read from the very same bytes before.

    `known` says which group each transcript id already in the store belongs to.

    Raises:
        FileRefused: unreadable, the same talk as another group's, or not the talk this group was read from.
    """
    if not path.is_file():  # a folder, a pipe, a link to nowhere
        raise FileRefused(f"{path.name} is not there, or is no file. Check its name in study.toml.")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileRefused(f"{path.name} cannot be opened: {error.strerror or 'unknown reason'}.") from None
    if digest in known:
        if known[digest] == group.id:
            return None
        raise FileRefused(f"{path.name} is the same file that group {known[digest]} was read from; remove one.")
    if group.id in known.values():
        raise FileRefused(
            f"{path.name} is not the file that group {group.id} was first read from. Its codings would lose their "
            f"place: put the first file back. To work with the corrected talk, begin anew with --home DIR; under a "
            f"group id of its own it would count beside the first."
        )
    return read_file(path, encoding=encoding_of(group), known_speakers=known_speakers(work.study, group))


def made_of(work: Workplace, group: FocusGroup, transcript: str, fixed: Corrections) -> dict[str, Any]:
    """What one group's preparation depends on, part by part."""
    short = transcript[:12]
    return {
        "transcript": transcript,
        "method": METHOD,
        "model": work.meaning.key,
        "guide": [[question.id, question.text] for question in work.study.questions],
        "moderators": sorted(group.moderators),
        "speakers": sorted([label, name] for (which, label), name in fixed.speakers.items() if which == short),
        "moderating": sorted([name, yes] for (which, name), yes in fixed.moderators.items() if which == short),
        "omitted": sorted(turn for turn in fixed.omitted if turn.startswith(short)),
    }


def inputs_of(parts: Mapping[str, Any]) -> str:
    """The fingerprint of all of it."""
    return fingerprint(list(parts.values()))


def _prepare_one(
    work: Workplace, group: FocusGroup, transcript: Transcript, fixed: Corrections, progress: Progress
) -> tuple[dict[str, Any], int]:
    names = [speaker_name(transcript, turn, fixed) for turn in transcript.turns]
    moderators, proposed = moderators_of(work, group, transcript, fixed)
    labels = frozenset(turn.speaker for turn, name in zip(transcript.turns, names, strict=True) if name in moderators)
    omitted = frozenset(
        turn.index for turn in transcript.turns if turn_id(transcript.id, turn.index) in fixed.omitted
    )
    segments = cut(transcript, labels, omitted, work.splitter())
    work.store.segments.put(work.study.id, transcript.id, segments)
    spans, embedded = _question_spans(work, transcript, segments, [name in moderators for name in names], progress)
    work.store.questions.put(work.study.id, transcript.id, spans)
    account = transcript.account
    return {
        "transcript": transcript.id,
        "turns": len(transcript.turns),
        "segments": len(segments),
        "speakers": len(set(names)),
        "moderators": sorted(moderators),
        "moderators_proposed": proposed,
        "unreached": list(unreached(spans, work.study.questions)),
        "off_guide_turns": sum(span.question == OFF_GUIDE for span in spans),
        "unsure_turns": sum(span.confidence < SURE for span in spans),
        "characters_in": account.characters_in,
        "kept": account.kept,
        "dropped": account.by_kind(),
    }, embedded


def moderators_of(
    work: Workplace, group: FocusGroup, transcript: Transcript, fixed: Corrections
) -> tuple[frozenset[str], bool]:
    """Who moderates, and whether that is only the machine's proposal."""
    names = set(group.moderators)
    proposed = not names
    if proposed:
        likely = propose_moderators(transcript, work.study.questions)
        names = {speaker for speaker, score in likely if score >= SURE}
    for (which, name), yes in fixed.moderators.items():
        if which == transcript.id[:12]:
            proposed = False
            (names.add if yes else names.discard)(name)
    return frozenset(names), proposed


def _question_spans(
    work: Workplace,
    transcript: Transcript,
    segments: Sequence[Segment],
    is_moderator: Sequence[bool],
    progress: Progress,
) -> tuple[tuple[TurnQuestion, ...], int]:
    questions = work.study.questions
    said = [transcript.said(turn) for turn in transcript.turns]
    kept = {segment.turn for segment in segments}
    asking = [turn for turn, moderates in enumerate(is_moderator) if moderates and turn in kept]
    alone = _sentences(work, said, asking)
    texts = [transcript.text[segment.start : segment.end] for segment in segments]
    asked = [words for _, words in alone]
    found, embedded = vectors(work, [*texts, *asked, *(question.text for question in questions)], progress)
    of_segments, of_sentences, of_questions = np.split(found, [len(texts), len(texts) + len(asked)])
    spans = question_spans(
        transcript.turns,
        said,
        is_moderator,
        turn_vectors(len(transcript.turns), segments, of_segments),
        questions,
        of_questions,
        Sentences([turn for turn, _ in alone], asked, of_sentences),
    )
    return spans, embedded


def _sentences(work: Workplace, said: Sequence[str], turns: Sequence[int]) -> list[tuple[int, str]]:
    """The sentences of the turns named, each with its turn."""
    found = work.splitter().sentences([said[turn] for turn in turns])
    return [(turn, said[turn][start:end]) for turn, spans in zip(turns, found, strict=True) for start, end in spans]


def turn_vectors(turns: int, segments: Sequence[Segment], found: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean direction of each turn's segments, shape (turns, d); zeros for a turn without words.

    A long turn is more than the encoder's window: the mean of its segments keeps all of it.
    """
    total = np.zeros((turns, found.shape[1]), dtype=np.float32)
    np.add.at(total, [segment.turn for segment in segments], found)
    norms = np.linalg.norm(total, axis=1, keepdims=True)
    np.divide(total, norms, out=total, where=norms > 0)
    return total
