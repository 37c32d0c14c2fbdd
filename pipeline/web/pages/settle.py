"""Settling: what divided coders in a closed round, one thing at a time, decided by the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.account import Role
from pipeline.domain.codebook import Round
from pipeline.domain.decision import Draft
from pipeline.domain.errors import DecisionRefused, StaleDecision
from pipeline.review import settling
from pipeline.review.comparing import Comparison
from pipeline.review.fates import fates
from pipeline.review.settled import Settlement, came_from
from pipeline.review.settling import Meeting, waits
from pipeline.review.signing import Signature
from pipeline.review.versions import About, Unit
from pipeline.web.acting import decide
from pipeline.web.closed_rounds import past_round, settled, side_by_side
from pipeline.web.endpoints import JUDGES, READERS, Answer, Ask, Go, NotFound, Page, act, page
from pipeline.web.just_settled import just_settled, leading_on
from pipeline.web.naming import code_meant
from pipeline.web.places import as_part, quoted, saying
from pipeline.web.side_by_side import (
    codes_given,
    kept_by_whom,
    listed,
    name_of,
    order_of,
    outcome,
    segments_of,
)
from pipeline.web.surroundings import in_its_place
from pipeline.web.taking_over import OnIt, held_listed, on_it, to_take_over
from pipeline.web.undoing import UNDONE
from pipeline.web.withholding import veiled
from pipeline.work.live_study import View

QUOTES: Final = 2
"""Excerpts that stand for a candidate or code before all its segments."""
HELD: Final = (
    "What is left would lose a code that somebody put on by hand outside the round. Settle these segments one by one."
)
"""Why nothing is taken over at once."""


@dataclass(frozen=True, slots=True)
class _Settling:
    """A closed round that is being settled."""

    past: Round
    comparison: Comparison

    def place_of(self, unit: Unit) -> int:
        """Where a unit comes, counted from 0."""
        return next(place for place, item in enumerate(order_of(self.comparison)) if item.subject == unit.subject)


def show_all(ask: Ask) -> Answer:
    """How far settling is, and the way in."""
    found = _of(ask)
    done = settled(ask.study, found.past)
    order = order_of(found.comparison)
    with ask.study.looking(ask.person) as view:
        material, going_on, at = view.material, view.book.open_round is not None, view.book.version
        waiting = [place for place, unit in enumerate(found.comparison.divided) if waits(unit, done, view.book)]
        agreed = to_take_over(ask.study, view, found.comparison, done)
        held = held_listed(_base(ask), view, agreed)
    return Page(
        "settle_all.html.j2",
        {
            "title": "Settle",
            "past": found.past,
            "base_path": _base(ask),
            "just_settled": just_settled(ask, _base(ask), found.comparison),
            "settled": sum(unit.subject in done for unit in order),
            "units": len(order),
            "waiting": len(waiting),
            "first": listed(_base(ask), material, found.comparison, done, waiting[0]) if waiting else [],
            "way_in": _path(ask, order[waiting[0]]) if waiting else "",
            "agreed": len(agreed.free),
            "losing": agreed.losing,
            "held": held,
            "held_in_all": len(agreed.held),
            "coders": _sitting(ask, found.past),
            "sat_last": _sat_last(ask, done),
            "may": Role.ADJUDICATOR in ask.roles and not going_on,
            "going_on": going_on,
            "at": at,
        },
    )


def show(ask: Ask) -> Answer:
    """One unit, every coder's version of it side by side, and what the group can make of it."""
    found = _of(ask)
    unit = _unit(ask, found)
    seen = ask.study.versions_of(ask.person, unit.subject)[unit.subject]
    done = settled(ask.study, found.past)
    place, order = found.place_of(unit), order_of(found.comparison)
    with ask.study.looking(ask.person) as view:
        context = {
            **_shown(ask, view, unit),
            "outcome": outcome(done[unit.subject], view.book) if unit.subject in done else None,
            "standing": _standing(view, unit),
            "accepted": unit.subject in view.book.accepted,
            "list": listed(_base(ask), view.material, found.comparison, done, place),
            "going_on": view.book.open_round is not None,
            "at": view.book.version,
        }
    return Page(
        "settle.html.j2",
        context
        | {
            "past": found.past,
            "base_path": _base(ask),
            "just_settled": just_settled(ask, _base(ask), found.comparison),
            "seen": seen,
            "place": place + 1,
            "of": len(order),
            "settled": sum(item.subject in done for item in order),
            "previous": _path(ask, order[place - 1]) if place else "",
            "following": _path(ask, order[place + 1]) if place + 1 < len(order) else "",
            "coders": _sitting(ask, found.past),
            "sat_last": _sat_last(ask, done),
            "may": Role.ADJUDICATOR in ask.roles and not context["going_on"],
        },
    )


