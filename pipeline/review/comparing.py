"""What each coder did in a closed blind round, side by side, as it stood when the round was closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final

from pipeline.domain.codebook import Code, Codebook, Round, RoundKind
from pipeline.domain.decision import Decision, Kind, effective
from pipeline.domain.folding import fold
from pipeline.review.agreement.ratings import Ratings
from pipeline.review.own_book import Notes, OwnBook
from pipeline.review.versions import About, Did, End, Unit, Version

ACCEPTED: Final = "accepted"
"""The one code of the ratings of a round on candidates: a candidate carries it where a coder took it."""
_OF_A_CODE: Final = frozenset({Kind.RENAME, Kind.DEFINE, Kind.PLACE, Kind.STANCE, Kind.SPLIT})


@dataclass(frozen=True)
class Comparison:
    """A closed round: its units, most divided first. `codes` are those in use when it was opened.

    `besides` is what coders did to codes that were there before; it belongs to no unit.
    """

    round: Round
    closed_at: str
    codes: Mapping[str, Code]
    units: tuple[Unit, ...]
    besides: tuple[Decision, ...] = ()

    @cached_property
    def by_subject(self) -> Mapping[str, Unit]:
        """Units by the id of what they are about."""
        return {unit.subject: unit for unit in self.units}

    @cached_property
    def divided(self) -> tuple[Unit, ...]:
        """The units for the team to settle one by one: coders differ, or one alone came to them."""
        return tuple(unit for unit in self.units if not unit.agreed)

    @cached_property
    def agreed(self) -> tuple[Unit, ...]:
        """The units on which all agree who came to them."""
        return tuple(unit for unit in self.units if unit.agreed)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far two coders kept the same segments of candidates that both accepted: the mean Jaccard index, 0 to 1,
    over `n` candidates; None where there is no such candidate."""

    first: str
    second: str
    n: int
    jaccard: float | None


def compare(log: Sequence[Decision], past: Round) -> Comparison:
    """Read from the log what each coder did in a closed round.

    What came after the closing plays no part, so the comparison stays the same for good. The log needs to hold the
    team's book and the coders' own of this round.
    """
    until = [decision for decision in log if decision.seq < past.closed]
    closing = next((decision for decision in log if decision.seq == past.closed), None)
    team = fold(until)
    own = {coder: effective([item for item in until if item.draft.book == past.book(coder)]) for coder in past.coders}
    if past.kind is RoundKind.SAMPLE:
        units = tuple(_sample(team, past, own))
    else:
        books = {coder: fold(until, past.book(coder)) for coder in past.coders}
        units = tuple(_candidates(team, past, own, books))
    return Comparison(
        round=past,
        closed_at=closing.draft.at if closing else "",
        codes={code.id: code for code in team.active_codes},
        units=tuple(sorted(units, key=lambda unit: (unit.about is About.CODE, -unit.distance))),
        besides=tuple(item for done in own.values() for item in done if _touches_earlier(team, past, item)),
    )


def ratings(compared: Comparison) -> Ratings:
    """The comparison as data for agreement figures: of a sample, each segment with its codes; of candidates, each
    candidate accepted or not. Who did not come to a unit is missing there."""
    past = compared.round
    if past.kind is RoundKind.SAMPLE:
        units, codes = past.segments, tuple(compared.codes)
    else:
        units = tuple(unit.subject for unit in compared.units if unit.about is About.CANDIDATE)
        codes = (ACCEPTED,)
    applied = {
        (unit.subject, version.coder): _rating(version)
        for unit in compared.units
        if unit.about is not About.CODE
        for version in unit.given
    }
    return Ratings(units, past.coders, codes, applied)


def overlaps(compared: Comparison) -> tuple[Overlap, ...]:
    """For every two coders, how far they kept the same segments of the candidates that both accepted."""
    candidates = [unit for unit in compared.units if unit.about is About.CANDIDATE]
    return tuple(_overlap(candidates, *pair) for pair in combinations(compared.round.coders, 2))


def _rating(version: Version) -> frozenset[str]:
    if version.did is Did.CODED:
        return version.substance
    return frozenset() if version.did is Did.REJECTED else frozenset({ACCEPTED})


def _overlap(candidates: Iterable[Unit], first: str, second: str) -> Overlap:
    shares = []
    for unit in candidates:
        kept = [set(version.segments) for coder in (first, second) if (version := _accepted_by(unit, coder))]
        if len(kept) > 1 and (whole := kept[0] | kept[1]):
            shares.append(len(kept[0] & kept[1]) / len(whole))
    return Overlap(first, second, len(shares), sum(shares) / len(shares) if shares else None)


def _accepted_by(unit: Unit, coder: str) -> Version | None:
    version = unit.version_of(coder)
    return version if version and version.did is not Did.REJECTED else None


def _sample(team: Codebook, past: Round, own: Mapping[str, Sequence[Decision]]) -> Iterator[Unit]:
    """The segments of the sample that somebody committed."""
    given = {
        (item.subject, coder): tuple(dict.fromkeys(item.payload["codes"]))
        for coder, done in own.items()
        for item in done
        if item.kind is Kind.COMMIT
    }
    notes = _notes(own)
    for segment in past.segments:
        versions = []
        for coder in past.coders:
            codes, memos = given.get((segment, coder)), notes.get((segment, coder), ())
            ends = tuple(End(team.codes[code], (segment,)) for code in codes or () if code in team.codes)
            versions.append(Version(coder, Did.NOTHING if codes is None else Did.CODED, ends, memos=memos))
        if any(version.did is Did.CODED for version in versions):
            yield Unit(segment, About.SEGMENT, tuple(versions))


def _candidates(
    team: Codebook, past: Round, own: Mapping[str, Sequence[Decision]], books: Mapping[str, Codebook]
) -> Iterator[Unit]:
    """The candidates that somebody decided on, then the codes that somebody made of their own."""
    notes = _notes(own)
    mine = {coder: OwnBook(coder, team, books[coder], own[coder], notes) for coder in past.coders}
    for candidate in dict.fromkeys(item for book in mine.values() for item in book.decided):
        yield Unit(candidate, About.CANDIDATE, tuple(book.version_of(candidate) for book in mine.values()))
    for maker, book in mine.items():
        for made in book.made():
            versions = tuple(made if coder == maker else Version(coder, Did.NOTHING) for coder in mine)
            yield Unit(made.ends[0].code.id, About.CODE, versions)


def _touches_earlier(team: Codebook, past: Round, item: Decision) -> bool:
    """Whether a decision changes a code that was there before a round on candidates."""
    if past.kind is RoundKind.SAMPLE:
        return False  # there a coder does nothing but commit segments
    said = item.payload
    touched = [item.subject] if item.kind in _OF_A_CODE else [*said.get("codes", ())]
    touched += [said[name] for name in ("code", "from", "to") if name in said]
    return any(code in team.codes for code in touched)


def _notes(own: Mapping[str, Sequence[Decision]]) -> Notes:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for coder, done in own.items():
        for item in done:
            if item.kind is Kind.MEMO:
                found[item.subject, coder] = (*found.get((item.subject, coder), ()), str(item.payload["text"]))
    return found
