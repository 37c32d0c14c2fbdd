"""The team settles what a closed round left open: drafts of decisions by the group.

What settles a unit says so in its payload: `round`, `settles` (the unit), `took_part` (who), and, where a code came
of coders' own, `from` (a list of coder and code). More decisions may belong to it; their keys begin with its key.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.domain.acts import PART
from pipeline.domain.codebook import Code, Codebook, Stance
from pipeline.domain.decision import Draft, Kind
from pipeline.domain.errors import DecisionRefused
from pipeline.review.called import namesake, plain
from pipeline.review.deciding import new_name
from pipeline.review.settled import Came, Settlement
from pipeline.review.signing import Signature, new_id, signed
from pipeline.review.versions import About, Did, End, Unit, Version
from pipeline.review.worklist import in_use


@dataclass(frozen=True, slots=True)
class Meeting:
    """The team at work on a closed round: who signs, on which codebook, who takes part, which code of the team came
    from which coder's, and which names codes have that were drafted so far; drafting a new one adds to both.

    Raises:
        DecisionRefused: nobody took part.
    """

    sign: Signature
    team: Codebook
    round: str
    took_part: tuple[str, ...]
    came: Came = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.took_part:
            raise DecisionRefused("Say who took part in settling it: tick at least one coder.")

    def called(self, name: str) -> str:
        """The code of the team that has a name, drafted ones too; "" where none has."""
        there = namesake(self.team, name)
        return there.id if there else self.named.get(plain(name), "")

    def said(self, unit: Unit) -> dict[str, Any]:
        """What the decision that settles a unit says besides."""
        return {"round": self.round, "settles": unit.subject, "took_part": list(self.took_part)}


def waits(unit: Unit, done: Container[str], team: Codebook) -> bool:
    """Whether a unit is left to settle: it is not among the units `done`, and the team did not make a code of the
    candidate outside of settling, which stands until it is undone."""
    return unit.subject not in done and unit.subject not in team.accepted


def take(meeting: Meeting, unit: Unit, coder: str) -> list[Draft]:
    """Settle a unit as one coder has it.

    Raises:
        DecisionRefused: that coder has no version of it, or a code in it was split meanwhile.
    """
    version = unit.version_of(coder)
    if version is None:
        raise DecisionRefused(f"{coder} has no version of it to take. Choose another coder's, or rewrite it.")
    return _as_in(meeting, unit, [version])


def can_keep_both(unit: Unit) -> bool:
    """Whether two coders gave it something, each in their own way."""
    return len({version.substance for version in unit.given if version.ends}) > 1


def keep_both(meeting: Meeting, unit: Unit) -> list[Draft]:
    """Settle a unit with all that coders gave it: every code, under every name.

    Raises:
        DecisionRefused: there are no two versions to keep, or a code was split meanwhile.
    """
    if not can_keep_both(unit):
        raise DecisionRefused("There are no two versions to keep both of. Take one, or rewrite it.")
    return _as_in(meeting, unit, [version for version in unit.given if version.ends])


def take_over(meeting: Meeting, units: Iterable[Unit]) -> list[Draft]:
    """Settle units on which all agree as they have them, each in a decision of its own.

    Raises:
        DecisionRefused: there is none, or a code in one was split meanwhile.
    """
    drafts: list[Draft] = []
    for place, unit in enumerate(units):
        drafts += _as_in(replace(meeting, sign=_again(meeting.sign, f":{place}" if place else "")), unit, unit.given)
    if not drafts:
        raise DecisionRefused("Everything on which all agree is settled already.")
    return drafts


def write_codes(meeting: Meeting, unit: Unit, codes: Iterable[str]) -> list[Draft]:
    """Settle a segment with these codes of the team, maybe none."""
    chosen = list(dict.fromkeys(_standing(meeting.team, code) for code in codes))
    return [signed(meeting.sign, Kind.SETTLE, unit.subject, {**meeting.said(unit), "codes": chosen})]


def write_name(
    meeting: Meeting, unit: Unit, name: str, *, definition: str = "", segments: Sequence[str]
) -> list[Draft]:
    """Settle a candidate or a coder's code as a code of another name, on the segments chosen.

    Raises:
        DecisionRefused: a code of the team has that name, or no segment is left.
    """
    kept = new_name(meeting.team, name)
    return _made(meeting, unit, [_Piece(kept, definition.strip(), segments, _sources(meeting, unit))])


def merge_into(meeting: Meeting, unit: Unit, code: str, segments: Sequence[str]) -> list[Draft]:
    """Settle a candidate or a coder's code by gathering the segments chosen under a code of the team."""
    name = next((end.code.name for version in unit.given for end in version.ends), "")
    return _made(meeting, unit, [_Piece(name, "", segments, _sources(meeting, unit), into=code)])


