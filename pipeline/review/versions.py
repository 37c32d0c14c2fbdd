"""A coder's version of a segment, candidate or code of a blind round, and all coders' versions side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.codebook import Code
from pipeline.review.agreement.sets import mean_masi
from pipeline.review.called import plain


class About(StrEnum):
    """What a unit is."""

    SEGMENT = "segment"
    CANDIDATE = "candidate"
    CODE = "code"
    """One that a coder made of their own, from no candidate."""


class Did(StrEnum):
    """What a coder did with a unit. `NOTHING` is missing data: never a "no"."""

    CODED = "coded"
    ACCEPTED = "accepted"
    MERGED = "merged"
    SPLIT = "split"
    REJECTED = "rejected"
    MADE = "made"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class End:
    """A code that a unit ended in, with the segments of the unit that it carries.

    `more` are segments that came to the code from no candidate: it brings them along.
    """

    code: Code
    segments: tuple[str, ...]
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A coder's version of a unit: what they did, the codes in which it ended, their reason and their memos."""

    coder: str
    did: Did
    ends: tuple[End, ...] = ()
    reason: str = ""
    memos: tuple[str, ...] = ()

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments of the unit that were kept, under whichever code."""
        return tuple(dict.fromkeys(segment for end in self.ends for segment in end.segments))

    @property
    def substance(self) -> frozenset[str]:
        """What makes two versions the same: the codes of a segment; of a candidate, which segments go by which
        name."""
        if self.did is Did.CODED:
            return frozenset(end.code.id for end in self.ends)
        return frozenset(
            f"{plain(end.code.name)}\n{segment}" for end in self.ends for segment in end.segments or ("",)
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment, candidate or code with every coder's version of it, in the order of the round's coders."""

    subject: str
    about: About
    versions: tuple[Version, ...]

    @property
    def given(self) -> tuple[Version, ...]:
        """The versions of those who did something with it."""
        return tuple(version for version in self.versions if version.did is not Did.NOTHING)

    @property
    def agreed(self) -> bool:
        """Whether two coders or more came to it, and all of them to the same."""
        return len(self.given) > 1 and self.distance == 0

    @property
    def distance(self) -> float:
        """How far the coders who came to it are apart, 0 to 1: the mean MASI distance of every two."""
        return mean_masi([version.substance for version in self.given])

    def version_of(self, coder: str) -> Version | None:
        """A coder's version, where they have one."""
        return next((version for version in self.given if version.coder == coder), None)