def settle(ask: Ask) -> Answer:
    """The group decides: one coder's version, both, or written anew."""
    found = _of(ask)
    unit = _unit(ask, found)

    def build(view: View, sign: Signature) -> Sequence[Draft]:
        there = settled(ask.study, found.past).get(unit.subject)
        if there:
            how = outcome(there, view.book)
            raise StaleDecision(f"{how.by} wrote down meanwhile how it is settled: {how.sentence}. Undo that first.")
        return _decided(ask, view, _meeting(ask, view, sign, found.past), unit)

    made = decide(ask, build, for_all=True)
    return Go(leading_on(_next(ask, found, unit), made))


def take_over(ask: Ask) -> Answer:
    """Everything on which all agree is settled in one act, each with a decision of its own; what would lose a code
    that somebody put on by hand only where the form says so."""
    found = _of(ask)

    def build(view: View, sign: Signature) -> Sequence[Draft]:
        done = settled(ask.study, found.past)
        agreed = to_take_over(ask.study, view, found.comparison, done)
        held = tuple(unit for unit, _ in agreed.held)
        if ask.value("held") and ask.number("held") != len(held):
            raise StaleDecision("Other segments wait now than the page showed. Nothing was changed: look again.")
        if held and not agreed.free and not ask.value("held"):
            raise DecisionRefused(HELD)
        return settling.take_over(_meeting(ask, view, sign, found.past), held if ask.value("held") else agreed.free)

    made = decide(ask, build, for_all=True)
    return Go(leading_on(_base(ask), made))


def take_back(ask: Ask) -> Answer:
    """Undo how a unit was settled, with all that belongs to it."""
    found = _of(ask)
    unit = _unit(ask, found)

    def build(_view: View, sign: Signature) -> Sequence[Draft]:
        settlement = settled(ask.study, found.past).get(unit.subject)
        if settlement is None:
            raise DecisionRefused("It is not settled, so there is nothing to undo.")
        return settling.undo(sign, settlement)

    made = decide(ask, build, for_all=True)
    return Go(saying(_path(ask, unit), **{UNDONE: made.draft.key}))


def _decided(ask: Ask, view: View, meeting: Meeting, unit: Unit) -> list[Draft]:
    choice, _, coder = (ask.value("choice") or "written").partition(":")
    match choice if choice != "written" else _written(ask, unit):
        case "take":
            return settling.take(meeting, unit, coder)
        case "both":
            return settling.keep_both(meeting, unit)
        case "codes" if unit.about is About.SEGMENT:
            return settling.write_codes(meeting, unit, _codes(ask, view))
        case "name" if unit.about is not About.SEGMENT:
            name, definition = ask.value("name"), ask.value("definition")
            chosen = _segments(ask, view, unit)
            return settling.write_name(meeting, unit, name, definition=definition, segments=chosen)
        case "merge" if unit.about is not About.SEGMENT:
            into = code_meant(view.book, ask.value("into"))
            return settling.merge_into(meeting, unit, into, _segments(ask, view, unit))
        case "reject" if unit.about is not About.SEGMENT:
            return settling.reject(meeting, unit)
        case _:
            raise DecisionRefused("Say how it is settled: take a version, keep both, or write it anew.")


def _written(ask: Ask, unit: Unit) -> str:
    """What somebody means who typed something and pressed Enter."""
    if unit.about is About.SEGMENT:
        return "codes"
    filled = [choice for choice, name in (("name", "name"), ("merge", "into")) if ask.value(name)]
    return filled[0] if len(filled) == 1 else ""


def _codes(ask: Ask, view: View) -> list[str]:
    """The codes that were ticked or typed; none only where somebody said so."""
    chosen = [*ask.values("code"), *(code_meant(view.book, typed) for typed in ask.values("typed") if typed.strip())]
    if not chosen and not ask.value("none"):
        raise DecisionRefused("Choose at least one code, or tick “no code”.")
    if chosen and ask.value("none"):
        raise DecisionRefused("“No code” and a code are both chosen. Choose one or the other.")
    return chosen


def _segments(ask: Ask, view: View, unit: Unit) -> list[str]:
    dropped = set(ask.values("without"))
    return [segment for segment in segments_of(view.material, unit) if segment not in dropped]


