"""The team settles what a closed round left open: drafts of decisions by the group, and what was settled so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision, Draft, Kind, effective
from pipeline.domain.errors import DecisionRefused
from pipeline.review.signing import Signature, signed
from pipeline.review.versions import About, Did, Unit, Version

Came = MutableMapping[tuple[str, str], str]
"""(a coder, a code of their own book) → the code in use that the team made of it."""
_NOBODY: Final = "Say who took part in settling it: tick at least one coder."


@dataclass(frozen=True, slots=True)
class Meeting:
    """The team at work on a closed round: who signs, on which codebook, and who takes part."""

    sign: Signature
    team: Codebook
    round: str
    took_part: tuple[str, ...]
    came: Came = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.took_part:
            raise DecisionRefused(_NOBODY)

    def said(self, unit: str) -> dict[str, Any]:
        """What the decision that settles a unit carries besides."""
        return {"round": self.round, "settles": unit, "took_part": list(self.took_part)}


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a unit was settled: the decision that says so, and those that belong to it, in order."""

    unit: str
    decisions: tuple[Decision, ...]

    @property
    def decision(self) -> Decision:
        """The one that says how."""
        return self.decisions[0]

    @property
    def took_part(self) -> tuple[str, ...]:
        """Who took part."""
        return tuple(self.decision.payload["took_part"])


def take(meeting: Meeting, unit: Unit, coder: str) -> list[Draft]:
    """Settle a unit as one coder has it.

    Raises:
        DecisionRefused: that coder has no version of it, or a code in it was split meanwhile.
    """
    version = unit.version_of(coder)
    if version is None:
        raise DecisionRefused(f"{coder} has no version of it to take. Choose another coder's, or rewrite it.")
    return _as_versions(meeting, unit, [version])


def keep_both(meeting: Meeting, unit: Unit) -> list[Draft]:
    """Settle a unit with all that coders gave it: every code, under every name.

    Raises:
        DecisionRefused: fewer than two coders gave it something, or a code was split meanwhile.
    """
    if not can_keep_both(unit):
        raise DecisionRefused("There are no two versions to keep both of. Take one, or rewrite it.")
    return _as_versions(meeting, unit, [item for item in unit.given if item.did is not Did.REJECTED])


def can_keep_both(unit: Unit) -> bool:
    """Whether two coders gave it something, each in their own way."""
    kept = [item for item in unit.given if item.did is not Did.REJECTED]
    return len(kept) > 1 and len({item.substance for item in kept}) > 1


def take_over(meeting: Meeting, units: Iterable[Unit]) -> list[Draft]:
    """Settle the units on which all agree as they have them: one decision for each, in one act."""
    drafts: list[Draft] = []
    for place, unit in enumerate(units):
        sign = meeting.sign
        if place:
            sign = replace(sign, key=f"{sign.key}:{place}", expected_version=None)
        drafts += _as_versions(replace(meeting, sign=sign), unit, unit.given)
    if not drafts:
        raise DecisionRefused("There is nothing on which all agree that is not settled yet.")
    return drafts


def write_codes(meeting: Meeting, unit: Unit, codes: Sequence[str]) -> list[Draft]:
    """Settle a segment with these codes, maybe none."""
    chosen = list(dict.fromkeys(_in_use(meeting.team, code) for code in codes))
    said = meeting.said(unit.subject) | {"codes": chosen}
    return [signed(meeting.sign, Kind.SETTLE, unit.subject, said)]


def write_name(
    meeting: Meeting, unit: Unit, name: str, *, definition: str = "", segments: Sequence[str] = ()
) -> list[Draft]:
    """Settle a candidate or a coder's code as a code of another name, on the segments chosen."""
    _require_some(segments)
    return _drafts(meeting, unit, [_Piece(name, definition, segments, _sources(unit))])


def merge_into(meeting: Meeting, unit: Unit, code: str, segments: Sequence[str]) -> list[Draft]:
    """Settle a candidate or a coder's code by gathering the segments chosen under a code of the team."""
    _require_some(segments)
    return _drafts(meeting, unit, [_Piece("", "", segments, _sources(unit), into=code)])


def reject(meeting: Meeting, unit: Unit) -> list[Draft]:
    """Settle a candidate or a coder's code by leaving it out, for a reason: the group's, else a coder's own."""
    given = next((item.reason for item in unit.given if item.reason), "")
    reason = meeting.sign.reason.strip() or given
    if not reason:
        raise DecisionRefused("A rejection needs a reason. One short sentence is enough.")
    sign = replace(meeting.sign, reason=reason)
    return [signed(sign, Kind.REJECT, unit.subject, meeting.said(unit.subject))]


