"""Who of the study's participants a speaker is, under whatever name: what study.toml says of them stays theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.correction import Corrections
from pipeline.domain.study import Participant, Study
from pipeline.domain.transcript import Transcript


@dataclass(frozen=True, slots=True)
class People:
    """The participant that each speaker of a transcript is, by the name the speaker has now. `doubts` are sentences
    on speakers of whom it cannot be told: nothing that study.toml says is counted for them."""

    participants: Mapping[str, Participant]
    doubts: tuple[str, ...] = ()

    def role(self, speaker: str) -> str:
        """The role of a speaker, "" where the study does not say."""
        found = self.participants.get(speaker)
        return (found.role or "") if found else ""

    def listed_as(self, speaker: str) -> str:
        """The name of a speaker in study.toml; the speaker's own where it lists none."""
        found = self.participants.get(speaker)
        return found.id if found else speaker


def people_of(study: Study, group: str, transcript: Transcript, fixed: Corrections) -> People:
    """The participants who speak in a transcript, names as corrected.

    A name that study.toml lists is that participant. A name it does not list was given at checkpoint 1: it is the
    participant whose label it was given to.
    """
    listed: dict[str, Participant] = {}
    for person in study.participants:
        if person.group == group:
            listed.setdefault(person.id, person)
    labels: dict[str, list[str]] = {}
    for label in transcript.speakers:
        labels.setdefault(fixed.name_of(transcript.id, label), []).append(label)
    found: dict[str, Participant] = {}
    doubts: list[str] = []
    for name, stood in labels.items():
        if name in listed:
            found[name] = listed[name]
            continue
        meant = [listed[label] for label in stood if label in listed]
        doubt = next(_doubts(name, meant, labels), "")
        if doubt:
            doubts.append(doubt)
        elif meant:
            found[name] = meant[0]
    return People(found, tuple(doubts))


def _doubts(name: str, meant: Sequence[Participant], labels: Mapping[str, object]) -> Iterator[str]:
    """Why it cannot be told which participant a speaker is; nothing where it can, or where nothing hangs on it."""
    known = [person for person in meant if person.role or person.attributes]
    mend = f"Add a [[participant]] with id “{name}” to study.toml."
    for person in known:
        if person.id in labels:
            yield (
                f"“{person.id}” is the name of another speaker now, who has what study.toml says of “{person.id}”; "
                f"“{name}”, who was called so in the file, has no role there. {mend}"
            )
    if known and any((one.role, one.attributes) != (meant[0].role, meant[0].attributes) for one in meant):
        names = " and ".join(f"“{person.id}”" for person in meant)
        yield (
            f"“{name}” stands for {names}, of whom study.toml says different things; none of it is counted for "
            f"“{name}”. {mend}"
        )
