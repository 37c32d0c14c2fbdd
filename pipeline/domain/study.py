"""The study as its researchers describe it: the guide, the focus groups, who took part."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


def _none() -> Mapping[str, str]:
    return MappingProxyType({})


LONGEST_ID: Final = 80
"""Letters in an id made of a name."""


def plain_id(name: str, kind: str) -> str:
    """An id from the name of a file or folder: lower-case letters, digits and hyphens.

    A name without any gives one that begins with `kind`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID]
    return found or f"{kind}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the discussion guide."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class FocusGroup:
    """One group discussion (or interview): `transcript` is a path relative to the study folder, or None
    while its file is awaited in the inbox."""

    id: str
    transcript: str | None = None
    moderators: tuple[str, ...] = ()
    date: str | None = None
    attributes: Mapping[str, str] = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class Participant:
    """One person who took part. `id` is the name as it stands in the transcript."""

    id: str
    group: str
    role: str | None = None
    attributes: Mapping[str, str] = field(default_factory=_none)


@dataclass(frozen=True, slots=True)
class Study:
    """A study: its guide in order, its focus groups, its participants, and about how many candidate codes its
    researchers want (None: as many as the amount of talk suggests)."""

    id: str
    title: str
    questions: tuple[Question, ...] = ()
    groups: tuple[FocusGroup, ...] = ()
    participants: tuple[Participant, ...] = ()
    candidates: int | None = None

    def group(self, group_id: str) -> FocusGroup | None:
        """The focus group of that id, or None."""
        return next((group for group in self.groups if group.id == group_id), None)
