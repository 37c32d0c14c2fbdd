"""What a page shows of one unit of a closed round: every coder's version, the talk, and how it was settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision, Kind
from pipeline.review.comparing import Comparison
from pipeline.review.settled import Settlement
from pipeline.review.versions import About, Did, Unit
from pipeline.review.worklist import in_use
from pipeline.web.places import Quoted, as_part, quoted
from pipeline.work.live_study import Material

AROUND = 15
"""Units listed before and after the one that is shown."""
EARLIER = "a candidate of an earlier run"
"""What is said of a candidate that is offered no more."""
LABEL = 70
"""Characters of a segment that stand for it in the list."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment of a candidate or code, with who kept it and who left it out."""

    quote: Quoted
    kept_by: tuple[str, ...]
    left_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit in the list: its place counts from 1, `state` is how it stands in a word."""

    path: str
    place: int
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a unit was settled, in words."""

    sentence: str
    took_part: tuple[str, ...]
    reason: str
    by: str
    at: str


def order_of(comparison: Comparison) -> tuple[Unit, ...]:
    """The units as they are gone through: those to settle one by one, then those on which all agree."""
    return (*comparison.divided, *comparison.agreed)


def name_of(material: Material, unit: Unit) -> str:
    """What a unit is called: the name of a candidate, or of the code that a coder made; "" for a segment, which its
    words stand for."""
    if unit.about is About.SEGMENT:
        return ""
    candidate = material.suggestions.get(unit.subject)
    given = (end.code.name for item in unit.given for end in item.ends)
    return candidate.name if candidate else next(given, EARLIER)


def label_of(material: Material, unit: Unit) -> str:
    """What a unit is called in a list: its name, or how a segment's words begin."""
    said = material.said.get(unit.subject)
    label = name_of(material, unit) or (said.excerpt if said else unit.subject)
    return label if len(label) <= LABEL else label[:LABEL].rpartition(" ")[0] + " …"


def segments_of(material: Material, unit: Unit) -> tuple[str, ...]:
    """Every segment of a candidate or code that somebody kept, or that the machine put into it."""
    kept = (segment for item in unit.given for end in item.ends for segment in (*end.segments, *end.more))
    candidate = material.suggestions.get(unit.subject)
    return tuple(dict.fromkeys((*(candidate.segments if candidate else ()), *kept)))


def kept_by_whom(study: str, material: Material, unit: Unit) -> list[Kept]:
    """The segments of a candidate or code, those first on which coders differ."""
    found = []
    for segment in segments_of(material, unit):
        holding = tuple(
            item.coder for item in unit.given if any(segment in (*end.segments, *end.more) for end in item.ends)
        )
        leaving = tuple(
            item.coder for item in unit.given if item.did is not Did.REJECTED and item.coder not in holding
        )
        if shown := quoted(study, material, segment):
            found.append(Kept(shown, holding, leaving))
    return sorted(found, key=lambda item: not item.left_by)


def codes_given(team: Codebook, unit: Unit) -> list[tuple[str, str]]:
    """The codes that coders gave a segment, as they are in use now: (id, name)."""
    now = dict.fromkeys(in_use(team, end.code.id) for item in unit.given for end in item.ends)
    return [(code, team.codes[code].name) for code in now if code]


def listed(
    base: str, material: Material, comparison: Comparison, done: Mapping[str, Settlement], around: int
) -> list[Listed]:
    """The units near a place in the order."""
    order = order_of(comparison)
    first = max(0, around - AROUND)
    shown = order[first : around + AROUND + 1]
    return [_listed(base, material, unit, done, place) for place, unit in enumerate(shown, start=first + 1)]


def outcome(settlement: Settlement, team: Codebook) -> Outcome:
    """A settlement in words, with codes by their present names."""
    draft = settlement.decision.draft
    return Outcome(
        " and ".join(dict.fromkeys(_sentences(settlement.decisions, team))),
        settlement.took_part,
        "" if draft.kind is Kind.REJECT else draft.reason,
        draft.coder,
        draft.at,
    )


def _sentences(decisions: Sequence[Decision], team: Codebook) -> Iterable[str]:
    for item in decisions:
        said = item.payload
        match item.kind:
            case Kind.SETTLE:
                yield ", ".join(_named(team, code) for code in said["codes"]) or "no code"
            case Kind.ACCEPT:
                yield f"the code {_named(team, said['code'])}, {len(said['segments'])} segments"
            case Kind.CREATE:
                if in_use(team, item.subject) == item.subject:  # else the merge that follows says where it went
                    yield f"the code {_named(team, item.subject)}, {len(said['segments'])} segments"
            case Kind.MERGE:
                yield f"gathered under {_named(team, item.subject)}"
            case Kind.REJECT:
                yield f"left out: {item.draft.reason}"
            case _:
                pass


def _named(team: Codebook, code: str) -> str:
    now = in_use(team, code) or code
    return f"“{team.codes[now].name}”" if now in team.codes else code


def _listed(base: str, material: Material, unit: Unit, done: Mapping[str, Settlement], place: int) -> Listed:
    state = "settled" if unit.subject in done else "all agree" if unit.agreed else ""
    return Listed(f"{base}/{as_part(unit.subject)}", place, label_of(material, unit), state)