def reject(meeting: Meeting, unit: Unit) -> list[Draft]:
    """Settle a candidate or a coder's code by leaving it out, for a reason: the group's, or one that a coder gave."""
    given = next((version.reason for version in unit.given if version.reason), "")
    sign = replace(meeting.sign, reason=meeting.sign.reason.strip() or given)
    if not sign.reason:
        raise DecisionRefused("A rejection needs a reason. One short sentence is enough.")
    return [signed(sign, Kind.REJECT, unit.subject, meeting.said(unit))]


def undo(sign: Signature, settlement: Settlement) -> list[Draft]:
    """Take a settlement back, last things first."""
    signs = (_again(sign, f":{place}" if place else "") for place in range(len(settlement.decisions)))
    back = zip(signs, reversed(settlement.decisions), strict=True)
    return [signed(each, Kind.UNDO, decision.draft.key) for each, decision in back]


@dataclass(slots=True)
class _Piece:
    """A code that a settlement makes, or gathers under a code of the team (`into`).

    `like` is the coder's own that it is made after, `made` the id it got.
    """

    name: str
    definition: str
    segments: Sequence[str]
    sources: list[dict[str, str]]
    into: str = ""
    like: Code | None = None
    made: str = ""


def _as_in(meeting: Meeting, unit: Unit, versions: Sequence[Version]) -> list[Draft]:
    if unit.about is About.SEGMENT:
        return write_codes(meeting, unit, [end.code.id for version in versions for end in version.ends])
    if all(version.did is Did.REJECTED for version in versions):
        return reject(meeting, replace(unit, versions=tuple(versions)))
    return _made(meeting, unit, _pieces(meeting, versions))


def _pieces(meeting: Meeting, versions: Iterable[Version]) -> list[_Piece]:
    """The codes of some versions; what has one name, or goes into one code of the team, is one."""
    given = [(version.coder, end) for version in versions for end in version.ends]
    gathers = {coder_end: _gathers(meeting, *coder_end) for coder_end in given}
    named = {plain(end.code.name): into for (_, end), into in gathers.items() if into}
    found: dict[str, _Piece] = {}
    for coder, end in given:
        code = end.code
        into = gathers[coder, end] or named.get(plain(code.name)) or meeting.called(code.name)
        piece = _Piece(code.name, code.definition, (), [], into, code)
        piece = found.setdefault(into or plain(code.name), piece)
        piece.segments = tuple(dict.fromkeys((*piece.segments, *end.segments, *end.more)))
        piece.sources.append({"coder": coder, "code": code.id})
    return list(found.values())


def _gathers(meeting: Meeting, coder: str, end: End) -> str:
    """The code of the team that what a coder gave goes into; "" where it is to be one of its own."""
    code = end.code.id
    if code in meeting.team.codes:  # the coder gathered it under a code of the team
        return _standing(meeting.team, code)
    return meeting.came.get((coder, code), "")


