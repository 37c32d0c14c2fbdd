"""Names of the study that never speak in a transcript, and speakers who are no names of it: mostly misspelt ones."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

from pipeline.domain.counted import counted
from pipeline.domain.study import FocusGroup, Participant
from pipeline.domain.transcript import Transcript

MOST: Final = 6
"""Names told at once."""

_NEAR: Final = 0.6
_AS_IT_STANDS: Final = "Write the name as it stands at the beginning of that person's turns."
_WHO: Final = "Add one, or say at checkpoint 1 who it is: `polyvocal decide STUDY speaker GROUP LABEL NAME`."
_CAPITALS: Final = "It stands there in other capitals: write it the same way."


def silent_moderators(group: FocusGroup, transcript: Transcript) -> list[tuple[str, str]]:
    """What is wrong and its mend, per moderator who never speaks: their talk would be taken for participants'."""
    speakers = _named(transcript)
    folded = {name.casefold() for name in speakers}
    silent = [name for name in group.moderators if name not in speakers]
    return [
        (
            f"The moderator {name!r} never speaks in {group.transcript} ({_found(speakers)}).",
            _CAPITALS if name.casefold() in folded else _AS_IT_STANDS,
        )
        for name in silent
    ]


def silent_participants(
    group: FocusGroup, people: Sequence[tuple[int, Participant]], transcript: Transcript
) -> list[tuple[int, str, str]]:
    """The number, what is wrong and its mend, for up to MOST participants who never speak.

    `people` are the group's participants with their numbers in the study file. A transcript that names nobody says
    nothing of them.
    """
    speakers = _named(transcript)
    expected = {person.id for _, person in people}.union(group.moderators)
    strangers = {name.casefold(): name for name in speakers if name not in expected}
    silent = [(number, person.id) for number, person in people if person.id not in {*speakers, *group.moderators}]
    told = []
    for number, name in silent[:MOST] if speakers else []:
        near = difflib.get_close_matches(name.casefold(), strangers, n=1, cutoff=_NEAR)
        says = f"{name!r} never speaks in {group.transcript}"
        if near:
            told.append((number, f"{says}; did you mean {strangers[near[0]]!r}?", ""))
        else:
            told.append((number, f"{says}.", f"{_AS_IT_STANDS} Take out who said nothing."))
    return told


def unlisted_speakers(
    group: FocusGroup, people: Sequence[Participant], transcript: Transcript
) -> list[tuple[str, str]]:
    """What is to be known and its mend, for up to MOST speakers who are neither moderators nor participants.

    Where the study lists no participants of the group, nobody is missing from the list.
    """
    listed = {name.casefold(): name for name in (*(person.id for person in people), *group.moderators)}
    speakers = _named(transcript)
    told = []
    for name in speakers if people else []:
        near = difflib.get_close_matches(name.casefold(), listed, n=1, cutoff=_NEAR)
        silent = bool(near) and listed[near[0]] not in speakers  # then it is a problem of that name, and told as one
        if name in listed.values() or silent:
            continue
        says = f"{name!r} speaks in {group.transcript}, and no [[participant]] of the group is called so."
        told.append((says, f"Did you mean {listed[near[0]]!r}? {_WHO}" if near else _WHO))
    return told[:MOST]


def _named(transcript: Transcript) -> list[str]:
    return [name for name in transcript.speakers if name]


def _found(speakers: Sequence[str]) -> str:
    """How many speakers there are, and the first MOST: "2 speakers were found: 'Ana', 'Ben'"."""
    if not speakers:
        return "no speaker's name was found"
    found = counted(len(speakers), "speaker was found", "speakers were found")
    among = ", among them" if len(speakers) > MOST else ":"
    return f"{found}{among} {', '.join(map(repr, speakers[:MOST]))}"
