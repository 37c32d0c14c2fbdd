"""Where things are on the site: ids in addresses, addresses of segments, and a quote with what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from pipeline.domain.said import Said
from pipeline.domain.segment import Segment
from pipeline.work.live_study import Material

_ESCAPED: Final = re.compile("~([0-9A-F]{2})")
"""A letter that would part an address, or be lost from it, were it only quoted: "/" and "~", and the dots of "..".

Browsers take "%2E%2E" for "..", and servers undo "%2F" before they look where an address parts."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A segment with the words right before and after it in the talk, and the address of its place."""

    said: Said
    before: str
    after: str
    path: str


def as_part(name: str) -> str:
    """An id as one part of an address, whatever letters its researchers gave it; plain ids stay as they are."""
    dots = set(name) == {"."}
    return quote("".join(f"~{ord(it):02X}" if it in "/~" or dots else it for it in name), safe=":~")


def from_part(part: str) -> str:
    """The id that a part of an address stands for, where quoting is undone already."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), part)


def own_path(path: str) -> str:
    """The path if it leads to a page of this site, else the first page: never anywhere else."""
    sound = path.startswith("/") and not path.startswith("//") and not set(path) & set("\\\r\n\t\x00")
    return path if sound else "/"


def saying(path: str, **said: str) -> str:
    """An address that says something more behind its "?"."""
    page, mark, place = path.partition("#")
    return f"{page}{'&' if '?' in page else '?'}{urlencode(said)}{mark}{place}"


def study_path(study: str) -> str:
    """The address of a study, with which those of its pages begin."""
    return f"/studies/{as_part(study)}"


def anchor(segment: Segment) -> str:
    """The id of a segment on the page of its transcript."""
    return f"s{segment.start}-{segment.end}"


def path_of(study: str, said: Said) -> str:
    """The address of a segment's place in its transcript, where it stands highlighted."""
    place = f"{said.segment.start}-{said.segment.end}"
    return f"{study_path(study)}/transcripts/{as_part(said.group)}?at={place}#{anchor(said.segment)}"


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
