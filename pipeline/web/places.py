"""Where things are on the site: addresses of segments, and a quote with what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from pipeline.domain.said import Said
from pipeline.domain.segment import Segment
from pipeline.work.live_study import Material


@dataclass(frozen=True, slots=True)
class Quoted:
    """A segment with the words right before and after it in the talk, and the address of its place."""

    said: Said
    before: str
    after: str
    path: str


def anchor(segment: Segment) -> str:
    """The id of a segment on the page of its transcript."""
    return f"s{segment.start}-{segment.end}"


def path_of(study: str, said: Said) -> str:
    """The address of a segment's place in its transcript, where it stands highlighted."""
    place = f"{said.segment.start}-{said.segment.end}"
    group = quote(said.group, safe="")
    return f"/studies/{study}/transcripts/{group}?at={place}#{anchor(said.segment)}"


def quoted(study: str, material: Material, segment: str, around: int = 120) -> Quoted | None:
    """The quote of a segment; None where the talk no longer has it. `around` is in characters."""
    said = material.said.get(segment)
    recording = material.recording_of(said.group) if said else None
    if said is None or recording is None:
        return None
    turn = recording.stored.transcript.turns[said.segment.turn]
    text = recording.stored.transcript.text
    before = text[max(turn.start, said.segment.start - around) : said.segment.start]
    after = text[said.segment.end : min(turn.end, said.segment.end + around)]
    if said.segment.start - around > turn.start:
        before = "… " + before.partition(" ")[2]
    if said.segment.end + around < turn.end:
        after = after.rpartition(" ")[0] + " …"
    return Quoted(said, before.strip(), after.strip(), path_of(study, said))