def _shown(ask: Ask, view: View, unit: Unit) -> dict[str, Any]:
    """What there is to see of a unit; of a segment that this person has yet to code, nothing of its codes, and of a
    candidate or code not that it is among its segments."""
    study, material, hidden = ask.study.id, view.material, veiled(view)
    segment, veil = unit.about is About.SEGMENT, unit.subject in hidden
    candidate = material.suggestions.get(unit.subject)
    within = candidate.typical if candidate else segments_of(material, unit)
    typical = [] if segment else [item for item in within if item not in hidden]  # a segment is quoted in its place
    kept = [] if segment else kept_by_whom(study, material, unit)
    return {
        "title": "Settle",
        "unit": unit,
        "veiled": veil,
        "name": name_of(material, unit),
        "quotes": [item for item in (quoted(study, material, each) for each in typical[:QUOTES]) if item],
        "quote": None,  # of a segment alone, and only while the talk has it
        **(in_its_place(study, material, material.said[unit.subject]) if unit.subject in material.said else {}),
        "kept": [item for item in kept if item.quote.said.segment.id not in hidden],
        "given": codes_given(view.book, unit) if segment and not veil else [],
        # Who works blind reads their own book, which is not what the team has.
        "on_it": on_it(ask.study, view, unit) if segment and not veil and not view.blind else OnIt(),
        "both": settling.can_keep_both(unit),
        "codes": sorted({code.name for code in view.book.active_codes}, key=str.casefold),
    }


def _standing(view: View, unit: Unit) -> str:
    """How the team's book has a candidate that was decided on outside of settling; "" where it has not."""
    became = fates(view.book, [unit.subject])[unit.subject]
    names = " and ".join(f"“{code.name}”" for code in became.codes)
    return f"{became.word if became.elsewhere else 'accepted as'} {names}" if became.taken else became.word


def _meeting(ask: Ask, view: View, sign: Signature, past: Round) -> Meeting:
    there = _sitting(ask, past)
    took_part = tuple(name for name in dict.fromkeys(ask.values("took_part")) if name in there)
    came = came_from(settled(ask.study, past).values(), view.book)
    return Meeting(sign, view.book, past.id, took_part, came)


def _sitting(ask: Ask, past: Round) -> tuple[str, ...]:
    """Who may have taken part: the coders of the round, and the adjudicator who settles."""
    judge = [ask.person] if Role.ADJUDICATOR in ask.roles else []
    return tuple(dict.fromkeys((*past.coders, *judge)))


def _sat_last(ask: Ask, done: Mapping[str, Settlement]) -> tuple[str, ...]:
    """Who took part when this person settled something last: they most likely still sit together. At first this
    person alone, who surely does."""
    mine = [item for item in done.values() if item.decision.draft.coder == ask.person]
    return max(mine, key=lambda item: item.decision.seq).took_part if mine else (ask.person,)


def _of(ask: Ask) -> _Settling:
    with ask.study.looking(ask.person) as view:
        past = past_round(view, ask.params["round"])
    return _Settling(past, side_by_side(ask.study, past))


def _unit(ask: Ask, found: _Settling) -> Unit:
    unit = found.comparison.by_subject.get(ask.params["unit"])
    if unit is None:
        raise NotFound("There is nothing of that name to settle in this round. Look at its list.")
    return unit


def _next(ask: Ask, found: _Settling, unit: Unit) -> str:
    """The address of what waits next after a unit; the list where nothing does."""
    done, order = settled(ask.study, found.past), found.comparison.divided
    place = next((at for at, item in enumerate(order) if item.subject == unit.subject), -1)
    with ask.study.looking(ask.person) as view:
        held = [item for item, _ in to_take_over(ask.study, view, found.comparison, done).held]
        ahead = (*order[place + 1 :], *order, *held)
        waiting = next((item for item in ahead if waits(item, done, view.book)), None)
    return _path(ask, waiting) if waiting else _base(ask)


def _path(ask: Ask, unit: Unit) -> str:
    return f"{_base(ask)}/{as_part(unit.subject)}"


def _base(ask: Ask) -> str:
    return f"{ask.base}/agreement/{as_part(ask.params['round'])}/settle"


_PATH: Final = "/studies/{study}/agreement/{round}/settle"
ENDPOINTS: Final = (
    page(_PATH, READERS, show_all),
    page(_PATH + "/{unit}", READERS, show),
    act(_PATH, JUDGES, take_over),
    act(_PATH + "/{unit}", JUDGES, settle),
    act(_PATH + "/{unit}/undo", JUDGES, take_back),
)
