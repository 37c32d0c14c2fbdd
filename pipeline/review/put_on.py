"""Which codes a segment carries in the team's book before it is settled, whose they are, what a choice takes off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.domain.codebook import Code, Codebook
from pipeline.domain.decision import Decision, Kind
from pipeline.review.versions import About, Unit, Version
from pipeline.review.worklist import in_use

_WITH_A_CANDIDATE: Final = frozenset({Kind.ACCEPT, Kind.MERGE})


@dataclass(frozen=True, slots=True)
class PutOn:
    """A code on a segment and who put it there. `by_hand`: they chose this very segment; else it came along with a
    candidate that they took."""

    code: Code
    coder: str
    by_hand: bool

    @property
    def whence(self) -> str:
        """Where it came from, as the end of "the code, which …"."""
        return f"{self.coder} put on it" if self.by_hand else f"came with a candidate that {self.coder} took"


def numbers_of(team: Codebook, segments: Iterable[str]) -> frozenset[int]:
    """The numbers of the decisions by which segments carry what they carry."""
    return frozenset(team.codings[item, code].seq for item in segments for code in team.codes_of(item))


def put_on(team: Codebook, segment: str, decisions: Mapping[int, Decision]) -> tuple[PutOn, ...]:
    """The codes that a segment carries. `decisions` are those of `numbers_of`, by number."""
    found = []
    for code in team.codes_of(segment):
        coding = team.codings[segment, code]
        decision = decisions.get(coding.seq)
        by_hand = decision is None or decision.kind not in _WITH_A_CANDIDATE
        found.append(PutOn(team.codes[code], coding.coder, by_hand))
    return tuple(found)


def taken_off(team: Codebook, carried: Iterable[PutOn], versions: Sequence[Version]) -> tuple[PutOn, ...]:
    """What a segment carries and would lose if it were settled as in these versions together."""
    kept = {in_use(team, end.code.id) for version in versions for end in version.ends}
    return tuple(item for item in carried if item.code.id not in kept)


@dataclass(frozen=True, slots=True)
class Agreed:
    """Units on which all agree, apart by what taking them over would take off in the team's book.

    `free` are to be taken over at once, `losing` of them lose a code that came with a candidate. `held` lose a code
    that somebody put on by hand, each with those codes: they wait to be settled one by one.
    """

    free: tuple[Unit, ...]
    losing: int = 0
    held: tuple[tuple[Unit, tuple[PutOn, ...]], ...] = ()


def apart(team: Codebook, units: Sequence[Unit], decisions: Mapping[int, Decision]) -> Agreed:
    """Units on which all agree, apart: nothing that somebody put on by hand is taken off in bulk."""
    free, held, losing = list[Unit](), list[tuple[Unit, tuple[PutOn, ...]]](), 0
    for unit in units:
        carried = put_on(team, unit.subject, decisions) if unit.about is About.SEGMENT else ()
        gone = taken_off(team, carried, unit.given)
        by_hand = tuple(item for item in gone if item.by_hand)
        if by_hand:
            held.append((unit, by_hand))
        else:
            free.append(unit)
            losing += bool(gone)
    return Agreed(tuple(free), losing, tuple(held))
