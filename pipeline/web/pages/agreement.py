"""Agreement: the rounds so far, the one that goes on, and how far coders agreed in each that is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pipeline.domain.account import Role
from pipeline.domain.codebook import Codebook, Round, RoundKind
from pipeline.domain.counted import counted
from pipeline.domain.decision import TEAM, Kind, scoped
from pipeline.review.agreement.report import CodeAgreement, Figure
from pipeline.review.bearing import KAPPA_NAMES, in_plain_words, shown
from pipeline.review.comparing import Comparison, overlaps
from pipeline.review.influence import Influence, influence
from pipeline.review.versions import About, Unit, Version
from pipeline.web.closed_rounds import Compared, compared, past_round, settled
from pipeline.web.endpoints import READERS, Answer, Ask, Page, page
from pipeline.web.pages.rounds import choosable
from pipeline.web.places import Quoted, as_part, quoted
from pipeline.web.side_by_side import name_of
from pipeline.web.told import told
from pipeline.web.waiting import undecided
from pipeline.web.withholding import sample_of, still_said, veiled
from pipeline.work.live_study import Material, View

A_PAGE: Final = 20
"""Divided segments shown at a time."""
CONFUSED: Final = 15
"""Pairs of codes shown."""
LINKS: Final = 5
"""Segments that each of them leads to."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a coder is in the round that goes on."""

    coder: str
    done: int
    of: int
    finished: bool


@dataclass(frozen=True, slots=True)
class GoingOn:
    """The open round as this person may see it: `progress` only for an adjudicator who takes no part, `own` only
    for who codes a sample in it, and theirs alone."""

    round: Round
    mine: bool
    finished: bool
    progress: tuple[Progress, ...] = ()
    own: Progress | None = None

    @property
    def waits_for(self) -> tuple[str, ...]:
        """Who has not said to be done, as far as this person may know."""
        return tuple(item.coder for item in self.progress if not item.finished)


@dataclass(frozen=True, slots=True)
class Past:
    """A closed round in the list."""

    round: Round
    closed_at: str
    headline: str
    settled: int
    units: int


@dataclass(frozen=True, slots=True)
class _Look:
    """Who asks, the talk, and the segments whose codes are kept back from them."""

    ask: Ask
    material: Material
    veil: frozenset[str]


@dataclass(frozen=True, slots=True)
class Divided:
    """A segment or candidate on which coders differ, with each coder's version; none of a segment that this person
    has yet to code in a round that goes on."""

    path: str
    name: str
    quote: Quoted | None
    versions: tuple[Version, ...]


def show_all(ask: Ask) -> Answer:
    """The rounds of the study, and the forms that open and close one."""
    judge = Role.ADJUDICATOR in ask.roles
    with ask.study.looking(ask.person) as view:
        going_on = _going_on(ask, view, judge=judge)
        closed = [item for item in view.book.rounds.values() if not item.open]
        last = view.last if view.last and view.last.kind is Kind.FINISH else None  # settling has an undo of its own
        frame = {"at": view.book.version, "last": last, "last_told": told(last, view.book) if last else ""}
        offered, codes = len(undecided(view)), len(view.book.active_codes)
    context = {
        "title": "Agreement",
        "judge": judge,
        "going_on": going_on,
        "past": [_past(ask, item) for item in reversed(closed)],
        "coders": choosable(ask) if judge and not going_on else [],
        "offered": offered,
        "codes": codes,
        "influence": _influence(ask),
    }
    return Page("agreement.html.j2", context | frame)


def show(ask: Ask) -> Answer:
    """How far coders agreed in a closed round, before they talked about it."""
    with ask.study.looking(ask.person) as view:
        past = past_round(view, ask.params["round"])
        material, veil = view.material, veiled(view)
    found = compared(ask.study, past)
    with ask.study.looking(ask.person) as view:
        besides = [(item.draft.coder, told(item, view.book, view.material)) for item in found.comparison.besides]
    parts = _of_sample if past.kind is RoundKind.SAMPLE else _of_candidates
    context = {
        "title": "Agreement in a blind round",
        "past": past,
        "closed_at": found.comparison.closed_at,
        "words": in_plain_words(found.comparison, found.report),
        "report": found.report,
        "settled": _settled(ask, found.comparison),
        "units": len(found.comparison.units),
        "besides": besides,
        "uncoded": _uncoded(found.comparison),
    }
    return Page("agreement_round.html.j2", context | parts(_Look(ask, material, veil), found))


def _influence(ask: Ask) -> Influence | None:
    """How much proposals change what coders do; None while a round goes on, and where nobody is shown a proposal,
    nothing is proposed or no segment is a control."""
    review = ask.study.work.settings.review
    with ask.study.looking() as view:
        proposed, committed = view.material.proposed, view.book.committed
        if review.withhold or not review.control or not proposed or view.book.open_round:
            return None
        coded = {scoped(TEAM, item.segment) for item in proposed if item.segment in committed}
    decisions = ask.study.work.store.decisions.touching(ask.study.id, coded)
    with ask.study.looking() as view:
        return influence(ask.study.id, proposed, decisions, view.book, review.control)


def _going_on(ask: Ask, view: View, *, judge: bool) -> GoingOn | None:
    going_on = view.book.open_round
    if going_on is None:
        return None
    if view.blind:
        own = _progress(view, going_on, ask.person, view.book) if sample_of(view) else None
        return GoingOn(going_on, mine=True, finished=(going_on.id, ask.person) in view.book.finished, own=own)
    if not judge:
        return GoingOn(going_on, mine=False, finished=False)
    with ask.study.watching(ask.person) as books:
        progress = tuple(_progress(view, going_on, coder, book) for coder, book in books.items())
    return GoingOn(going_on, mine=False, finished=False, progress=progress)


