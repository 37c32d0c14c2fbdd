"""What the analyst corrected at checkpoint 1, as a pure fold over decisions: the file itself is never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.domain.decision import CORRECTIONS, Decision, Kind, effective


def turn_id(transcript: str, index: int) -> str:
    """The id of a turn in decisions."""
    return f"{transcript[:12]}:t{index}"


@dataclass(frozen=True, slots=True)
class Corrections:
    """Speaker names (transcript, label) → name; moderators (transcript, name) → yes or no; the guide question of
    a turn id; turn ids left out. Transcripts are named by the first twelve hex digits of their id."""

    speakers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    moderators: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()

    def name_of(self, transcript: str, label: str) -> str:
        """Who a label of a transcript's file stands for."""
        return self.speakers.get((transcript[:12], label), label)


def corrections(log: Sequence[Decision]) -> Corrections:
    """The corrections in force.

    Payloads: speaker {label, name}, subject transcript; moderator {name, is}, subject transcript;
    question {question, through?}, subject turn id (through: last turn index); omit {omit}, subject turn id.
    """
    speakers: dict[tuple[str, str], str] = {}
    moderators: dict[tuple[str, str], bool] = {}
    questions: dict[str, str] = {}
    omitted: set[str] = set()
    for decision in effective(log):
        if decision.kind not in CORRECTIONS:
            continue
        payload, subject = decision.payload, decision.subject
        match decision.kind:
            case Kind.SPEAKER:
                speakers[subject[:12], str(payload["label"])] = str(payload["name"])
            case Kind.MODERATOR:
                moderators[subject[:12], str(payload["name"])] = bool(payload["is"])
            case Kind.QUESTION:
                transcript, _, first = subject.partition(":t")
                through = int(payload.get("through", first))
                for index in range(int(first), through + 1):
                    questions[turn_id(transcript, index)] = str(payload["question"])
            case Kind.OMIT:
                (omitted.add if payload.get("omit", True) else omitted.discard)(subject)
            case _:
                pass
    return Corrections(speakers, moderators, questions, frozenset(omitted))
