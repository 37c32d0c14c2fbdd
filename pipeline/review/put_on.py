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
    """A code on a segment; `whence` says where it came from, as the end of "the code, which …".

    `by_hand`: somebody chose it for this very segment; else it came along with a candidate.
    """

    code: Code
    whence: str
    by_hand: bool


def numbers_of(team: Codebook, segments: Iterable[str]) -> frozenset[int]:
    """The numbers of the decisions by which segments carry what they carry."""
    found = set[int]()
    for segment in segments:
        found |= {team.codings[segment, code].seq for code in team.codes_of(segment)}
        found.add(_looked_at(team, segment))
    return frozenset(found - {0})


def put_on(team: Codebook, segment: str, decisions: Mapping[int, Decision]) -> tuple[PutOn, ...]:
    """The codes that a segment carries. `decisions` are those of `numbers_of`, by number."""
    looked_at = _looked_at(team, segment)
    found = []
    for code in team.codes_of(segment):
        coding = team.codings[segment, code]
        decision, looked = decisions.get(coding.seq), decisions.get(looked_at)
        if decision is None or decision.kind not in _WITH_A_CANDIDATE:
            whence, by_hand = f"{coding.coder} put on it", True
        elif looked and looked_at > coding.seq:
            whence, by_hand = f"{looked.draft.coder} kept on it", True
        else:
            whence, by_hand = f"came with a candidate that {coding.coder} took", False
        found.append(PutOn(team.codes[code], whence, by_hand))
    return tuple(found)


def _looked_at(team: Codebook, segment: str) -> int:
    """The last decision that said of a segment which codes it carries and no others; 0 where none did."""
    settled = (team.settled.get((past, segment), 0) for past in team.rounds)
    return max(team.committed.get(segment, 0), *settled, 0)


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