def _progress(view: View, going_on: Round, coder: str, book: Codebook) -> Progress:
    if going_on.kind is RoundKind.SAMPLE:
        sample = still_said(view, going_on)
        done, of = sum(book.coded_whole(item, coder) for item in sample), len(sample)
    else:
        offered = undecided(view)
        done, of = sum(book.decided(item) for item in offered), len(offered)
    return Progress(coder, done, of, (going_on.id, coder) in book.finished)


def _past(ask: Ask, past: Round) -> Past:
    found = compared(ask.study, past)
    return Past(
        past,
        found.comparison.closed_at,
        _headline(found),
        _settled(ask, found.comparison),
        len(found.comparison.units),
    )


def _headline(found: Compared) -> str:
    report = found.report
    if found.comparison.round.kind is RoundKind.SAMPLE:
        return f"Krippendorff's alpha {shown(report.overall.alpha)} on {counted(report.n, 'segment')}"
    choice = report.codes[0]
    alike = f"{choice.percent.value:.0%} alike" if choice.percent else "nothing to compare"
    return f"Krippendorff's alpha {shown(choice.alpha)} on {counted(choice.n, 'candidate')}, {alike}"


def _settled(ask: Ask, comparison: Comparison) -> int:
    done = settled(ask.study, comparison.round)
    return sum(unit.subject in done for unit in comparison.units)


def _uncoded(comparison: Comparison) -> list[tuple[str, int]]:
    """Who left how many of the round's segments or candidates uncoded: missing data, never a "no code"."""
    units = [unit for unit in comparison.units if unit.about is not About.CODE]
    of = len(comparison.round.segments) or len(units)
    missing = [
        (coder, of - sum(unit.version_of(coder) is not None for unit in units)) for coder in comparison.round.coders
    ]
    return [(coder, count) for coder, count in missing if count]


def _of_sample(look: _Look, found: Compared) -> dict[str, Any]:
    report, names = found.report, {code.id: code.name for code in found.comparison.codes.values()}
    applied = [code for code in report.codes if code.positives]
    return {
        "rows": [(names[code.code], code, code.alpha and _whisker(code.alpha)) for code in applied],
        "kappas": sorted({KAPPA_NAMES[code.kappa_name] for code in applied}),
        "unused": sorted((names[code.code] for code in report.codes if not code.positives), key=str.casefold),
        "overall": report.overall,
        "whisker": report.overall.alpha and _whisker(report.overall.alpha),
        "pairs": _pairs(applied, names),
        "confusion": [
            (names[item.first], names[item.second], item.times, _paths(look, item.units))
            for item in report.confusion[:CONFUSED]
        ],
        "confused": len(report.confusion),
        **_dividing(look, found),
    }


def _of_candidates(look: _Look, found: Compared) -> dict[str, Any]:
    choice = found.report.codes[0]
    return {
        "choice": choice,
        "kappa": KAPPA_NAMES[choice.kappa_name],
        "whisker": choice.alpha and _whisker(choice.alpha),
        "pairs": _pairs([choice], {choice.code: "Accepted or rejected"}),
        "overlaps": overlaps(found.comparison),
        **_dividing(look, found),
    }


def _dividing(look: _Look, found: Compared) -> dict[str, Any]:
    """A page of the segments or candidates on which two coders or more differ. What one alone came to divides nobody:
    it is settled, too, and not among them."""
    divided = [unit for unit in found.comparison.divided if unit.distance and unit.about is not About.CODE]
    first = _page(look.ask)
    return {
        "divided": [_divided(look, unit) for unit in divided[first : first + A_PAGE]],
        "divided_in_all": len(divided),
        "first": first,
        "a_page": A_PAGE,
    }


def _pairs(codes: Sequence[CodeAgreement], names: Mapping[str, str]) -> list[tuple[str, Any]]:
    """Kappa of every two coders, code by code, where there are more than two of them."""
    return [(names[code.code], code.pairs) for code in codes if code.pairs and code.assessable]


def _divided(look: _Look, unit: Unit) -> Divided:
    name = name_of(look.material, unit)
    said = quoted(look.ask.study.id, look.material, unit.subject) if unit.about is About.SEGMENT else None
    versions = () if unit.subject in look.veil else unit.versions
    return Divided(_settle_path(look.ask, unit.subject), name, said, versions)


def _paths(look: _Look, units: Sequence[str]) -> list[str]:
    """Where some of the units are settled."""
    return [_settle_path(look.ask, unit) for unit in units[:LINKS] if unit not in look.veil]


def _whisker(figure: Figure) -> tuple[float, float, float] | None:
    """Where a figure and the ends of its interval stand on a line from 0 to 100; what is below 0 stands at 0."""
    if figure.low is None or figure.high is None:
        return None
    low, value, high = (round(100 * min(max(at, 0.0), 1.0), 1) for at in (figure.low, figure.value, figure.high))
    return low, value, high


def _page(ask: Ask) -> int:
    text = ask.query.get("from", "0")
    return int(text) if text.isdecimal() and len(text) < 7 else 0  # noqa: PLR2004 - more is no page of ours


def _settle_path(ask: Ask, unit: str) -> str:
    return f"{ask.base}/agreement/{as_part(ask.params['round'])}/settle/{as_part(unit)}"


_PATH: Final = "/studies/{study}/agreement"
ENDPOINTS: Final = (
    page(_PATH, READERS, show_all),
    page(_PATH + "/{round}", READERS, show),
)
