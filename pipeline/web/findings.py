"""The findings as the team's decisions stand, worked out once for each state of them, off the request path."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final
from weakref import WeakKeyDictionary

from pipeline import __version__
from pipeline.domain.checked import Checked
from pipeline.domain.codebook import Codebook
from pipeline.domain.decision import Decision
from pipeline.mapping.saturation import saturation
from pipeline.report.findings import Findings, findings
from pipeline.report.methods import methods
from pipeline.report.source import Making, Recorded, Source
from pipeline.review.double_checking import checked, round_checked
from pipeline.review.rounds import open_to_all
from pipeline.review.worklist import unconfirmed
from pipeline.web.closed_rounds import compared, settled
from pipeline.web.mapped import Carried, carried_in, map_of
from pipeline.web.segment_lists import unclear
from pipeline.work import mapping, prepare, suggesting
from pipeline.work.live_study import LiveStudy, Material
from pipeline.work.reporting import shown_to_coders
from pipeline.work.since import unsigned
from pipeline.work.talk import warnings_of

PATIENCE: Final = 2.0
"""Seconds that somebody waits for newer findings where there are older ones to show meanwhile."""
_ONE_AT_A_TIME: Final = ThreadPoolExecutor(1, thread_name_prefix="findings")


@dataclass(frozen=True, slots=True)
class Stand:
    """Findings, and whether they are those of this moment; where they are not, newer ones are on their way."""

    findings: Findings
    current: bool


@dataclass(slots=True)
class _Kept:
    turn: threading.Lock = field(default_factory=threading.Lock)
    of: tuple[int, Material] | None = None
    findings: Findings | None = None
    work: Future[None] | None = None


_KEPT: Final[WeakKeyDictionary[LiveStudy, _Kept]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def findings_of(study: LiveStudy) -> Stand:
    """What the team's decisions amount to: what is decided in an open blind round is not in it, whoever asks."""
    with _LOCK:
        kept = _KEPT.setdefault(study, _Kept())
    with study.looking() as view:
        now = view.book.version, view.material
    with kept.turn:
        if kept.of != now and (kept.work is None or kept.work.done()):
            kept.work = _ONE_AT_A_TIME.submit(_work_out, study, kept)
        work, before = kept.work, kept.findings
    if kept.of != now and work:
        try:
            work.result(PATIENCE if before else None)
        except TimeoutError:
            assert before, "the first findings are waited for"
            return Stand(before, current=False)
    with kept.turn:
        assert kept.findings, "worked out a moment ago"
        return Stand(kept.findings, kept.of == now)


def team_source(study: LiveStudy) -> Source:
    """What a report of the team's decisions is made from."""
    with study.looking() as view:
        carried, book, left = carried_in(study, view), view.book.copied(), unclear(study, view)
    material = carried.material
    log = open_to_all(study.work.store.decisions.log(study.id))
    said = tuple(material.said.values())
    return Source(
        study=carried.study,
        book=book,
        log=log,
        said=said,
        mapped=map_of(study, carried),
        transcripts=[
            Recorded(
                item.group,
                item.stored.transcript,
                item.stored.filename,
                warnings_of(carried.study, item.stored, material.fixed),
            )
            for item in material.recordings
        ],
        making=_making(study, carried, book, log),
        suggestions=material.found,
        unclear=left,
        unconfirmed=unconfirmed(material.proposed, book)[0],
        checked=_checked(study, material, book, log),
    )


def _checked(study: LiveStudy, material: Material, book: Codebook, log: Sequence[Decision]) -> Checked:
    """How far coding was double-checked, from what is kept of closed rounds: nothing is computed twice."""
    past = [item for item in book.rounds.values() if not item.open]
    looked_at = ((compared(study, item), settled(study, item)) for item in past)
    rounds = [round_checked(found.comparison, found.report, done) for found, done in looked_at]
    return checked(study.id, book, rounds, log, shown_to_coders(study.work, material.found, material.proposed))


def _work_out(study: LiveStudy, kept: _Kept) -> None:
    with study.looking() as view:
        now = view.book.version, view.material
    source = team_source(study)
    # the talk itself is on pages of its own: it is not written out a second time
    found = replace(findings(replace(source, transcripts=())), methods=methods(source))
    with kept.turn:
        kept.findings, kept.of = found, now


def _making(study: LiveStudy, carried: Carried, book: Codebook, log: Sequence[Decision]) -> Making:
    said = carried.material.said.values()
    return Making(
        at=log[-1].draft.at if log else "",
        version=__version__,
        parts=(
            ("Language model", study.work.models),
            ("Segments and questions", prepare.METHOD),
            ("Candidates", suggesting.METHOD),
            ("Map", mapping.METHOD),
        ),
        saturation=saturation(carried.study, book, said).sentence,
        unsigned=unsigned(study.work),
    )
