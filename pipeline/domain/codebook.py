"""The codebook as a pure fold over decisions: rebuildable at any time, never edited in place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
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
    split sent its codings ("" while the code is in use). `parent` is the code it stands under, "" at the top;
    `includes` and `excludes` say where it ends; `examples` are ids of segments that show it best."""

    id: str
    name: str
    definition: str = ""
    stance: Stance = Stance.NEITHER
    origin: str = ""
    retired_into: str = ""
    parent: str = ""
    includes: str = ""
    excludes: str = ""
    examples: tuple[str, ...] = ()

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


class RoundKind(StrEnum):
    """What coders do in a blind round, each in a book of their own."""

    CANDIDATES = "candidates"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Round:
    """Coders at work blind to each other: on the candidates, or on a drawn sample of segments.

    `codebook` is the version of the team's book that it is tied to. For a sample, `segments` were drawn with
    `seed` at `share` of all.
    `opened` and `closed` are decision numbers, `closed` 0 while it goes on.
    """

    id: str
    kind: RoundKind
    coders: tuple[str, ...]
    codebook: int
    opened: int
    at: str
    share: float = 0.0
    seed: int = 0
    segments: tuple[str, ...] = ()
    closed: int = 0

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return not self.closed

    def book(self, coder: str) -> str:
        """The name of a coder's own book in this round."""
        return f"{self.id}/{coder}"


@dataclass(frozen=True, slots=True)
class Void:
    """A decision that has nothing to act on; `why` is a sentence."""

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """What the decisions of one book amount to.

    `by_segment` and `by_code` are `codings` from either side; `coded` counts segments with a code by the transcript
    they begin their id with. `committed` are segments that somebody said to have
    coded whole, with the number of that decision, `committed_by` the same by (segment, coder); `none_fits` those of
    which somebody said that no code fits, and which carried none since; `finished` the coders who said so of a round;
    `settled` what the team settled of a round, (round, subject).
    """

    codes: Mapping[str, Code] = field(default_factory=dict)
    codings: Mapping[tuple[str, str], Coding] = field(default_factory=dict)
    by_segment: Mapping[str, Mapping[str, None]] = field(default_factory=dict)
    by_code: Mapping[str, Mapping[str, None]] = field(default_factory=dict)
    coded: Mapping[str, int] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    rejected: Mapping[str, str] = field(default_factory=dict)
    removed: Collection[tuple[str, str]] = frozenset()
    memos: Collection[Memo] = ()
    themes: Mapping[str, Theme] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    rounds: Mapping[str, Round] = field(default_factory=dict)
    committed: Mapping[str, int] = field(default_factory=dict)
    committed_by: Mapping[tuple[str, str], int] = field(default_factory=dict)
    none_fits: Mapping[str, int] = field(default_factory=dict)
    finished: Mapping[tuple[str, str], int] = field(default_factory=dict)
    settled: Mapping[tuple[str, str], int] = field(default_factory=dict)
    void: Collection[Void] = ()
    version: int = 0

    @property
    def open_round(self) -> Round | None:
        """The blind round that goes on; there is at most one."""
        return next((item for item in self.rounds.values() if item.open), None)

    @property
    def active_codes(self) -> tuple[Code, ...]:
        """Codes in use, in the order they were made."""
        return tuple(code for code in self.codes.values() if code.active)

    def coded_whole(self, segment: str, coder: str) -> bool:
        """Whether a coder said to have coded a segment whole; of the sample of a round that goes on, since it was
        opened: what somebody coded before is asked of them again."""
        at, going_on = self.committed_by.get((segment, coder), 0), self.open_round
        return bool(at) and (going_on is None or at > going_on.opened or segment not in going_on.segments)

    def segments_of(self, code: str) -> tuple[str, ...]:
        """Segments that carry a code, in the order they were coded."""
        return tuple(self.by_code.get(code, ()))

    def codes_of(self, segment: str) -> tuple[str, ...]:
        """Codes that a segment carries, in the order in which they were put on it."""
        return tuple(self.by_segment.get(segment, ()))

    def copied(self) -> Codebook:
        """The codebook as it stands now, apart from a window that goes on changing."""
        return replace(
            self,
            codes=dict(self.codes),
            codings=dict(self.codings),
            by_segment={segment: dict(codes) for segment, codes in self.by_segment.items()},
            by_code={code: dict(segments) for code, segments in self.by_code.items()},
            accepted=dict(self.accepted),
            rejected=dict(self.rejected),
            removed=frozenset(self.removed),
            memos=tuple(self.memos),
            themes=dict(self.themes),
            approvals=dict(self.approvals),
            rounds=dict(self.rounds),
            committed=dict(self.committed),
            committed_by=dict(self.committed_by),
            none_fits=dict(self.none_fits),
            finished=dict(self.finished),
            settled=dict(self.settled),
            void=tuple(self.void),
        )

    def held_to(self, segments: Collection[str]) -> Codebook:
        """The same codebook, with the codings of these segments alone."""
        return replace(
            self,
            codings={pair: coding for pair, coding in self.codings.items() if coding.segment in segments},
            by_segment={segment: codes for segment, codes in self.by_segment.items() if segment in segments},
            by_code={
                code: {segment: None for segment in carried if segment in segments}
                for code, carried in self.by_code.items()
            },
        )

    def children(self, code: str) -> tuple[Code, ...]:
        """Codes in use that stand right under a code; under "", those at the top and those whose parent went."""
        return tuple(item for item in self.active_codes if self.standing_under(item) == code)

    def standing_under(self, code: Code) -> str:
        """The code in use that a code stands under, "" at the top."""
        parent = self.codes.get(code.parent)
        return parent.id if parent and parent.active else ""

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
