"""What coders decided, learnt beside them: which codes the rest of the talk may carry. Nobody waits for it.

While a blind round goes on nothing is learnt, so that everybody in it is shown the same.
"""

from __future__ import annotations

import logging
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np

from pipeline.domain.errors import ModelUnavailable
from pipeline.suggest.drift import drifting
from pipeline.suggest.learning import Learnt, Reading
from pipeline.suggest.material import Material as Talk
from pipeline.suggest.material import Matrix
from pipeline.work.live_study import LiveStudy, Material, View
from pipeline.work.suggesting import STAGE, beside_vectors, described, name_vectors

FEWEST: Final = 20
"""Coded segments from which on there is something to learn."""
MOST: Final = 800
"""Coded segments learnt from, and those with no code: a second's work. More are drawn, the same for the same book."""
READ: Final = 6_000
"""Segments read; of a larger study as many are drawn."""
REST: Final = 9
"""Times as long as a lesson took that none is begun after it: learning takes a tenth of one core at most."""
WORTH_SAYING: Final = 0.15
"""Chance from which on a code is suggested for a segment."""
LIKELY: Final = 0.3
"""Chance from which on a segment is shown to its code."""
SUGGESTED: Final = 3
GATHERED: Final = 100
"""Segments kept for one code."""
OF_A_CODE: Final = 200
"""Segments of a code, old and new each, that are compared."""
ODD: Final = 3
"""Late segments shown that stand farthest from what the code was made of."""
ASKED: Final = 30
"""Segments in a batch of those whose codes would teach most."""
_LOGGER: Final = logging.getLogger(__name__)
_BESIDE: Final = ThreadPoolExecutor(1, thread_name_prefix="learning")


