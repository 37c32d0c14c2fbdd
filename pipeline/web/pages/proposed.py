"""Codings that the machine proposes for groups that came late: a yes or a no to each, and none counts before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from pipeline.domain.decision import Draft
from pipeline.domain.errors import NotReady
from pipeline.domain.suggestion import ProposedCoding
from pipeline.review import deciding
from pipeline.review.signing import Signature
from pipeline.web.acting import decide
from pipeline.web.endpoints import DECIDERS, Answer, Ask, Go, Page, act, page
from pipeline.web.pages.segment import address
from pipeline.web.places import Quoted, quoted
from pipeline.web.proposals import proposals
from pipeline.web.resting import resting
from pipeline.web.taking_off import taken_off
from pipeline.web.told import told_last
from pipeline.web.withholding import sample_of
from pipeline.work.live_study import View
from pipeline.work.proposed import Proposals

PAGE: Final = 50
"""Codings of one page."""

Decided = Callable[[View, Signature, str, str], Draft]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposed coding: the quote, the code and its name, how sure it is (0 to 1), the segment's version."""

    quote: Quoted
    code: str
    name: str
    confidence: float
    path: str
    seen: int


def show(ask: Ask) -> Answer:
    """The codings that wait, code by code, surest first."""
    with ask.study.looking(ask.person) as view:
        segments = [item.segment for item in _open_to_see(ask, view)[0][:PAGE]]
    versions = ask.study.versions_of(ask.person, *segments)
    with ask.study.looking(ask.person) as view:
        shown, held = _open_to_see(ask, view)
        withheld = sorted({item.segment for item in held}, key=view.material.order_of_talk.__getitem__)
        context: dict[str, Any] = {
            "title": "Proposed codings",
            "waiting": _by_code(
                Waiting(
                    quote=quote,
                    code=item.code,
                    name=view.book.codes[item.code].name,
                    confidence=item.confidence,
                    path=address(ask.study.id, item.segment, "proposed"),
                    seen=versions[item.segment],
                )
                for item in shown[:PAGE]
                if item.segment in versions and (quote := quoted(ask.study.id, view.material, item.segment))
            ),
            "proposals": Proposals.of(shown, held),
            "withheld": len(withheld),
            "first_withheld": address(ask.study.id, withheld[0], "proposed") if withheld else "",
            "rests": resting(view),
            "at": view.book.version,
            "last": view.last,
            "last_told": told_last(view),
        }
    return Page("proposed.html.j2", context)


def confirm(ask: Ask) -> Answer:
    """Yes: the code is on the segment from now on."""
    return _answered(ask, lambda view, sign, *said: deciding.apply(view.seen, sign, *said))


def refuse(ask: Ask) -> Answer:
    """No: it is not proposed again."""
    return _answered(ask, taken_off)


def _answered(ask: Ask, decided: Decided) -> Answer:
    decide(ask, lambda view, sign: decided(view, sign, ask.value("segment"), ask.value("code")))
    return Go(f"{ask.base}/segments/proposed")


def _by_code(waiting: Iterable[Waiting]) -> list[tuple[str, list[Waiting]]]:
    return [(items[0].name, items) for items in (list(some) for _, some in groupby(waiting, lambda item: item.code))]


def _open_to_see(ask: Ask, view: View) -> tuple[list[ProposedCoding], list[ProposedCoding]]:
    """What may be shown, and what this person is told nothing of before they coded its segment."""
    if sample_of(view):
        raise NotReady("Proposed codings wait until the blind round on the sample is closed.")
    return proposals(ask.study, view)


_PATH: Final = "/studies/{study}/segments/proposed"
ENDPOINTS: Final = (
    page(_PATH, DECIDERS, show),
    act(_PATH + "/yes", DECIDERS, confirm),
    act(_PATH + "/no", DECIDERS, refuse),
)