def undo(sign: Signature, settlement: Settlement) -> list[Draft]:
    """Take a settlement back, last things first."""
    return [
        signed(
            replace(sign, key=f"{sign.key}:{place}" if place else sign.key, expected_version=None),
            Kind.UNDO,
            item.draft.key,
        )
        for place, item in enumerate(reversed(settlement.decisions))
    ]


def bears_on(decision: Decision) -> bool:
    """Whether `settlements` wants to be told of a decision of the team."""
    said = decision.payload
    return decision.kind is Kind.UNDO or "settles" in said or "part_of" in said


def settlements(log: Iterable[Decision], round_id: str) -> Mapping[str, Settlement]:
    """What the team settled of a round, by unit; the log holds at least what `bears_on` it."""
    found: dict[str, list[Decision]] = {}
    unit_of: dict[str, str] = {}
    for item in effective([decision for decision in log if bears_on(decision)]):
        if item.payload.get("round") == round_id and "settles" in item.payload:
            unit = str(item.payload["settles"])
            found[unit] = [item]
            unit_of[item.draft.key] = unit
        elif item.payload.get("part_of") in unit_of:
            found[unit_of[item.payload["part_of"]]].append(item)
    return {unit: Settlement(unit, tuple(items)) for unit, items in found.items()}


def came_from(settled: Iterable[Settlement], team: Codebook) -> Came:
    """Which code in use the team made of which coder's own; none where it was split since."""
    found: Came = {}
    for item in (decision for settlement in settled for decision in settlement.decisions):
        made = {Kind.ACCEPT: item.payload.get("code"), Kind.CREATE: item.subject, Kind.MERGE: item.subject}
        code = team_code(team, str(made.get(item.kind) or ""))
        for source in item.payload.get("from", ()):
            if code:
                found[source["coder"], source["code"]] = code
    return found


def team_code(team: Codebook, code: str) -> str:
    """The code in use that a code is now, by whatever merges; "" where it was split or is unknown."""
    while code in team.codes and not team.codes[code].active:
        code = team.codes[code].retired_into
    return code if code in team.codes else ""


@dataclass(slots=True)
class _Piece:
    """A code to come of a settlement. `into` is the team's code it goes into, "" where it becomes one."""

    name: str
    definition: str
    segments: Sequence[str]
    sources: list[dict[str, str]]
    into: str = ""
    more: Mapping[Kind, Mapping[str, Any]] = field(default_factory=dict)


def _as_versions(meeting: Meeting, unit: Unit, versions: Sequence[Version]) -> list[Draft]:
    if unit.about is About.SEGMENT:
        return write_codes(meeting, unit, [end.code.id for version in versions for end in version.ends])
    if all(version.did is Did.REJECTED for version in versions):
        return reject(meeting, replace(unit, versions=tuple(versions)))
    return _drafts(meeting, unit, _pieces(meeting, versions))


def _pieces(meeting: Meeting, versions: Iterable[Version]) -> list[_Piece]:
    """The codes of some versions; what goes by one name, or into one code of the team, is one."""
    found: dict[str, _Piece] = {}
    for version in versions:
        for end in version.ends:
            code, source = end.code, {"coder": version.coder, "code": end.code.id}
            into = meeting.came.get((version.coder, code.id), "") or _of_the_team(meeting, code.id)
            piece = found.setdefault(into or code.name.casefold(), _Piece(code.name, code.definition, (), [], into))
            piece.segments = tuple(dict.fromkeys((*piece.segments, *end.segments, *end.more)))
            piece.sources.append(source)
            piece.more = piece.more or _besides(version, code.id)
    return list(found.values())


def _of_the_team(meeting: Meeting, code: str) -> str:
    """The code itself where the team had it before the round, as it is now."""
    return _in_use(meeting.team, code) if code in meeting.team.codes else ""


def _besides(version: Version, code: str) -> Mapping[Kind, Mapping[str, Any]]:
    """What else a coder said of a code: where it ends, what shows it best, what it speaks of."""
    said = next(end.code for end in version.ends if end.code.id == code)
    bounds = {"includes": said.includes, "excludes": said.excludes, "examples": list(said.examples)}
    bounds = {name: value for name, value in bounds.items() if value}
    found: dict[Kind, Mapping[str, Any]] = {Kind.DEFINE: bounds} if bounds else {}
    return found | ({Kind.STANCE: {"stance": said.stance.value}} if said.stance != type(said.stance).NEITHER else {})
