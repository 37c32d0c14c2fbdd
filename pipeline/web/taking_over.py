"""What the team's book has on segments of a closed round now, and what can be taken over at once without a loss."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from pipeline.review.comparing import Comparison
from pipeline.review.put_on import Agreed, PutOn, apart, numbers_of, put_on, taken_off
from pipeline.review.settling import can_keep_both, waits
from pipeline.review.versions import Unit
from pipeline.web.places import as_part
from pipeline.web.side_by_side import label_of
from pipeline.work.live_study import LiveStudy, View

LISTED: Final = 15
"""Held segments that are named; the others come after them."""


@dataclass(frozen=True, slots=True)
class OnIt:
    """The codes of a segment in the team's book, and which of them go off where a coder's version is taken, or all
    versions are kept (`by_all`)."""

    codes: tuple[PutOn, ...] = ()
    by_taking: tuple[tuple[str, tuple[PutOn, ...]], ...] = ()
    by_all: tuple[PutOn, ...] = ()

    def gone_with(self, coder: str) -> tuple[PutOn, ...]:
        """What goes off where this coder's version is taken."""
        return dict(self.by_taking).get(coder, ())


@dataclass(frozen=True, slots=True)
class Held:
    """A segment on which all agree and that waits all the same: where it is settled, how its words begin, and the
    codes put on by hand that it would lose."""

    path: str
    label: str
    codes: tuple[PutOn, ...]


def on_it(study: LiveStudy, view: View, unit: Unit) -> OnIt:
    """What a segment carries in the team's book. Not to be asked for whoever is not to see that."""
    decisions = {item.seq: item for item in study.work.store.decisions.numbered(study.id, _numbers(view, [unit]))}
    carried = put_on(view.book, unit.subject, decisions)
    by_taking = tuple((item.coder, taken_off(view.book, carried, [item])) for item in unit.given)
    by_all = taken_off(view.book, carried, unit.given) if can_keep_both(unit) else ()
    return OnIt(carried, by_taking, by_all)


def to_take_over(study: LiveStudy, view: View, comparison: Comparison, done: Container[str]) -> Agreed:
    """What is left of that on which all agree, apart by whether it may be taken over at once.

    While a blind round goes on nothing is held back: nothing can be taken over, and whoever codes in it is not to
    learn on which segments the team put a code.
    """
    left = [unit for unit in comparison.agreed if waits(unit, done, view.book)]
    if view.book.open_round is not None:
        return Agreed(tuple(left))
    numbered = study.work.store.decisions.numbered(study.id, _numbers(view, left))
    return apart(view.book, left, {item.seq: item for item in numbered})


def held_listed(base: str, view: View, agreed: Agreed) -> list[Held]:
    """The first of those that wait, in order."""
    return [
        Held(f"{base}/{as_part(unit.subject)}", label_of(view.material, unit), codes)
        for unit, codes in agreed.held[:LISTED]
    ]


def _numbers(view: View, units: list[Unit]) -> frozenset[int]:
    return numbers_of(view.book, [unit.subject for unit in units])
