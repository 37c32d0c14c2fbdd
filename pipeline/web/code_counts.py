"""On how many segments, speakers and groups each code rests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from pipeline.work.live_study import Material, View

_KEPT: Final[WeakKeyDictionary[Material, dict[str, tuple[tuple[str, ...], Counts]]]] = WeakKeyDictionary()
"""The last count of each code, with the segments that were counted; a count says nothing but what they say."""

Carried = Mapping[str, tuple[str, ...]]
"""Code → the segments that carry it."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much talk a code rests on."""

    segments: int
    speakers: int
    groups: int


def carried(view: View) -> Carried:
    """The segments of every code in use, copied out of the look: nobody waits while they are counted."""
    by_code = view.book.by_code
    return {code.id: tuple(by_code.get(code.id, ())) for code in view.book.active_codes}


def counts(material: Material, code: str, segments: tuple[str, ...]) -> Counts:
    """What one code rests on; counted again only where its segments are not those of the last time."""
    kept = _KEPT.setdefault(material, {})
    known = kept.get(code)
    if known is None or known[0] != segments:
        known = kept[code] = segments, _counted(material, segments)
    return known[1]


def _counted(material: Material, segments: Collection[str]) -> Counts:
    voices = set(map(material.voice_of.get, segments)) - {None}
    groups = {voice.partition("/")[0] for voice in voices if voice}
    return Counts(len(segments), len(voices), len(groups))
