"""A study made up to size, straight in its store: what prepare and suggest would leave, without a model's work."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from pipeline.bootstrap import open_workplace
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.segment import Segment, TurnQuestion, text_hash
from pipeline.domain.suggestion import Suggestion, SuggestionSet, suggestion_id
from pipeline.domain.transcript import Account, Transcript, Turn
from pipeline.work.workplace import Workplace

QUESTIONS = ("What does the problem look like here?", "What works between services?", "What is missing?")
TOML = """[study]
id = "{id}"
title = "{title}"
{questions}
{groups}
{people}
"""
ROLES = ("attorney", "advocate")
AT = "2026-03-01T10:00:00+00:00"


@dataclass(frozen=True)
class Size:
    """How much of everything there is. `topics`: vectors lie around so many directions; 0 for anywhere."""

    groups: int = 3
    turns: int = 12
    segments: int = 2
    speakers: int = 4
    candidates: int = 8
    members: int = 6
    words: int = 14
    dimension: int = 16
    topics: int = 0


@contextmanager
def made_study(
    place: Path, size: Size = Size(), name: str = "made", title: str = "A made-up study"
) -> Iterator[Workplace]:
    """The study opened, with candidates on the worklist and checkpoint 1 approved."""
    describe(place, size, name, title)
    with open_workplace(place) as work:
        if work.store.stages.latest(work.study.id, "suggest") is None:
            fill(work, size)
        yield work


def describe(place: Path, size: Size, name: str, title: str) -> None:
    """Write study.toml."""
    place.mkdir(parents=True, exist_ok=True)
    questions = "\n".join(f'[[question]]\nid = "Q{n}"\ntext = "{text}"' for n, text in enumerate(QUESTIONS, 1))
    groups = "\n".join(f'[[group]]\nid = "{_group(g)}"\nmoderators = ["Moderator"]' for g in range(size.groups))
    people = "\n".join(
        f'[[participant]]\nid = "{_speaker(s)}"\ngroup = "{_group(g)}"\nrole = "{ROLES[s % 2]}"'
        for g in range(min(size.groups, 20))
        for s in range(1, size.speakers)
    )
    text = TOML.format(id=name, title=title, questions=questions, groups=groups, people=people)
    (place / "study.toml").write_text(text, encoding="utf-8")


def fill(work: Workplace, size: Size) -> None:
    """Transcripts, segments, question spans, vectors and candidates."""
    study, codable, summary = work.study.id, list[tuple[str, str]](), dict[str, dict[str, object]]()
    words = _words(np.random.default_rng(7))
    for number in range(size.groups):
        with work.store.atomically(study):
            transcript, segments = _talk(number, size, words)
            work.store.transcripts.add(study, _group(number), transcript, f"{_group(number)}.txt", AT)
            work.store.segments.put(study, transcript.id, segments)
            spans = tuple(
                TurnQuestion(turn.index, f"Q{1 + turn.index * len(QUESTIONS) // size.turns}", 0.9)
                for turn in transcript.turns
            )
            work.store.questions.put(study, transcript.id, spans)
        codable += [(item.id, transcript.text[item.start : item.end]) for item in segments if not item.moderator]
        summary[_group(number)] = _prepared(transcript, segments)
    _embed(work, [text for _, text in codable], size)
    work.store.stages.freeze(study, "prepare", "made", {"groups": summary, "refused": {}}, AT)
    _approve(work)
    found = _candidates([name for name, _ in codable], size)
    counts = {
        "mode": "full",
        "builds_on": None,
        "transcripts": [],
        "all_transcripts": sorted(group["transcript"] for group in summary.values()),
        "segments": len(codable),
        "candidates": len(found.suggestions),
        "unclear": len(found.unclear),
        "proposed_codings": 0,
        "codes_gaining": 0,
        "decisions_before": 1,
        "decisions_touched": 0,
    }
    frozen = work.store.stages.freeze(study, "suggest", "made", counts, AT)
    work.store.suggestions.freeze(study, frozen.version, found, ())


def _talk(number: int, size: Size, words: Iterator[str]) -> tuple[Transcript, tuple[Segment, ...]]:
    parts, turns, cuts, at = list[str](), list[Turn](), list[tuple[int, int, int]](), 0
    for index in range(size.turns):
        speaker = _speaker(index % size.speakers)
        head, begin = f"{speaker}: ", at + len(speaker) + 2
        said = [" ".join(islice(words, size.words)).capitalize() + "." for _ in range(size.segments)]
        place = begin
        for sentence in said:
            cuts.append((index, place, place + len(sentence)))
            place += len(sentence) + 1
        turns.append(Turn(index, speaker, begin, place - 1, f"line {index + 1}"))
        parts.append(head + " ".join(said))
        at = place
    text = "\n".join(parts)
    account = Account(len(text), len(text))
    transcript = Transcript(
        hashlib.sha256(f"{number}{text}".encode()).hexdigest(), text, tuple(turns), account, "txt"
    )
    segments = tuple(
        Segment.of(transcript.id, turn, start, end, moderator=turn % size.speakers == 0) for turn, start, end in cuts
    )
    return transcript, segments


def _prepared(transcript: Transcript, segments: tuple[Segment, ...]) -> dict[str, object]:
    return {
        "transcript": transcript.id,
        "turns": len(transcript.turns),
        "segments": len(segments),
        "speakers": len(transcript.speakers),
        "moderators": ["Moderator"],
        "moderators_proposed": False,
        "unreached": [],
        "off_guide_turns": 0,
        "unsure_turns": 0,
        "characters_in": len(transcript.text),
        "kept": len(transcript.text),
        "dropped": {},
        "warnings": [],
        "inputs": transcript.id,
    }


def _embed(work: Workplace, texts: list[str], size: Size) -> None:
    """What is said and how, alike: the same made vectors for both."""
    assert work.manner
    draw = np.random.default_rng(3)
    topics = draw.standard_normal((size.topics, size.dimension))
    for start in range(0, len(texts), 10_000):
        some = list(dict.fromkeys(text_hash(text) for text in texts[start : start + 10_000]))
        vectors = draw.standard_normal((len(some), size.dimension)).astype(np.float32)
        if size.topics:
            vectors += topics[draw.integers(size.topics, size=len(some))]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        for model in (work.meaning, work.manner):
            work.store.vectors.put(model.key, some, vectors)


def _candidates(codable: list[str], size: Size) -> SuggestionSet:
    found = []
    for number in range(size.candidates):
        members = codable[number :: size.candidates][: size.members]
        if not members:
            continue
        found.append(
            Suggestion(
                id=suggestion_id(members),
                name=f"idea number {number + 1}",
                keywords=("bus", "court", "waiting"),
                segments=tuple(members),
                typical=tuple(members[:3]),
                edge=tuple(members[-2:]),
                cohesion=0.6,
                questions=(("Q1", len(members)),),
                groups=((_group(0), len(members)),),
                speakers=((f"{_group(0)}/{_speaker(1)}", len(members)),),
                roles=(("advocate", len(members)),),
            )
        )
    taken = {segment for item in found for segment in item.segments}
    return SuggestionSet(tuple(found), tuple(item for item in codable if item not in taken))


def _approve(work: Workplace) -> None:
    study = work.study.id
    if not work.store.decisions.head(study)[0]:
        draft = Draft("approve:made", study, "mara", AT, Kind.APPROVE, "transcripts", {"version": 1})
        work.store.decisions.append(draft)


def _words(draw: np.random.Generator) -> Iterator[str]:
    """Words without end, some said often and most seldom, as in talk."""
    syllables = ("ba", "ko", "mi", "ra", "te", "lu", "sen", "dor", "ni", "pa", "vel", "o", "shi", "ga")
    vocabulary = ["the", "and", "we", "bus", "court", "night", "rent", "school", "phone", "judge"]
    vocabulary += ["".join(draw.choice(syllables, 3)) for _ in range(5_000)]
    weights = 1 / np.arange(1, len(vocabulary) + 1)
    while True:
        yield from (vocabulary[place] for place in draw.choice(len(vocabulary), 4096, p=weights / weights.sum()))


def _group(number: int) -> str:
    return f"group{number:03d}"


def _speaker(number: int) -> str:
    return "Moderator" if number == 0 else f"Speaker {number}"