@dataclass(frozen=True, slots=True)
class Taught:
    """What was learnt from a book's `version`: `fits`, the likeliest codes of each segment that carries none, surest
    first; `gathers`, the segments that each code may gather; `asks`, the segments whose codes would teach most, in
    order of talk; `drifts`, codes whose segments of late groups differ from the earlier ones, with the late segments
    that stand farthest off first. Chances in [0, 1] say how often such a code is right on talk that was not learnt
    from."""

    version: int
    fits: Mapping[str, tuple[tuple[str, float], ...]]
    gathers: Mapping[str, tuple[tuple[str, float], ...]]
    asks: tuple[str, ...]
    drifts: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Kept:
    """The last lesson, what it was learnt from, and when the next may begin (seconds of the monotonic clock)."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    taught: Taught | None = None
    of: tuple[int, Material] | None = None
    work: Future[None] | None = None
    again: float = 0.0


_KEPT: Final[WeakKeyDictionary[LiveStudy, _Kept]] = WeakKeyDictionary()
_LOCK: Final = threading.Lock()


def taught(study: LiveStudy, view: View) -> Taught | None:
    """What is learnt for the team by now; None while there is too little, or a blind round goes on. Where decisions
    came since, another lesson begins beside."""
    if view.book.open_round is not None:
        return None
    kept, now = _kept(study), (view.book.version, view.material)
    with kept.turn:
        idle = kept.work is None or kept.work.done()
        if kept.of != now and idle and time.monotonic() >= kept.again:
            kept.of, kept.work = now, _BESIDE.submit(_learn, study, kept)
        return kept.taught


def caught_up(study: LiveStudy) -> Taught | None:
    """Wait for what is learnt from the book as it is now."""
    kept = _kept(study)
    kept.again = 0.0
    with study.looking() as view:
        taught(study, view)
    if kept.work:
        kept.work.result()
    return kept.taught


def _kept(study: LiveStudy) -> _Kept:
    with _LOCK:
        return _KEPT.setdefault(study, _Kept())


def _learn(study: LiveStudy, kept: _Kept) -> None:
    """One lesson. Where it fails the last one stands, and the next decision brings another try."""
    began = time.monotonic()
    try:
        taught = _lesson_of_now(study)
    except Exception as problem:  # noqa: BLE001 - coding goes on without suggestions; a log may hold no talk
        _LOGGER.warning("what was decided in study %s could not be learnt: %s", study.id, type(problem).__name__)
        taught = kept.taught
    with kept.turn:
        kept.taught = taught
        kept.again = time.monotonic() + REST * (time.monotonic() - began)


def _lesson_of_now(study: LiveStudy) -> Taught | None:
    with study.looking() as view:
        carrying, done = tuple(view.book.by_segment), frozenset(view.book.committed)
    material, order = view.material, view.material.order_of_talk
    coded = sorted((item for item in carrying if item in order), key=order.__getitem__)
    open_ones = frozenset(material.codable).difference(coded)
    if len(coded) < FEWEST:
        return None
    bare = _drawn(sorted(open_ones & done, key=order.__getitem__), MOST)
    rest = _drawn(sorted(open_ones - done, key=order.__getitem__), READ)
    return _lesson(study, _drawn(coded, MOST), bare, rest)


def _lesson(study: LiveStudy, coded: Sequence[str], bare: Sequence[str], rest: Sequence[str]) -> Taught | None:
    with study.looking() as view:
        book, material = view.book, view.material
        active = {code.id: described(code) for code in book.active_codes}
        codings = {item: tuple(code for code in book.codes_of(item) if code in active) for item in coded}
        removed = frozenset(book.removed)
        version = book.version
    known = _talk(study, view, _with_neighbours(material, [*coded, *bare]))
    learnt = Learnt.of(known, codings, bare=frozenset(bare), names=_names(study, active), most=MOST)
    if learnt is None:
        return None
    fits: dict[str, tuple[tuple[str, float], ...]] = {}
    gathers: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    doubts: dict[str, float] = {}
    for group in _by_group(material, rest):
        reading = learnt.read(_talk(study, view, group))
        _note(reading, removed, fits, gathers)
        doubts |= _doubts(reading)
    order = material.order_of_talk
    asked = sorted(doubts, key=lambda item: (-doubts[item], order[item]))[:ASKED]
    return Taught(
        version,
        fits,
        {code: _surest(found, order) for code, found in gathers.items()},
        tuple(sorted(asked, key=order.__getitem__)),
        _drifts(study, view),
    )


def _surest(found: Iterable[tuple[str, float]], order: Mapping[str, int]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(found, key=lambda item: (-item[1], order[item[0]]))[:GATHERED])


def _note(
    reading: Reading,
    removed: Collection[tuple[str, str]],
    fits: dict[str, tuple[tuple[str, float], ...]],
    gathers: defaultdict[str, list[tuple[str, float]]],
) -> None:
    for segment, row in zip(reading.segments, reading.chances, strict=True):
        places = [place for place in np.argsort(-row, kind="stable") if row[place] >= WORTH_SAYING]
        found = [(reading.codes[place], round(float(row[place]), 2)) for place in places]
        open_ones = [(code, chance) for code, chance in found if (segment, code) not in removed]
        if open_ones:
            fits[segment] = tuple(open_ones[:SUGGESTED])
        for code, chance in open_ones:
            if chance >= LIKELY:
                gathers[code].append((segment, chance))


def _doubts(reading: Reading) -> dict[str, float]:
    """How much an answer would teach: a code is likely, and which one is open (margin sampling, Scheffer 2001)."""
    if len(reading.codes) < 2:  # noqa: PLR2004 - with one code nothing is open
        return {}
    two = -np.partition(-reading.given, 1, axis=1)[:, :2]
    doubt = reading.covered * (1 - (two[:, 0] - two[:, 1]))
    return dict(zip(reading.segments, doubt.tolist(), strict=True))


def _drifts(study: LiveStudy, view: View) -> dict[str, tuple[str, ...]]:
    """The codes whose segments of late groups differ from those of the groups that they were made of."""
    early, said = _early(study), view.material.said
    if not early:
        return {}
    with study.looking() as now:
        carried = {code.id: tuple(now.book.by_code.get(code.id, ())) for code in now.book.active_codes}
    old, new = dict[str, Matrix](), dict[str, Matrix]()
    shown = dict[str, list[str]]()
    for code, segments in carried.items():
        there = [item for item in segments if item in said]
        before = [item for item in there if said[item].segment.transcript in early]
        late = [item for item in there if said[item].segment.transcript not in early]
        if before and late:
            old[code], _ = study.vectors(view, _drawn(before, OF_A_CODE))
            new[code], places = study.vectors(view, some := _drawn(late, OF_A_CODE))
            shown[code] = [some[place] for place in places.tolist()]
    return {item.code: tuple(shown[item.code][place] for place in item.odd[:ODD]) for item in drifting(old, new)}


def _early(study: LiveStudy) -> frozenset[str]:
    """The transcripts that candidates were first made of; none where no group came later."""
    made = [item.summary for item in study.work.store.stages.history(study.id, STAGE)]
    whole = next((item for item in reversed(made) if item["mode"] == "full"), None)
    return frozenset() if whole is None or made[-1] is whole else frozenset(whole["all_transcripts"])


def _drawn(segments: Sequence[str], most: int) -> list[str]:
    """The segments, or a draw of `most` of them; in order either way."""
    if len(segments) <= most:
        return list(segments)
    places = np.sort(np.random.default_rng(0).choice(len(segments), most, replace=False))
    return [segments[place] for place in places.tolist()]


def _with_neighbours(material: Material, segments: Iterable[str]) -> list[str]:
    """Segments and those right before and after that people could code, in order of talk."""
    able, order = material.codable, material.order_of_talk
    places = {bisect_left(able, order[item], key=order.__getitem__) for item in segments}
    near = sorted({place + step for place in places for step in (-1, 0, 1)})
    return [able[place] for place in near if 0 <= place < len(able)]


def _by_group(material: Material, segments: Sequence[str]) -> list[list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item in segments:
        found[material.said[item].group].append(item)
    return list(found.values())


def _talk(study: LiveStudy, view: View, segments: Sequence[str]) -> Talk:
    """Those of the segments that have a vector, as learning takes them."""
    rows, places = study.vectors(view, segments)
    said = [view.material.said[segments[place]] for place in places.tolist()]
    return beside_vectors(said, rows)


def _names(study: LiveStudy, active: Mapping[str, str]) -> dict[str, Matrix]:
    """What people call their codes helps at the start; where the model is not here, it goes without."""
    try:
        return name_vectors(study.work, active)
    except ModelUnavailable:
        return {}
