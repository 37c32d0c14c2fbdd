"""A segment in its place: the words around it in its own turn, and the turns on either side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.said import Said
from pipeline.web.places import quoted
from pipeline.work.live_study import Material
from pipeline.work.talk import speaker_name

AROUND: Final = 700
"""Characters of the talk that are shown on either side."""


@dataclass(frozen=True, slots=True)
class Near:
    """A turn near the segment, shortened from the far end."""

    speaker: str
    words: str


def in_its_place(study: str, material: Material, said: Said) -> dict[str, Any]:
    """The `quote` of a segment with what stands around it in its turn, `turn_before` and `turn_after` (or None)."""
    recording = material.recording_of(said.group)
    assert recording, "what was said stands in a transcript"
    transcript, turn = recording.stored.transcript, said.segment.turn

    def near(index: int) -> Near | None:
        if not 0 <= index < len(transcript.turns):
            return None
        other = transcript.turns[index]
        words = transcript.said(other)
        if len(words) > AROUND:
            words = "… " + words[-AROUND:] if index < turn else words[:AROUND] + " …"
        return Near(speaker_name(transcript, other, material.fixed), words)

    return {
        "quote": quoted(study, material, said.segment.id, AROUND),
        "turn_before": near(turn - 1),
        "turn_after": near(turn + 1),
    }
