"""A segment in its place: what every later stage needs of the talk."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.correction import turn_id
from pipeline.domain.segment import Segment


@dataclass(frozen=True, slots=True)
class Said:
    """The verbatim excerpt of a segment, the focus group, who said it ("" for a role the study does not state), and
    the guide question it answers (or OFF_GUIDE). `listed_as` is the name that study.toml lists them under, "" for
    their own."""

    segment: Segment
    excerpt: str
    group: str
    speaker: str
    role: str
    question: str
    listed_as: str = ""

    @property
    def participant(self) -> str:
        """The id of the participant who said it, where the study lists one."""
        return self.listed_as or self.speaker

    @property
    def turn(self) -> str:
        """The id of the turn it stands in."""
        return turn_id(self.segment.transcript, self.segment.turn)