def _made(meeting: Meeting, unit: Unit, pieces: Sequence[_Piece]) -> list[Draft]:
    """The first piece settles the unit, the others belong to it."""
    if not all(piece.segments for piece in pieces):
        raise DecisionRefused("No segment is left of it. Keep at least one, or reject it.")
    drafts: list[Draft] = []
    for place, piece in enumerate(pieces):
        if unit.about is About.CANDIDATE and not place:
            drafts += _taken(meeting, unit, piece)
        else:
            drafts += _created(meeting, piece, {} if place else meeting.said(unit), len(drafts))
        drafts += _bounds(meeting.sign, piece, len(drafts))
        if piece.made and not piece.into:
            meeting.named[plain(piece.name)] = piece.made
        for source in piece.sources:
            meeting.came.setdefault((source["coder"], source["code"]), piece.into or piece.made)
    return drafts


def _taken(meeting: Meeting, unit: Unit, piece: _Piece) -> Iterator[Draft]:
    """A candidate becomes a code, or goes into one."""
    sign, said = meeting.sign, {**meeting.said(unit), "from": piece.sources}
    if piece.into:
        suggestions = [{"id": unit.subject, "segments": list(piece.segments)}]
        merging = replace(sign, expected_version=None)  # what was looked at is the candidate, not the code
        yield signed(merging, Kind.MERGE, piece.into, {**said, "codes": [], "suggestions": suggestions})
    else:
        piece.made = new_id("c-", sign.key)
        yield signed(sign, Kind.ACCEPT, unit.subject, {**said, "code": piece.made, **_content(piece)})


def _created(meeting: Meeting, piece: _Piece, said: Mapping[str, Any], place: int) -> Iterator[Draft]:
    """A code on its segments; where it goes into a code of the team, it is gathered there at once."""
    sign = replace(_again(meeting.sign, f"{PART}{place}" if place else ""), expected_version=None)
    piece.made = new_id("c-", sign.key)
    yield signed(sign, Kind.CREATE, piece.made, {**said, "from": piece.sources, **_content(piece)})
    if piece.into:
        further = _again(meeting.sign, f"{PART}{place + 1}")
        yield signed(further, Kind.MERGE, piece.into, {"codes": [piece.made], "suggestions": []})


def _bounds(sign: Signature, piece: _Piece, place: int) -> Iterator[Draft]:
    """What else the coder said of a code that becomes the team's: where it ends, what shows it, what it speaks of."""
    if piece.like is None or piece.into:
        return
    said = {
        "includes": piece.like.includes,
        "excludes": piece.like.excludes,
        "examples": list(piece.like.examples),
    }
    if any(said.values()):
        yield signed(_again(sign, f"{PART}{place}"), Kind.DEFINE, piece.made, said)
        place += 1
    if piece.like.stance is not Stance.NEITHER:
        yield signed(_again(sign, f"{PART}{place}"), Kind.STANCE, piece.made, {"stance": piece.like.stance.value})


def _content(piece: _Piece) -> dict[str, Any]:
    return {"name": piece.name, "definition": piece.definition, "segments": list(piece.segments)}


def _sources(meeting: Meeting, unit: Unit) -> list[dict[str, str]]:
    """The coders' own codes that a unit went into and that the team made nothing of so far."""
    pairs = [(version.coder, end.code.id) for version in unit.given for end in version.ends]
    return [
        {"coder": coder, "code": code}
        for coder, code in pairs
        if (coder, code) not in meeting.came and code not in meeting.team.codes
    ]


def _standing(team: Codebook, code: str) -> str:
    found = in_use(team, code)
    if not found:
        name = team.codes[code].name if code in team.codes else code
        raise DecisionRefused(f"The code “{name}” was split since. Rewrite it: choose among the codes in use.")
    return found


def _again(sign: Signature, mark: str) -> Signature:
    """The same hand under a further decision of the same act."""
    return replace(sign, key=sign.key + mark, expected_version=None) if mark else sign
