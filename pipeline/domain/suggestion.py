"""A suggestion is a candidate code with its evidence. The machine makes it; only people make codes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


def suggestion_id(segment_ids: Iterable[str]) -> str:
    """Identity by content: the sorted segment ids."""
    return "s-" + hashlib.sha256("\n".join(sorted(segment_ids)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate code.

    `segments` are its members, best first (ids). `typical` (3 to 5) and `edge` (2) are segment ids among them.
    `keywords` are the words that set it apart. `questions`, `groups`, `speakers`, `roles` count segments, most
    first; a speaker is written "group/speaker". `cohesion` is the mean cosine of members to their centroid.
    `stability` is how often two members fell together when the talk was divided again, from other starts and into
    more or fewer clusters, in [0, 1]; 0 for candidates of before it was kept.
    """

    id: str
    name: str
    keywords: tuple[str, ...]
    segments: tuple[str, ...]
    typical: tuple[str, ...]
    edge: tuple[str, ...]
    cohesion: float
    questions: tuple[tuple[str, int], ...] = ()
    groups: tuple[tuple[str, int], ...] = ()
    speakers: tuple[tuple[str, int], ...] = ()
    roles: tuple[tuple[str, int], ...] = ()
    stability: float = 0.0


@dataclass(frozen=True, slots=True)
class SuggestionSet:
    """All candidates of one run, best evidence first, and what fits nowhere."""

    suggestions: tuple[Suggestion, ...]
    unclear: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposedCoding:
    """An approved code applied to a new segment by the machine, waiting for a coder; confidence in [0, 1]."""

    segment: str
    code: str
    confidence: float
