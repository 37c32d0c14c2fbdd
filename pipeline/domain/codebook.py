"""The codebook as a pure fold over decisions: rebuildable at any time, never edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

SHOWS_THEMES: Final = "map"
"""The checkpoint at which themes are signed off."""


class Stance(StrEnum):
    """What people say a code speaks of."""

    STRENGTH = "strength"
    GAP = "gap"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Code:
    """A code people approved. `origin` is the suggestion or code it came from; `retired_into` where a merge or
    split sent its codings ("" while the code is in use)."""

    id: str
    name: str
    definition: str = ""
    stance: Stance = Stance.NEITHER
    origin: str = ""
    retired_into: str = ""

    @property
    def active(self) -> bool:
        """Whether the code is in use."""
        return not self.retired_into


@dataclass(frozen=True, slots=True)
class Coding:
    """A code applied to a segment by a coder, in decision `seq`."""

    segment: str
    code: str
    coder: str
    seq: int


@dataclass(frozen=True, slots=True)
class Memo:
    """A note a coder left on anything that has an id."""

    subject: str
    text: str
    coder: str
    at: str


@dataclass(frozen=True, slots=True)
class Theme:
    """What people say several codes amount to; it may span questions."""

    id: str
    name: str
    codes: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A checkpoint signed off: which frozen version, by whom, when."""

    checkpoint: str
    version: int
    coder: str
    at: str


@dataclass(frozen=True, slots=True)
class Void:
    """A decision that has nothing to act on; `why` is a sentence."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """What the decisions amount to."""

    codes: Mapping[str, Code] = field(default_factory=dict)
    codings: Mapping[tuple[str, str], Coding] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)
    removed: frozenset[tuple[str, str]] = frozenset()
    memos: tuple[Memo, ...] = ()
    themes: Mapping[str, Theme] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    void: tuple[Void, ...] = ()
    version: int = 0

    @property
    def active_codes(self) -> tuple[Code, ...]:
        """Codes in use, in the order they were made."""
        return tuple(code for code in self.codes.values() if code.active)

    def segments_of(self, code: str) -> tuple[str, ...]:
        """Segments that carry a code, in the order they were coded."""
        return tuple(coding.segment for coding in self.codings.values() if coding.code == code)

    def forebears(self, code: str) -> frozenset[str]:
        """The candidates and codes whose codings a code carries on, by whatever merges and splits; itself too."""
        found, before = {code}, set[str]()
        while found != before:
            before = set(found)
            found |= {item.id for item in self.codes.values() if found & set(item.retired_into.split(","))}
            found |= {self.codes[item].origin for item in found if item in self.codes} - {""}
            found |= {suggestion for suggestion, taken in self.accepted.items() if taken in found}
        return frozenset(found)

    def decided(self, suggestion: str) -> bool:
        """Whether people have already accepted, merged or rejected a suggestion."""
        return suggestion in self.accepted or suggestion in self.rejected
