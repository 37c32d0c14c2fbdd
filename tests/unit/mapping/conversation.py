"""Talk as the later stages see it, written down as a conversation.

    == plains
    Q1 | Moderator: What do you see here?
    Q1 | Ruth, advocate: {hidden}Nobody sees it next door.{/} It's quiet.

A line is `question | speaker, role: words`; `-` is talk beside the guide; `{code}…{/}` is a coded segment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import GENESIS, Decision, Draft, chained
from pipeline.domain.folding import fold
from pipeline.domain.said import Said
from pipeline.domain.segment import OFF_GUIDE, Segment
from pipeline.domain.study import FocusGroup, Participant, Question, Study
from pipeline.domain.transcript import Account, Dropped, Transcript, Turn
from pipeline.review import deciding
from pipeline.review.seen import Seen
from pipeline.review.signing import Signature

PIECE = re.compile(r"\{([\w -]+)\}(.*?)\{/\}|([^{}]+)")


@dataclass(frozen=True)
class Heard:
    """A conversation: the study it makes, its transcripts by group, its segments, and which code is marked where."""

    study: Study
    transcripts: dict[str, Transcript]
    said: tuple[Said, ...]
    marked: dict[str, list[str]]

    def by_id(self) -> dict[str, Said]:
        return {item.segment.id: item for item in self.said}

    def segment(self, words: str) -> str:
        """The id of the segment that holds these words."""
        return next(item.segment.id for item in self.said if words in item.excerpt)


def heard(script: str, title: str = "A study") -> Heard:
    blocks = [block.strip().splitlines() for block in script.split("==")[1:]]
    said: list[Said] = []
    marked: dict[str, list[str]] = {}
    transcripts, people = {}, []
    for name, *lines in blocks:
        group, parts = name.strip(), [line.strip().split(" | ", 1) for line in lines if line.strip()]
        transcripts[group] = _transcript(group, [part[1] for part in parts])
        for turn, (question, line) in zip(transcripts[group].turns, parts, strict=True):
            role = line.partition(":")[0].partition(", ")[2]
            people.append(Participant(turn.speaker, group, role or None))
            for words, start, codes in _pieces(line.partition(": ")[2], turn.start):
                segment = Segment.of(
                    transcripts[group].id,
                    turn.index,
                    start,
                    start + len(words),
                    moderator=turn.speaker == "Moderator",
                )
                said.append(
                    Said(segment, words, group, turn.speaker, role, OFF_GUIDE if question == "-" else question)
                )
                for code in codes:
                    marked.setdefault(code, []).append(segment.id)
    asked = dict.fromkeys(item.question for item in said if item.question != OFF_GUIDE)
    study = Study(
        "study",
        title,
        questions=tuple(Question(question, f"What about {question}?") for question in sorted(asked)),
        groups=tuple(FocusGroup(group) for group in transcripts),
        participants=tuple(
            {(person.group, person.id): person for person in people if person.id != "Moderator"}.values()
        ),
    )
    return Heard(study, transcripts, tuple(said), marked)


def logged(drafts: Sequence[Draft]) -> tuple[Decision, ...]:
    log: list[Decision] = []
    for draft in drafts:
        log.append(chained(draft, len(log) + 1, log[-1].hash if log else GENESIS))
    return tuple(log)


def coded(talk: Heard) -> tuple[tuple[Decision, ...], dict[str, str]]:
    """The log that puts every marked code on its segments, and the id of each code by its mark."""
    drafts, ids = [], {}
    for number, (code, segments) in enumerate(talk.marked.items()):
        sign = Signature("study", "Ana", "2026-03-01T10:00:00Z", f"make-{number}")
        draft = deciding.create(Seen(), sign, code, segments=segments)
        drafts.append(draft)
        ids[code] = draft.subject
    return logged(drafts), ids


def codebook(talk: Heard) -> Codebook:
    return fold(coded(talk)[0])


def _transcript(group: str, lines: list[str]) -> Transcript:
    text, turns = "", []
    for index, line in enumerate(lines):
        speaker = line.partition(":")[0].partition(", ")[0]
        words = re.sub(r"\{[^{}]*\}", "", line.partition(": ")[2])
        text += f"{speaker}: "
        turns.append(Turn(index, speaker, len(text), len(text) + len(words), f"line {index + 1}"))
        text += f"{words}\n\n"
    kept = sum(turn.end - turn.start for turn in turns)
    account = Account(len(text), kept, (Dropped("speaker label", len(text) - kept, "throughout"),))
    return Transcript(hashlib.sha256(f"{group}\n{text}".encode()).hexdigest(), text, tuple(turns), account, "txt")


def _pieces(marked: str, start: int) -> list[tuple[str, int, tuple[str, ...]]]:
    pieces, at = [], start
    for found in PIECE.finditer(marked):
        words = found[2] if found[1] else found[3]
        if words.strip():
            lead = len(words) - len(words.lstrip())
            pieces.append((words.strip(), at + lead, (found[1],) if found[1] else ()))
        at += len(words)
    return pieces
