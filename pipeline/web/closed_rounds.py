"""Closed rounds compared, each once and kept: nothing that comes later changes what was coded before discussion."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

from pipeline.domain.codebook import Round
from pipeline.domain.decision import TEAM, Decision
from pipeline.review.agreement.report import AgreementReport
from pipeline.review.comparing import Comparison, compare
from pipeline.review.figures import figures
from pipeline.review.settled import Settlement, bears_on, settlements
from pipeline.review.settling import waits
from pipeline.web.endpoints import NotFound
from pipeline.work.live_study import LiveStudy, View


@dataclass(frozen=True, slots=True)
class Compared:
    """A closed round side by side, with its figures."""

    comparison: Comparison
    report: AgreementReport


@dataclass(slots=True)
class _Kept:
    """What is kept of one study; `read` holds, by round, what was decided on settling it up to a decision number."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    versions: dict[tuple[str, int], Comparison] = field(default_factory=dict)
    compared: dict[tuple[str, int], Compared] = field(default_factory=dict)
    read: dict[str, tuple[int, tuple[Decision, ...], Mapping[str, Settlement]]] = field(default_factory=dict)


_KEPT: Final[WeakKeyDictionary[LiveStudy, _Kept]] = WeakKeyDictionary()
_MAKING: Final = threading.Lock()


def past_round(view: View, round_id: str) -> Round:
    """A round that is closed.

    Raises:
        NotFound: there is none of that id; one that goes on is answered like one that never was.
    """
    found = view.book.rounds.get(round_id)
    if found is None or found.open:
        raise NotFound("There is no closed round of that name. Look at the list of rounds.")
    return found


def side_by_side(study: LiveStudy, past: Round) -> Comparison:
    """What each coder did in a closed round. Reads the log the first time: not to be asked while looking."""
    kept = _kept(study)
    with kept.lock:  # whoever asks meanwhile waits for the one that computes
        found = kept.versions.get((past.id, past.closed))
        if found is None:
            books = {TEAM, *(past.book(coder) for coder in past.coders)}
            found = compare(study.work.store.decisions.since(study.id, 0, books=books), past)
            kept.versions[past.id, past.closed] = found
    return found


def compared(study: LiveStudy, past: Round) -> Compared:
    """The same, and how far they agree. Takes seconds the first time: not to be asked while looking."""
    kept = _kept(study)
    with kept.lock:
        found = kept.compared.get((past.id, past.closed))
        if found is None:
            comparison = side_by_side(study, past)
            found = Compared(comparison, figures(comparison))
            kept.compared[past.id, past.closed] = found
    return found


def to_settle(study: LiveStudy, past: Round) -> int:
    """On how many segments, candidates or codes coders differed in a closed round that the team has not settled. Not
    to be asked while looking."""
    done, divided = settled(study, past), side_by_side(study, past).divided
    with study.looking() as view:
        return sum(waits(unit, done, view.book) for unit in divided)


def settled(study: LiveStudy, past: Round) -> Mapping[str, Settlement]:
    """What the team settled of a closed round so far, by unit."""
    kept = _kept(study)
    with _MAKING:
        until, said, found = kept.read.get(past.id, (past.closed, (), {}))
        news = study.work.store.decisions.since(study.id, until, books={TEAM})
        if news:
            said = (*said, *(item for item in news if bears_on(item)))
            found = settlements(said, past.id)
            kept.read[past.id] = news[-1].seq, said, found
    return found


def _kept(study: LiveStudy) -> _Kept:
    with _MAKING:
        return _KEPT.setdefault(study, _Kept())
