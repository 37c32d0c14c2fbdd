"""The codebook as it was: the moments it was approved or a blind round was tied to it, and what changed between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import TEAM, Decision, Kind, effective
from pipeline.domain.folding import fold
from pipeline.review.codebook_versions import Difference, difference
from pipeline.web.endpoints import READERS, Answer, Ask, Page, page
from pipeline.web.told import told
from pipeline.work.workplace import CODES


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a codebook's life. `number` counts the decisions of this person's view up to it: what others do
    blind moves no number."""

    number: int
    what: str
    by: str
    at: str


def show(ask: Ask) -> Answer:
    """The moments, and with `?from=N&to=M` what changed between two.

    The log is read and folded anew, without keeping anybody waiting: seconds where decisions go into the hundred
    thousands.
    """
    with ask.study.looking(ask.person) as view:
        name = view.book_name
    log = ask.study.work.store.decisions.since(ask.study.id, 0, books={TEAM, name})
    found = moments(log)
    context: dict[str, Any] = {"title": "Versions of the codebook", "moments": found, "chosen": None, "now": len(log)}
    if "from" in ask.query or "to" in ask.query:
        one, other = _number(ask, "from", 0, len(log)), _number(ask, "to", len(log), len(log))
        first, last = min(one, other), max(one, other)
        before, after = fold(log[:first], name), fold(log[:last], name)
        named = {moment.number: moment.what for moment in found}
        context |= {
            "chosen": (first, last),
            "between": (_called(named, first, len(log)), _called(named, last, len(log))),
            **_told(difference(before, after), before, after),
        }
    return Page("codebook_versions.html.j2", context)


def moments(log: Sequence[Decision]) -> tuple[Moment, ...]:
    """Approvals of the codes, and blind rounds as they began and ended; what was undone is not among them."""
    counting = {decision.draft.key for decision in effective(log)}
    return tuple(
        Moment(number, told(decision, Codebook()), decision.draft.coder, decision.draft.at)
        for number, decision in enumerate(log, start=1)
        if decision.draft.key in counting and _is_moment(decision)
    )


def _is_moment(decision: Decision) -> bool:
    return decision.kind in {Kind.ROUND, Kind.CLOSE} or (decision.kind is Kind.APPROVE and decision.subject == CODES)


def _number(ask: Ask, name: str, default: int, most: int) -> int:
    typed = ask.query.get(name, "")
    return min(int(typed), most) if typed.isdecimal() and len(typed) < 10 else default  # noqa: PLR2004 - as Ask.number


def _called(named: dict[int, str], number: int, now: int) -> str:
    if number in named:
        return f"“{named[number]}”"
    return "now" if number == now else "the beginning" if not number else f"after decision {number}"


def _told(found: Difference, before: Codebook, after: Codebook) -> dict[str, Any]:
    """The difference with the codings counted code by code, most changed first."""
    changed = found.came + found.went
    names = {code.id: code.name for book in (before, after) for code in book.codes.values()}
    return {
        "found": found,
        "codings": [(code, names[code], found.came[code], found.went[code]) for code, _ in changed.most_common()],
        "came": found.came.total(),
        "went": found.went.total(),
    }


ENDPOINTS: Final = (page("/studies/{study}/codebook/versions", READERS, show),)
