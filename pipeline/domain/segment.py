"""Segments: spans of one idea inside a turn; and which guide question a turn answers."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

OFF_GUIDE: Final = "off-guide"
"""The question id of talk that answers no question of the guide: welcome, digressions, closing."""


def segment_id(transcript_id: str, start: int, end: int) -> str:
    """Identity by content: transcript + span, short enough to type."""
    return f"{transcript_id[:12]}:{start}-{end}"


def text_hash(excerpt: str) -> str:
    """The sha256 hex of the normalised text (NFC, white space folded) that keys its embedding."""
    return hashlib.sha256(normalised(excerpt).encode()).hexdigest()


def normalised(excerpt: str) -> str:
    """The text as the encoder sees it: NFC, white space folded, case kept."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", excerpt)).strip()


@dataclass(frozen=True, slots=True)
class Segment:
    """A meaning unit: `transcript.text[start:end]`, inside one turn.

    `noise` marks a short agreement noise ("Mm-hm."): kept and shown, but not clustered.
    `moderator` marks a moderator's talk: kept and shown, but not clustered.
    """

    id: str
    transcript: str
    turn: int
    start: int
    end: int
    noise: bool = False
    moderator: bool = False

    @classmethod
    def of(
        cls, transcript: str, turn: int, start: int, end: int, *, noise: bool = False, moderator: bool = False
    ) -> Segment:
        """A segment whose id is its content."""
        return cls(segment_id(transcript, start, end), transcript, turn, start, end, noise, moderator)


@dataclass(frozen=True, slots=True)
class TurnQuestion:
    """The guide question a turn answers (or OFF_GUIDE), with a confidence in [0, 1]."""

    turn: int
    question: str
    confidence: float
